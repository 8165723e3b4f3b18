"""Hours in which people sleep, where a number is at home."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.config.records import QuietHours
from console.protocol.sms.quiet_hours import is_quiet, quiet_words, zones_of

NIGHT = QuietHours(21 * 60, 8 * 60)


def utc(hour: int, minute: int = 0) -> float:
    return datetime(2026, 11, 22, hour, minute, tzinfo=UTC).timestamp()


def test_it_is_night_where_the_number_is_at_home() -> None:
    assert quiet_words("+4915112345678", utc(20), NIGHT) == (
        "It is 21:00 for +4915112345678 then (Europe/Berlin): quiet hours are 21:00-08:00."
    )
    assert quiet_words("+4915112345678", utc(7), NIGHT) == ""
    assert quiet_words("015112345678", utc(20), NIGHT, "DE") != ""


def test_of_several_zones_one_is_enough() -> None:
    assert "one of 16 zones it may be in" in quiet_words("+79161234567", utc(12), NIGHT)


@pytest.mark.parametrize("number", ["10086", "OpenVox", "015112345678", "+88216123456", "+999", "*100#"])
def test_nobody_can_tell(number: str) -> None:
    assert zones_of(number) == []
    assert quiet_words(number, utc(0), NIGHT) == ""


@given(begin=st.integers(0, 1439), end=st.integers(0, 1439), minutes=st.integers(0, 1439))
def test_what_is_not_among_them_is_among_the_others(begin: int, end: int, minutes: int) -> None:
    hours, others = QuietHours(begin, end), QuietHours(end, begin)
    if begin != end:
        assert is_quiet(minutes, hours) is not is_quiet(minutes, others)
        assert is_quiet(begin, hours)
        assert not is_quiet(end, hours)
