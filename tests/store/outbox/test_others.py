"""What other programs send: seen once, counted with ours, never taken for ours, never acted on."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from console.domain.messages import Callback, Evidence, OutboxMessage, Via
from console.domain.messages import DeliveryState as S
from console.domain.sending import Allowance, Held
from console.errors import StoreError
from console.protocol.query.outbox import OUTBOX
from console.store import Store
from tests.support.backend import NOON, OPERATOR, FixedClock
from tests.support.messages import NUMBER, draft, report, result

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

AMI, HTTP = b"Event: SMSSendStatus\r\n\r\n", b"/sms?type=SMS-Status-Result"
IMSI = "460001"


@pytest.fixture
def store(path: Path, clock: FixedClock) -> Iterator[Store]:
    store = Store.open(path, clock=clock, senders={"crm-": "CRM", "crm-night-": "night run"})
    yield store
    store.close()


@pytest.fixture
def other(path: Path, store: Store, clock: FixedClock) -> Iterator[Store]:
    """Another process that hears the same."""
    other = Store.open(path, clock=clock)
    yield other
    other.close()


def hear(store: Store, wire_id: str = "", *, raw: bytes = AMI, **changes: str) -> None:
    said = replace(result(wire_id), imsi=IMSI, **changes)  # type: ignore[arg-type]
    store.add_callback("gw1", said, raw).result(10)


def rows(store: Store) -> list[OutboxMessage]:
    """Oldest first."""
    return store.outbox_slice(0, 99)[::-1]


def test_a_result_of_no_message_of_ours_is_a_row_of_its_own(store: Store) -> None:
    hear(store, "crm-17")
    hear(store, "crm-night-1", status="Fail")
    hear(store, "zbx-1", status="Gone", number="10086")
    hear(store, "null", number="10010")
    found = rows(store)
    assert [(row.operator, row.state, row.port, row.draft.to) for row in found] == [
        ("CRM", S.SENT, 3, NUMBER),
        ("night run", S.FAILED, 3, NUMBER),
        ("others", S.UNKNOWN, 3, "10086"),
        ("others", S.SENT, 3, "10010"),
    ]
    assert not any(row.is_ours for row in found)
    assert store.unmatched(0, 9) == []
    assert store.outbox.troubled(9) == [], "nothing can be done about it"
    assert store.evidence(found[0].id)[0].why == "id crm-17: not ours"
    assert store.outbox.imsi(found[0].id) == IMSI


@pytest.mark.parametrize("wire_id", ["crm-17", "null"])
def test_the_same_by_several_ways_is_one(store: Store, other: Store, wire_id: str, clock: FixedClock) -> None:
    hear(store, wire_id)
    hear(other, wire_id)
    hear(other, wire_id, raw=HTTP)
    assert [row.parts for row in rows(store)] == [1]
    clock.now += 300
    hear(other, wire_id)
    hear(store, wire_id)
    hear(store, wire_id, raw=HTTP)
    assert [row.parts for row in rows(store)] == [1, 1]


def test_results_of_one_id_are_parts_and_those_without_one_are_messages(store: Store, other: Store) -> None:
    for status in ("Sent", "Sent", "Fail"):
        hear(store, "crm-1", status=status)
        hear(other, "crm-1", status=status)
    for _ in range(2):
        hear(store)
    assert [row.segments for row in rows(store)] == [(S.SENT, S.SENT, S.FAILED), (S.SENT,), (S.SENT,)]
    assert store.sending.segments_since("gw1", NOON - 60) == {(3, IMSI): 4}


def begun(store: Store, *, via: Via = Via.AMI, to: str = NUMBER) -> int:
    message = store.add_outbox(draft(via=via, to=to), 1).result(10)
    store.sending.begin(message.id, 0, 3, IMSI).result(10)
    return message.id


@pytest.mark.parametrize("wire_id", ["null", "0", "777"])
@pytest.mark.parametrize("state", [None, S.ACCEPTED, S.SENT])
def test_ours_is_not_counted_twice_where_firmware_hands_no_id_on(
    store: Store, other: Store, wire_id: str, state: S | None
) -> None:
    message_id = begun(store)
    if state is not None:
        store.add_evidence(Evidence(message_id, 0, NOON, state, "ami answer", "")).result(10)
    hear(store, wire_id)
    hear(other, wire_id)
    hear(store, wire_id, raw=HTTP)
    assert [row.is_ours for row in rows(store)] == [True]
    step = store.evidence(message_id)[-1]
    assert step.why == f"it may be of message {message_id} or of another program: its id is not ours"
    assert step.state is S.UNKNOWN, "nor does it say when ours was on the air"
    assert store.unmatched(0, 9) == []
    assert rows(store)[0].state is (state or S.SUBMITTING), "a guess decides nothing"
    hear(store, wire_id)
    assert [row.is_ours for row in rows(store)] == [True, False], "ours has had its result"


def test_what_is_known_to_be_another_s_is_never_taken_for_ours(store: Store, clock: FixedClock) -> None:
    message_id = begun(store)
    hear(store, "crm-1")
    hear(store, f"0123456789ab-{message_id}")
    hear(store, "null", port="4")
    assert [row.is_ours for row in rows(store)] == [True, False, False, False]
    hear(store, store.wire_id(message_id))
    assert rows(store)[0].state is S.SENT
    clock.now += 300
    hear(store, "null")
    assert len(rows(store)) == 5


def test_it_counts_for_the_limit_and_the_pace(store: Store, clock: FixedClock) -> None:
    rule = Allowance(daily=3, today=NOON - 60, month=NOON - 60, pace=4.0)
    for number in range(3):
        hear(store, f"crm-{number}", number=f"1008{number}")
    clock.now += 1
    message = store.add_outbox(draft(), 1).result(10)
    assert store.sending.begin(message.id, 0, 3, IMSI, replace(rule, daily=None)).result(10) == Held(
        "Port 3 pauses after a message.", 3.0
    )
    assert store.sending.begin(message.id, 0, 3, IMSI, rule).result(10) == Held("Port 3: 3 of 3 segments today.", None)


def test_it_counts_in_the_figures_of_its_port(store: Store) -> None:
    hear(store, "crm-1")
    store.add_callback("gw1", replace(report(), imsi=IMSI, gateway_time="2026/11/22 12:00:00"), b"/sms?r").result(10)
    for number in range(2):
        hear(store, f"crm-x{number}", status="Fail", number="10086")
    counts = store.port_history.counts("gw1", (NOON - 60, NOON + 60))[0][3]
    assert (counts.sent, counts.delivered, counts.failed) == (1, 1, 2)
    past = store.port_history.past("gw1")[3]
    assert (past.failures, past.failed_imsi, past.others_at) == (2, IMSI, NOON)


def test_a_report_goes_to_ours_where_it_may_be_of_either(store: Store, clock: FixedClock) -> None:
    hear(store, "crm-1")
    clock.now += 4000
    message_id = begun(store)
    hear(store, store.wire_id(message_id))
    told = Callback(report().kind, number=NUMBER, port="3", imsi=IMSI, status=report().status)
    store.add_callback("gw1", told, b"/sms?r").result(10)
    assert [row.state for row in rows(store)] != [S.DELIVERED, S.SENT]


def test_nothing_is_done_about_it(store: Store) -> None:
    hear(store, "crm-1", status="Odd")
    (row,) = rows(store)
    assert store.sending.cancel([row.id], OPERATOR).result(10) == 0
    with pytest.raises(StoreError, match="another program"):
        store.sending.settle(row.id, S.SENT, OPERATOR).result(10)
    assert store.recover().result(10) == 0
    assert store.sending.left_over() == []
    assert store.find_outbox("gw1", "crm-1") is None


def test_it_is_found_by_whose_it_is(store: Store) -> None:
    hear(store, "crm-1")
    ours = begun(store)
    hear(store, "crm-2", number="10086")
    first, _, last = (row.id for row in rows(store))
    assert store.outbox.find(9, ours=True) == [ours]
    assert store.outbox.find(9, ours=False) == [last, first]
    assert store.outbox.find(9, OUTBOX.ask("10086"), ours=False) == [last]
    assert store.outbox.find(9, ours=False, states=[S.SENT]) == [last, first]
    assert store.outbox.find(9, OUTBOX.ask("crm")) == [last, first]
