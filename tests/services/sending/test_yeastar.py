"""Sending through a Yeastar: taken at once, told by an event, and the same promises as by any other gateway."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from console.domain.messages import DeliveryState
from console.errors import ActionRefused, LoginRefused, NotConnected, OutcomeUnknown
from console.store import Store
from tests.support.backend import FixedClock
from tests.support.sending import GATEWAY, FakeAmi, FakeSendsms, Sending, by_ami, event, running, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from console.domain.messages import OutboxMessage

YEASTAR = replace(GATEWAY, dialect="yeastar", http=None, pace=0.0)


@pytest.fixture
async def sending(tmp_path: Path) -> AsyncIterator[Sending]:
    store = Store.open(tmp_path / "console.db", clock=FixedClock())
    ami = FakeAmi()
    ami.answer_to = lambda line: ""
    async with running(Sending(store, ami, FakeSendsms(), gateway=YEASTAR)) as sending:
        yield sending
    store.close()


def hear(sending: Sending, message: OutboxMessage, status: str) -> None:
    wire_id = sending.store.wire_id(message.id)
    sending.sender.on_event("gw1", event(("Event", "UpdateSMSSend"), ("ID", wire_id), ("Status", status)))


async def test_a_long_text_is_one_command_and_one_result(sending: Sending) -> None:
    message = await sending.send(by_ami("x" * 400, port=2))
    assert sending.ami.lines == [f'gsm send sms 3 +8613632919026 "{"x" * 400}" {sending.store.wire_id(message.id)}']
    assert (message.state, message.parts, len(message.segments)) == (DeliveryState.ACCEPTED, 3, 1)
    assert message.deadline is not None
    hear(sending, message, "1")
    await until(lambda: sending.now(message).state is DeliveryState.SENT)
    assert sending.store.evidence(message.id)[-1].raw == "SUCCESS (Status 1)"


async def test_any_other_status_is_a_failure(sending: Sending) -> None:
    message = await sending.send(by_ami())
    hear(sending, message, "3")
    await until(lambda: sending.now(message).state is DeliveryState.FAILED)


async def test_an_answer_that_never_came_is_unknown_until_the_event_tells(sending: Sending) -> None:
    sending.ami.answers = [OutcomeUnknown("smscommand was sent, but no answer came within 40 s.")]
    message = await sending.send(by_ami())
    assert message.state is DeliveryState.UNKNOWN
    hear(sending, message, "1")
    await until(lambda: sending.now(message).state is DeliveryState.SENT)
    assert len(sending.ami.lines) == 1


@pytest.mark.parametrize("status", ["1", "0"])
async def test_an_event_may_be_quicker_than_the_answer(sending: Sending, status: str) -> None:
    sending.ami.gate.clear()
    message = await sending.submit(by_ami())
    await until(lambda: len(sending.ami.lines) == 1)
    hear(sending, message, status)
    sending.ami.gate.set()
    state = DeliveryState.SENT if status == "1" else DeliveryState.FAILED
    await until(lambda: sending.now(message).state is state)
    await until(lambda: sending.ami.closed == 1)
    assert sending.now(message).state is state


async def test_what_did_not_leave_is_tried_again_and_leaves_once(sending: Sending) -> None:
    sending.ami.answers = [NotConnected("smscommand was not sent: the connection was lost.")]
    message = await sending.send(by_ami())
    assert message.state is DeliveryState.ACCEPTED
    assert len(sending.ami.lines) == 1


@pytest.mark.parametrize(
    "refusal", [NotConnected("192.0.2.10:5038 can't be reached."), LoginRefused("the account is refused")]
)
async def test_without_a_session_nothing_left(sending: Sending, refusal: Exception) -> None:
    sending.ami.refusals = [refusal]
    message = await sending.send(by_ami())
    assert message.state is DeliveryState.FAILED
    assert sending.ami.lines == []


async def test_a_refusal_is_failed_where_nothing_was_done(sending: Sending) -> None:
    sending.ami.answers = [ActionRefused("Permission denied"), "No GSM running on span 2"]
    for _ in range(2):
        assert (await sending.send(by_ami())).state is DeliveryState.FAILED
    sending.ami.answers = [ActionRefused("something else")]
    assert (await sending.send(by_ami())).state is DeliveryState.UNKNOWN
