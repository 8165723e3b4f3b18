"""Which queued message of a gateway leaves next, and through which GSM port.

Messages on their own come before batches, so that somebody who writes one does not wait for a thousand. A port
carries one message at a time, with the configured pace between two. A message for a port that can't take it
fails, as nothing of it has left; one for `auto` or for a set of ports waits until a port can.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import Counter, deque
from typing import TYPE_CHECKING, NamedTuple, Protocol

from console.domain.messages import DeliveryState, Via
from console.domain.sending import BatchState
from console.errors import StoreError
from console.protocol import port_choice
from console.protocol.backoff import Backoff
from console.services.http_sender import REQUESTS_AT_ONCE

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Sequence
    from contextlib import AbstractAsyncContextManager

    from console.config import GatewayConfig
    from console.domain.clock import Clock
    from console.domain.messages import Draft, OutboxMessage
    from console.domain.ports import PortSnapshot
    from console.services.sims import Sims

LOOK = 0.5
"""Seconds between two looks at ports and batches while something waits for them."""

STREAK = 10
"""Failures in a row after which a batch is paused: a wrong password must not use up a thousand messages."""

PORT_FAILURES = 3
"""Failures in a row on one port after which messages that may choose take other ports: a dead port is always idle,
and would get most of them.
"""

PORT_REST = 60.0
"""Seconds until it is tried again."""

_LONGEST_REST = 30.0
"""Seconds at most for which a gateway that can't be reached is left alone, while a batch waits for it."""


class Route(NamedTuple):
    """The way a message takes: a port, or None where the gateway chooses; and the SIM in it."""

    port: int | None
    imsi: str = ""


class Work(Protocol):
    """What a dispatcher asks for."""

    async def carry(self, message: OutboxMessage, route: Route) -> DeliveryState:
        """Send one message; what became of it. QUEUED: nothing left, the gateway can't be reached."""
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
        sims: Sims,
        clock: Clock,
        *,
        ports: Callable[[], Sequence[PortSnapshot]],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        random: Callable[[], float],
        locked: Callable[[], Collection[int]] = tuple,
    ) -> None:
        """`locked()` are ports that people left out of `auto`; from any thread."""
        self._gateway = gateway
        self._locked = locked
        self._work = work
        self._sims = sims
        self._clock = clock
        self._ports = ports
        self._sleep = sleep
        self._arrived: deque[OutboxMessage] = deque()
        self._queues: dict[tuple[object, ...], deque[OutboxMessage]] = {}
        """By what they wait for: way, port or set, and batch."""
        self._under_way: dict[int, OutboxMessage] = {}
        self._busy: set[int] = set()
        self._leaving: Counter[Via] = Counter()
        self._most = {Via.HTTP: REQUESTS_AT_ONCE, Via.AMI: gateway.ami.send_sessions if gateway.ami else 0}
        self.load: Counter[int] = Counter()
        """Messages that each port was given in this run."""
        self._last_of_set: dict[str, int] = {}
        self._streaks: Counter[int] = Counter()
        self._failed: Counter[int] = Counter()
        """Messages in a row that failed on each port."""
        self._avoided_until: dict[int, float] = {}
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
        wanted = bool(self._busy or self._leaving.total())
        if wanted and not kept:
            await self._open.enter_async_context(self._work.kept(self._gateway.name))
        elif kept and not wanted:
            await self._open.aclose()
        return wanted

    # ---- what can leave now ---------------------------------------------------------------------------------

    async def _start_what_can(self, tasks: asyncio.TaskGroup) -> None:
        while self._arrived:
            message = self._arrived.popleft()
            draft = message.draft
            self._queues.setdefault((draft.via, draft.port, draft.pool, message.batch), deque()).append(message)
        try:
            await self._sims.refresh()
        except StoreError:
            if self._sims.limited:
                return  # What was used is not known, so nothing may leave; it is looked at again in a moment.
        self.waits_for = ""
        for key in sorted(self._queues, key=self._turn):
            self._start_from(self._queues[key], tasks)
        self._queues = {key: queue for key, queue in self._queues.items() if queue}

    def _turn(self, key: tuple[object, ...]) -> tuple[bool, int]:
        """Those on their own first, then by age."""
        return key[-1] is not None, self._queues[key][0].id

    def _start_from(self, queue: deque[OutboxMessage], tasks: asyncio.TaskGroup) -> None:
        while queue:
            message = queue[0]
            if message.batch is not None:
                state = self._batch_state(message.batch)
                if state is BatchState.CANCELLED:
                    queue.clear()
                    # The store has called them off, but for one that was leaving then and came back.
                    self._work.call_off(message.batch)
                    return
                if state is BatchState.PAUSED:
                    return
            route = self._route(message)
            if route is None:
                return
            queue.popleft()
            if isinstance(route, str):
                self._work.refuse(message, route)
                continue
            self._begin(message, route, tasks)

    def _batch_state(self, batch_id: int) -> BatchState:
        try:
            return self._work.batch_state(batch_id)
        except StoreError:
            return BatchState.PAUSED  # It can't be told now, so nothing of it leaves now.

    def _begin(self, message: OutboxMessage, route: Route, tasks: asyncio.TaskGroup) -> None:
        self._under_way[message.id] = message
        self._leaving[message.draft.via] += 1
        if route.port is not None:
            self._busy.add(route.port)
            self.load[route.port] += 1
            self._sims.note(route.port, message.parts)
            if message.draft.pool:
                self._last_of_set[message.draft.pool] = route.port
        tasks.create_task(self._take(message, route))

    # ---- which way ------------------------------------------------------------------------------------------

    def _route(self, message: OutboxMessage) -> Route | str | None:
        """The way a message takes now; None when it has to wait, words when it can't go at all."""
        draft = message.draft
        if draft.via in self._resting:
            self.waits_for = "the gateway can't be reached"
            return None
        if self._leaving[draft.via] >= self._most[draft.via]:
            return None
        snapshots = self._ports()
        if draft.port is not None:
            words = port_choice.refusal(draft.port, snapshots, self._clock.time())
            words = words or self._sims.refusal(draft.port, message.parts)
            if words:
                return words
            return None if draft.port in self._busy else self._by(draft.port, snapshots)
        free = [port for port in self.candidates(draft) if not self._sims.refusal(port, message.parts)]
        if not free:
            if self.may_choose(draft):
                return Route(None)
            self.waits_for = "no port that may send is ready"
            return None
        idle = [port for port in self._not_avoided(free) if port not in self._busy]
        port = self.pick(draft, idle)
        return None if port is None else self._by(port, snapshots)

    def _not_avoided(self, ports: Sequence[int]) -> Sequence[int]:
        """Those on which not everything failed lately; all of them where there is no such one."""
        now = self._clock.monotonic()
        return [port for port in ports if self._avoided_until.get(port, now) <= now] or ports

    def candidates(self, draft: Draft) -> list[int]:
        """Ports that a draft without a port may go through, those at their limit included, those locked out not."""
        locked = self._locked()
        fit = port_choice.usable(self._ports(), self._clock.time(), self.load.keys())
        usable = [port for port in fit if port not in locked]
        chosen = next((one for one in self._gateway.port_sets if one.name == draft.pool), None)
        return usable if chosen is None else [port for port in usable if port in chosen.ports]

    def may_choose(self, draft: Draft) -> bool:
        """Whether the gateway may choose a port itself: by HTTP, where the console knows of none that is ready, of no
        limit and of none locked out, and has not been told that none can send.
        """
        if draft.via is not Via.HTTP or draft.pool or self._sims.limited or self._locked():
            return False
        now = self._clock.time()
        snapshots = self._ports()
        told = [port_choice.refusal(one.port, snapshots, now) for one in snapshots]
        return not told or not all(told)

    def pick(self, draft: Draft, ports: Sequence[int]) -> int | None:
        """The one of `ports` that is next: in turn for a set, else the least loaded."""
        chosen = next((one for one in self._gateway.port_sets if one.name == draft.pool), None)
        if chosen is None:
            return port_choice.least_loaded(ports, self.load)
        last = self._last_of_set.get(chosen.name)
        return port_choice.next_in_turn(chosen.ports, chosen.order, last, lambda port: port in ports)

    def _by(self, port: int, snapshots: Sequence[PortSnapshot]) -> Route:
        imsi = next((one.report.imsi for one in snapshots if one.port == port), "")
        return Route(port, imsi)

    # ---- one message ----------------------------------------------------------------------------------------

    async def _take(self, message: OutboxMessage, route: Route) -> None:
        via = message.draft.via
        try:
            try:
                state = await self._work.carry(message, route)
            finally:
                self._leaving[via] -= 1
            del self._under_way[message.id]
            if state in (DeliveryState.QUEUED, DeliveryState.CANCELLED) and route.port is not None:
                self._sims.take_back(route.port, message.parts)
            if state is DeliveryState.QUEUED:
                self._queue_again(message)
            else:
                self._backoff[via].reset()
                self._count_streak(message, state)
                self._judge_port(route, state)
                await self._keep_pace(route, state)
        finally:
            self._free(route)
        if state is DeliveryState.QUEUED:
            await self._rest(via)

    def _judge_port(self, route: Route, state: DeliveryState) -> None:
        """Leave a port alone for a while on which one message after another failed."""
        if route.port is None or state is DeliveryState.CANCELLED:
            return
        if state is not DeliveryState.FAILED:
            self._failed[route.port] = 0
            self._avoided_until.pop(route.port, None)
            return
        self._failed[route.port] += 1
        if self._failed[route.port] >= PORT_FAILURES:
            self._avoided_until[route.port] = self._clock.monotonic() + PORT_REST

    async def _keep_pace(self, route: Route, state: DeliveryState) -> None:
        """The port stays busy for a while after a message."""
        pause = self._gateway.pace_after_failure if state is DeliveryState.FAILED else self._gateway.pace
        if route.port is not None and pause:
            self._wake.set()
            await self._sleep(pause)

    def _queue_again(self, message: OutboxMessage) -> None:
        draft = message.draft
        self._queues.setdefault((draft.via, draft.port, draft.pool, message.batch), deque()).appendleft(message)

    def _free(self, route: Route) -> None:
        if route.port is not None:
            self._busy.discard(route.port)
        self._wake.set()

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
