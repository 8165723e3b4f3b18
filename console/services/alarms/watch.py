"""Raises and clears alarms: once a second, in one process of a store. The others show what is written down."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Protocol

from console.domain.alarms import AlarmNews
from console.domain.link import LinkPhase
from console.errors import StoreError
from console.protocol.driver.span import is_imsi
from console.protocol.rules.alarms import AlarmRules, Facts
from console.services.alarms.hook import AlarmHook

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from concurrent.futures import Future

    from console.config import Config
    from console.domain.alarms import Alarm, Condition, Place
    from console.domain.clock import Clock
    from console.domain.link import GatewaySnapshot, ReceiverStatus
    from console.domain.ports import PortPast, PortSim

PERIOD = 1.0
"""Seconds between two looks."""


class AlarmStore(Protocol):
    """What the watch needs of `store.alarms`."""

    def open(self) -> list[Alarm]: ...
    def raise_(self, condition: Condition) -> Future[Alarm | None]: ...
    def clear(self, alarm_id: int) -> Future[Alarm | None]: ...
    def take_watch(self) -> Future[bool]: ...
    def leave_watch(self) -> Future[None]: ...


class History(Protocol):
    """What the watch needs of `store.port_history`."""

    def learn_habits(self, gateway: str) -> None: ...
    def past(self, gateway: str) -> Mapping[int, PortPast]: ...


class Sims(Protocol):
    """What the watch needs of `store.port_sims`."""

    def all(self) -> Mapping[tuple[str, int], PortSim]: ...
    def newest(self) -> int: ...
    def called(self, gateway: str, after: int, until: int) -> Mapping[int, str]: ...
    def see(self, seen: Mapping[tuple[str, int], str]) -> Future[None]: ...


class AlarmWatch:
    """`run` belongs to the services' event loop; `is_watching` and `trouble` are for any thread."""

    def __init__(
        self,
        config: Config,
        alarms: AlarmStore,
        history: History,
        sims: Sims,
        clock: Clock,
        *,
        gateways: Callable[[], Sequence[GatewaySnapshot]],
        receiver: Callable[[], ReceiverStatus],
        hook: AlarmHook | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """`gateways` and `receiver` tell what is known now."""
        self.is_watching = False
        """Whether it is this process that raises and clears."""
        self._config = config
        self._alarms = alarms
        self._history = history
        self._sims = sims
        self._called: int | None = None
        """Inbox id up to which callbacks were asked for their SIMs; None before the first look."""
        self._clock = clock
        self._gateways = gateways
        self._receiver = receiver
        self._hook = hook if hook is not None else AlarmHook(config.alarms, clock)
        self._sleep = sleep
        self._rules = AlarmRules(config.alarms, config.gateways)
        self._known_past: dict[tuple[str, int], PortPast] | None = None
        """None until it was read once: before that nobody can tell which ports are to be used at all."""
        self._looked_at: float | None = None
        """When this process last looked as the one that watches; None while it does not."""

    @property
    def trouble(self) -> str:
        """Why the alarm command does not do what it should; empty when all is well."""
        return self._hook.trouble

    async def run(self) -> None:
        """Watch, or wait until nobody else does, until cancelled."""
        try:
            async with asyncio.TaskGroup() as tasks:
                tasks.create_task(self._hook.run())
                for step in (self._keep_watch, self._read_past, self._look):
                    tasks.create_task(self._again_and_again(step))
        finally:
            self.is_watching, self._looked_at = False, None
            self._alarms.leave_watch()

    async def _again_and_again(self, step: Callable[[], Awaitable[None]]) -> None:
        while True:
            # The store tells why, to whoever looks at it; the next time it may work.
            with contextlib.suppress(StoreError):
                await step()
            await self._sleep(PERIOD)

    async def _keep_watch(self) -> None:
        """Say that this process watches, where no other does. Apart from looking, which may take a while."""
        try:
            self.is_watching = await asyncio.wrap_future(self._alarms.take_watch())
        except StoreError:
            self.is_watching = False
            raise

    async def _read_past(self) -> None:
        """What the store says of the ports, aside: now and then it is much."""
        if not self.is_watching:
            return
        found: dict[tuple[str, int], PortPast] = {}
        for gateway in self._gateways():
            await asyncio.to_thread(self._history.learn_habits, gateway.name)
            pasts = await asyncio.to_thread(self._history.past, gateway.name)
            found.update(((gateway.name, port), past) for port, past in pasts.items())
        self._known_past = found

    async def _look(self) -> None:
        if not self.is_watching:
            # So that it knows how long things have been as they are, once it is its turn.
            self._rules.update(Facts(self._gateways(), self._receiver()), self._clock.time())
            self._looked_at, self._known_past = None, None
        elif self._known_past is not None:
            await self._look_now(self._known_past)

    async def _look_now(self, past: dict[tuple[str, int], PortPast]) -> None:
        """Bring what is written down in line with what holds, and have the command told."""
        before = {alarm.condition.place: alarm for alarm in await asyncio.to_thread(self._alarms.open)}
        now = self._clock.time()
        if self._looked_at is None:
            self._rules.hold(alarm.condition for alarm in before.values())
        sims = await self._look_at_sims(now)
        facts = Facts(self._gateways(), self._receiver(), past, sims)
        holding = {condition.place: condition for condition in self._rules.update(facts, now)}
        raised = [self._alarms.raise_(condition) for place, condition in holding.items() if place not in before]
        cleared = [self._alarms.clear(alarm.id) for place, alarm in before.items() if place not in holding]
        self._tell_again(before, self._looked_at, now)
        self._looked_at = now
        await self._tell(raised, AlarmNews.RAISED, now)
        await self._tell(cleared, AlarmNews.CLEARED, now)

    async def _look_at_sims(self, now: float) -> Mapping[tuple[str, int], PortSim]:
        """Write down which SIM is in each port, where that is another one than before; what is known then."""
        known = await asyncio.to_thread(self._sims.all)
        seen = await asyncio.to_thread(self._seen_sims, now)
        news = {where: imsi for where, imsi in seen.items() if where not in known or known[where].seen != imsi}
        if not news:
            return known
        await asyncio.wrap_future(self._sims.see(news))
        return await asyncio.to_thread(self._sims.all)

    def _seen_sims(self, now: float) -> dict[tuple[str, int], str]:
        """By what the ports say; where there is no AMI to ask, by the calls: these may have lain in a queue."""
        newest, ami = self._sims.newest(), {it.name for it in self._config.gateways if it.ami is not None}
        after, self._called = newest if self._called is None else self._called, newest
        seen: dict[tuple[str, int], str] = {}
        for gateway in self._gateways():
            name = gateway.name
            if name not in ami:
                called = self._sims.called(name, after, newest) if newest > after else {}
                seen |= {(name, port): imsi for port, imsi in called.items()}
            elif gateway.link.phase is LinkPhase.UP:
                fresh = (port for port in gateway.ports if port.is_fresh(now))
                seen |= {(name, port.port): port.report.imsi for port in fresh}
        return {where: imsi for where, imsi in seen.items() if is_imsi(imsi)}

    async def _tell(self, written: Sequence[Future[Alarm | None]], news: AlarmNews, now: float) -> None:
        """Tell of what this process wrote down; what could not be written is tried again at the next look."""
        for result in await asyncio.gather(*map(asyncio.wrap_future, written), return_exceptions=True):
            if isinstance(result, BaseException) and not isinstance(result, StoreError):
                raise result
            if result is not None and not isinstance(result, BaseException):
                self._hook.call(result, news, now)

    def _tell_again(self, open_alarms: dict[Place, Alarm], after: float | None, now: float) -> None:
        period = self._config.alarms.repeat_minutes * 60
        for alarm in open_alarms.values():
            if after is not None and alarm.sounds_again(after, now, period):
                self._hook.call(alarm, AlarmNews.REPEATED, now)
