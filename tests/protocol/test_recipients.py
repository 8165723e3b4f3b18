from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.protocol.recipients import is_diallable, recipients


@pytest.mark.parametrize(
    ("typed", "numbers"),
    [
        ("10086", ["10086"]),
        ("+49 (170) 123-4567", ["+491701234567"]),
        ("+49.170.1234567; 10086,10010", ["+491701234567", "10086", "10010"]),
        ("10086, 10086", ["10086"]),
        ("10086\n10010\t10000", ["10086", "10010", "10000"]),
        ("*100#", ["*100#"]),
        (" , ;", [""]),
        ("", [""]),
        ("DHL, 10086", ["DHL", "10086"]),
        ("my mother", ["my mother"]),
        ("1+2", ["1+2"]),
    ],
)
def test_numbers_are_taken_as_people_write_them(typed: str, numbers: list[str]) -> None:
    assert recipients(typed) == numbers


@given(st.text())
def test_there_is_always_an_answer_and_it_is_stable(typed: str) -> None:
    numbers = recipients(typed)
    assert numbers
    if numbers != [""]:
        assert recipients(", ".join(numbers)) == numbers


@pytest.mark.parametrize(
    ("number", "can"), [("+86136", True), ("10086", True), ("DHL", False), ("", False), ("+", False)]
)
def test_a_name_can_not_be_dialled(number: str, can: bool) -> None:
    assert is_diallable(number) is can
