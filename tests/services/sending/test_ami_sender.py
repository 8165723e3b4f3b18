"""Sending by AMI: order, bounds, and what each answer and each loss is taken for."""

from __future__ import annotations

from dataclasses import replace

import pytest

from console.config import AmiConfig, Secret
from console.domain.messages import DeliveryState, Draft, Via
from console.errors import ActionRefused, LoginRefused, NotConnected, OutcomeUnknown
from console.protocol.sms.segments import plan
from console.services.sending.ami_sender import BUSY_PAUSE, BUSY_TRIES, command_lines, plan_of
from tests.support.sending import (
    GATEWAY,
    NOT_SENT,
    SENT,
    USING,
    Sending,
    by_ami,
    until,
)

LONG = "x" * 400
"""Three segments of 152, 152 and 96."""


async def test_one_segment_goes_as_sync_sms_and_its_answer_is_the_truth(sending: Sending) -> None:
    message = await sending.send(by_ami('say "hi"'))
    wire_id = sending.store.wire_id(message.id)
    assert sending.ami.lines == [f'gsm send sync sms 1 +8613632919026 "say \\"hi\\"" 30 0 {wire_id}']
    assert message.state is DeliveryState.SENT
    assert message.detail == SENT
    assert sending.story(message) == ["0 queued", "1 submitting", f"1 sent: {SENT}"]


async def test_the_answer_is_waited_for_longer_than_the_gateway_waits(sending: Sending) -> None:
    await sending.send(by_ami())
    assert sending.ami.timeouts == [40.0]


async def test_the_sessions_for_sending_hear_no_events(sending: Sending) -> None:
    await sending.send(by_ami())
    assert not sending.ami.events_asked


async def test_submitting_is_durable_before_the_line_leaves(sending: Sending) -> None:
    seen: list[tuple[DeliveryState, ...]] = []
    message = None

    def look(line: str) -> None:
        committed = sending.store.outbox_slice(0, 1)[0]
        seen.append(committed.segments)

    sending.ami.on_line = look
    message = await sending.send(by_ami("x" * 200))
    assert message.state is DeliveryState.SENT
    assert seen == [
        (DeliveryState.SUBMITTING, DeliveryState.QUEUED),
        (DeliveryState.SENT, DeliveryState.SUBMITTING),
    ]


async def test_a_long_text_goes_in_order_as_csms_with_one_flag_and_an_id_each(sending: Sending) -> None:
    message = await sending.send(by_ami(LONG))
    flag = 10 + message.id
    assert [line.partition('"')[0] for line in sending.ami.lines] == ["gsm send sync csms 1 +8613632919026 "] * 3
    assert [line.rpartition('"')[2] for line in sending.ami.lines] == [
        f" {flag} 3 {number} 30 0 {sending.store.wire_id(message.id, number)}" for number in (1, 2, 3)
    ]
    assert message.segments == (DeliveryState.SENT,) * 3
    assert sending.ami.connected == 1


async def test_at_the_first_failure_the_rest_is_held_and_says_why(sending: Sending) -> None:
    sending.ami.answers = [SENT, NOT_SENT]
    message = await sending.send(by_ami(LONG))
    assert len(sending.ami.lines) == 2
    assert message.segments == (DeliveryState.SENT, DeliveryState.FAILED, DeliveryState.CANCELLED)
    assert message.state is DeliveryState.FAILED
    assert sending.story(message)[-1] == "3 cancelled: not sent: segment 2 is failed"


async def test_no_readable_answer_is_unknown_and_never_tried_again(sending: Sending) -> None:
    sending.ami.answers = [OutcomeUnknown("Command was sent, but no answer came within 40 s.")]
    message = await sending.send(by_ami())
    assert message.state is DeliveryState.UNKNOWN
    assert message.detail == "Command was sent, but no answer came within 40 s."
    later = await sending.send(by_ami("another"))
    assert later.state is DeliveryState.SENT
    assert len(sending.ami.lines) == 2


async def test_after_an_unknown_segment_the_rest_is_held(sending: Sending) -> None:
    sending.ami.answers = [OutcomeUnknown("lost")]
    message = await sending.send(by_ami(LONG))
    assert len(sending.ami.lines) == 1
    assert message.segments[0] is DeliveryState.UNKNOWN
    assert sending.story(message)[-1] == "3 cancelled: not sent: segment 1 is unknown"


async def test_a_session_that_gave_no_answer_is_not_used_again(sending: Sending) -> None:
    sending.ami.answers = [OutcomeUnknown("lost")]
    await sending.send(by_ami())
    await until(lambda: sending.ami.closed == 1)
    await sending.send(by_ami())
    assert sending.ami.connected == 2


async def test_a_busy_port_is_tried_again_within_a_bound(sending: Sending) -> None:
    sending.ami.answers = [USING, USING, SENT]
    message = await sending.send(by_ami())
    assert message.state is DeliveryState.SENT
    assert sending.pauses == [BUSY_PAUSE] * 2
    assert sending.story(message)[1:4] == ["1 submitting", f"1 queued: {USING}", "1 submitting"]


async def test_a_port_that_stays_busy_fails_as_not_sent(sending: Sending) -> None:
    sending.ami.answers = [USING] * (BUSY_TRIES + 5)
    message = await sending.send(by_ami())
    assert len(sending.ami.lines) == BUSY_TRIES
    assert message.state is DeliveryState.FAILED
    assert message.detail == f"not sent: tried {BUSY_TRIES} times; {USING}"


async def test_no_connection_is_failed_and_nothing_left(sending: Sending) -> None:
    sending.ami.refusals = [NotConnected("192.0.2.10:5038 can't be reached.")]
    message = await sending.send(by_ami(LONG))
    assert sending.ami.lines == []
    assert message.segments == (DeliveryState.FAILED, DeliveryState.CANCELLED, DeliveryState.CANCELLED)
    assert "not sent: 192.0.2.10:5038 can't be reached." in sending.story(message)[1]


async def test_a_refused_login_is_failed_and_nothing_left(sending: Sending) -> None:
    sending.ami.refusals = [LoginRefused("the account is refused")]
    message = await sending.send(by_ami())
    assert message.state is DeliveryState.FAILED
    assert message.detail == "not sent: the account is refused"


async def test_a_session_that_broke_before_the_line_left_is_replaced(sending: Sending) -> None:
    sending.ami.answers = [NotConnected("Command was not sent: the connection was lost.")]
    message = await sending.send(by_ami())
    assert message.state is DeliveryState.SENT
    assert sending.ami.connected == 2
    assert len(sending.ami.lines) == 1


@pytest.mark.parametrize(
    ("words", "state"),
    [
        ("Permission denied", DeliveryState.FAILED),
        ("Failed to create temporary file: No space left", DeliveryState.FAILED),
        ("Command response construction error", DeliveryState.UNKNOWN),
    ],
)
async def test_a_refusal_is_failed_only_when_it_came_before_the_command_ran(
    sending: Sending, words: str, state: DeliveryState
) -> None:
    sending.ami.answers = [ActionRefused(words)]
    message = await sending.send(by_ami())
    assert message.state is state
    assert message.detail == words


async def test_one_send_at_a_time_on_a_port(sending: Sending) -> None:
    sending.ami.gate.clear()
    messages = [await sending.submit(by_ami(f"text {number}")) for number in range(4)]
    await until(lambda: len(sending.ami.lines) == 1)
    sending.ami.gate.set()
    for message in messages:
        await sending.settled(message)
    assert sending.ami.most_at_once == 1
    assert [line.split('"')[1] for line in sending.ami.lines] == [f"text {number}" for number in range(4)]


async def test_sessions_are_bounded_reused_and_closed_when_the_work_is_done(sending: Sending) -> None:
    sending.ami.gate.clear()
    messages = [await sending.submit(by_ami(port=port)) for port in (1, 2, 3, 4)]
    await until(lambda: len(sending.ami.lines) == 2)
    sending.ami.gate.set()
    for message in messages:
        await sending.settled(message)
    assert sending.ami.most_at_once == 2
    assert sending.ami.connected == 2
    await until(lambda: sending.ami.closed == 2)


async def test_an_idle_session_that_died_is_found_before_a_message_is_at_stake(sending: Sending) -> None:
    sending.ami.gate.clear()
    first = await sending.submit(by_ami("one"))
    second = await sending.submit(by_ami("two"))
    await until(lambda: len(sending.ami.lines) == 1)
    sending.ami.dead = True
    sending.ami.gate.set()
    assert (await sending.settled(first)).state is DeliveryState.SENT
    assert (await sending.settled(second)).state is DeliveryState.SENT
    assert sending.ami.actions == ["Ping"]
    assert sending.ami.connected == 2


def test_the_segments_are_those_of_the_plan() -> None:
    assert plan_of(LONG, GATEWAY) == plan(LONG, "ami")
    assert len(plan_of("", GATEWAY).segments) == 1


def test_the_configuration_may_say_other_sizes() -> None:
    gateway = replace(GATEWAY, ami=AmiConfig("admin", Secret("admin"), segment_sizes=(10, 8, 6, 4)))
    assert [segment.text for segment in plan_of("a" * 11, gateway).segments] == ["a" * 8, "a" * 3]
    draft = Draft("gw1", "10086", "a" * 11, 2, Via.AMI)
    assert len(command_lines(draft, 2, gateway, ["a", "b"], 10)) == 2


def test_the_flag_is_two_digits_and_changes_with_each_message() -> None:
    draft, ids = Draft("gw1", "10086", LONG, 2, Via.AMI), ["a", "b", "c"]
    flags = [int(command_lines(draft, 2, GATEWAY, ids, number)[0].split()[7]) for number in range(90)]
    assert len(set(flags)) == 90
    assert min(flags) == 10
    assert max(flags) == 99
