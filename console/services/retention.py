"""Removes what is older or more than the operator wants to keep, now and then, where he said so."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from concurrent.futures import Future

    from console.config import InboxConfig

PERIOD = 3600.0
"""Seconds between two rounds."""


class PrunedStore(Protocol):
    """What is needed of the store."""

    def prune(self, *, days: float | None = None, rows: int | None = None) -> Future[None]: ...


class Retention:
    """Runs beside the other services; does nothing unless a limit is set."""

    def __init__(
        self,
        config: InboxConfig,
        store: PrunedStore,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._config = config
        self._store = store
        self._sleep = sleep

    async def run(self) -> None:
        """Prune, wait, prune, until cancelled; return at once where everything stays. Raises StoreError."""
        days, rows = self._config.keep_days, self._config.keep_messages
        while days is not None or rows is not None:
            await asyncio.wrap_future(self._store.prune(days=days, rows=rows))
            await self._sleep(PERIOD)
