"""The thread of a number, opened and looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.domain.messages import DeliveryState, Draft, Evidence, OutboxMessage, Via
from console.ui.thread.list import ThreadList
from console.ui.thread.reply_line import ReplyInput
from console.ui.thread.screen import ThreadScreen

if TYPE_CHECKING:
    from tests.support.operator import Operator

NUMBER = "+8613632919026"


def sends(operator: Operator, text: str, state: DeliveryState | None = None, to: str = NUMBER) -> OutboxMessage:
    message = operator.store.add_outbox(Draft("gw1", to, text, 5, Via.AMI), 1).result()
    if state is not None:
        becomes(operator, message, state)
    return message


def becomes(operator: Operator, message: OutboxMessage, state: DeliveryState) -> None:
    for step in (DeliveryState.SUBMITTING, state):
        evidence = Evidence(message.id, 1, operator.clock.time(), step, "ami answer", "some words")
        operator.store.add_evidence(evidence).result()


def rows(operator: Operator) -> ThreadList:
    return operator.app.screen.query_one(ThreadList)


def reply(operator: Operator) -> ReplyInput:
    return operator.app.screen.query_one(ReplyInput)


async def opened(operator: Operator) -> None:
    await operator.press("t")
    await operator.until(lambda: isinstance(operator.app.screen, ThreadScreen), "the thread")
