"""An event loop in a thread of its own, so that a slow repaint never delays a 200, a Ping's answer or an AMI read."""

from __future__ import annotations

import asyncio
import logging
import threading
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from concurrent.futures import Future

T = TypeVar("T")

_logger = logging.getLogger(__name__)

STOP_TIMEOUT = 5.0
"""Seconds for all tasks to leave; what hangs longer is left behind."""


class LoopThread:
    """Runs coroutines for other threads."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)
        self._called: set[asyncio.Task[Any]] = set()

    def start(self) -> None:
        self._thread.start()

    def call(self, coroutine: Coroutine[Any, Any, T]) -> Future[T]:
        """Run a coroutine on the loop; from any thread."""
        return asyncio.run_coroutine_threadsafe(self._noted(coroutine), self._loop)

    def stop(self) -> None:
        """Cancel what runs, let it leave in good order, end the thread. May be called once."""
        try:
            self.call(self._cancel_all()).result(STOP_TIMEOUT)
        except TimeoutError:
            _logger.warning("%s: some tasks did not stop within %s s", self._name, STOP_TIMEOUT)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(STOP_TIMEOUT)

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        try:
            self._loop.run_forever()
        finally:
            self._loop.close()

    async def _noted(self, coroutine: Coroutine[Any, Any, T]) -> T:
        task = asyncio.current_task()
        assert task is not None, "it runs in one"
        self._called.add(task)
        task.add_done_callback(self._called.discard)
        return await coroutine

    async def _cancel_all(self) -> None:
        """Cancel what was called for. What those started they end themselves, in their order: a task that is
        cancelled twice can't clean up.
        """
        called = self._called - {asyncio.current_task()}
        for task in called:
            task.cancel()
        await asyncio.gather(*called, return_exceptions=True)
        rest = asyncio.all_tasks() - {asyncio.current_task()}
        for task in rest:
            task.cancel()
        await asyncio.gather(*rest, return_exceptions=True)
        await self._loop.shutdown_asyncgens()
        await self._loop.shutdown_default_executor()
