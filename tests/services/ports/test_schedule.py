"""Which question comes when: the rules of `StatusSchedule`, on a clock that is only a number."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from console.services.ports.monitor import SPAN_LIST, StatusSchedule

PERIOD = 10.0


def settled(*ports: int, now: float = 0.0) -> StatusSchedule:
    """A schedule that has asked everything once, at `now`; its next round begins a period later."""
    schedule = StatusSchedule(PERIOD, now)
    assert schedule.take(now) == SPAN_LIST
    schedule.set_ports(ports, now)
    asked = []
    while schedule.delay(now) == 0:
        asked.append(schedule.take(now))
    assert set(asked) >= set(ports)
    return schedule


def turns(schedule: StatusSchedule, count: int, now: float, *, changed: bool = False) -> list[tuple[float, int]]:
    """The next questions with their times, all answered."""
    asked = []
    for _ in range(count):
        now += schedule.delay(now)
        question = schedule.take(now)
        schedule.answered(question, changed=changed)
        asked.append((now, question))
    return asked


def test_the_list_comes_first_and_new_ports_at_once() -> None:
    schedule = StatusSchedule(PERIOD, 0)
    assert schedule.delay(0) == 0
    assert schedule.take(0) == SPAN_LIST
    schedule.set_ports([1, 2], 0)
    assert schedule.delay(0) == 0
    assert schedule.take(0) == 1


def test_a_round_is_the_list_and_each_port_in_turn_spread_over_the_period() -> None:
    schedule = settled(1, 2, 3, 4)
    asked = turns(schedule, 11, 0.0, changed=True)
    assert [question for _, question in asked] == [SPAN_LIST, 1, 2, 3, 4, SPAN_LIST, 1, 2, 3, 4, SPAN_LIST]
    gaps = {round(later - earlier, 6) for (earlier, _), (later, _) in itertools.pairwise(asked)}
    assert gaps == {PERIOD / 5}


def test_rounds_without_a_change_grow_to_four_periods_and_a_change_ends_it() -> None:
    schedule = settled(1)
    turns(schedule, 20, 0.0)
    assert schedule.round_time == 4 * PERIOD
    schedule.answered(1, changed=True)
    assert schedule.round_time == PERIOD


def test_a_poked_port_is_asked_at_once_but_not_twice_a_second() -> None:
    schedule = settled(1, 2)
    schedule.poke(2, 5.0)
    assert schedule.delay(5.0) == 0
    taken = schedule.take(5.0)
    while taken != 2:
        taken = schedule.take(5.0)
    for at in (5.1, 5.2, 5.3):
        schedule.poke(2, at)
    asked = [(at, question) for at, question in turns(schedule, 4, 5.3) if question == 2]
    assert min(at for at, _ in asked) >= 6.0


def test_a_poke_about_an_unknown_port_is_nothing() -> None:
    schedule = settled(1)
    schedule.take(PERIOD / 2)
    schedule.poke(9, PERIOD / 2)
    assert schedule.delay(PERIOD / 2) > 0


def test_a_poke_about_everything_asks_everything_at_once() -> None:
    schedule = settled(1, 2, 3)
    turns(schedule, 30, 0.0)
    schedule.failed(2)
    schedule.poke(None, 1000.0)
    asked = []
    while schedule.delay(1000.0) == 0:
        asked.append(schedule.take(1000.0))
    assert {SPAN_LIST, 1, 2, 3} <= set(asked)
    assert schedule.round_time == PERIOD


def test_a_port_that_does_not_answer_is_left_out_of_more_and_more_rounds() -> None:
    schedule = settled(1, 2)
    now, asked = 0.0, []
    for _ in range(120):
        now += schedule.delay(now)
        question = schedule.take(now)
        asked.append(question)
        if question == 2:
            schedule.failed(question)
        else:
            schedule.answered(question, changed=False)
    rounds = "".join({SPAN_LIST: "|", 1: "", 2: "x"}[question] for question in asked).split("|")
    failures = [number for number, each in enumerate(rounds) if each]
    gaps = [later - earlier for earlier, later in itertools.pairwise(failures)]
    assert gaps[:5] == [2, 3, 5, 9, 9]
    assert asked.count(1) >= 40


def test_an_answer_ends_the_leaving_out() -> None:
    schedule = settled(1)
    for _ in range(4):
        schedule.failed(1)
    schedule.answered(1, changed=False)
    assert 1 in [question for _, question in turns(schedule, 3, 0.0)]


def test_after_a_reconnect_the_port_that_may_have_hung_the_session_is_asked_last() -> None:
    schedule = settled(1, 2, 3)
    schedule.failed(1, silent=True)
    schedule.failed(2)
    schedule.poke(None, 1000.0)
    asked = [schedule.take(1000.0) for _ in range(8)]
    assert list(dict.fromkeys(asked)) == [SPAN_LIST, 2, 3, 1]


def test_after_a_reconnect_a_port_that_hangs_every_session_waits_for_its_turn() -> None:
    schedule = settled(1, 2, 3)
    schedule.failed(1, silent=True)
    schedule.failed(1, silent=True)
    schedule.poke(None, 1000.0)
    assert {schedule.take(1000.0) for _ in range(3)} == {SPAN_LIST, 2, 3}
    assert schedule.delay(1000.0) > 0
    assert 1 in [question for _, question in turns(schedule, 40, 1000.0)]
    schedule.answered(1, changed=False)
    schedule.poke(None, 5000.0)
    assert {schedule.take(5000.0) for _ in range(5)} == {SPAN_LIST, 1, 2, 3}


def test_a_port_that_is_gone_is_asked_no_more() -> None:
    schedule = settled(1, 2)
    schedule.poke(2, 1.0)
    schedule.set_ports([1], 1.0)
    assert 2 not in [question for _, question in turns(schedule, 10, 1.0)]


def test_steady_events_about_one_port_do_not_starve_the_others() -> None:
    schedule = settled(1, 2, 3)
    now, asked = 0.0, []
    for _ in range(60):
        schedule.poke(1, now)
        now += max(1.5, schedule.delay(now))
        asked.append(schedule.take(now))
    assert asked.count(2) >= 5
    assert asked.count(3) >= 5


@given(
    st.lists(
        st.tuples(st.sampled_from(["poke", "answer", "fail", "wait"]), st.integers(0, 5), st.floats(0, 30)),
        max_size=60,
    )
)
def test_whatever_happens_every_port_is_asked_again(steps: list[tuple[str, int, float]]) -> None:
    schedule, now = settled(1, 2, 3), 0.0
    for what, port, seconds in steps:
        match what:
            case "poke":
                schedule.poke(port or None, now)
            case "answer":
                schedule.answered(port, changed=bool(port % 2))
            case "fail":
                schedule.failed(port)
            case _:
                now += seconds
        if schedule.delay(now) == 0:
            assert schedule.take(now) in {SPAN_LIST, 1, 2, 3}
    asked = {question for _, question in turns(schedule, 100, now)}
    assert asked == {SPAN_LIST, 1, 2, 3}
