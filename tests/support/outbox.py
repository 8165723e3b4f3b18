"""An outbox with something in it, as another process or an earlier run left it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.domain.messages import DeliveryState as S
from console.domain.messages import Evidence
from console.store import Store
from console.store.outbox.messages import Order
from tests.support.backend import OPERATOR
from tests.support.messages import draft

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from console.domain.clock import Clock


def leave_behind(path: Path, clock: Clock, numbers: Sequence[str]) -> None:
    """An earlier run queued a message to each, and ended."""
    earlier = Store.open(path, clock=clock)
    for number in numbers:
        earlier.add_outbox(draft(to=number), 1, operator="bob").result()
    earlier.close()


def add_batch(
    store: Store,
    states: Sequence[S],
    *,
    label: str = "winter.csv",
    texts: Sequence[str] = ("hi",),
    spacing: float = 0.0,
) -> int:
    """A batch of messages in these states, to `+49151000` and so on; its id. They left `spacing` seconds apart."""
    orders = [
        Order(draft(to=f"+49151{number:03}", text=texts[number % len(texts)]), 1, result_wait=300)
        for number in range(len(states))
    ]
    batch, messages = store.sending.add_batch(orders, OPERATOR, label).result()
    for number, (message, state) in enumerate(zip(messages, states, strict=True)):
        come_to(store, message.id, state, after=number * spacing)
    return batch.id


def come_to(store: Store, message_id: int, state: S, raw: str = "", *, after: float = 0.0) -> None:
    """Let the message come to a state, the way it would, `after` seconds."""
    message = store.outbox_message(message_id)
    assert message is not None
    at = message.updated_at + after
    if message.state is S.QUEUED and state not in {S.QUEUED, S.CANCELLED}:
        store.add_evidence(Evidence(message_id, 0, at, S.SUBMITTING, "console", "")).result()
    if state not in {S.QUEUED, S.SUBMITTING}:
        store.add_evidence(Evidence(message_id, 0, at, state, "ami answer", raw)).result()
