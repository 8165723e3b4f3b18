"""The same report by several ways, and reports of a text that the gateway cut."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from console.config import Regions
from console.domain.messages import Callback, Evidence, Via
from console.domain.messages import DeliveryState as S
from console.store import Store
from tests.support.backend import NOON
from tests.support.messages import NUMBER, draft, report, result

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.backend import FixedClock

AMI = b"Event: SMSStatusReport\r\nPrivilege: system,all\r\nSpan: 3\r\n\r\n"
TIME = "2026/11/22 12:00:00"
LONG = "Съешь ещё этих мягких французских булок, да выпей же чаю. " * 3


def sent(
    store: Store, segments: int = 1, *, via: Via = Via.AMI, text: str = "hi", parts: int = 0, to: str = NUMBER
) -> int:
    message = store.add_outbox(draft(via=via, text=text, to=to), segments, parts=parts).result(10)
    for state in (S.SUBMITTING, S.SENT):
        store.add_evidence(Evidence(message.id, 0, NOON, state, "console", "")).result(10)
    return message.id


def said(store: Store, raw: bytes, callback: Callback | None = None) -> None:
    store.add_callback("gw1", callback or replace(report(), gateway_time=TIME), raw).result(10)


def states(store: Store) -> list[S]:
    """Oldest first."""
    return [message.state for message in reversed(store.outbox_slice(0, 10))]


def sources(store: Store, message_id: int) -> list[str]:
    return [evidence.source for evidence in store.evidence(message_id) if evidence.source != "console"]


@pytest.mark.parametrize("ways", [(AMI, b"/sms?http"), (b"/sms?http", AMI), (b"/sms?http", b"/sms?http", AMI)])
def test_a_report_by_two_ways_marks_one_message(store: Store, ways: tuple[bytes, ...]) -> None:
    older, newer = sent(store), sent(store)
    for raw in ways:
        said(store, raw)
    assert states(store) == [S.SENT, S.DELIVERED]
    expected = ["SMSStatusReport" if raw == AMI else "SMS-Status-Report" for raw in ways]
    assert (sources(store, older), sources(store, newer)) == ([], expected)
    assert len(store.unmatched(0, 99)) == 0


@pytest.mark.parametrize(
    ("to", "told", "region"),
    [
        ("+4915112345678", "+4915112345678", ""),
        ("+4915112345678", "4915112345678", ""),
        ("015112345678", "+4915112345678", ""),
        ("015112345678", "4915112345678", ""),
        ("89161234567", "+79161234567", ""),
        ("89161234567", "+79161234567", "RU"),
        ("10086", "10086", "CN"),
    ],
)
def test_a_report_finds_its_number_however_the_network_writes_it(
    path: Path, clock: FixedClock, to: str, told: str, region: str
) -> None:
    store = Store.open(path, clock=clock, regions=Regions(region))
    sent(store, to=to)
    said(store, AMI, replace(report(number=told), gateway_time=TIME))
    assert states(store) == [S.DELIVERED]
    store.close()


@pytest.mark.parametrize("told", ["+33612345678", "12345678", "0612345678"])
def test_a_report_is_no_other_number_s_that_ends_alike(store: Store, told: str) -> None:
    sent(store, to="+4915112345678")
    sent(store, to="+819012345678")
    said(store, AMI, replace(report(number=told), gateway_time=TIME))
    assert states(store) == [S.SENT, S.SENT]
    assert len(store.unmatched(0, 9)) == 1


def test_reports_of_two_numbers_that_end_alike_are_two(store: Store) -> None:
    numbers = ("+4915112345678", "+33612345678")
    for number in numbers:
        sent(store, to=number)
    for raw in (AMI, b"/sms?http"):
        for number in numbers:
            said(store, raw, replace(report(number=number), gateway_time=TIME))
    assert states(store) == [S.DELIVERED, S.DELIVERED]


def test_the_same_event_on_the_links_of_two_consoles(store: Store, path: Path, clock: FixedClock) -> None:
    sent(store)
    sent(store)
    other = Store.open(path, clock=clock)
    said(store, AMI)
    said(other, AMI)
    assert states(store) == [S.SENT, S.DELIVERED]
    said(other, AMI)
    said(store, AMI)
    said(store, b"/sms?http")
    assert states(store) == [S.DELIVERED, S.DELIVERED]
    other.close()


def test_two_parts_at_the_same_second(store: Store) -> None:
    sent(store, 2)
    said(store, AMI)
    assert states(store) == [S.SENT]
    said(store, AMI)
    assert states(store) == [S.DELIVERED]
    said(store, b"/sms?1")
    said(store, b"/sms?2")
    assert states(store) == [S.DELIVERED]


@pytest.mark.parametrize(
    "other",
    [
        {"gateway_time": "2026/11/22 12:00:01"},
        {"status": "Message not received on handset"},
    ],
)
def test_another_time_or_another_word_is_another_report(store: Store, other: dict[str, str]) -> None:
    sent(store)
    sent(store)
    said(store, AMI)
    said(store, b"/sms?http", replace(report(), **{"gateway_time": TIME, **other}))  # type: ignore[arg-type]
    assert S.SENT not in states(store)


def test_a_report_of_nothing_is_repeated_by_nothing(store: Store) -> None:
    said(store, AMI)
    sent(store)
    said(store, b"/sms?http")
    assert states(store) == [S.SENT]
    assert len(store.unmatched(0, 99)) == 2


def test_the_time_may_be_written_either_way(store: Store) -> None:
    sent(store)
    sent(store)
    said(store, AMI)
    said(store, b"/sms?http", replace(report(), gateway_time=TIME.replace("/", "-")))
    assert states(store) == [S.SENT, S.DELIVERED]


def test_a_long_text_by_http_is_delivered_with_its_last_part(store: Store) -> None:
    message_id = sent(store, via=Via.HTTP, text=LONG, parts=3)
    for number in (1, 2):
        said(store, b"%d" % number, replace(report(), gateway_time=f"2026/11/22 12:00:0{number}"))
        assert states(store) == [S.SENT]
    assert [e.raw for e in store.evidence(message_id)][-2:] == [
        "Message received on handset (1 of 3 parts)",
        "Message received on handset (2 of 3 parts)",
    ]
    said(store, b"3", replace(report(), gateway_time="2026/11/22 12:00:03"))
    assert states(store) == [S.DELIVERED]


def test_one_part_that_was_not_received_is_enough(store: Store) -> None:
    sent(store, via=Via.HTTP, text=LONG, parts=3)
    said(store, b"1", replace(report(), gateway_time="1"))
    said(store, b"2", replace(report(received=False), gateway_time="2"))
    assert states(store) == [S.FAILED]


def test_a_short_text_by_http_is_delivered_at_once(store: Store) -> None:
    sent(store, via=Via.HTTP)
    said(store, b"1")
    assert states(store) == [S.DELIVERED]


def test_a_result_by_ami_says_so(store: Store) -> None:
    message = store.add_outbox(draft(), 1).result(10)
    store.add_evidence(Evidence(message.id, 0, NOON, S.SUBMITTING, "console", "")).result(10)
    said(store, b"Event: SMSSendStatus\r\n\r\n", result(store.wire_id(message.id)))
    assert sources(store, message.id) == ["SMSSendStatus"]


def test_a_long_text_by_http_is_sent_with_its_last_part(store: Store) -> None:
    message = store.add_outbox(draft(via=Via.HTTP, text=LONG), 1, parts=3).result(10)
    for state in (S.SUBMITTING, S.ACCEPTED):
        store.add_evidence(Evidence(message.id, 0, NOON, state, "console", "")).result(10)
    wire_id = store.wire_id(message.id)
    for number in (1, 2):
        said(store, b"/sms?%d" % number, result(wire_id))
        assert states(store) == [S.ACCEPTED]
    said(store, b"/sms?2", result(wire_id))
    assert states(store) == [S.ACCEPTED], "the same call again is no third part"
    said(store, b"/sms?3", result(wire_id))
    assert states(store) == [S.SENT]
    assert [e.raw for e in store.evidence(message.id)][3:5] == ["Sent (1 of 3 parts)", "Sent (2 of 3 parts)"]


def test_a_part_of_a_long_text_that_failed_is_enough(store: Store) -> None:
    message = store.add_outbox(draft(via=Via.HTTP, text=LONG), 1, parts=3).result(10)
    for state in (S.SUBMITTING, S.ACCEPTED):
        store.add_evidence(Evidence(message.id, 0, NOON, state, "console", "")).result(10)
    said(store, b"/sms?1", result(store.wire_id(message.id)))
    said(store, b"/sms?2", replace(result(store.wire_id(message.id)), status="Fail"))
    assert states(store) == [S.FAILED]


def test_amis_results_of_the_parts_count_by_themselves(store: Store) -> None:
    message = store.add_outbox(draft(via=Via.HTTP, text=LONG), 1, parts=2).result(10)
    for state in (S.SUBMITTING, S.ACCEPTED):
        store.add_evidence(Evidence(message.id, 0, NOON, state, "console", "")).result(10)
    sent_event = Evidence(message.id, 0, NOON, S.SENT, "SMSSendStatus", "SUCCESS")
    said(store, b"/sms?1", result(store.wire_id(message.id)))
    assert store.add_evidence(sent_event).result(10).state is S.ACCEPTED
    assert store.add_evidence(sent_event).result(10).state is S.SENT
