"""When old messages are removed."""

from __future__ import annotations

import asyncio
import contextlib
from concurrent.futures import Future

from console.config import InboxConfig
from console.services.retention import PERIOD, Retention


class Store:
    """Remembers what it was asked to remove."""

    def __init__(self) -> None:
        self.asked: list[tuple[float | None, int | None]] = []

    def prune(self, *, days: float | None = None, rows: int | None = None) -> Future[None]:
        self.asked.append((days, rows))
        done: Future[None] = Future()
        done.set_result(None)
        return done


async def test_off_unless_it_is_wanted() -> None:
    store = Store()
    await Retention(InboxConfig(), store).run()
    assert store.asked == []


async def test_at_the_start_and_every_hour() -> None:
    store, slept = Store(), list[float]()

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        if len(slept) == 2:
            raise asyncio.CancelledError

    with contextlib.suppress(asyncio.CancelledError):
        await Retention(InboxConfig(keep_days=30, keep_messages=1000), store, sleep=sleep).run()
    assert store.asked == [(30, 1000)] * 2
    assert slept == [PERIOD] * 2
