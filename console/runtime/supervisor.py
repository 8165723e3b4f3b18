"""Runs services each by itself: one that breaks says so and is started again, and never takes another with it."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from console.errors import ConsoleError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

RESTART_DELAY = 1.0
"""Seconds before a service that broke is started again."""

STEADY = 10.0
"""Seconds that it must run then, for its trouble to be over."""

_logger = logging.getLogger(__name__)


class Supervisor:
    """Of one event loop. `trouble` is for any thread."""

    def __init__(self, *, sleep: Callable[[float], Awaitable[None]] = asyncio.sleep) -> None:
        self._sleep = sleep
        self._trouble: dict[str, str] = {}

    @property
    def trouble(self) -> str:
        """What broke lately and why, in words; empty when all is well."""
        return "; ".join(tuple(self._trouble.values()))

    async def keep(self, name: str, run: Callable[[], Awaitable[None]]) -> None:
        """Run a service until it ends or this is cancelled, again and again where it breaks."""
        while True:
            over = asyncio.get_running_loop().call_later(STEADY, self._trouble.pop, name, None)
            try:
                return await run()
            except ConsoleError as error:
                self._trouble[name] = f"{name}: {error}"
            except Exception as error:
                _logger.exception("%s broke", name)
                self._trouble[name] = f"{name} crashed ({type(error).__name__}) and is restarted"
            finally:
                over.cancel()
            await self._sleep(RESTART_DELAY)
