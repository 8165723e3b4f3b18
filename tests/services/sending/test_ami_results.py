"""What AMI events say of messages that were sent: results by id, reports by number."""

from __future__ import annotations

from console.domain.messages import DeliveryState, Via
from console.errors import OutcomeUnknown
from tests.support.sending import Sending, by_ami, by_http, event, report, until

TO = "+8613632919026"


def _hear_result(sending: Sending, wire_id: str, status: str, *, gateway: str = "gw1") -> None:
    message = event(
        ("Event", "SMSSendStatus"), ("Channel", "1"), ("ID", wire_id), ("Status", status), ("Destination", TO)
    )
    sending.sender.on_event(gateway, message)


async def test_a_result_event_settles_an_accepted_message(sending: Sending) -> None:
    sending.sendsms.answers = [report("sending"), report("sending")]
    first, second = await sending.send(by_http()), await sending.send(by_http())
    _hear_result(sending, sending.store.wire_id(first.id), "SUCCESS")
    _hear_result(sending, sending.store.wire_id(second.id), "FAILED")
    await until(lambda: sending.now(first).state is DeliveryState.SENT)
    await until(lambda: sending.now(second).state is DeliveryState.FAILED)
    assert sending.store.evidence(first.id)[-1].source == "SMSSendStatus"


async def test_a_result_event_settles_the_segment_it_names(sending: Sending) -> None:
    sending.ami.answers = ["one SUCCESSFULLY", OutcomeUnknown("lost")]
    message = await sending.send(by_ami("x" * 300))
    assert message.segments == (DeliveryState.SENT, DeliveryState.UNKNOWN)
    _hear_result(sending, sending.store.wire_id(message.id, 2), "SUCCESS")
    await until(lambda: sending.now(message).segments == (DeliveryState.SENT, DeliveryState.SENT))


async def test_a_result_may_come_before_the_answer(sending: Sending) -> None:
    def overtake(line: str) -> None:
        _hear_result(sending, line.split()[-1], "SUCCESS")

    sending.ami.on_line = overtake
    sending.ami.answers = [OutcomeUnknown("lost")]
    message = await sending.submit(by_ami())
    await until(lambda: len(sending.store.evidence(message.id)) == 4)
    assert sending.now(message).state is DeliveryState.SENT


async def test_results_of_others_change_nothing_and_where_none_says_whose_it_is_that_is_a_question(
    sending: Sending,
) -> None:
    sending.sendsms.answers = [report("sending")]
    message = await sending.send(by_http())
    wire_id = sending.store.wire_id(message.id)
    before, known = sending.now(message), sending.story(message)
    for other in ("null", "", "0" * 12 + f"-{message.id}", wire_id + "9"):
        _hear_result(sending, other, "SUCCESS")
    _hear_result(sending, wire_id, "SUCCESS", gateway="gw2")
    sending.sender.on_event("gw1", event(("Event", "Newchannel"), ("Channel", "1")))
    sending.store.beat("others", "").result(10)  # all that was heard is written before
    assert (sending.now(message).state, sending.now(message).segments) == (before.state, before.segments)
    (asked,) = sending.store.evidence(message.id)[len(known) :]
    assert asked.source == "SMSSendStatus, ambiguous"


async def test_a_delivery_report_finds_the_message_sent_by_that_port_to_that_number(sending: Sending) -> None:
    message = await sending.send(by_ami())
    other_port = await sending.send(by_ami(port=2))
    report_event = event(
        ("Event", "SMSStatusReport"), ("Channel", "1"), ("Sender", "13632919026"), ("Status", "SUCCESS")
    )
    sending.sender.on_event("gw1", report_event)
    await until(lambda: sending.now(message).state is DeliveryState.DELIVERED)
    assert sending.now(other_port).state is DeliveryState.SENT


async def test_a_segment_that_arrived_before_the_answer_is_no_reason_to_hold_the_rest(sending: Sending) -> None:
    def overtake(line: str) -> None:
        arrived = event(("Event", "SMSStatusReport"), ("Channel", "1"), ("Sender", TO), ("Status", "SUCCESS"))
        sending.sender.on_event("gw1", arrived)
        sending.ami.on_line = lambda _: None

    sending.ami.on_line = overtake
    sending.ami.answers = ["one SUCCESSFULLY", "two SUCCESSFULLY"]
    message = await sending.send(by_ami("x" * 300))
    await until(lambda: sending.now(message).segments == (DeliveryState.DELIVERED, DeliveryState.SENT))


async def test_a_result_of_others_is_kept_though_it_names_nobody(sending: Sending) -> None:
    """A Yeastar tells no number and no port of what others send."""
    sending.sender.on_event("gw1", event(("Event", "UpdateSMSSend"), ("ID", "crm-1"), ("Status", "1")))
    await until(lambda: sending.store.outbox_count() > 0)
    (row,) = sending.store.outbox_slice(0, 5)
    assert (row.draft.to, row.draft.port, row.draft.via, row.state) == ("", None, Via.OTHERS, DeliveryState.SENT)


async def test_a_yeastar_says_1_for_sent(sending: Sending) -> None:
    sending.sendsms.answers = [report("sending")]
    message = await sending.send(by_http())
    said = event(("Event", "UpdateSMSSend"), ("ID", sending.store.wire_id(message.id)), ("Status", "1"))
    sending.sender.on_event("gw1", said)
    await until(lambda: sending.now(message).state is DeliveryState.SENT)
    assert sending.store.evidence(message.id)[-1].source == "UpdateSMSSend"
