"""Whether a message may leave now, by a clock that goes and by one that jumps."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.protocol.rules.timing import JUMP, Now, SteadyClock, Turn, turn, with_end
from tests.support.backend import NOON
from tests.support.messages import draft

HOUR = 3600.0
YEARS = 2 * 365 * 86_400.0
PLANNED = draft(not_before=NOON + HOUR, not_after=NOON + 2 * HOUR)


@pytest.mark.parametrize(
    ("hours", "expected"),
    [(0, Turn.WAITS), (0.999, Turn.WAITS), (1, Turn.DUE), (2, Turn.DUE), (2.001, Turn.LATE), (20_000, Turn.LATE)],
)
def test_it_leaves_in_its_window(hours: float, expected: Turn) -> None:
    at = NOON + hours * HOUR
    assert turn(PLANNED, Now(at, at)) is expected


def test_what_has_no_time_may_always_leave() -> None:
    assert turn(draft(), Now(0.0, NOON + YEARS)) is Turn.DUE


@pytest.mark.parametrize("jump", [HOUR, -HOUR, YEARS, -YEARS])
def test_a_clock_that_jumps_sends_nothing_early_and_calls_nothing_late(jump: float) -> None:
    clock = SteadyClock(NOON, 0.0)
    assert clock.read(NOON + 10, 10) == Now(NOON + 10, NOON + 10)
    seen = [turn(PLANNED, clock.read(NOON + after + jump, after)) for after in (60.0, 0.5 * HOUR, 0.9 * HOUR)]
    assert set(seen) <= {Turn.WAITS, Turn.HELD}
    assert clock.jumped == jump
    running = replace(PLANNED, not_before=None)
    assert turn(running, clock.read(NOON + HOUR + jump, HOUR)) is not Turn.LATE
    # Set right again, it goes on as if nothing had been.
    at = NOON + 1.5 * HOUR
    assert turn(PLANNED, clock.read(at, 1.5 * HOUR)) is Turn.DUE
    assert clock.jumped == 0


def test_a_clock_that_is_set_right_bit_by_bit_is_followed() -> None:
    clock = SteadyClock(NOON, 0.0)
    for step in range(1, 1000):
        time = NOON + step * 10 * 1.01
        assert clock.read(time, step * 10.0) == Now(time, time)


@given(
    begin=st.none() | st.integers(0, 100),
    end=st.none() | st.integers(0, 100),
    one=st.integers(0, 100),
    other=st.integers(0, 100),
)
def test_both_readings_must_agree(begin: int | None, end: int | None, one: int, other: int) -> None:
    asked = draft(not_before=begin, not_after=end)
    apart = turn(asked, Now(min(one, other), max(one, other)))
    alone = {turn(asked, Now(at, at)) for at in (one, other)}
    if apart in (Turn.DUE, Turn.LATE):
        assert alone == {apart}
    if len(alone) == 1:
        assert apart in alone


@given(jump=st.floats(-YEARS, YEARS), after=st.floats(0, YEARS))
def test_the_steady_reading_is_one_of_the_two(jump: float, after: float) -> None:
    now = SteadyClock(NOON, 5.0).read(NOON + after + jump, 5.0 + after)
    assert now.low <= now.high
    assert min(abs(now.low - NOON - after), abs(now.high - NOON - after)) < JUMP


def test_the_end_is_its_own_or_so_long_after_it_may_leave() -> None:
    assert with_end(PLANNED, NOON, HOUR) == PLANNED
    assert with_end(draft(), NOON, HOUR).not_after == NOON + HOUR
    assert with_end(draft(not_before=NOON + HOUR), NOON, HOUR).not_after == NOON + 2 * HOUR
    assert with_end(draft(), NOON, 0).not_after is None
