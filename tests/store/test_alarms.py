"""What is and was wrong, as several processes write it down."""

from __future__ import annotations

from concurrent.futures import wait
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from console.domain.alarms import Alarm, AlarmKind, Condition
from console.store import Reader, Store
from console.store.alarms import WATCH_GRACE, WATCH_ROLE
from tests.support.alarms import NO_SIM
from tests.support.backend import NOON, OPERATOR, FixedClock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

AMI_DOWN = Condition(AlarmKind.AMI_DOWN, "gw1", 0, "refused [/x] \x1b[31m")


@pytest.fixture
def other(store: Store, path: Path, clock: FixedClock) -> Iterator[Store]:
    other = Store.open(path, clock=clock)
    yield other
    other.close()


def raised(store: Store, condition: Condition = NO_SIM) -> Alarm:
    alarm = store.alarms.raise_(condition).result(10)
    assert alarm is not None
    return alarm


def test_an_alarm_from_raise_to_clear(store: Store, clock: FixedClock) -> None:
    alarm = raised(store)
    assert alarm == Alarm(1, AlarmKind.NO_SIM, "gw1", 3, NO_SIM.words, NOON, None, None, "")
    assert store.alarms.open() == [alarm]
    clock.now += 90
    over = store.alarms.clear(alarm.id).result(10)
    assert over == replace(alarm, cleared_at=NOON + 90)
    assert store.alarms.open() == []
    assert store.alarms.history(10) == [over]
    assert store.alarms.counts() == (0, 1)


def test_two_processes_raise_and_clear_the_same_one_once(store: Store, other: Store) -> None:
    futures = [each.alarms.raise_(NO_SIM) for _ in range(20) for each in (store, other)]
    wait(futures, 20)
    (alarm,) = [found for found in (future.result() for future in futures) if found is not None]
    cleared = [each.alarms.clear(alarm.id).result(10) for each in (store, other)]
    assert [one is not None for one in cleared] == [True, False]
    assert len(store.alarms.history(10)) == 1


def test_what_is_over_may_be_raised_again(store: Store) -> None:
    for number in range(1, 4):
        alarm = raised(store)
        assert alarm.id == number
        store.alarms.clear(alarm.id).result(10)
    assert [alarm.id for alarm in store.alarms.history(2)] == [3, 2]
    assert [alarm.id for alarm in store.alarms.history(2, 2)] == [1]
    assert [store.alarms.place_in_history(number) for number in (3, 2, 1)] == [0, 1, 2]


def test_another_kind_or_place_is_another_alarm(store: Store) -> None:
    for condition in (NO_SIM, replace(NO_SIM, port=4), replace(NO_SIM, gateway="gw2"), AMI_DOWN):
        raised(store, condition)
    assert [alarm.id for alarm in store.alarms.of_port("gw1", 3, 10)] == [1]
    assert [alarm.words for alarm in store.alarms.of_port("gw1", 0, 10)] == [AMI_DOWN.words]
    assert [alarm.id for alarm in store.alarms.with_ids([4, 9, 1])] == [4, 1]


def test_an_alarm_is_acknowledged_once_by_name_and_the_others_come_first(
    store: Store, other: Store, clock: FixedClock
) -> None:
    first, second = raised(store), raised(store, AMI_DOWN)
    clock.now += 5
    assert store.alarms.acknowledge([second.id, 99], OPERATOR).result(10) == 1
    assert other.alarms.acknowledge([second.id], "bob").result(10) == 0
    seen = replace(second, acknowledged_at=NOON + 5, acknowledged_by=OPERATOR)
    assert other.alarms.open() == [first, seen]
    (entry,) = store.audit.newest(10)
    assert (entry.operator, entry.action, entry.target, entry.detail) == (
        OPERATOR,
        "acknowledge",
        "alarm 2",
        "AMI down gw1",
    )


def test_what_is_over_is_not_acknowledged(store: Store) -> None:
    alarm = raised(store)
    store.alarms.clear(alarm.id).result(10)
    assert store.alarms.acknowledge([alarm.id], OPERATOR).result(10) == 0
    assert store.audit.count() == 0


def test_a_raise_is_seen_by_the_others(store: Store, other: Store) -> None:
    before = other.poll()
    raised(store)
    assert other.poll() > before
    again = other.poll()
    store.alarms.take_watch().result(10)
    assert other.poll() == again


def test_a_clock_that_was_set_back_makes_no_time_less_than_none(store: Store, clock: FixedClock) -> None:
    alarm = raised(store)
    clock.now -= 100
    over = store.alarms.clear(alarm.id).result(10)
    assert over is not None
    assert over.cleared_at == over.raised_at


def test_one_process_watches_until_it_leaves_or_falls_silent(store: Store, other: Store, clock: FixedClock) -> None:
    assert store.alarms.take_watch().result(10)
    assert not other.alarms.take_watch().result(10)
    clock.now += WATCH_GRACE
    assert not other.alarms.take_watch().result(10)
    assert store.alarms.take_watch().result(10)
    store.alarms.leave_watch().result(10)
    assert other.alarms.take_watch().result(10)
    assert not store.alarms.take_watch().result(10)
    clock.now += WATCH_GRACE + 1
    assert store.alarms.take_watch().result(10)
    there = store.presence(WATCH_ROLE)
    assert there is not None
    assert there.owner == store._owner


def test_a_reader_reads_them_as_well(store: Store, path: Path) -> None:
    alarm = raised(store)
    reader = Reader.open_existing(path)
    try:
        assert reader.alarms.open() == [alarm]
    finally:
        reader.close()
