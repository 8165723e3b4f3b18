"""Full parts by every rule that a sender may cut by."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.protocol.sms.part_sizes import goes_on, is_cut, may_fill


@pytest.mark.parametrize(
    ("full", "last"),
    [
        ("a" * 153, "b" * 153),
        ("a" * 152, "end"),  # 16-bit reference
        ("a" * 151 + "[", "end"),
        ("a" * 152, "[end"),  # an escape pair that did not fit
        ("a" * 151, "€"),  # neither behind 16 bits
        ("a" * 149, "Ì"),  # `Ö` as the driver of 2013 has it
        ("Ì" * 153, "end"),
        ("ş" * 74 + "a", "son"),  # Turkish single shift: 149 septets
        ("ş" * 74, "ş"),  # 148, or an escape pair did not fit
        ("ş" * 149, "son"),  # Turkish locking shift
        ("ş" * 148, "€"),  # in which `€` is one septet
        ("ş" * 100 + "a" * 46, "son"),  # both
        ("á" * 74 + "a", "fin"),  # Spanish single shift
        ("ã" * 148, "fim"),  # Portuguese locking shift
        ("a" * 140, "b" * 21),  # another OpenVox, by `/sendsms`
        ("[" * 140, "b"),  # counted as one there
        ("a" * 131 + ",", "b"),  # from its page
        ("a" * 129, "b" * 32),
        ("é" * 67, "b" * 20),  # in the alphabet, and yet UCS-2
        ("я" * 66, "конец"),
        ("я" * 66, "😀"),  # a surrogate pair that did not fit
        ("я" * 65, "😀"),
        ("😀" * 33 + "я", "конец"),
    ],
)
def test_a_full_part_and_the_last(full: str, last: str) -> None:
    assert is_cut([full, last])
    assert may_fill(full)


@pytest.mark.parametrize(
    ("full", "last"),
    [
        ("a" * 151, "end"),  # nothing that did not fit
        ("a" * 154, "end"),
        ("a" * 149, "b" * 150),  # the last holds more
        ("a" * 67, "b" * 3),  # nothing is UCS-2
        ("é" * 140, "b"),  # cut at 67 by them
        ("я" * 65, "конец"),
        ("я" * 149, "конец"),  # in no national table
        ("ş" * 153, "son"),  # a table costs three octets
        ("ã" * 149 + "ş", "x"),  # two tables
    ],
)
def test_no_part(full: str, last: str) -> None:
    assert not is_cut([full, last])


def test_all_parts_of_one_text_have_one_size() -> None:
    assert is_cut(["a" * 153, "b" * 153, "c"])
    assert not is_cut(["a" * 153, "b" * 149, "c"])
    assert not is_cut(["a" * 140, "b" * 132, "c"])


def test_more_may_follow_until_a_short_part_came() -> None:
    assert goes_on(["a" * 153, "b" * 153])
    assert not goes_on(["a" * 153, "b" * 152])
    assert goes_on(["я" * 67, "ж" * 67, "ш" * 67])
    assert not goes_on(["я" * 67, "ж" * 66])


@given(st.text(max_size=170))
def test_what_joins_another_may_fill_a_part(text: str) -> None:
    if is_cut([text, "!"]):
        assert may_fill(text)


GSM7 = "aZ 0é@[€~"
RULES = {
    "8-bit reference": (153, GSM7, "[€~"),
    "16-bit reference": (152, GSM7, "[€~"),
    "Turkish single shift": (149, GSM7 + "şĞ", "[€~şĞ"),
    "Turkish locking shift, 16 bits": (148, GSM7 + "şĞ", "[~"),
    "Turkish, both": (146, GSM7 + "şĞ", "[~"),
    "Spanish single shift": (149, GSM7 + "áÍ", "[€~áÍ"),
    "Portuguese single shift": (149, GSM7 + "ãÕ", "[€~ãÕ"),
    "Portuguese, both, 16 bits": (145, GSM7 + "ãÕ", "["),
    "another OpenVox": (140, "aZ 0[~", ""),
    "another OpenVox, Unicode": (67, "яж a😀", "😀"),
    "UCS-2, 8 bits": (67, "яж a😀", "😀"),
    "UCS-2, 16 bits": (66, "яж a😀", "😀"),
}


def cut(text: str, size: int, double: str) -> list[str]:
    """As a phone does it: as much into each part as fits, and no pair in two."""
    parts, left = [""], size
    for char in text:
        units = 2 if char in double else 1
        if units > left:
            parts.append("")
            left = size
        parts[-1] += char
        left -= units
    return parts


@pytest.mark.parametrize("rule", RULES)
@given(st.data())
def test_what_was_cut_by_a_rule_is_known_by_it(rule: str, data: st.DataObject) -> None:
    size, alphabet, double = RULES[rule]
    text = data.draw(st.text(alphabet, min_size=size + 1, max_size=4 * size))
    if size <= 67:
        text = f"я{text}"
    parts = cut(text, size, double)
    assert is_cut(parts)
    assert all(map(may_fill, parts[:-1]))
