"""Counts per port, and that they are right however often they are asked."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.domain.messages import DeliveryState as S
from console.domain.messages import Evidence, PortCounts
from tests.support.backend import NOON
from tests.support.messages import draft, result, sms

if TYPE_CHECKING:
    from console.store import Store
    from tests.support.backend import FixedClock


def receive(store: Store, port: str, gateway: str = "gw1") -> None:
    """An SMS unlike any other, so that it folds into none."""
    store.add_callback(gateway, sms(f"message {store.inbox_count()}", port=port), b"").result(10)


def send(store: Store, port: int | None, *states: S) -> int:
    message = store.add_outbox(draft(port=port), 1).result(10)
    for state in states:
        store.add_evidence(Evidence(message.id, 1, NOON, state, "console", "")).result(10)
    return message.id


def test_nothing_yet(store: Store) -> None:
    assert store.port_counts("gw1", 0) == {}


def test_received_is_counted_by_gateway_port_and_time(store: Store, clock: FixedClock) -> None:
    clock.now = NOON - 3_600
    receive(store, "3")
    clock.now = NOON
    for port in ("3", "gsm-1.3", "2", "gsm-2.1", ""):
        receive(store, port)
    receive(store, "3", gateway="gw2")
    assert store.port_counts("gw1", NOON - 60) == {2: PortCounts(received=1), 3: PortCounts(received=2)}
    assert store.port_counts("gw1", 0)[3].received == 3


def test_what_comes_later_is_added(store: Store) -> None:
    for expected in (1, 2, 3):
        receive(store, "3")
        assert store.port_counts("gw1", 0) == {3: PortCounts(received=expected)}
        assert store.port_counts("gw1", 0) == {3: PortCounts(received=expected)}


def test_the_question_is_rounded_to_the_minute(store: Store, clock: FixedClock) -> None:
    clock.now = NOON
    receive(store, "3")
    assert store.port_counts("gw1", NOON + 59) == {3: PortCounts(received=1)}
    assert store.port_counts("gw1", NOON + 60) == {}


def test_more_questions_than_are_remembered(store: Store) -> None:
    receive(store, "3")
    for minute in range(200):
        assert store.port_counts("gw1", minute * 60) == {3: PortCounts(received=1)}


def test_sent_and_failed(store: Store) -> None:
    send(store, 1)
    send(store, 1, S.SUBMITTING)
    send(store, 1, S.SUBMITTING, S.SENT)
    send(store, 1, S.SUBMITTING, S.SENT, S.DELIVERED)
    send(store, 1, S.SUBMITTING, S.FAILED)
    send(store, 2, S.SUBMITTING, S.UNKNOWN)
    assert store.port_counts("gw1", 0) == {
        1: PortCounts(sent=2, failed=1, delivered=1, delivery_seconds=0.0),
        2: PortCounts(unknown=1),
    }


def test_how_long_the_handset_took(store: Store) -> None:
    for seconds in (10, 30):
        message = store.add_outbox(draft(port=1), 1).result(10)
        for state, at in ((S.SUBMITTING, 0), (S.SENT, 5), (S.DELIVERED, 5 + seconds)):
            store.add_evidence(Evidence(message.id, 0, NOON + at, state, "console", "")).result(10)
    counts = store.port_counts("gw1", 0)[1]
    assert (counts.delivered, counts.delivery_seconds) == (2, 20.0)


def test_a_port_that_the_gateway_chose_counts_once_it_is_known(store: Store) -> None:
    message_id = send(store, None, S.SUBMITTING, S.ACCEPTED)
    assert store.port_counts("gw1", 0) == {}
    store.add_callback("gw1", result(store.wire_id(message_id), port="7"), b"").result(10)
    assert store.port_counts("gw1", 0) == {7: PortCounts(sent=1)}
