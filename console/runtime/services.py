"""The services of one run, on an event loop of their own in a thread beside the screen's."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass
from typing import TYPE_CHECKING

from console.domain.facts import CallEvent, PortEvent
from console.domain.link import GatewaySnapshot, LinkPhase, LinkStatus, ReceiverStatus
from console.errors import ConsoleError
from console.protocol.ami_events import read_event
from console.runtime.loop_thread import LoopThread
from console.services.ami_link import AmiLink
from console.services.monitoring import Monitoring
from console.services.port_monitor import PortMonitor
from console.services.receiver import Receiver
from console.services.receiver_keeper import ReceiverKeeper
from console.services.retention import Retention
from console.services.sender import Sender

if TYPE_CHECKING:
    import socket
    from collections.abc import Awaitable, Callable
    from concurrent.futures import Future

    from console.config import Config, GatewayConfig
    from console.domain.ami import AmiMessage
    from console.domain.clock import Clock
    from console.domain.messages import Draft, OutboxMessage
    from console.domain.plan import SegmentPlan
    from console.domain.ports import PortSnapshot
    from console.store import Store
    from console.store.ami_log import AmiLog

_logger = logging.getLogger(__name__)

_RESTART_DELAY = 1.0
"""Seconds before a service that broke is started again."""

_STEADY = 10.0
"""Seconds that it must run then, for its trouble to be over."""


@dataclass(slots=True)
class _Gateway:
    config: GatewayConfig
    link: AmiLink | None = None
    monitor: PortMonitor | None = None


class Services:
    """Receiver, links, port monitors and sender, each supervised alone. Implements `console.domain.backend.Backend`."""

    def __init__(
        self,
        config: Config,
        store: Store,
        log: AmiLog,
        clock: Clock,
        *,
        listener: socket.socket | None = None,
    ) -> None:
        """`listener` is the receiver's socket where it is bound already."""
        self._clock = clock
        self._store = store
        self._started_at = clock.time()
        self._gateways = {gateway.name: _Gateway(gateway) for gateway in config.gateways}
        receiver = Receiver(config.receiver, config.gateways, store, clock, listener=listener)
        receiver.pages = Monitoring(receiver, store, links=self._links_up)
        self._receiver = ReceiverKeeper(receiver, store, clock)
        self._retention = Retention(config.inbox, store)
        self._sender = Sender(config.gateways, store, clock, ports=self._ports, log=log)
        for name, gateway in self._gateways.items():
            if gateway.config.ami is not None:
                self._watch(name, gateway, log)
        self._trouble: dict[str, str] = {}
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
        gateway.monitor = PortMonitor(gateway.config, link, self._clock)

    # ---- life -----------------------------------------------------------------------------------------------

    def start(self) -> None:
        """Start the thread and every service."""
        self._loop.start()
        self._loop.call(self._supervise_all())

    def stop(self) -> None:
        """End every service in good order and close their sockets. May be called once."""
        self._loop.stop()

    async def _supervise_all(self) -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._supervise("receiver", self._receiver.run))
            tasks.create_task(self._supervise("sender", self._sender.run))
            tasks.create_task(self._supervise("retention", self._retention.run))
            for name, gateway in self._gateways.items():
                if gateway.link is not None and gateway.monitor is not None:
                    tasks.create_task(self._supervise(f"AMI link of {name}", gateway.link.run))
                    tasks.create_task(self._supervise(f"port monitor of {name}", gateway.monitor.run))

    async def _supervise(self, name: str, run: Callable[[], Awaitable[None]]) -> None:
        """Run a service; when it breaks say so and start it again. The trouble of one never reaches another."""
        while True:
            # Trouble is over once the service has run for a while.
            over = asyncio.get_running_loop().call_later(_STEADY, self._trouble.pop, name, None)
            try:
                await run()
            except asyncio.CancelledError:
                raise
            except ConsoleError as error:
                self._trouble[name] = f"{name}: {error}"
            except Exception as error:
                _logger.exception("%s broke", name)
                self._trouble[name] = f"{name} broke ({type(error).__name__}) and is started again"
            else:
                return
            finally:
                over.cancel()
            await asyncio.sleep(_RESTART_DELAY)

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

    def _links_up(self) -> dict[str, bool]:
        links = ((name, gateway.link) for name, gateway in self._gateways.items())
        return {name: link.status.phase is LinkPhase.UP for name, link in links if link is not None}

    def receiver(self) -> ReceiverStatus:
        return self._receiver.status

    def leave_when_wanted(self, on_left: Callable[[], None]) -> None:
        """From now on hand the receiver over to the first process that waits for it, then call `on_left`."""
        self._receiver.leave_when_wanted(on_left)

    def trouble(self) -> str:
        return "; ".join(filter(None, (*tuple(self._trouble.values()), self._store.trouble, self._sender.trouble)))

    def plan(self, draft: Draft) -> SegmentPlan:
        return self._sender.plan(draft)

    def wire_form(self, draft: Draft) -> tuple[str, ...]:
        return self._sender.wire_form(draft)

    def submit(self, draft: Draft) -> Future[OutboxMessage]:
        return self._sender.submit(draft)

    def reconnect(self, gateway: str) -> None:
        link = self._gateways[gateway].link
        if link is not None:
            link.reconnect()

    # ---- what the link tells --------------------------------------------------------------------------------

    def _on_event(self, name: str, message: AmiMessage) -> None:
        self._sender.on_event(name, message)
        fact = read_event(message)
        monitor = self._gateways[name].monitor
        if monitor is not None and isinstance(fact, PortEvent | CallEvent) and fact.port is not None:
            monitor.poke(fact.port)

    def _on_up(self, name: str) -> None:
        monitor = self._gateways[name].monitor
        if monitor is not None:
            monitor.poke(None)
