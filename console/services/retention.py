"""Removes what is older or more than the operator wants to keep, now and then, where he said so.

What is removed is gone for good, and a clock that is wrong makes everything old. So nothing is removed by its age while
there is reason to doubt the clock, a round takes a small share of what is there, and each is a line in the log.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from concurrent.futures import Future

    from console.config import InboxConfig
    from console.domain.clock import Clock

PERIOD = 3600.0
"""Seconds between two rounds."""

SHARE = 0.05
"""Of all rows, what one round removes by age at most. A clock that is wrong for a day is seen before all is gone."""

JUMP = 1800.0
"""Seconds by which the clock may be set while the process runs, as NTP does after a suspend, without being doubted."""

QUIET = 7 * 86_400.0
"""Seconds without any message after which the clock is doubted: is it so late, or was it only set so?"""

TRUSTED = 86_400.0
"""Seconds that a process has run with such a clock until it is believed."""

_logger = logging.getLogger(__name__)


class PrunedStore(Protocol):
    """What is needed of the store."""

    def prune(
        self, *, days: float | None = None, rows: int | None = None, share: float = 1.0
    ) -> Future[tuple[int, bool]]: ...
    def newest_at(self) -> float | None: ...


class Retention:
    """Runs beside the other services; does nothing while no limit is set."""

    def __init__(
        self,
        config: InboxConfig,
        store: PrunedStore,
        clock: Clock,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._config = config
        self._store = store
        self._clock = clock
        self._sleep = sleep
        self._began = clock.monotonic()
        self._lead = clock.time() - self._began
        """Of the clock over the monotonic one, at the begin."""
        self._held = ""

    async def run(self) -> None:
        """Prune, wait, prune, until cancelled. Raises StoreError."""
        while True:
            days, rows = self._config.keep_days, self._config.keep_messages
            if rows is not None:
                self._tell(await asyncio.wrap_future(self._store.prune(rows=rows)), f"keep_messages = {rows}")
            if days is not None and not self._is_held():
                pruned = await asyncio.wrap_future(self._store.prune(days=days, share=SHARE))
                self._tell(pruned, f"keep_days = {days}")
            await self._sleep(PERIOD)

    def _is_held(self) -> bool:
        held = self.doubt()
        if held and held != self._held:
            _logger.warning("nothing is removed by its age (keep_days): %s", held)
        self._held = held
        return bool(held)

    def doubt(self) -> str:
        """Why the clock is not believed, in words; empty where it is. Raises StoreError."""
        now, up = self._clock.time(), self._clock.monotonic() - self._began
        if abs(now - self._clock.monotonic() - self._lead) > JUMP:
            return "the clock was changed while this process was running; restart it to trust the clock again."
        newest = self._store.newest_at()
        if newest is not None and now - newest > QUIET and up < TRUSTED:
            days = int((now - newest) // 86_400)
            return f"by the clock, no message came for {days} days; it is trusted again after a day."
        return ""

    @staticmethod
    def _tell(pruned: tuple[int, bool], rule: str) -> None:
        removed, more = pruned
        if removed:
            rest = "; more is due, and goes in later rounds" if more else ""
            _logger.info("%d rows of inbox and outbox were removed (%s)%s", removed, rule, rest)
