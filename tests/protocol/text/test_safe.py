from __future__ import annotations

import re
import sys
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.protocol.text.safe import _LOOKED_AT, safe, safe_lines


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
        ("z" + "\u0301" * 6, "z" + "\u0301" * 3 + "‹+3›"),
        ("ก" + "\u0e49" * 500 + "ข", "ก" + "\u0e49" * 3 + "‹+497›ข"),
        ("ب" + "\u064b" * 4, "ب" + "\u064b" * 3 + "‹+1›"),
        ("ש" + "\u05b0" * 5, "ש" + "\u05b0" * 3 + "‹+2›"),
        ("각" + "\u11a8" * 4, "각" + "\u11a8" * 3 + "‹+1›"),
        ("a\U0001bca0b\U00013437", "a‹1BCA0›b‹13437›"),
        ("\u0378", "‹0378›"),
        ("\U0001faff", "\U0001faff"),
        ("\U000e0041", "‹E0041›"),
        ("[/x] [red]markup[/red]", "[/x] [red]markup[/red]"),
    ],
)
def test_each_kind_has_its_mark(outside: str, shown: str) -> None:
    assert safe(outside) == shown


@given(st.text(alphabet=st.characters(exclude_categories=[])))
def test_nothing_that_acts_or_hides_comes_through(text: str) -> None:
    shown = safe(text)
    assert {unicodedata.category(char) for char in shown} & {"Cc", "Cf", "Cs", "Zl", "Zp"} == set()


MARKS = "".join(char for char in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(char) in {"Mn", "Me"})


@given(st.text(alphabet=st.sampled_from("กabب" + MARKS), max_size=12))
def test_no_letter_has_more_than_three_marks(text: str) -> None:
    piles = re.split(f"[^{re.escape(MARKS)}]", safe(text))
    assert max(map(len, piles)) <= 3


def test_what_needs_no_closer_look_has_none_that_acts_or_stands_on_another() -> None:
    ordinary = [char for char in map(chr, range(0x20000)) if not _LOOKED_AT.match(char)]
    assert len(ordinary) > 30_000
    assert [char for char in ordinary if safe(f"ก{char * 4}") != f"ก{char * 4}"] == []


@given(st.text())
def test_what_is_safe_stays_as_it_is(text: str) -> None:
    assert safe(safe(text)) == safe(text)


def test_lines_split_at_line_ends_only() -> None:
    assert safe_lines("a\r\nb\nc\rd\x0be\u2028f") == ["a", "b", "c", "d␋e‹2028›f"]
    assert safe_lines("") == [""]
