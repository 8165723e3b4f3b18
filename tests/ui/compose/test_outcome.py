from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from console.domain.messages import DeliveryState, Draft, Evidence, OutboxMessage, Via
from console.domain.sending import Batch, BatchState
from console.ui.compose.outcome import is_well, outcome_cells
from tests.support.backend import NOON
from tests.support.operator import Operator, console

if TYPE_CHECKING:
    from pathlib import Path

S = DeliveryState


def message(state: DeliveryState, detail: str = "") -> OutboxMessage:
    return OutboxMessage(2, NOON, NOON, Draft("gw1", "10086", "hi", None, Via.AMI), state, (state,), detail)


def batch(state: BatchState = BatchState.RUNNING, **counts: int) -> Batch:
    found = {DeliveryState(name): number for name, number in counts.items()}
    return Batch(1, NOON, "", "", state, 25, found)


def told(queued: OutboxMessage | Batch) -> str:
    return "".join(text for text, _ in outcome_cells(queued, "10086 Anna", where="5 Outbox"))


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (S.QUEUED, "· queued"),
        (S.SUBMITTING, "→ sending"),
        (S.ACCEPTED, "◔ accepted"),
        (S.SENT, "✓ sent"),
        (S.DELIVERED, "✔ delivered"),
        (S.CANCELLED, "– cancelled"),
        (S.FAILED, "✗ failed: no credit ␛[31m (5 Outbox)"),
        (S.UNKNOWN, "? unknown: no credit ␛[31m (5 Outbox)"),
    ],
)
def test_one_line_follows_a_message_to_its_end(state: DeliveryState, words: str) -> None:
    assert told(message(state, "no\ncredit \x1b[31m")) == f"Message 2 to 10086 Anna: {words}"


def test_a_failure_without_a_reason_is_told_as_well() -> None:
    assert told(message(S.FAILED)) == "Message 2 to 10086 Anna: ✗ failed (5 Outbox)"


@pytest.mark.parametrize(
    ("queued", "words"),
    [
        (batch(), "Batch 1: 0 of 25 sent"),
        (batch(queued=11, sent=10, delivered=4), "Batch 1: 14 of 25 sent"),
        (batch(accepted=3, sent=21, failed=1), "Batch 1: 21 of 25 sent, ✗ 1 failed (5 Outbox)"),
        (batch(BatchState.PAUSED, queued=11, sent=14), "Batch 1 paused: 14 of 25 sent"),
        (batch(BatchState.PAUSED, sent=25), "Batch 1 ended: 25 sent"),
        (batch(sent=22, failed=2, unknown=1), "Batch 1 ended: 22 sent, ✗ 2 failed, ? 1 unknown (5 Outbox)"),
        (batch(BatchState.CANCELLED, sent=15, cancelled=10), "Batch 1 ended: 15 sent, – 10 cancelled"),
    ],
)
def test_one_line_follows_a_batch_to_its_end(queued: Batch, words: str) -> None:
    assert told(queued) == words


def test_only_what_was_sent_in_full_needs_nobody() -> None:
    assert is_well(message(S.SENT))
    assert is_well(batch(sent=20, delivered=5))
    assert not is_well(batch(sent=24, failed=1))
    assert not any(is_well(message(state)) for state in (S.QUEUED, S.ACCEPTED, S.FAILED, S.UNKNOWN, S.CANCELLED))


def learns(operator: Operator, message_id: int, *states: DeliveryState, detail: str = "") -> None:
    """The services find out how far a message came."""
    for state in states:
        operator.store.add_evidence(Evidence(message_id, 1, NOON, state, "test", detail)).result()


async def send(operator: Operator, to: str, text: str) -> None:
    await operator.types(to)
    await operator.press("tab")
    await operator.types(text)
    await operator.press("ctrl+t")


async def test_one_message_after_the_other_leaves_an_empty_form_that_says_what_became_of_it(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        operator.receives("hello?", number="+79161234567", port=3)
        await operator.sees("hello?")
        await operator.press("r")
        await operator.sees("To    +79161234567", "◂ port 3")
        await operator.types("hello")
        await operator.press("ctrl+t")
        await operator.sees("Message 1 to +79161234567: · queued", "no text yet", "◂ auto")
        assert operator.app.focused is operator.app.screen.query_one("#to")
        learns(operator, 1, S.SUBMITTING, S.SENT)
        await operator.sees("Message 1 to +79161234567: ✓ sent")
        learns(operator, 1, S.DELIVERED)
        await operator.sees("Message 1 to +79161234567: ✔ delivered")

        # What came to a good end is told until something else is written, a failure until something else is sent.
        await operator.types("1")
        await operator.until(lambda: "delivered" not in operator.line_with("│") and "Message 1" not in operator.screen)
        await operator.press("backspace")
        await send(operator, "10010", "second")
        await operator.sees("Message 2 to 10010: · queued")
        learns(operator, 2, S.SUBMITTING, S.FAILED, detail="no credit")
        await operator.sees("Message 2 to 10010: ✗ failed: no credit (5 Outbox)")
        await operator.types("10000")
        await operator.press("ctrl+t")
        await operator.sees("Type a text first.")
        await operator.types("third")
        await operator.sees("Message 2 to 10010: ✗ failed: no credit (5 Outbox)")
        await operator.press("ctrl+t")
        await operator.sees("Message 3 to 10000: · queued", "no text yet")


async def test_a_batch_is_told_of_until_it_has_ended(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        await operator.press("n")
        await send(operator, "10086, 10010, abc", "hi")
        await operator.sees("Send to 2 recipients?")
        await operator.press("enter")
        await operator.sees("Batch 1: 0 of 2 sent  1 left out: abc.", "numbers or names", "no text yet")
        learns(operator, 1, S.SUBMITTING, S.SENT)
        await operator.sees("Batch 1: 1 of 2 sent")
        learns(operator, 2, S.SUBMITTING, S.FAILED, detail="no credit")
        await operator.sees("Batch 1 ended: 1 sent, ✗ 1 failed (5 Outbox)")
