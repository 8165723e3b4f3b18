from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from console.config.records import AlarmConfig
from console.domain.alarms import AlarmKind
from console.domain.messages import DeliveryState, Evidence, PortCounts
from console.domain.ports import SUSPECT_AFTER, PortPast
from console.protocol.rules.alarms import AlarmRules, Facts
from console.protocol.text.time_words import midnight
from console.store import Store
from console.ui.context.gateways import Gateways
from console.ui.ports.watch import IDLE, SPACING, PortWatch, Traffic, facts_of
from tests.support.alarms import GATEWAY, RECEIVING
from tests.support.backend import NOON, FakeBackend, FixedClock
from tests.support.messages import draft, sms

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "console.db", clock=FixedClock())
    yield store
    store.close()


def test_it_looks_when_something_was_committed_and_else_now_and_then(store: Store) -> None:
    watch = PortWatch(store)
    assert watch.is_due(NOON)
    watch.look(["gw1"], NOON)
    assert not watch.is_due(NOON + SPACING)
    assert watch.is_due(NOON + IDLE)
    store.add_callback("gw1", sms("one", port="3"), b"").result(10)
    assert not watch.is_due(NOON + SPACING - 0.1)
    assert watch.is_due(NOON + SPACING)
    assert watch.is_due(NOON - 1), "the clock was set back"


def test_what_it_found_goes_with_the_ports(store: Store) -> None:
    backend = FakeBackend(store, ports=4, gateways=2)
    gateways, watch = Gateways(backend), PortWatch(store)
    store.add_callback("gw2", sms("one", port="3"), b"").result(10)
    store.port_notes.set("gw2", 3, "mind", True, "bob").result(10)
    assert [facts.today for facts in watch.facts(gateways)] == [PortCounts()] * 8
    watch.look(["gw1", "gw2"], NOON)
    third = watch.facts(gateways)[6]
    assert third.key == ("gw2", 3)
    assert third.today == third.hour == PortCounts(received=1)
    assert third.past.received_at == NOON
    assert third.locked_out
    assert third.label == "gw2"
    gateways.choose("gw2")
    assert [facts.label for facts in watch.facts(gateways)] == [""] * 4


@pytest.mark.parametrize(("failures", "raised", "marked"), [(2, True, True), (4, False, False), (0, False, True)])
def test_the_screen_marks_a_port_when_the_alarm_is_raised_and_still_where_nobody_wants_the_alarm(
    store: Store, failures: int, raised: bool, marked: bool
) -> None:
    backend, alarms = FakeBackend(store, ports=1), AlarmConfig(failures=failures)
    box = replace(backend.snapshots[0], suspect_after=alarms.suspect_after)
    past = PortPast(failures=SUSPECT_AFTER)
    rules = AlarmRules(alarms, [GATEWAY])
    found = rules.update(Facts([box], RECEIVING, {("gw1", 1): past}), NOON)
    assert any(one.kind is AlarmKind.FAILURES for one in found) is raised
    assert facts_of(box, box.ports[0], Traffic(past={1: past})).suspect is marked


@pytest.mark.parametrize(("sent_by_the_new_one", "count"), [(0, 0), (1, 1)])
def test_after_a_sim_was_replaced_the_screen_counts_as_the_alarms_do(
    store: Store, sent_by_the_new_one: int, count: int
) -> None:
    backend, watch = FakeBackend(store, ports=4), PortWatch(store)
    old, new = "460001", "460002"
    backend.change_port(3, report=replace(backend.snapshots[0].ports[2].report, imsi=new))
    for imsi in (old, old, old, *[new] * sent_by_the_new_one):
        message = store.add_outbox(draft(port=3), 1).result(10).id
        for state in (DeliveryState.SUBMITTING, DeliveryState.FAILED):
            evidence = Evidence(message, 1, NOON, state, "console", "", port=3, imsi=imsi)
            store.add_evidence(evidence).result(10)
    watch.look(["gw1"], NOON)
    assert watch.facts(Gateways(backend))[2].failures == count
    past = {("gw1", port): past for port, past in store.port_history.past("gw1").items()}
    for threshold, holds in ((count + 1, False), (max(1, count), count > 0)):
        rules = AlarmRules(AlarmConfig(failures=threshold, silent_factor=0), [GATEWAY])
        found = rules.update(Facts(backend.snapshots, RECEIVING, past), NOON)
        assert any(one.kind is AlarmKind.FAILURES for one in found) is holds


def test_a_store_that_can_not_be_read_leaves_what_is_known(store: Store) -> None:
    watch = PortWatch(store)
    store.add_callback("gw1", sms("one", port="3"), b"").result(10)
    watch.look(["gw1"], NOON)
    store.close()
    watch.look(["gw1"], NOON + 60)
    assert watch.seen["gw1"].today == {3: PortCounts(received=1)}


def test_a_day_begins_at_the_local_midnight() -> None:
    assert 0 <= NOON - midnight(NOON) < 86_400
    assert midnight(midnight(NOON)) == midnight(NOON)
