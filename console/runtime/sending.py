"""Sending for a command: one gateway's AMI link, its ports and a sender, without receiver and screen.

The command lives as long as its messages are under way. Whatever ends it, nothing is left behind in silence: what
had not left is called off, and what was just leaving is UNKNOWN.
"""

from __future__ import annotations

import asyncio
import contextlib
from enum import StrEnum
from typing import TYPE_CHECKING

from console.config.records import RESULT_WAIT
from console.domain.link import LinkPhase
from console.domain.messages import DeliveryState, Evidence, OutboxMessage, Via
from console.domain.ports import PortHealth
from console.domain.sending import BatchState
from console.errors import NotConnected, StoreError
from console.protocol.dialects.known import pace_of
from console.runtime.supervisor import Supervisor
from console.services.gateway.link import AmiLink
from console.services.ports.monitor import PortMonitor
from console.services.receiving.keeper import GRACE as RECEIVER_GRACE
from console.services.receiving.keeper import RECEIVER
from console.services.sending.results import LateResults
from console.services.sending.sender import Sender
from console.store.ami.log import AmiLog

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Sequence

    from console.config import AlarmConfig, GatewayConfig, SendingConfig
    from console.domain.ami import AmiMessage
    from console.domain.clock import Clock
    from console.domain.messages import Draft
    from console.domain.ports import PortSnapshot
    from console.store import Store

LOOK = 0.1
"""Seconds between two looks at the store; each is one small read while nothing changes."""

LONGEST_LOOK = 2.0
"""Seconds between two looks at most: one that took long may have been stopped in its middle (SIGSTOP)."""

_PORTS_LOOK = 0.02
_SLOW_PORT = 2.0
"""Seconds after which ports that have not answered yet are not waited for, where another one is ready."""

NOT_LEFT = frozenset({DeliveryState.QUEUED, DeliveryState.SUBMITTING})
UNTIL_SENT = NOT_LEFT | {DeliveryState.ACCEPTED}
UNTIL_DELIVERED = UNTIL_SENT | {DeliveryState.SENT}
"""States in which a message is waited for still: until the gateway has it, until it is on the air, until it is there.
"""

_SENDER, _RESULTS = "sender", "late results"

_MAY_CHANGE = UNTIL_DELIVERED | {DeliveryState.UNKNOWN}

_INTERRUPTED = "the command was stopped while sending"
_CALLED_OFF = "the command was stopped before sending"


def pause(took: float, left: float | None) -> float:
    """Seconds until the next look at the store after one that took so long; `left` are those until time is up. A look
    at thousands of messages takes a while, and shall not be all that is done.
    """
    wanted = min(max(LOOK, 4 * took), LONGEST_LOOK)
    return wanted if left is None else max(0.0, min(wanted, left))


class Ending(StrEnum):
    """Why the messages were watched no longer."""

    DONE = "done"
    TIME_UP = "time is up"
    INTERRUPTED = "interrupted"


class Watch:
    """Messages, as they are in the store. Whichever process hears of them, it is there that they change."""

    def __init__(self, store: Store, ids: Sequence[int], *, batch: int | None = None) -> None:
        self._store = store
        self._batch = batch
        self.pause = ""
        """Why the rest of the batch does not leave, in words; empty when it may."""
        self.messages: dict[int, OutboxMessage | None] = dict.fromkeys(ids)
        self._revision = -1

    def look(self, states: Collection[DeliveryState]) -> bool:
        """Read those that were in one of these states, if anything was committed since the last look; whether one of
        them has changed. Raises StoreError.
        """
        revision = self._store.poll()
        if revision == self._revision:
            return False
        self._revision = revision
        if self._batch is not None:
            paused = self._store.sending.batch_state(self._batch) is BatchState.PAUSED
            self.pause = f"batch {self._batch} is paused; resume it in the console" if paused else ""
        return self.look_again(states)

    def look_again(self, states: Collection[DeliveryState]) -> bool:
        """The same, whether anything was committed or not."""
        changed = False
        for message_id in self.among(states):
            found = self._store.outbox_message(message_id)
            if found is not None and found != self.messages[message_id]:
                self.messages[message_id] = found
                changed = True
        return changed

    def among(self, states: Collection[DeliveryState]) -> list[int]:
        """Ids of those in one of these states, and of those not looked at yet."""
        return [
            message_id for message_id, message in self.messages.items() if message is None or message.state in states
        ]


class Sending:
    """Sends through one gateway. Everything belongs to one event loop."""

    def __init__(
        self,
        gateway: GatewayConfig,
        rules: SendingConfig,
        store: Store,
        clock: Clock,
        *,
        operator: str,
        alarms: AlarmConfig,
    ) -> None:
        """`alarms` says when a port is old, or suspect."""
        log = AmiLog()
        self._gateway = gateway
        self._store = store
        self._clock = clock
        self._supervisor = Supervisor()
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._reading = ""
        """Why the store can't be read, in words; empty when it can."""
        self._link: AmiLink | None = None
        self._monitor: PortMonitor | None = None
        if gateway.ami is not None:
            self._link = AmiLink(gateway, log, clock, on_event=self._on_event, on_up=self._on_up)
            self._monitor = PortMonitor(gateway, self._link, clock, alarms=alarms)
        self.sender = Sender(
            [gateway],
            store,
            clock,
            ports=lambda _: self.ports,
            operator=operator,
            rules=rules,
            alarms=alarms,
            log=log,
        )

    @property
    def ports(self) -> tuple[PortSnapshot, ...]:
        """The gateway's ports as last heard."""
        return self._monitor.ports if self._monitor is not None else ()

    @property
    def trouble(self) -> str:
        """Why messages wait, or what can't be recorded, in words; empty when all is well."""
        return "; ".join(
            filter(None, (self._supervisor.trouble, self._reading, self._store.trouble, self.sender.trouble))
        )

    @property
    def longest_silence(self) -> float:
        """Seconds that may go by without news of a message before it is not worth waiting any longer: the gateway's
        own time-outs, its pace, and the time for which results are waited for.
        """
        gateway = self._gateway
        seconds = (gateway.result_wait or RESULT_WAIT) + pace_of(gateway) + gateway.pace_after_failure
        if gateway.ami is not None:
            seconds += gateway.ami.connect_timeout + gateway.ami.answer_timeout + gateway.ami.sync_timeout
        if gateway.http is not None:
            seconds += gateway.http.connect_timeout + gateway.http.answer_timeout
        return seconds

    @contextlib.asynccontextmanager
    async def running(self, *, look_only: bool = False) -> AsyncIterator[None]:
        """Link, ports and sender at work, for the length of the block. `look_only`: without the sender, so that
        nothing is sent and nothing written.
        """
        services: dict[str, Callable[[], Awaitable[None]]] = {}
        if self._link is not None and self._monitor is not None:
            services |= {"AMI link": self._link.run, "port monitor": self._monitor.run}
        if not look_only:
            services |= {_SENDER: self.sender.run, _RESULTS: LateResults(self._store.sending, self._clock).run}
        self._tasks = {name: asyncio.create_task(self._supervisor.keep(name, run)) for name, run in services.items()}
        try:
            yield
        finally:
            await self._stop(*self._tasks)

    async def hear_ports(self, draft: Draft) -> None:
        """Wait until the ports that `draft` may take have said how they are, as far as they do in time.

        Raises NotConnected where it is to go by AMI and there is no connection. By HTTP nothing depends on it.
        """
        await self.sender.refresh()
        ami, link = self._gateway.ami, self._link
        if ami is None or link is None:
            return
        loop = asyncio.get_running_loop()
        started = loop.time()
        longest = 2 * ami.connect_timeout + ami.answer_timeout
        while not self._heard(draft, loop.time() - started) and loop.time() - started < longest:  # noqa: ASYNC110
            await asyncio.sleep(_PORTS_LOOK)  # link and monitor are snapshots, and set no event
        status = link.status
        if draft.via is Via.AMI and status.phase is not LinkPhase.UP:
            detail = f" ({status.detail})" if status.detail else ""
            raise NotConnected(
                f"AMI of {self._gateway.name} is {status.phase}{detail}: nothing was sent.",
                hint="`gsm-console check` tests the link. HTTP may work: --via http.",
            )

    def hears_results(self) -> bool:
        """Whether anybody is there to hear what becomes of a message that the gateway accepts: a link of this
        process, or the receiver of another.
        """
        if self._link is not None and self._link.status.phase is LinkPhase.UP:
            return True
        there = self._store.presence(RECEIVER)
        return there is not None and there.is_fresh(self._clock.time(), RECEIVER_GRACE)

    async def send(
        self,
        drafts: Sequence[Draft],
        label: str,
        *,
        until: Collection[DeliveryState],
        timeout: float | None,
        stop: asyncio.Event,
        on_news: Callable[[Watch], None],
        on_trouble: Callable[[str], None],
    ) -> tuple[Watch, Ending]:
        """Queue them, all or none, send them and wait while they are in one of the states of `until`.

        At most `timeout` seconds; None: while news come, each within `longest_silence`. Then, and once `stop` is set,
        what has not left is called off. What is leaving when time is up is waited for, as it is bounded by itself;
        after `stop` it is UNKNOWN at once. `on_news` is called after each look that found something, `on_trouble`
        with the words where there is trouble, once for each.

        To be called once, while `running`. Raises CannotSend and StoreError, with nothing queued.
        """
        watch = Watch(self._store, ())
        told: set[str] = set()

        def on_look(changed: bool) -> None:
            if changed:
                on_news(watch)
            for words in (self.trouble, watch.pause):
                if words and words not in told:
                    told.add(words)
                    on_trouble(words)

        try:
            watch = await self._queue(drafts, label)
            ending = await self._follow(watch, until, timeout, stop, on_look)
            if ending is Ending.TIME_UP:
                with contextlib.suppress(StoreError):  # tried again in the end
                    await self._call_off(watch)
                await self._follow(watch, NOT_LEFT, None, stop, on_look)
        finally:
            await self._stop(_SENDER, _RESULTS)
            await self._leave(watch)
        on_news(watch)
        return watch, ending

    async def plan(self, drafts: Sequence[Draft], label: str) -> list[OutboxMessage]:
        """Leave them in the outbox, all or none, for whoever sends when their time comes. Raises CannotSend and
        StoreError, with nothing queued.
        """
        watch = await self._queue(drafts, label)
        await asyncio.to_thread(watch.look_again, NOT_LEFT)
        return [message for message in watch.messages.values() if message is not None]

    async def _queue(self, drafts: Sequence[Draft], label: str) -> Watch:
        if len(drafts) == 1:
            message = await asyncio.wrap_future(self.sender.submit(drafts[0]))
            return Watch(self._store, [message.id])
        batch = await asyncio.wrap_future(self.sender.submit_all(drafts, label))
        try:
            ids = await asyncio.to_thread(self._store.sending.messages_of, batch.id, *DeliveryState)
        except StoreError:
            # Nobody could tell of them.
            await asyncio.wrap_future(self.sender.set_batch(batch.id, BatchState.CANCELLED))
            raise
        return Watch(self._store, ids, batch=batch.id)

    async def _follow(
        self,
        watch: Watch,
        until: Collection[DeliveryState],
        timeout: float | None,
        stop: asyncio.Event,
        on_look: Callable[[bool], None],
    ) -> Ending:
        loop = asyncio.get_running_loop()
        started = news = loop.time()
        while watch.among(until):
            began = loop.time()
            changed = await self._look(watch, until)
            on_look(changed)
            if changed:
                news = loop.time()
                if not watch.among(until):
                    break
            if stop.is_set():
                return Ending.INTERRUPTED
            now = loop.time()
            if now - started >= timeout if timeout is not None else now - news >= self.longest_silence:
                return Ending.TIME_UP
            left = None if timeout is None else started + timeout - now
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(pause(now - began, left)):
                    await stop.wait()
        return Ending.DONE

    async def _look(self, watch: Watch, states: Collection[DeliveryState]) -> bool:
        """A database that can't be read now is looked at again: what is under way is not left for that."""
        self._reading = ""
        try:
            return await asyncio.to_thread(watch.look, states)
        except StoreError as error:
            self._reading = str(error)
            return False

    async def _call_off(self, watch: Watch) -> None:
        """Nothing that has not left shall leave any more."""
        await asyncio.to_thread(watch.look_again, NOT_LEFT)
        queued = watch.among({DeliveryState.QUEUED})
        if queued:
            await asyncio.wrap_future(self.sender.cancel(queued))

    async def _leave(self, watch: Watch) -> None:
        """The sender has stopped: settle what it left half done. What can't be settled now, the next one will."""
        verdicts = {
            DeliveryState.QUEUED: (DeliveryState.CANCELLED, _CALLED_OFF),
            DeliveryState.SUBMITTING: (DeliveryState.UNKNOWN, _INTERRUPTED),
        }
        with contextlib.suppress(StoreError):
            await self._call_off(watch)
            # What began to leave in the same moment was not called off.
            await asyncio.to_thread(watch.look_again, NOT_LEFT)
            for message_id in watch.among({DeliveryState.SUBMITTING}):
                message = watch.messages[message_id]
                for number, state in enumerate(message.segments if message else (), 1):
                    if state in verdicts:
                        verdict, words = verdicts[state]
                        evidence = Evidence(message_id, number, self._clock.time(), verdict, "console", words)
                        await asyncio.wrap_future(self._store.add_evidence(evidence))
            await asyncio.to_thread(watch.look_again, _MAY_CHANGE)

    async def _stop(self, *names: str) -> None:
        tasks = [self._tasks[name] for name in names if name in self._tasks]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _heard(self, draft: Draft, waited: float) -> bool:
        """Whether the ports it may take are known, or won't be."""
        assert self._link is not None, "looked at first"
        phase = self._link.status.phase
        if phase in (LinkPhase.WAITING, LinkPhase.REFUSED):
            return True
        chosen = next((one.ports for one in self._gateway.port_sets if one.name == draft.pool), None)
        wanted = (draft.port,) if draft.port is not None else chosen
        ports = [one for one in self.ports if wanted is None or one.port in wanted]
        if phase is not LinkPhase.UP or not self.ports:
            return False
        ready = any(one.health is PortHealth.READY for one in ports)
        return all(one.read_at is not None for one in ports) or (ready and waited >= _SLOW_PORT)

    def _on_event(self, message: AmiMessage) -> None:
        self.sender.on_event(self._gateway.name, message)

    def _on_up(self) -> None:
        if self._monitor is not None:
            self._monitor.poke(None)
