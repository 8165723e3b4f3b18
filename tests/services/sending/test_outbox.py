"""Evidence is stored with its time and source, masked and cut."""

from __future__ import annotations

from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

import pytest

from console.domain.messages import DeliveryState, Evidence, OutboxMessage
from console.errors import StoreError
from console.services.sending.outbox import Outbox
from console.store import Store
from tests.support.backend import NOON, FixedClock
from tests.support.sending import by_http

if TYPE_CHECKING:
    from pathlib import Path


async def test_a_record_is_committed_with_its_time_and_source(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "console.db", clock=FixedClock())
    outbox = Outbox(store, FixedClock(NOON + 7))
    queued = store.add_outbox(by_http(), 1).result(timeout=5)
    message = await outbox.record(queued.id, 0, DeliveryState.SUBMITTING, "console", "words")
    assert message.state is DeliveryState.SUBMITTING
    last = store.evidence(queued.id)[-1]
    assert (last.at, last.source, last.raw) == (NOON + 7, "console", "words")
    store.close()


async def test_a_long_answer_is_cut_and_a_password_masked(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "console.db", clock=FixedClock())
    outbox = Outbox(store, FixedClock())
    queued = store.add_outbox(by_http(), 1).result(timeout=5)
    await outbox.record(queued.id, 0, DeliveryState.SUBMITTING, "console", "password=abc&" + "x" * 10_000)
    raw = store.evidence(queued.id)[-1].raw
    assert raw.startswith("password=***&xxx")
    assert len(raw) == 4_000
    store.close()


async def test_what_can_t_be_stored_is_said(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "console.db", clock=FixedClock())
    outbox = Outbox(store, FixedClock())
    with pytest.raises(StoreError):
        await outbox.record(99, 0, DeliveryState.SENT, "console")
    store.close()


async def test_an_outcome_is_recorded_again_until_the_store_takes_it(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "console.db", clock=FixedClock())
    queued = store.add_outbox(by_http(), 1).result(timeout=5)
    failing = FailsTwice(store)
    told: list[str] = []

    async def sleep(seconds: float) -> None:
        told.append(outbox.trouble)

    outbox = Outbox(failing, FixedClock(), sleep=sleep)
    await outbox.record_surely(queued.id, 0, DeliveryState.SUBMITTING, "console")
    assert failing.tries == 3
    assert len(told) == 2
    assert "can't be recorded yet: locked" in told[0]
    assert outbox.trouble == ""
    found = store.outbox_message(queued.id)
    assert found is not None
    assert found.state is DeliveryState.SUBMITTING
    store.close()


class FailsTwice:
    """A store that is locked at first."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.tries = 0

    def add_evidence(self, evidence: Evidence) -> Future[OutboxMessage]:
        self.tries += 1
        if self.tries > 2:
            return self._store.add_evidence(evidence)
        locked: Future[OutboxMessage] = Future()
        locked.set_exception(StoreError("locked"))
        return locked

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)
