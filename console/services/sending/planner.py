"""Takes what was planned when its time comes, and calls off what waited beyond it."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING

from console.errors import StoreError
from console.protocol.rules.timing import Turn, turn

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection

    from console.domain.clock import Clock
    from console.domain.messages import OutboxMessage
    from console.services.sending.outbox import Outbox, OutboxStore

LOOK = 0.5
"""Seconds between two looks, each two small reads."""

BEAT = 20.0
"""Seconds between two signs of life."""

GRACE = 60.0
"""Seconds without one after which nobody is counted on to send what is planned."""


def sender_of(gateway: str) -> str:
    """The role of a process that sends what is planned for a gateway."""
    return f"sender of {gateway}"


class Planner:
    """Several processes may have one on the same store: each message is taken by one of them."""

    def __init__(
        self,
        gateways: Collection[str],
        store: OutboxStore,
        outbox: Outbox,
        clock: Clock,
        on_due: Callable[[list[OutboxMessage]], None],
        *,
        takes: bool,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """`on_due` gets what this process has to send now. Without `takes` it only calls off."""
        self._gateways = frozenset(gateways)
        self._store = store
        self._outbox = outbox
        self._clock = clock
        self._on_due = on_due
        self._takes = takes
        self._sleep = sleep
        self._beat_at = -BEAT

    async def run(self) -> None:
        """Look until cancelled. Trouble with the store is told by the store, and must not end what is under way."""
        while True:
            with suppress(StoreError):
                if self._takes:
                    await self._beat()
                await self.look()
            await self._sleep(LOOK)

    async def look(self) -> None:
        """Take what is due, call off what is late. Raises StoreError."""
        now, planned = self._outbox.now(), self._store.planned
        end = planned.first_end()
        if end is not None and end < now.low:
            await asyncio.wrap_future(planned.expire(now))
        begin = planned.first_begin() if self._takes else None
        if begin is not None and begin <= now.low and any(map(self._is_mine, planned.waiting())):
            self._on_due(await asyncio.wrap_future(planned.take(self._gateways, now)))

    def _is_mine(self, message: OutboxMessage) -> bool:
        return message.draft.gateway in self._gateways and turn(message.draft, self._outbox.now()) is Turn.DUE

    async def _beat(self) -> None:
        now = self._clock.monotonic()
        if now - self._beat_at >= BEAT:
            self._beat_at = now
            for gateway in self._gateways:
                await asyncio.wrap_future(self._store.beat(sender_of(gateway)))
