from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from console.config.records import AlarmConfig
from console.domain.alarms import AlarmKind
from console.store import Store
from console.ui.alarms.notices import SPACING, AlarmNotices
from tests.support.alarms import NO_SIM
from tests.support.backend import NOON, FixedClock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Screen:
    """A screen's notices on a store, and what happens to the store's alarms."""

    def __init__(self, store: Store, clock: FixedClock, config: AlarmConfig | None = None) -> None:
        self.store = store
        self.clock = clock
        self.notices = AlarmNotices(store, config or AlarmConfig())

    def after(self, seconds: float = SPACING) -> list[str]:
        """What is said now; a bell is shown as `♪`."""
        self.clock.now += seconds
        return [("♪ " if told.rings else "") + told.words for told in self.notices.look(self.clock.now)]

    def raises(self, *ports: int, kind: AlarmKind = AlarmKind.NO_SIM) -> list[int]:
        raised = [self.store.alarms.raise_(replace(NO_SIM, kind=kind, port=port)) for port in ports]
        return [alarm.id for alarm in (future.result(10) for future in raised) if alarm is not None]

    def clears(self, *ids: int) -> None:
        for alarm in ids:
            self.store.alarms.clear(alarm).result(10)


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[Screen]:
    clock = FixedClock()
    store = Store.open(tmp_path / "console.db", clock=clock)
    yield Screen(store, clock)
    store.close()


def test_an_alarm_is_told_once_with_the_bell_and_its_end_without(screen: Screen) -> None:
    assert screen.after() == []
    (alarm,) = screen.raises(3)
    assert screen.after(0) == ["♪ ▲ gw1 port 3: no SIM. There is no SIM in it"]
    assert screen.after(60) == []
    screen.clears(alarm)
    assert screen.after() == ["✓ gw1 port 3: no SIM, over after 1m"]
    assert screen.after() == []


def test_a_storm_is_a_few_toasts(screen: Screen) -> None:
    said = []
    for port in range(1, 45):
        screen.raises(port)
        said += screen.after(0.1)
    said += screen.after()
    assert said == ["♪ ▲ gw1 port 1: no SIM. There is no SIM in it", "♪ ▲ 43 alarms: no SIM 43"]
    screen.clears(*(alarm.id for alarm in screen.store.alarms.open()))
    assert screen.after() == ["✓ 44 alarms over: no SIM 44"]


def test_what_was_there_before_is_told_in_one(screen: Screen) -> None:
    screen.raises(1, 2)
    screen.raises(0, kind=AlarmKind.AMI_DOWN)
    assert screen.after() == ["♪ ▲ 3 alarms: no SIM 2, AMI down 1"]


def test_it_sounds_again_until_somebody_has_seen_it_on_whichever_console(screen: Screen, tmp_path: Path) -> None:
    first, second = screen.raises(1, 2)
    screen.after()
    assert screen.after(15 * 60) == ["♪ ▲ 2 alarms still: no SIM 2"]
    other = Store.open(tmp_path / "console.db", clock=screen.clock)
    other.alarms.acknowledge([first], "bob").result(10)
    other.close()
    screen.store.poll()
    assert screen.after(15 * 60) == ["♪ ▲ gw1 port 2 still: no SIM. There is no SIM in it"]
    screen.store.alarms.acknowledge([second], "alice").result(10)
    assert screen.after(15 * 60) == []


def test_what_was_over_before_it_could_be_told_is_not_told(screen: Screen) -> None:
    screen.raises(1)
    screen.after()
    screen.clears(*screen.raises(2))
    assert screen.after() == []


def test_a_silent_bell_and_no_repeats_where_it_is_so_configured(screen: Screen) -> None:
    quiet = Screen(screen.store, screen.clock, AlarmConfig(bell=False, repeat_minutes=0))
    quiet.raises(3)
    assert quiet.after() == ["▲ gw1 port 3: no SIM. There is no SIM in it"]
    assert quiet.after(86_400) == []


def test_a_clock_that_is_set_back_silences_nothing(screen: Screen) -> None:
    screen.raises(1)
    screen.after()
    screen.raises(2)
    assert len(screen.after(-3600)) == 1


def test_a_store_that_is_gone_is_told_elsewhere(screen: Screen) -> None:
    screen.raises(1)
    screen.after()
    screen.raises(2)
    screen.store.close()
    assert screen.after() == []


def test_the_next_alarm_goes_round(screen: Screen) -> None:
    assert screen.notices.next() is None
    screen.raises(1, 2, 3)
    screen.after()
    given = [screen.notices.next() for _ in range(4)]
    assert [alarm.port for alarm in given if alarm is not None] == [3, 2, 1, 3]


def test_suspect_ports_are_those_of_the_gateway_whose_sends_fail(screen: Screen) -> None:
    screen.raises(3)
    screen.raises(4, 5, kind=AlarmKind.FAILURES)
    screen.after()
    assert screen.notices.suspects("gw1") == {4, 5}
    assert screen.notices.suspects("gw2") == set()
    assert screen.clock.now > NOON
