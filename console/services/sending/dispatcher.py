"""Which queued message of a gateway leaves next, and when.

Messages on their own come before batches, so that somebody who writes one does not wait for a thousand. A message
for a port that can't take it fails, as nothing of it has left; one for `auto` or for a set of ports, and one that was
planned, waits until a port can, or it is too late. Between two messages of a port the configured pace is kept.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter, deque
from typing import TYPE_CHECKING, Protocol

from console.domain.messages import DeliveryState, Via
from console.domain.sending import BatchState, Held
from console.errors import StoreError
from console.protocol.dialects.known import pace_of
from console.protocol.rules.backoff import Backoff
from console.protocol.rules.timing import Turn, turn
from console.services.sending.http_sender import REQUESTS_AT_ONCE
from console.services.sending.routing import NoWay, Route, Wait
from console.services.sending.sims import REREAD

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from contextlib import AbstractAsyncContextManager

    from console.config import GatewayConfig
    from console.domain.messages import OutboxMessage
    from console.protocol.rules.timing import Now
    from console.services.sending.routing import Routing

LOOK = 0.5
"""Seconds between two looks at ports and batches while something waits for them."""

STREAK = 10
"""Failures in a row after which a batch is paused: a wrong password must not use up a thousand messages."""

_LONGEST_REST = 30.0
"""Seconds at most for which a gateway that can't be reached is left alone, while a batch waits for it."""


class Work(Protocol):
    """What a dispatcher asks for."""

    async def carry(self, message: OutboxMessage, route: Route) -> DeliveryState | Held:
        """Send one message; what became of it. QUEUED: nothing left, the gateway can't be reached. Held: nothing left,
        as the SIM may not carry it now (somebody else sends by it, too), or as its batch was paused just then.
        """
        ...

    def kept(self, gateway: str) -> AbstractAsyncContextManager[None]:
        """While inside, connections that one message is done with stay open for the next."""
        ...

    def refuse(self, message: OutboxMessage, words: str) -> None:
        """Record that it was not sent."""
        ...

    def batch_state(self, batch_id: int) -> BatchState: ...

    def pause(self, batch_id: int, words: str) -> None:
        """Let the rest of a batch wait, and say why."""
        ...

    def call_off(self, batch_id: int) -> None:
        """Record that what is still queued of a batch that was called off is called off too."""
        ...


class Dispatcher:
    """The queue of one gateway. `add` and what it reports are for any thread, the rest for the event loop."""

    def __init__(
        self,
        gateway: GatewayConfig,
        work: Work,
        routing: Routing,
        *,
        now: Callable[[], Now],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        random: Callable[[], float],
    ) -> None:
        self._gateway = gateway
        self._work = work
        self._routing = routing
        self._now = now
        self._sleep = sleep
        self._arrived: deque[OutboxMessage] = deque()
        self._queues: dict[tuple[object, ...], deque[OutboxMessage]] = {}
        """By what they wait for: way, port or set, and batch."""
        self._under_way: dict[int, OutboxMessage] = {}
        self._leaving: Counter[Via] = Counter()
        self._most = {Via.HTTP: REQUESTS_AT_ONCE, Via.AMI: gateway.ami.send_sessions if gateway.ami else 0}
        self._streaks: Counter[int] = Counter()
        self._resting: set[Via] = set()
        self._backoff = {via: Backoff(cap=_LONGEST_REST) for via in Via}
        self._random = random
        self._open = contextlib.AsyncExitStack()
        self._wake = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self.waits_for = ""
        """Why messages wait though nothing is under way, in words; empty when none does."""

    def add(self, message: OutboxMessage) -> None:
        """Queue a message that is QUEUED in the store and this process's own. From any thread."""
        self._arrived.append(message)
        self.look()

    def look(self) -> None:
        """Something may have changed: look what can leave now. From any thread."""
        loop = self._loop
        if loop is not None:
            # A loop that has just closed leaves messages QUEUED: a person decides at the next start.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(self._wake.set)

    def cut_off(self) -> list[OutboxMessage]:
        """Messages that were under way when the last `run` ended: `add` those that may go on, and `forget` all."""
        return list(self._under_way.values())

    def forget(self, message: OutboxMessage) -> None:
        """It was judged what became of one that was `cut_off`."""
        del self._under_way[message.id]

    async def run(self) -> None:
        """Send what is added, until cancelled. It may be run again: `cut_off` tells what was in the middle."""
        self._loop = asyncio.get_running_loop()
        try:
            async with self._open, asyncio.TaskGroup() as tasks:
                kept = False
                while True:
                    self._wake.clear()
                    await self._start_what_can(tasks)
                    kept = await self._keep_open(kept)
                    if not any(self._queues.values()):
                        await self._wake.wait()
                    else:
                        with contextlib.suppress(TimeoutError):
                            async with asyncio.timeout(LOOK):
                                await self._wake.wait()
        finally:
            self._loop = None

    async def _keep_open(self, kept: bool) -> bool:
        """Keep connections while something is under way; whether they are kept now."""
        wanted = self._routing.busy or bool(self._leaving.total())
        if wanted and not kept:
            await self._open.enter_async_context(self._work.kept(self._gateway.name))
        elif kept and not wanted:
            await self._open.aclose()
        return wanted

    # ---- what can leave now ---------------------------------------------------------------------------------

    async def _start_what_can(self, tasks: asyncio.TaskGroup) -> None:
        while self._arrived:
            message = self._arrived.popleft()
            self._queue_of(message).append(message)
        if not await self._routing.refresh():
            return  # It is looked at again in a moment.
        self.waits_for = ""
        for key in sorted(self._queues, key=self._turn):
            self._start_from(self._queues[key], tasks)
        self._queues = {key: queue for key, queue in self._queues.items() if queue}

    def _queue_of(self, message: OutboxMessage) -> deque[OutboxMessage]:
        """Where it waits with those that wait for the same."""
        draft = message.draft
        return self._queues.setdefault((draft.via, draft.port, draft.pool, message.batch), deque())

    def _turn(self, key: tuple[object, ...]) -> tuple[bool, int]:
        """Those on their own first, then by age."""
        return key[-1] is not None, self._queues[key][0].id

    def _start_from(self, queue: deque[OutboxMessage], tasks: asyncio.TaskGroup) -> None:
        while queue:
            message = queue[0]
            if message.id in self._under_way:
                return  # Given back, as it was not its time, and taken again: that must have ended.
            if turn(message.draft, self._now()) is Turn.LATE:
                queue.popleft()  # Whoever plans calls it off.
                continue
            if message.batch is not None:
                state = self._batch_state(message.batch)
                if state is BatchState.CANCELLED:
                    queue.clear()
                    # The store has called them off, but for one that was leaving then and came back.
                    self._work.call_off(message.batch)
                    return
                if state is BatchState.PAUSED:
                    return
            way = self._way(message)
            if isinstance(way, NoWay) and message.draft.not_before is not None:
                way = Wait(way.why)  # Nobody is there to choose another port, and there is time.
            if isinstance(way, Wait):
                self.waits_for = way.why or self.waits_for
                return
            queue.popleft()
            if isinstance(way, NoWay):
                self._work.refuse(message, way.why)
            else:
                self._begin(message, way, tasks)

    def _batch_state(self, batch_id: int) -> BatchState:
        try:
            return self._work.batch_state(batch_id)
        except StoreError:
            return BatchState.PAUSED  # It can't be told now, so nothing of it leaves now.

    def _way(self, message: OutboxMessage) -> Route | Wait | NoWay:
        via = message.draft.via
        if via in self._resting:
            return Wait("the gateway can't be reached")
        if self._leaving[via] >= self._most[via]:
            return Wait()
        return self._routing.route(message)

    def _begin(self, message: OutboxMessage, route: Route, tasks: asyncio.TaskGroup) -> None:
        self._under_way[message.id] = message
        self._leaving[message.draft.via] += 1
        self._routing.occupy(route, message)
        tasks.create_task(self._take(message, route))

    # ---- one message ----------------------------------------------------------------------------------------

    async def _take(self, message: OutboxMessage, route: Route) -> None:
        via = message.draft.via
        try:
            try:
                state = await self._work.carry(message, route)
            finally:
                self._leaving[via] -= 1
            del self._under_way[message.id]
            if isinstance(state, Held):
                self._routing.judge(route, message, DeliveryState.QUEUED)
                await self._hold(message, state)
                return
            self._routing.judge(route, message, state)
            if state is DeliveryState.QUEUED:
                self._queue_of(message).appendleft(message)
            else:
                self._backoff[via].reset()
                self._count_streak(message, state)
                await self._keep_pace(route, state)
        finally:
            self._routing.free(route)
            self._wake.set()
        if state is DeliveryState.QUEUED:
            await self._rest(via)

    async def _hold(self, message: OutboxMessage, held: Held) -> None:
        """It may not leave by this port now: the port stays busy until it is worth another try. At a limit, which may
        be known here in a moment only, a message for this very port has no other way; one that was planned has time.
        """
        if held.seconds is None and message.draft.port is not None and message.draft.not_before is None:
            self._work.refuse(message, held.words)
            return
        self._queue_of(message).appendleft(message)
        self._wake.set()
        await self._sleep(REREAD if held.seconds is None else held.seconds)

    async def _keep_pace(self, route: Route, state: DeliveryState) -> None:
        """The port stays busy for a while after a message."""
        pause = self._gateway.pace_after_failure if state is DeliveryState.FAILED else pace_of(self._gateway)
        if route.port is not None and pause:
            self._wake.set()
            await self._sleep(pause)

    async def _rest(self, via: Via) -> None:
        """The gateway can't be reached: leave it alone for a while."""
        if via in self._resting:
            return
        self._resting.add(via)
        try:
            await self._sleep(self._backoff[via].next(self._random()))
        finally:
            self._resting.discard(via)
            self._wake.set()

    def _count_streak(self, message: OutboxMessage, state: DeliveryState) -> None:
        if message.batch is None:
            return
        if state is not DeliveryState.FAILED:
            self._streaks[message.batch] = 0
            return
        self._streaks[message.batch] += 1
        if self._streaks[message.batch] >= STREAK:
            self._streaks[message.batch] = 0
            self._work.pause(message.batch, f"paused: {STREAK} messages in a row failed")
