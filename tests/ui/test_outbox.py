from __future__ import annotations

from typing import TYPE_CHECKING

from console.domain.messages import DeliveryState, Draft, Evidence, Via
from tests.support.operator import Operator, console

if TYPE_CHECKING:
    from pathlib import Path


def send(operator: Operator, segments: int = 1, port: int | None = 2) -> int:
    draft = Draft("gw1", "+8613632919026", "meet me at noon", port, Via.AMI)
    return operator.store.add_outbox(draft, segments).result().id


def learn(operator: Operator, message: int, state: DeliveryState, raw: str = "", segment: int = 1) -> None:
    evidence = Evidence(message, segment, operator.clock.time(), state, "ami answer", raw)
    operator.store.add_evidence(evidence).result()


async def test_each_state_is_shown_as_it_becomes_known(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        message = send(operator)
        await operator.sees("· queued")
        learn(operator, message, DeliveryState.SUBMITTING)
        await operator.sees("→ sending")
        learn(operator, message, DeliveryState.SENT, "SEND SMS TO PHONE +8613632919026 SUCCESSFULLY")
        await operator.sees("✓ sent")


async def test_parts_are_counted(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        message = send(operator, segments=3)
        learn(operator, message, DeliveryState.SUBMITTING, segment=1)
        learn(operator, message, DeliveryState.SENT, segment=1)
        await operator.sees("1/3")


async def test_unknown_is_said_to_be_unknown_with_what_is_known(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        message = send(operator)
        learn(operator, message, DeliveryState.SUBMITTING)
        learn(operator, message, DeliveryState.UNKNOWN, "no answer")
        await operator.sees("? unknown", "no answer")


async def test_enter_shows_every_step_and_whose_word_it_is(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        message = send(operator)
        learn(operator, message, DeliveryState.SUBMITTING)
        learn(operator, message, DeliveryState.FAILED, "SEND SMS TO PHONE 1 FAILED \x1b[2J")
        await operator.sees("✗ failed")
        await operator.press("5", "enter")
        await operator.sees("What is known", "→ sending segment 1", "ami answer", "FAILED ␛[2J")


async def test_e_takes_the_message_to_the_form(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        send(operator, port=4)
        await operator.sees("· queued")
        await operator.press("5", "e")
        await operator.sees("meet me at noon", "port 4")
        await operator.types("!")
        await operator.press("ctrl+t")
        await operator.until(lambda: bool(operator.backend.submitted))
        assert operator.backend.submitted[0].text.replace("!", "") == "meet me at noon"
        assert operator.backend.submitted[0].port == 4
