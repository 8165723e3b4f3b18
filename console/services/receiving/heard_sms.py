"""SMS that AMI saw and no callback brought: into the inbox, after a while of grace.

A gateway calls once and forgets. Where the call is lost (nobody listened, the network broke, a wrong address on its
page), what its AMI session told of the SMS is all that is left of it.
"""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from concurrent.futures import Future
from typing import TYPE_CHECKING, NamedTuple, Protocol

from console.errors import StoreError
from console.protocol.ami.calls import SmsCalls

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import tzinfo

    from console.config import GatewayConfig
    from console.domain.ami import AmiMessage
    from console.domain.clock import Clock
    from console.protocol.ami.heard_sms import Overheard

GRACE = 30.0
"""Seconds that a callback may take. On its way is one that wget tries again; what comes later still folds."""

MOST_WAITING = 10_000
"""SMS followed at once. More come only from a gateway gone mad; then the oldest is looked for without grace."""

AT_ONCE = 32
"""SMS looked for together: they share a commit. One by one, on a busy disk, would fall behind what is heard."""

_logger = logging.getLogger(__name__)


class HeardStore(Protocol):
    """`console.store.inbox.heard_sms.HeardMessages`."""

    def add(self, gateway: str, heard: Overheard, others: Sequence[Overheard] = ()) -> Future[int | None]: ...


class _Waiting(NamedTuple):
    due: float
    """Of the monotonic clock."""
    gateway: str
    key: str


class Overhearing:
    """Follows every gateway's events. Belongs to the event loop that runs `run`; `close` comes after its end."""

    def __init__(
        self,
        gateways: Sequence[GatewayConfig],
        store: HeardStore,
        clock: Clock,
        *,
        grace: float = GRACE,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        most_waiting: int = MOST_WAITING,
        zone: tzinfo | None = None,
    ) -> None:
        """`grace` in seconds; past `most_waiting` SMS the oldest goes without. `zone` is that of the times in words,
        None for the machine's own.
        """
        self._calls = {gateway.name: SmsCalls(charset=gateway.charset, zone=zone) for gateway in gateways}
        self._store = store
        self._clock = clock
        self._grace = grace
        self._sleep = sleep
        self._most_waiting = most_waiting
        self._waiting: deque[_Waiting] = deque()
        self._asked: list[tuple[_Waiting, Future[int | None]]] = []
        """Looked for right now."""
        self._told = asyncio.Event()

    @property
    def waiting(self) -> int:
        """SMS that were not looked for yet: their grace is not over, or was just now."""
        return len(self._waiting) + len(self._asked)

    def on_event(self, gateway: str, message: AmiMessage) -> None:
        """Take an event of a gateway's link. Returns at once."""
        key = self._calls[gateway].hear(message, self._clock.time())
        if not key:
            return
        if len(self._waiting) >= self._most_waiting:
            self._look_without_waiting()
        self._waiting.append(_Waiting(self._clock.monotonic() + self._grace, gateway, key))
        self._told.set()

    async def run(self) -> None:
        """Look for the callback of each SMS when its grace is over, until cancelled. Raises StoreError; what could
        not be looked for then waits for the next run.
        """
        while True:
            while not self._waiting:
                self._told.clear()
                await self._told.wait()
            left = self._waiting[0].due - self._clock.monotonic()
            if left > 0:
                await self._sleep(left)
            else:
                await self._look()

    def close(self) -> None:
        """Look at once for what still has its grace, so that nothing that was heard is forgotten with the process.

        Resolves with the store, which finishes its writes when it is closed.
        """
        while self._waiting:
            self._look_without_waiting()

    async def _look(self) -> None:
        """For those whose grace is over. Where that fails they wait again. Cut off, it is the store that ends it."""
        now = self._clock.monotonic()
        asked = self._asked
        while self._waiting and self._waiting[0].due <= now and len(asked) < AT_ONCE:
            waiting = self._waiting.popleft()
            asked.append((waiting, self._ask(waiting)))
        try:
            # Not one that fails ends it, and none is called off with it, as `gather` would.
            ended = [asyncio.wrap_future(added) for _, added in asked]
            for each in ended:
                each.add_done_callback(_look_at_failure)
            await asyncio.wait(ended)
        except asyncio.CancelledError:
            for _, added in asked:
                added.add_done_callback(_tell_failure)
            raise
        finally:
            self._asked = []
        for waiting, added in reversed(asked):
            if added.exception() is None:
                self._let_go(waiting)
            else:
                self._waiting.appendleft(waiting)
        for _, added in asked:
            added.result()

    def _look_without_waiting(self) -> None:
        waiting = self._waiting.popleft()
        self._ask(waiting).add_done_callback(_tell_failure)
        self._let_go(waiting)

    def _ask(self, waiting: _Waiting) -> Future[int | None]:
        calls = self._calls[waiting.gateway]
        heard = calls.heard(waiting.key)
        try:
            return self._store.add(waiting.gateway, heard, () if heard.exact else calls.others(waiting.key))
        except StoreError as error:
            refused: Future[int | None] = Future()
            refused.set_exception(error)
            return refused

    def _let_go(self, waiting: _Waiting) -> None:
        calls = self._calls[waiting.gateway]
        calls.done(calls.heard(waiting.key), waiting.key)


def _look_at_failure(ended: asyncio.Future[int | None]) -> None:
    """Else asyncio tells of it by itself, on standard error: that is the screen."""
    if not ended.cancelled():
        ended.exception()


def _tell_failure(added: Future[int | None]) -> None:
    """Runs on the store's thread."""
    if not added.cancelled() and (error := added.exception()) is not None:
        _logger.warning("an SMS that AMI saw could not be kept: %s", error)
