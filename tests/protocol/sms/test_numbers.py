"""When two writings are one correspondent."""

from __future__ import annotations

import pytest

from console.protocol.sms.numbers import correspondent, tail


@pytest.mark.parametrize("number", ["+8613632919026", "013632919026", "13632919026", "+86 136-3291-9026", "32919026"])
def test_prefixes_do_not_matter(number: str) -> None:
    assert tail(number) == correspondent(number) == "32919026"


@pytest.mark.parametrize(
    ("one", "other"), [("Bank", "BANK "), ("банк", "БАНК"), ("10086", "10086"), ("@10086", "10086")]
)
def test_the_same(one: str, other: str) -> None:
    assert correspondent(one) == correspondent(other)


@pytest.mark.parametrize(("one", "other"), [("Bank", "Bank2"), ("10086", "10010"), ("Bank 10086", "10086"), ("", "0")])
def test_not_the_same(one: str, other: str) -> None:
    assert correspondent(one) != correspondent(other)


def test_a_name_has_no_tail() -> None:
    assert tail("Bank") == tail("") == ""
