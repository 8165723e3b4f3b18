"""Work that goes on by itself, until it is done or broken off."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Coroutine


class Tasks:
    """What somebody has under way on the event loop. The loop itself forgets tasks that nobody holds."""

    def __init__(self) -> None:
        self._running: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._running)

    def begin(self, work: Coroutine[None, None, None]) -> None:
        """Let it go on."""
        task = asyncio.get_running_loop().create_task(work)
        self._running.add(task)
        task.add_done_callback(self._running.discard)

    async def done(self) -> None:
        """Wait for all of it, and for what that begins."""
        while self._running:
            await asyncio.wait(tuple(self._running))

    def cancel(self) -> None:
        """Break all of it off, without waiting for its end."""
        for task in tuple(self._running):
            task.cancel()

    async def close(self) -> None:
        """Break all of it off, and wait for its end."""
        self.cancel()
        await asyncio.gather(*self._running, return_exceptions=True)
