"""No accepted message outlives its wait unnoticed."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from console.domain.messages import DeliveryState as S
from console.domain.messages import Evidence
from console.services.sending.results import HELD, LOOK, LateResults
from console.store import Store
from tests.support.backend import NOON, FixedClock
from tests.support.messages import draft
from tests.support.sending import until

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("seconds", [3_600, 2 * 365 * 86_400, -3_600])
async def test_nothing_is_unknown_because_the_clock_was_set(tmp_path: Path, seconds: float) -> None:
    clock = FixedClock()
    store = Store.open(tmp_path / "console.db", clock=clock)
    message = store.add_outbox(draft(), 1, result_wait=5).result(10)
    for state in (S.SUBMITTING, S.ACCEPTED):
        store.add_evidence(Evidence(message.id, 0, NOON, state, "http answer", "sending")).result(10)
    looked: list[S] = []

    async def sleep(_: float) -> None:
        found = store.outbox_message(message.id)
        assert found is not None
        looked.append(found.state)
        if len(looked) == 1:
            clock.jump(seconds)
        elif len(looked) < 4:
            clock.now += HELD / 3
        else:
            clock.now += HELD + abs(seconds)
        await asyncio.sleep(0)

    task = asyncio.create_task(LateResults(store.sending, clock, sleep=sleep).run())
    await until(lambda: S.UNKNOWN in looked)
    task.cancel()
    await asyncio.wait([task])
    assert looked[:4] == [S.ACCEPTED] * 4
    store.close()


async def test_an_accepted_message_is_unknown_once_its_wait_is_over(tmp_path: Path) -> None:
    clock = FixedClock()
    store = Store.open(tmp_path / "console.db", clock=clock)
    message = store.add_outbox(draft(), 1, result_wait=5).result(10)
    for state in (S.SUBMITTING, S.ACCEPTED):
        store.add_evidence(Evidence(message.id, 0, NOON, state, "http answer", "sending")).result(10)
    looked: list[float] = []

    async def sleep(seconds: float) -> None:
        looked.append(clock.now)
        clock.now += seconds
        await asyncio.sleep(0)

    def state_of_it() -> S:
        found = store.outbox_message(message.id)
        assert found is not None
        return found.state

    task = asyncio.create_task(LateResults(store.sending, clock, sleep=sleep).run())
    await until(lambda: state_of_it() is S.UNKNOWN)
    task.cancel()
    await asyncio.wait([task])
    assert looked[:5] == [NOON + LOOK * number for number in range(5)]
    assert store.evidence(message.id)[-1].at == NOON + 5, "and not before"
    store.close()
