"""The services of one run, on an event loop of their own in a thread beside the screen's."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from console.domain.facts import CallEvent, PortEvent
from console.domain.link import GatewaySnapshot, LinkPhase, LinkStatus, ReceiverStatus
from console.protocol.dialects.known import DIALECTS, read_event
from console.runtime import memory
from console.runtime.loop_thread import LoopThread
from console.runtime.supervisor import Supervisor
from console.services.alarms.watch import AlarmWatch
from console.services.gateway.cli_command import CliCommands
from console.services.gateway.journal import AmiJournal
from console.services.gateway.link import AmiLink
from console.services.monitoring import Monitoring
from console.services.ports.actions import PortActions
from console.services.ports.monitor import PortMonitor
from console.services.ports.sampler import PortSampler
from console.services.ports.ussd import UssdService
from console.services.receiving.heard_sms import GRACE, Overhearing
from console.services.receiving.keeper import ReceiverKeeper
from console.services.receiving.receiver import Receiver
from console.services.retention import Retention
from console.services.rules.runner import RuleRunner
from console.services.sending.results import LateResults
from console.services.sending.sender import Sender
from console.services.sending.status import StatusCheck

if TYPE_CHECKING:
    import socket
    from collections.abc import Awaitable, Callable, Coroutine
    from concurrent.futures import Future

    from console.config import Config, GatewayConfig
    from console.domain.ami import AmiMessage
    from console.domain.clock import Clock
    from console.domain.ports import PortSnapshot
    from console.store import Store
    from console.store.ami.log import AmiLog


@dataclass(slots=True)
class _Gateway:
    config: GatewayConfig
    link: AmiLink | None = None
    monitor: PortMonitor | None = None


def _grace_of(gateway: GatewayConfig) -> float:
    """Seconds that a callback may take; 0 where none will come."""
    return GRACE if DIALECTS[gateway.dialect].pages.callbacks else 0.0


class Services:
    """Receiver, links, port monitors and sender, each supervised alone."""

    def __init__(
        self,
        config: Config,
        store: Store,
        log: AmiLog,
        clock: Clock,
        *,
        listener: socket.socket | None = None,
        operator: str = "",
        only_looks: bool = False,
    ) -> None:
        """`listener` is the receiver's socket where it is bound already; `operator` is who sends. `only_looks`: they
        may not act, so others are the first to take over receiving, and send what was planned.
        """
        self._clock = clock
        self._store = store
        self._started_at = clock.time()
        self._config = config
        self._gateways = {gateway.name: _Gateway(gateway) for gateway in config.gateways}
        receiver = Receiver(config.receiver, config.gateways, store, clock, listener=listener)
        receiver.pages = Monitoring(receiver, store, clock, config.gateways, self.gateways)
        self._receiver = ReceiverKeeper(receiver, store, clock, stands_back=only_looks)
        self._retention = Retention(config.inbox, store, clock)
        self.sender = Sender(
            config.gateways,
            store,
            clock,
            ports=self._ports,
            operator=operator,
            rules=config.sending,
            alarms=config.alarms,
            log=log,
            plans=not only_looks,
        )
        self.ussd = UssdService(
            config.gateways, store.ussd, clock, operator=operator, port_lock=self.sender.port_lock, log=log
        )
        self._port_actions = PortActions(
            config.gateways, store.audit, clock, operator=operator, port_lock=self.sender.port_lock, log=log
        )
        self._port_sampler = PortSampler(
            {name: partial(self._ports, name) for name in self._gateways}, store.port_samples, clock
        )
        self._late_results = LateResults(store.sending, clock)
        self._overhearing = {
            gateway.name: Overhearing([gateway], store.heard, clock, grace=_grace_of(gateway))
            for gateway in config.gateways
        }
        self._alarms = AlarmWatch(
            config,
            store.alarms,
            store.port_history,
            store.port_sims,
            clock,
            gateways=self.gateways,
            receiver=self.receiver,
        )
        self._rules = None if only_looks else RuleRunner(config, store, clock, self.sender, gateways=self.gateways)
        self._status_check = StatusCheck(config.gateways, store, clock)
        for name, gateway in self._gateways.items():
            if gateway.config.ami is not None:
                self._watch(name, gateway, log)
        self._journal = AmiJournal(config, log, clock)
        self._cli = CliCommands(config.gateways, store.audit, clock, operator=operator, log=log)
        self._supervisor = Supervisor()
        self._loop = LoopThread("services")

    def _watch(self, name: str, gateway: _Gateway, log: AmiLog) -> None:
        link = AmiLink(
            gateway.config,
            log,
            self._clock,
            on_event=lambda message: self._on_event(name, message),
            on_up=lambda: self._on_up(name),
        )
        gateway.link = link
        gateway.monitor = PortMonitor(gateway.config, link, self._clock, alarms=self._config.alarms)

    # ---- life -----------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the thread and every service."""
        self._journal.start()
        self._loop.start()
        self._loop.call(self._supervise_all())

    def stop(self) -> None:
        """End every service in good order and close their sockets. May be called once."""
        self._loop.stop()
        for overhearing in self._overhearing.values():
            overhearing.close()
        self._journal.stop()

    async def _supervise_all(self) -> None:
        services: dict[str, Callable[[], Awaitable[None]]] = {
            "receiver": self._receiver.run,
            "sender": self.sender.run,
            "SIM counts": self.sender.keep_counting,
            "USSD": self.ussd.run,
            "late results": self._late_results.run,
            "retention": self._retention.run,
            "alarms": self._alarms.run,
            "port samples": self._port_sampler.run,
            "heap": memory.keep_trimmed,
        }
        if self._rules is not None:
            services["rules"] = self._rules.run
        for name, gateway in self._gateways.items():
            services[f"SMS heard by AMI of {name}"] = self._overhearing[name].run
            if gateway.link is not None and gateway.monitor is not None:
                services[f"AMI link of {name}"] = gateway.link.run
                services[f"port monitor of {name}"] = gateway.monitor.run
        async with asyncio.TaskGroup() as tasks:
            for name, run in services.items():
                tasks.create_task(self._supervisor.keep(name, run))

    # ---- what the screen asks -------------------------------------------------------------------------------

    def gateways(self) -> tuple[GatewaySnapshot, ...]:
        return tuple(
            GatewaySnapshot(
                name,
                gateway.config.host,
                self._status(gateway),
                self._ports(name),
                gateway.config.price_per_segment,
                gateway.config.currency,
                gateway.link.rights if gateway.link is not None else None,
                tuple((one.name, one.words) for one in gateway.config.port_sets),
                self.sender.usage(name),
                self.sender.http_trouble(name),
                self._config.alarms.suspect_after,
                gateway.config.dialect,
            )
            for name, gateway in self._gateways.items()
        )

    def _status(self, gateway: _Gateway) -> LinkStatus:
        if gateway.link is None:
            return LinkStatus(LinkPhase.STOPPED, self._started_at, "no AMI account in the configuration")
        return gateway.link.status

    def _ports(self, name: str) -> tuple[PortSnapshot, ...]:
        gateway = self._gateways.get(name)
        return gateway.monitor.ports if gateway is not None and gateway.monitor is not None else ()

    def receiver(self) -> ReceiverStatus:
        return self._receiver.status

    def leave_when_wanted(self, on_left: Callable[[], None]) -> None:
        """From now on hand the receiver over to the first process that waits for it, then call `on_left`."""
        self._receiver.leave_when_wanted(on_left)

    def trouble(self) -> str:
        parts = (self._store.trouble, self._journal.trouble, self.sender.trouble, self.ussd.trouble)
        return "; ".join(filter(None, (self._supervisor.trouble, *parts, self._alarms.trouble)))

    def ask_status(self, message_id: int) -> Future[str]:
        """Ask the gateway what became of a message; fails as `StatusCheck.ask` does."""
        return self._loop.call(self._status_check.ask(message_id))

    def run_command(self, gateway: str, line: str) -> Future[tuple[str, ...]]:
        """Run a line on the gateway's command line; fails as `CliCommands.run` does."""
        return self._loop.call(self._cli.run(gateway, line))

    def power(self, gateway: str, port: int, what: str) -> Future[str]:
        """Switch a port `on` or `off`, or `reset` it; fails as `PortActions.power` does."""
        return self._done_to(gateway, port, self._port_actions.power(gateway, port, what))

    def at(self, gateway: str, port: int, command: str) -> Future[str]:
        """Send an AT command to the module of a port; fails as `PortActions.at` does."""
        return self._done_to(gateway, port, self._port_actions.at(gateway, port, command))

    def _done_to(self, gateway: str, port: int, act: Coroutine[Any, Any, str]) -> Future[str]:
        """Do it, then look at the port at once, however it ended."""

        async def do() -> str:
            try:
                return await act
            finally:
                known = self._gateways.get(gateway)
                if known is not None and known.monitor is not None:
                    known.monitor.poke(port)

        return self._loop.call(do())

    def reconnect(self, gateway: str) -> None:
        """Try this gateway's AMI link again now."""
        link = self._gateways[gateway].link
        if link is not None:
            link.reconnect()

    # ---- what the link tells --------------------------------------------------------------------------------

    def _on_event(self, name: str, message: AmiMessage) -> None:
        self._overhearing[name].on_event(name, message)
        self.sender.on_event(name, message)
        fact = read_event(message)
        monitor = self._gateways[name].monitor
        if monitor is None:
            return
        if isinstance(fact, PortEvent | CallEvent) and fact.port is not None:
            monitor.poke(fact.port)
        elif message.name == "FullyBooted":
            monitor.poke(None)

    def _on_up(self, name: str) -> None:
        monitor = self._gateways[name].monitor
        if monitor is not None:
            monitor.poke(None)
