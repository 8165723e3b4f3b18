"""What went through each port: by stretch of time, last, in a row, newest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.domain.messages import DeliveryState as S
from console.domain.messages import Evidence, PortCounts
from console.store.ports.history import SETTLED, PortPast
from tests.support.backend import NOON
from tests.support.messages import draft, sms

if TYPE_CHECKING:
    from console.store import Store
    from tests.support.backend import FixedClock

HOUR = 3600.0


def receive(store: Store, port: str, gateway: str = "gw1") -> int:
    """An SMS unlike any other, so that it folds into none."""
    return store.add_callback(gateway, sms(f"message {store.inbox_count()}", port=port), b"").result(10)


def send(store: Store, clock: FixedClock, port: int, *states: S) -> int:
    message = store.add_outbox(draft(port=port), 1).result(10)
    for state in states:
        store.add_evidence(Evidence(message.id, 1, clock.now, state, "console", "")).result(10)
        clock.now += 4
    return message.id


def test_counts_of_each_stretch_by_port(store: Store, clock: FixedClock) -> None:
    clock.now = NOON - 2 * HOUR
    receive(store, "3")
    send(store, clock, 3, S.SUBMITTING, S.FAILED)
    clock.now = NOON - HOUR
    receive(store, "gsm-1.3")
    receive(store, "3")
    receive(store, "2", gateway="gw2")
    send(store, clock, 3, S.SUBMITTING, S.SENT, S.DELIVERED)
    send(store, clock, 3, S.SUBMITTING, S.UNKNOWN)
    send(store, clock, 2, S.SUBMITTING)
    edges = [NOON - 3 * HOUR, NOON - 2 * HOUR, NOON - HOUR, NOON]
    assert store.port_history.counts("gw1", edges) == [
        {},
        {3: PortCounts(received=1, failed=1)},
        {3: PortCounts(received=2, sent=1, unknown=1, delivered=1, delivery_seconds=4.0), 2: PortCounts()},
    ]


def test_a_stretch_begins_with_its_first_edge_and_ends_before_its_last(store: Store, clock: FixedClock) -> None:
    for clock.now in (NOON, NOON + HOUR):
        receive(store, "1")
    clock.now = NOON + 2 * HOUR
    assert store.port_history.counts("gw1", [NOON, NOON + HOUR]) == [{1: PortCounts(received=1)}]


def test_what_is_long_over_is_looked_up_once_in_a_while_and_what_is_not_each_time(
    store: Store, clock: FixedClock
) -> None:
    edges = [NOON - 3 * HOUR, NOON - 2 * HOUR, NOON + HOUR]
    clock.now = NOON - 2 * HOUR - 1
    message = send(store, clock, 1, S.SUBMITTING)
    clock.now = NOON + 60
    assert store.port_history.counts("gw1", edges) == [{1: PortCounts()}, {}]
    receive(store, "1")
    store.add_evidence(Evidence(message, 1, clock.now, S.FAILED, "console", "")).result(10)
    assert store.port_history.counts("gw1", edges) == [{1: PortCounts()}, {1: PortCounts(received=1)}]
    clock.now += SETTLED
    assert store.port_history.counts("gw1", edges)[0] == {1: PortCounts(failed=1)}


def test_a_stretch_of_many_hours_is_the_sum_of_them(store: Store, clock: FixedClock) -> None:
    for hours in (9, 5, 1):
        clock.now = NOON - hours * HOUR
        receive(store, "1")
        message = send(store, clock, 1, S.SUBMITTING, S.SENT)
        clock.now += hours
        store.add_evidence(Evidence(message, 1, clock.now, S.DELIVERED, "console", "")).result(10)
    send(store, clock, 2, S.SUBMITTING, S.UNKNOWN)
    clock.now = NOON
    whole = {
        1: PortCounts(received=3, sent=3, delivered=3, delivery_seconds=(13 + 9 + 5) / 3),
        2: PortCounts(unknown=1),
    }
    for _ in range(2):
        assert store.port_history.counts("gw1", [NOON - 10.5 * HOUR, NOON + HOUR]) == [whole]


def test_when_a_port_last_worked_and_how_often_it_failed_since(store: Store, clock: FixedClock) -> None:
    clock.now = NOON - 5 * HOUR
    send(store, clock, 1, S.SUBMITTING, S.FAILED)
    send(store, clock, 1, S.SUBMITTING, S.SENT)
    good = NOON - 5 * HOUR + 8
    clock.now = NOON - HOUR
    receive(store, "2")
    for _ in range(3):
        send(store, clock, 1, S.SUBMITTING, S.FAILED)
    send(store, clock, 1, S.SUBMITTING, S.UNKNOWN)
    assert store.port_history.past("gw1") == {1: PortPast(None, good, 3), 2: PortPast(NOON - HOUR)}
    assert store.port_history.past("gw2") == {}
    send(store, clock, 1, S.SUBMITTING, S.DELIVERED)
    assert store.port_history.past("gw1")[1].failures == 0


def test_what_was_days_ago_is_known_and_what_was_weeks_ago_is_not(store: Store, clock: FixedClock) -> None:
    clock.now = NOON - 20 * 86_400
    receive(store, "1")
    clock.now = NOON - 5 * 86_400
    receive(store, "2")
    send(store, clock, 3, S.SUBMITTING, S.SENT)
    clock.now = NOON
    assert store.port_history.past("gw1") == {
        2: PortPast(NOON - 5 * 86_400),
        3: PortPast(None, NOON - 5 * 86_400),
    }
    for clock.now in (NOON + 60, NOON + 3 * HOUR):
        receive(store, "2")
        assert store.port_history.past("gw1")[2].received_at == clock.now


def test_the_newest_messages_of_a_port_both_ways(store: Store, clock: FixedClock) -> None:
    received = []
    for number, name in enumerate(("3", "gsm-1.3", "2", "3", "gsm-2.3")):
        clock.now = NOON + number
        received.append(receive(store, name))
    clock.now += SETTLED
    sent = [send(store, clock, port) for port in (3, 2, 3)]
    history = store.port_history
    assert history.received_ids("gw1", 3, 9) == [received[3], received[1], received[0]]
    assert history.received_ids("gw1", 3, 1) == [received[3]]
    assert history.received_ids("gw2", 3, 9) == []
    assert sorted(history.sent_ids("gw1", 3, 9)) == [sent[0], sent[2]]
    assert history.sent_ids("gw1", 9, 9) == []
