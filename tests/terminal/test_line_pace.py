from __future__ import annotations

import pytest

from console.terminal.line_pace import BUDGET, LEAST, SLOW_BUDGET, LinePace


class Clock:
    """Stands still until moved."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


class Far:
    """A terminal that takes everything at once and answers after a while."""

    def __init__(self, pace: LinePace, clock: Clock) -> None:
        self.pace = pace
        self._clock = clock
        self._asked_at: float | None = None

    def drawn(self, seconds: float, size: int, *, after: float | None = None) -> int:
        """Bytes drawn in so many seconds when each frame has `size` and is answered `after` so long."""
        total = 0
        for _ in range(int(seconds * 20)):
            self._clock.now += 0.05
            if self._asked_at is not None and after is not None and self._clock.now >= self._asked_at + after:
                self.pace.answered()
                self._asked_at = None
            if self.pace.may_draw():
                self.pace.wrote(size)
                self.pace.took(size)
                total += size
                if self.pace.asks():
                    self._asked_at = self._clock.now
        return total


def drawn(pace: LinePace, clock: Clock, seconds: float, size: int) -> int:
    return Far(pace, clock).drawn(seconds, size)


def test_the_first_frames_and_rare_ones_are_drawn_at_once(clock: Clock) -> None:
    pace = LinePace(clock=clock)
    for _ in range(10):
        assert pace.may_draw()
        pace.wrote(2_000)
        pace.took(2_000)
    clock.now += 60
    assert pace.may_draw()


@pytest.mark.parametrize(("slow", "budget"), [(False, BUDGET), (True, SLOW_BUDGET)])
def test_steady_change_keeps_to_the_budget(clock: Clock, *, slow: bool, budget: float) -> None:
    pace = LinePace(slow=slow, clock=clock)
    drawn(pace, clock, 20, 5_000)
    assert drawn(pace, clock, 120, 5_000) / 120 == pytest.approx(budget, rel=0.15)


def test_slow_draws_once_a_second_at_most(clock: Clock) -> None:
    pace = LinePace(slow=True, clock=clock)
    assert drawn(pace, clock, 20, 10) in range(180, 211)


def test_nothing_more_is_drawn_while_a_frame_waits(clock: Clock) -> None:
    pace = LinePace(clock=clock)
    pace.wrote(1_000)
    seen = []
    for _ in range(2):
        clock.now += 0.05
        seen.append((pace.is_late, pace.may_draw()))
    pace.took(1_000)
    seen.append((pace.is_late, pace.may_draw()))
    assert seen == [(False, True), (True, False), (False, True)]


def test_a_terminal_that_answers_late_gets_less_and_later_more_again(clock: Clock) -> None:
    pace = LinePace(clock=clock)
    far = Far(pace, clock)
    far.drawn(5, 1_000, after=0.05)
    assert pace.budget == BUDGET
    far.drawn(30, 1_000, after=0.4)
    assert pace.budget == LEAST
    far.drawn(120, 1_000, after=0.05)
    assert pace.budget == BUDGET


def test_a_long_way_is_no_slow_line(clock: Clock) -> None:
    pace = LinePace(clock=clock)
    far = Far(pace, clock)
    far.drawn(60, 1_000, after=0.6)
    assert pace.budget == BUDGET


def test_a_terminal_that_never_answers_is_not_waited_for_nor_asked_again_soon(clock: Clock) -> None:
    pace = LinePace(clock=clock)
    pace.wrote(1_000)
    pace.took(1_000)
    assert pace.asks()
    waits = []
    for seconds in (1, 3):
        clock.now += seconds
        waits.append((pace.waits_for_answer, pace.is_late))
    assert waits == [(True, False), (False, False)]
    pace.wrote(1_000)
    pace.took(1_000)
    assert not pace.asks()
    clock.now += 60
    assert pace.asks()


def test_an_answer_that_is_lost_holds_nothing_up_for_long(clock: Clock) -> None:
    pace = LinePace(clock=clock)
    far = Far(pace, clock)
    far.drawn(5, 1_000, after=0.05)
    pace.wrote(1_000)
    pace.took(1_000)
    assert pace.waits_for_answer or pace.asks()
    late = []
    for seconds in (1, 3):
        clock.now += seconds
        late.append(pace.is_late)
    assert late == [True, False]


def test_a_late_answer_is_not_taken_for_that_to_a_newer_question(clock: Clock) -> None:
    pace = LinePace(clock=clock)
    far = Far(pace, clock)
    far.drawn(5, 1_000, after=0.4)
    pace.answered()
    for _ in range(2):
        pace.wrote(1_000)
        pace.took(1_000)
        asked = pace.asks()
        clock.now += 5
    assert not asked
    pace.answered()
    assert not pace.waits_for_answer
    far.drawn(60, 1_000, after=0.4)
    assert pace.budget == BUDGET


def test_at_the_end_an_overdue_answer_is_waited_for_where_answers_came_before(clock: Clock) -> None:
    pace = LinePace(clock=clock)
    waits = []
    for _ in range(2):
        pace.wrote(1_000)
        assert pace.asks()
        clock.now += 5
        waits.append(pace.waits_for_answer)
        pace.answered()
    assert waits == [False, True]


def test_what_a_deed_of_the_operator_changed_is_drawn_whatever_is_owed(clock: Clock) -> None:
    pace = LinePace(clock=clock)
    pace.wrote(100_000)
    pace.took(100_000)
    assert not pace.may_draw()
    pace.lend()
    assert [pace.may_draw() for _ in range(4)] == [True, True, True, False]


@pytest.mark.parametrize(("slow", "frames"), [(False, 2), (True, 0)])
def test_after_a_key_two_frames_are_not_made_to_wait_but_with_slow(clock: Clock, slow: bool, frames: int) -> None:
    pace = LinePace(slow=slow, clock=clock)
    pace.wrote(100_000)
    pace.took(100_000)
    pace.lend_to_key()
    assert [pace.may_draw() for _ in range(3)] == [True] * frames + [False] * (3 - frames)


def test_a_key_takes_nothing_of_what_a_deed_was_lent(clock: Clock) -> None:
    pace = LinePace(clock=clock)
    pace.wrote(100_000)
    pace.took(100_000)
    pace.lend()
    pace.lend_to_key()
    assert [pace.may_draw() for _ in range(4)] == [True, True, True, False]


def test_what_was_given_away_is_not_waited_for(clock: Clock) -> None:
    pace = LinePace(clock=clock)
    pace.wrote(1_000)
    assert pace.asks()
    clock.now += 1
    pace.forget()
    assert not pace.is_late
    assert not pace.waits_for_answer


def test_a_clock_that_stands_still_or_an_answer_nobody_asked_for_changes_nothing(clock: Clock) -> None:
    pace = LinePace(clock=clock)
    pace.answered()
    pace.took(0)
    assert pace.budget == BUDGET
    assert not pace.asks()
