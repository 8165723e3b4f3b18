"""Results and reports: whose they are, the same by several ways, and those of a text that the gateway cut."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
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


def begun(store: Store, clock: FixedClock, *, via: Via = Via.AMI, parts: int = 1, port: int = 3) -> int:
    """It leaves now, and nobody has answered."""
    message = store.add_outbox(draft(via=via, port=port), 1 if via is Via.HTTP else parts, parts=parts).result(10)
    store.sending.begin(message.id, 0, port, "").result(10)
    return message.id


def answered(store: Store, clock: FixedClock, message_id: int, state: S, *, after: float = 3.0) -> None:
    """By the gateway, some seconds later."""
    clock.now += after
    source = "console" if state is S.UNKNOWN else "ami answer"
    store.add_evidence(Evidence(message_id, 0, clock.now, state, source, "")).result(10)


def stamped(clock: FixedClock, *, lead: float = 8 * 3600, received: bool = True) -> Callback:
    """A report of what the network takes now, by its own clock."""
    time = datetime.fromtimestamp(clock.now + lead, UTC).strftime("%Y/%m/%d %H:%M:%S")
    return replace(report(received=received), gateway_time=time)


def why(store: Store, message_id: int) -> str:
    return store.evidence(message_id)[-1].why


def states(store: Store) -> list[S]:
    """Oldest first."""
    return [message.state for message in reversed(store.outbox_slice(0, 10))]


def sources(store: Store, message_id: int) -> list[str]:
    return [evidence.source for evidence in store.evidence(message_id) if evidence.source != "console"]


@pytest.mark.parametrize("ways", [(AMI, b"/sms?http"), (b"/sms?http", AMI), (b"/sms?http", b"/sms?http", AMI)])
def test_a_report_by_two_ways_is_one(store: Store, ways: tuple[bytes, ...]) -> None:
    message_id = sent(store)
    for raw in ways:
        status = "SUCCESS" if raw == AMI else "Message received on handset"
        said(store, raw, replace(report(), gateway_time=TIME, status=status))
    assert states(store) == [S.DELIVERED]
    assert len(sources(store, message_id)) == 1
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
    message_id = sent(store, 2)
    other = Store.open(path, clock=clock)
    for there in (store, other):
        said(there, AMI)
    assert states(store) == [S.SENT]
    for there in (other, store):
        said(there, AMI)
    said(store, b"/sms?http")
    assert states(store) == [S.DELIVERED]
    assert len(sources(store, message_id)) == 2
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


def test_a_report_of_nothing_is_listed_once(store: Store) -> None:
    said(store, AMI)
    sent(store)
    said(store, b"/sms?http")
    assert states(store) == [S.SENT]
    assert len(store.unmatched(0, 99)) == 1


def test_the_time_may_be_written_either_way(store: Store) -> None:
    message_id = sent(store)
    said(store, AMI)
    said(store, b"/sms?http", replace(report(), gateway_time=TIME.replace("/", "-")))
    assert len(sources(store, message_id)) == 1


def test_what_was_unknown_is_settled_by_its_own_report(store: Store, clock: FixedClock) -> None:
    """The link broke before the answer; a second text to that number was sent since then."""
    first = begun(store, clock)
    first_report = stamped(clock)
    answered(store, clock, first, S.UNKNOWN)
    clock.now += 20
    second = begun(store, clock)
    clock.now += 1
    second_report = stamped(clock)
    answered(store, clock, second, S.SENT, after=1)
    said(store, b"1", first_report)
    assert states(store) == [S.UNKNOWN, S.SENT]
    assert why(store, second) == f"it may be about message {first} or {second}: nothing is decided yet"
    said(store, b"2", second_report)
    assert states(store) == [S.DELIVERED, S.DELIVERED]
    assert len(store.unmatched(0, 9)) == 0


def test_one_that_was_planned_a_month_ago_has_its_report(store: Store, clock: FixedClock) -> None:
    message = store.add_outbox(draft(port=3), 1).result(10)
    clock.now += 30 * 86_400
    store.sending.begin(message.id, 0, 3, "").result(10)
    told = stamped(clock)
    answered(store, clock, message.id, S.SENT)
    said(store, b"1", told)
    assert states(store) == [S.DELIVERED]


def test_the_network_s_clock_tells_two_messages_apart(store: Store, clock: FixedClock) -> None:
    alone = begun(store, clock)
    report_of_it = stamped(clock)
    answered(store, clock, alone, S.SENT)
    said(store, b"0", report_of_it)
    assert why(store, alone) == "the only one it can be about"
    reports = []
    for _ in range(2):
        clock.now += 30
        message_id = begun(store, clock)
        clock.now += 1
        reports.append(stamped(clock))
        answered(store, clock, message_id, S.SENT)
    said(store, b"1", replace(reports[0], status="Message not received on handset", cause="70"))
    assert states(store) == [S.DELIVERED, S.FAILED, S.SENT]
    assert why(store, alone + 1) == "it was sent when the network says"


def test_by_http_without_results_a_late_report_settles_it(store: Store, clock: FixedClock) -> None:
    message = store.add_outbox(draft(via=Via.HTTP), 1, result_wait=60).result(10)
    store.sending.begin(message.id, 0, 3, "").result(10)
    of_it = stamped(clock)
    store.add_evidence(Evidence(message.id, 0, clock.now, S.ACCEPTED, "http answer", "sending")).result(10)
    clock.now += 3_600
    store.sending.expire().result(10)
    assert states(store) == [S.UNKNOWN]
    said(store, b"1", of_it)
    assert states(store) == [S.DELIVERED]


def test_a_report_is_kept_until_the_answer_is_there(store: Store, clock: FixedClock) -> None:
    message_id = begun(store, clock)
    said(store, b"1", stamped(clock))
    assert states(store) == [S.SUBMITTING]
    assert why(store, message_id) == "kept until the gateway has answered: nothing is decided yet"
    answered(store, clock, message_id, S.UNKNOWN)
    assert states(store) == [S.DELIVERED]


def test_a_report_of_what_failed_says_that_it_arrived(store: Store, clock: FixedClock) -> None:
    message_id = begun(store, clock)
    of_it = stamped(clock)
    answered(store, clock, message_id, S.FAILED)
    said(store, b"1", of_it)
    assert states(store) == [S.DELIVERED]


def test_what_never_left_has_no_report(store: Store, clock: FixedClock) -> None:
    message_id = begun(store, clock)
    store.add_evidence(Evidence(message_id, 0, clock.now, S.FAILED, "console", "no connection")).result(10)
    said(store, b"1", stamped(clock))
    assert states(store) == [S.FAILED]
    assert len(store.unmatched(0, 9)) == 1


def test_a_network_that_tries_on_says_more_later(store: Store) -> None:
    message_id = sent(store)
    said(store, b"1", replace(report(received=False, cause="32"), gateway_time=TIME))
    assert states(store) == [S.SENT]
    said(store, b"2", replace(report(), gateway_time=TIME))
    assert states(store) == [S.DELIVERED]
    assert sources(store, message_id) == ["SMS-Status-Report", "SMS-Status-Report"]


@pytest.mark.parametrize("received", [True, False])
def test_the_network_s_last_word_stands_and_one_against_it_is_a_question(
    store: Store, clock: FixedClock, received: bool
) -> None:
    message_id = sent(store)
    said(store, b"1", replace(report(received=received), gateway_time=TIME))
    last = states(store)
    said(store, b"2", replace(report(received=not received), gateway_time=TIME))
    assert states(store) == last == [S.DELIVERED if received else S.FAILED]
    assert sources(store, message_id) == ["SMS-Status-Report", "SMS-Status-Report, ambiguous"]
    assert why(store, message_id) == "after the network's final report: nothing is decided"


def test_a_sim_is_known_in_another_port(store: Store, clock: FixedClock) -> None:
    message = store.add_outbox(draft(port=3), 1).result(10)
    store.sending.begin(message.id, 0, 3, "26201").result(10)
    answered(store, clock, message.id, S.SENT)
    said(store, b"1", replace(report(port="5"), imsi="26202"))
    assert states(store) == [S.SENT]
    said(store, b"2", replace(report(port="5"), imsi="26201"))
    assert states(store) == [S.DELIVERED]


def test_what_others_sent_has_reports_too(store: Store, clock: FixedClock) -> None:
    message_id = begun(store, clock, via=Via.HTTP)
    store.add_evidence(Evidence(message_id, 0, clock.now, S.ACCEPTED, "http answer", "")).result(10)
    clock.now += 5
    said(store, b"0", result("null"))
    said(store, b"1", stamped(clock))
    assert states(store) == [S.ACCEPTED]
    assert (
        why(store, message_id) == f"it may be about message {message_id} or of another program: nothing is decided yet"
    )


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


SEND_STATUS = b"Event: SMSSendStatus\r\n\r\n"


def accepted(store: Store, parts: int) -> int:
    message = store.add_outbox(draft(via=Via.HTTP, text=LONG), 1, parts=parts).result(10)
    for state in (S.SUBMITTING, S.ACCEPTED):
        store.add_evidence(Evidence(message.id, 0, NOON, state, "console", "")).result(10)
    return message.id


@pytest.mark.parametrize("kind", ["result", "report"])
def test_a_call_that_was_answered_is_the_next_part_and_one_that_was_not_is_the_same(store: Store, kind: str) -> None:
    message_id = accepted(store, 2)
    call = result(store.wire_id(message_id)) if kind == "result" else replace(report(), gateway_time=TIME)
    done = S.SENT if kind == "result" else S.DELIVERED
    first = store.add_callback("gw1", call, b"the same").result(10)
    again = store.add_callback("gw1", call, b"the same").result(10)
    assert states(store) == [S.ACCEPTED], "nobody had answered the first"
    store.note_answered([first, again]).result(10)
    said(store, b"the same", call)
    assert states(store) == [done]


def test_the_same_bytes_much_later_are_a_call_whose_answer_was_lost(store: Store, clock: FixedClock) -> None:
    message_id = accepted(store, 2)
    call = result(store.wire_id(message_id))
    store.note_answered([store.add_callback("gw1", call, b"the same").result(10)]).result(10)
    clock.now += 900
    said(store, b"the same", call)
    assert states(store) == [S.ACCEPTED]


def test_results_on_two_links_are_those_of_one_part(store: Store, path: Path, clock: FixedClock) -> None:
    message_id = accepted(store, 2)
    other = Store.open(path, clock=clock)
    call = result(store.wire_id(message_id), "SUCCESS")
    for there in (store, other):
        said(there, SEND_STATUS, call)
    assert states(store) == [S.ACCEPTED]
    for there in (other, store):
        said(there, SEND_STATUS, call)
    assert states(store) == [S.SENT]
    other.close()


def test_amis_results_of_the_parts_count_by_themselves(store: Store) -> None:
    message = store.add_outbox(draft(via=Via.HTTP, text=LONG), 1, parts=2).result(10)
    for state in (S.SUBMITTING, S.ACCEPTED):
        store.add_evidence(Evidence(message.id, 0, NOON, state, "console", "")).result(10)
    event = result(store.wire_id(message.id), "SUCCESS")
    said(store, b"/sms?1", result(store.wire_id(message.id)))
    said(store, SEND_STATUS, event)
    assert states(store) == [S.ACCEPTED]
    said(store, SEND_STATUS, event)
    assert states(store) == [S.SENT]
