"""Which SIM belongs in a port, by whose word."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from console.domain.alarms import AlarmKind, Condition
from console.domain.ports import PortSim
from tests.support.backend import NOON, OPERATOR, FixedClock
from tests.support.messages import sms

if TYPE_CHECKING:
    from console.store import Store

ONE, TWO, THREE = "460001", "460002", "460003"
PLACE = ("gw1", 3)


def see(store: Store, imsi: str) -> None:
    store.port_sims.see({PLACE: imsi}).result(10)


def said(store: Store) -> list[str]:
    return [f"{entry.operator}: {entry.action} {entry.target} {entry.detail}" for entry in store.audit.newest(9)]


def test_the_first_one_belongs_there(store: Store) -> None:
    see(store, ONE)
    see(store, ONE)
    assert store.port_sims.all() == {PLACE: PortSim(*PLACE, ONE, ONE, NOON)}
    assert said(store) == []


def test_another_one_is_in_the_audit_until_a_person_says_that_it_belongs_there(store: Store, clock: FixedClock) -> None:
    see(store, ONE)
    clock.now += 60
    see(store, TWO)
    assert store.port_sims.all()[PLACE] == PortSim(*PLACE, ONE, TWO, NOON + 60)
    assert said(store) == ["console: new SIM gw1 port 3 IMSI 460002, before IMSI 460001"]
    alarm = store.alarms.raise_(Condition(AlarmKind.OTHER_SIM, *PLACE, "")).result(10)
    assert alarm is not None
    store.alarms.acknowledge([alarm.id], OPERATOR).result(10)
    assert not store.port_sims.all()[PLACE].is_other
    assert said(store)[0] == (
        f"{OPERATOR}: acknowledge alarm {alarm.id} SIM changed gw1 port 3: IMSI 460002 is the SIM now"
    )


def test_an_alarm_of_one_that_is_gone_again_is_no_word_on_the_next(store: Store) -> None:
    see(store, ONE)
    see(store, TWO)
    alarm = store.alarms.raise_(Condition(AlarmKind.OTHER_SIM, *PLACE, "IMSI 460002")).result(10)
    assert alarm is not None
    see(store, THREE)
    assert store.alarms.open() == []
    assert store.alarms.acknowledge([alarm.id], OPERATOR).result(10) == 0
    assert store.port_sims.all()[PLACE].is_other
    see(store, ONE)
    assert not store.port_sims.all()[PLACE].is_other


def test_calls_say_which_sim_is_in_a_port(store: Store) -> None:
    for number, (port, imsi) in enumerate((("3", ONE), ("gsm-1.4", TWO), ("3", TWO), ("5", ""))):
        store.add_callback("gw1", replace(sms(f"{number}", port=port), imsi=imsi), b"%d" % number).result(10)
    newest = store.port_sims.newest()
    assert store.port_sims.called("gw1", 0, newest) == {3: TWO, 4: TWO}
    assert store.port_sims.called("gw1", 1, 2) == {4: TWO}
    assert store.port_sims.called("gw2", 0, newest) == {}
