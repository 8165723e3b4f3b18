from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.protocol.text.safe import safe, safe_lines


@pytest.mark.parametrize(
    ("outside", "shown"),
    [
        ("plain text, 100%", "plain text, 100%"),
        ("您的余额 9.50", "您的余额 9.50"),
        ("\x1b[31mred", "␛[31mred"),
        ("\x1b]52;c;ZXZpbA==\x07", "␛]52;c;ZXZpbA==␇"),
        ("a\r\nb", "a␍␊b"),
        ("\x7f\x00", "␡␀"),
        ("\x9b31m", "‹009B›31m"),
        ("abc\u202ecba", "abc‹202E›cba"),
        ("pay\u200bpal", "pay╎pal"),
        ("می\u200cخواهم", "می╎خواهم"),
        ("👨\u200d👩\u200d👧", "👨👩👧"),
        ("❤\ufe0f", "❤"),
        ("\u2066x\u2069", "‹2066›x‹2069›"),
        ("\ud800", "‹D800›"),
        ("e\u0301", "e\u0301"),
        ("z" + "\u0301" * 6, "z" + "\u0301" * 3 + "╎" * 3),
        ("\U000e0041", "‹E0041›"),
        ("[/x] [red]markup[/red]", "[/x] [red]markup[/red]"),
    ],
)
def test_each_kind_has_its_mark(outside: str, shown: str) -> None:
    assert safe(outside) == shown


@given(st.text(alphabet=st.characters(exclude_categories=[])))
def test_nothing_that_acts_or_hides_comes_through(text: str) -> None:
    shown = safe(text)
    assert {unicodedata.category(char) for char in shown} & {"Cc", "Cs", "Zl", "Zp"} == set()
    assert not set(shown) & set(
        "\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff"
    )


@given(st.text())
def test_what_is_safe_stays_as_it_is(text: str) -> None:
    assert safe(safe(text)) == safe(text)


def test_lines_split_at_line_ends_only() -> None:
    assert safe_lines("a\r\nb\nc\rd\x0be\u2028f") == ["a", "b", "c", "d␋e‹2028›f"]
    assert safe_lines("") == [""]
