"""Watches accepted messages: one whose result does not come in time is UNKNOWN, and a person hears of it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from console.domain.clock import Clock
    from console.store.outbox.sending import SendingBook

LOOK = 1.0
"""Seconds between two looks, each one small read."""


class LateResults:
    """No answer outlives its wait unnoticed. A result that comes later still settles the message."""

    def __init__(
        self,
        sending: SendingBook,
        clock: Clock,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._sending = sending
        self._clock = clock
        self._sleep = sleep

    async def run(self) -> None:
        """Look until cancelled. Raises StoreError."""
        while True:
            deadline = self._sending.next_deadline()
            if deadline is not None and deadline <= self._clock.time():
                await asyncio.wrap_future(self._sending.expire())
            await self._sleep(LOOK)
