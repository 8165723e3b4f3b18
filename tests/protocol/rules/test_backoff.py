"""Delays between tries."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from console.protocol.rules.backoff import Backoff


def test_delays_double_up_to_the_cap() -> None:
    backoff = Backoff(first=1.0, cap=60.0)
    longest = [backoff.next(0.999999999) for _ in range(9)]
    assert [round(delay) for delay in longest] == [1, 2, 4, 8, 16, 32, 60, 60, 60]


def test_a_good_connection_begins_anew() -> None:
    backoff = Backoff()
    for _ in range(5):
        backoff.next(0.5)
    backoff.reset()
    assert backoff.next(0.0) == 0.5


@given(st.lists(st.floats(0, 1, exclude_max=True), min_size=1, max_size=50))
def test_delays_stay_between_half_a_second_and_a_minute(randoms: list[float]) -> None:
    backoff = Backoff()
    assert all(0.5 <= backoff.next(random) <= 60.0 for random in randoms)
