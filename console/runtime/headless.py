"""Receiving without a screen: for systemd or a container, and for a console whose terminal is gone."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol

from console.config.reload import InForce
from console.domain.facts import CallEvent, PortEvent
from console.domain.link import GatewaySnapshot, LinkPhase, LinkStatus
from console.errors import ConsoleError, StoreError
from console.protocol.dialects.known import read_event
from console.runtime import streams, systemd
from console.runtime.supervisor import Supervisor
from console.services.alarms.watch import AlarmWatch
from console.services.clock import SystemClock
from console.services.gateway.link import AmiLink
from console.services.monitoring import Monitoring
from console.services.ports.monitor import PortMonitor
from console.services.ports.sampler import PortSampler
from console.services.receiving.keeper import ReceiverKeeper
from console.services.receiving.receiver import Receiver
from console.services.reloading import Reloading
from console.services.retention import Retention
from console.services.rules.runner import RuleRunner
from console.services.sending.results import LateResults
from console.services.sending.sender import Sender
from console.store import Store
from console.store.ami.log import AmiLog
from console.terminal import signals

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from console.config import AlarmConfig, Config, GatewayConfig
    from console.domain.ami import AmiMessage
    from console.domain.clock import Clock
    from console.domain.link import ReceiverStatus, RefusedRequest
    from console.domain.ports import PortSnapshot


@dataclass(slots=True)
class _Gateway:
    config: GatewayConfig
    link: AmiLink | None = None
    monitor: PortMonitor | None = None


class Watching:
    """Of one event loop, that of the process. Sends what was planned, when its time comes; what becomes of that, and of
    what others sent, is kept.
    """

    def __init__(self, config: Config, store: Store, clock: Clock, *, receiver: Callable[[], ReceiverStatus]) -> None:
        self._clock = clock
        self._started_at = clock.time()
        self._supervisor = Supervisor()
        self._late_results = LateResults(store.sending, clock)
        self._gateways = [self._gateway(gateway, config.alarms) for gateway in config.gateways]
        ports = {gateway.config.name: partial(_ports, gateway) for gateway in self._gateways}
        self._sender = Sender(
            config.gateways,
            store,
            clock,
            ports=lambda name: ports[name](),
            rules=config.sending,
            alarms=config.alarms,
            plans=not config.sending.read_only,
        )
        self.alarms = AlarmWatch(
            config, store.alarms, store.port_history, store.port_sims, clock, gateways=self.gateways, receiver=receiver
        )
        self._rules = RuleRunner(config, store, clock, self._sender, gateways=self.gateways)
        self._may_act = not config.sending.read_only
        self._port_sampler = PortSampler(ports, store.port_samples, clock)

    def _gateway(self, config: GatewayConfig, alarms: AlarmConfig) -> _Gateway:
        gateway = _Gateway(config)
        if config.ami is not None:
            gateway.link = AmiLink(
                config,
                AmiLog(),
                self._clock,
                on_event=lambda message: self._on_event(gateway, message),
                on_up=lambda: _poke(gateway, None),
            )
            gateway.monitor = PortMonitor(config, gateway.link, self._clock, alarms=alarms)
        return gateway

    @property
    def trouble(self) -> str:
        """What does not work, in words; empty when all is well."""
        return "; ".join(filter(None, (self._supervisor.trouble, self._sender.trouble, self.alarms.trouble)))

    def gateways(self) -> tuple[GatewaySnapshot, ...]:
        """As far as alarms and those who monitor need it."""
        stopped = LinkStatus(LinkPhase.STOPPED, self._started_at)
        return tuple(
            GatewaySnapshot(
                gateway.config.name,
                gateway.config.host,
                gateway.link.status if gateway.link is not None else stopped,
                _ports(gateway),
                usage=self._sender.usage(gateway.config.name),
                dialect=gateway.config.dialect,
            )
            for gateway in self._gateways
        )

    def _on_event(self, gateway: _Gateway, message: AmiMessage) -> None:
        self._sender.on_event(gateway.config.name, message)
        fact = read_event(message)
        if isinstance(fact, PortEvent | CallEvent) and fact.port is not None:
            _poke(gateway, fact.port)

    async def run(self) -> None:
        """Watch until cancelled. What breaks is started again."""
        keep = self._supervisor.keep
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(keep("alarms", self.alarms.run))
            if self._may_act:
                tasks.create_task(keep("rules", self._rules.run))
            tasks.create_task(keep("port samples", self._port_sampler.run))
            tasks.create_task(keep("late results", self._late_results.run))
            tasks.create_task(keep("sender", self._sender.run))
            tasks.create_task(keep("SIM counts", self._sender.keep_counting))
            for gateway in self._gateways:
                name = gateway.config.name
                if gateway.link is not None and gateway.monitor is not None:
                    tasks.create_task(keep(f"AMI link of {name}", gateway.link.run))
                    tasks.create_task(keep(f"port monitor of {name}", gateway.monitor.run))


def _ports(gateway: _Gateway) -> tuple[PortSnapshot, ...]:
    return gateway.monitor.ports if gateway.monitor is not None else ()


def _poke(gateway: _Gateway, port: int | None) -> None:
    if gateway.monitor is not None:
        gateway.monitor.poke(port)


PATIENCE = 8.0
"""Seconds to wait for an address that another process of the same store has: one without a screen gives it up."""

_REPORT_PERIOD = 1.0
"""Seconds between two looks at what is worth a line in the log."""

_STEADY = 3.0
"""Seconds without a change after which a database that somebody put in place is taken for whole."""

_PRUNE_AGAIN = 600.0
"""Seconds after which removing what is old is tried again when it failed."""

_logger = logging.getLogger(__name__)


class Leaving(Protocol):
    """The services of a console whose screen is gone."""

    def leave_when_wanted(self, on_left: Callable[[], None]) -> None: ...


def stay(services: Leaving) -> None:
    """Go on until another process wants to receive, or a signal ends it. From the main thread."""
    ended = signals.Ending()
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    ended.listen()
    streams.warn(
        f"gsm-console: the terminal is gone, receiving continues without a screen (PID {os.getpid()}) "
        "until another console or `gsm-console receive` takes over."
    )
    _let_go_of_the_terminal()
    services.leave_when_wanted(ended.set)
    ended.wait()


def receive(config: Config, read: Callable[[], Config] | None = None) -> int:
    """Receive until a signal ends it; returns the exit code. Raises StoreError, ListenError. With `read`, which reads
    the configuration again or raises ConfigError, SIGHUP has it done.

    Prints `READY HOST:PORT` once it listens. What is worth knowing goes to standard error, a line each.
    """
    systemd.log_to_stderr()
    listener, in_force = systemd.take_listener(), InForce(config)
    while not (cause := _receive_into(in_force, SystemClock(), listener, read)):
        _logger.warning("the database %s is opened again", config.database)
    _logger.info("stopped by %s", cause)
    return 0


def _receive_into(
    in_force: InForce, clock: Clock, listener: socket.socket | None, read: Callable[[], Config] | None
) -> str:
    """Until a signal ends it; its name. Empty: the database is another one now, and to be opened anew."""
    config = in_force.live
    store = Store.open(
        config.database,
        clock=clock,
        join_parts=config.inbox.join_parts,
        regions=config.regions,
        senders=config.sending.others,
    )
    try:
        # The receiver closes what it listens by, and the next one needs it again.
        ours = None if listener is None else listener.dup()
        return asyncio.run(_receive(in_force, store, clock, ours, read))
    finally:
        store.close()


async def _receive(
    in_force: InForce, store: Store, clock: Clock, listener: socket.socket | None, read: Callable[[], Config] | None
) -> str:
    """As `_receive_into`."""
    config = in_force.live
    receiver = Receiver(config.receiver, config.gateways, store, clock, listener=listener)
    keeper = ReceiverKeeper(receiver, store, clock, patience=PATIENCE)
    watching = Watching(config, store, clock, receiver=lambda: keeper.status) if config.gateways else None
    known = watching.gateways if watching is not None else tuple
    receiver.pages = Monitoring(receiver, store, clock, config.gateways, known)
    stopped = signals.Stop()
    stopped.listen()
    for warning in config.warnings:
        _logger.warning("%s", warning)
    running = asyncio.create_task(keeper.run())
    beside = (_report(keeper, config), _prune(config, store, clock), systemd.show_life())
    tasks = [running, *map(asyncio.create_task, beside)]
    if watching is not None:
        tasks.append(asyncio.create_task(_watch(watching, keeper)))
    if read is not None and signal.SIGHUP in signals.that_end():
        reloading = Reloading(in_force, read, store.audit, operator=signal.SIGHUP.name)
        tasks.append(asyncio.create_task(_reload(reloading, _hangups(), keeper)))
    stopping = asyncio.create_task(stopped.wait())
    over = asyncio.create_task(_database_is_another(store))
    try:
        await asyncio.wait([running, stopping, over], return_when=asyncio.FIRST_COMPLETED)
    finally:
        if stopping.done() or not over.done():
            systemd.tell("STOPPING=1")
        for task in (*tasks, stopping, over):
            task.cancel()
        results = await asyncio.gather(*tasks, stopping, over, return_exceptions=True)
    for result in results:
        if isinstance(result, Exception):
            raise result
    return stopped.cause


async def _database_is_another(store: Store) -> None:
    """Return once nothing more can be written to what was opened, and whoever changed it has left off."""
    steady = 0.0
    before: tuple[int, ...] = ()
    while not store.is_over or steady < _STEADY:
        await asyncio.sleep(_REPORT_PERIOD)
        if not store.is_over:
            steady = 0.0
            continue
        if not steady:
            _logger.warning("%s", store.trouble)
        after = _state(store.path)
        steady = steady + _REPORT_PERIOD if after == before else _REPORT_PERIOD
        before = after


def _state(path: Path) -> tuple[int, ...]:
    """Changes with whatever is done to the file; empty where there is none."""
    try:
        status = path.stat()
    except OSError:
        return ()
    return (status.st_ino, status.st_size, status.st_mtime_ns)


async def _prune(config: Config, store: Store, clock: Clock) -> None:
    retention = Retention(config.inbox, store, clock)
    while True:
        try:
            return await retention.run()
        except StoreError as error:
            _logger.warning("%s", error)
        await asyncio.sleep(_PRUNE_AGAIN)


async def _watch(watching: Watching, keeper: ReceiverKeeper) -> None:
    """Alarms from when it listens; what does not work there is worth a line."""
    await keeper.listening.wait()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(watching.run())
        before = ""
        while True:
            await asyncio.sleep(_REPORT_PERIOD)
            after = watching.trouble
            if after and after != before:
                _logger.warning("%s", after)
            before = after


def _hangups() -> asyncio.Event:
    """Set at each SIGHUP from now on, which does nothing else then."""
    came = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, came.set)
    return came


async def _reload(reloading: Reloading, wanted: asyncio.Event, keeper: ReceiverKeeper) -> None:
    """Read the configuration again whenever it is `wanted`, beside the receiver."""
    await keeper.listening.wait()  # READY, said behind it, is not to come before
    while True:
        await wanted.wait()
        wanted.clear()
        systemd.tell(f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}")
        try:
            _logger.info("%s", (await asyncio.to_thread(reloading.reload)).words)
        except ConsoleError as error:
            _logger.error("not reloaded, nothing was changed: %s", error.in_full)
        except Exception:
            _logger.exception("not reloaded, nothing was changed")
        systemd.tell("READY=1")


async def _report(keeper: ReceiverKeeper, config: Config) -> None:
    await keeper.listening.wait()
    address = keeper.status.address
    _logger.info("receiving on %s into %s", address, config.database)
    streams.say(f"READY {address}")
    systemd.tell("READY=1")
    before = keeper.status
    while True:
        await asyncio.sleep(_REPORT_PERIOD)
        after = keeper.status
        for line in news(before, after):
            _logger.warning("%s", line)
        before = after


def news(before: ReceiverStatus, after: ReceiverStatus) -> list[str]:
    """What a log should say of the time between two looks: trouble, whose calls could not be kept, and who was turned
    away.
    """
    lines = []
    if after.detail != before.detail:
        lines.append(after.detail or "callbacks are kept again")
    lines += _more("not kept of", before.unkept_calls, after.unkept_calls)
    lines += _more("refused", before.refusals, after.refusals)
    return lines


def _more(what: str, before: Sequence[RefusedRequest], after: Sequence[RefusedRequest]) -> list[str]:
    """`refused 192.0.2.7 (3 times, 12 in all): …`."""
    known = {(one.address, one.reason): one.count for one in before}
    lines = []
    for one in after:
        more = one.count - known.get((one.address, one.reason), 0)
        if more > 0:
            times = "" if one.count == 1 else f" ({more} times, {one.count} in all)"
            lines.append(f"{what} {one.address}{times}: {one.reason}")
    return lines


def _let_go_of_the_terminal() -> None:
    """Reading from a dead terminal fails at once for ever, and writing to it raises: nothing shall."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)
