"""The alarms of a process without a screen: the AMI links that they rest on, and the watch over them."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from console.domain.facts import CallEvent, PortEvent
from console.domain.link import GatewaySnapshot, LinkPhase, LinkStatus
from console.protocol.ami.events import read_event
from console.runtime.supervisor import Supervisor
from console.services.alarms.watch import AlarmWatch
from console.services.gateway.link import AmiLink
from console.services.ports.monitor import PortMonitor
from console.services.ports.sampler import PortSampler
from console.services.sending.sims import REREAD, Sims
from console.store.ami.log import AmiLog

if TYPE_CHECKING:
    from collections.abc import Callable

    from console.config import Config, GatewayConfig
    from console.domain.ami import AmiMessage
    from console.domain.clock import Clock
    from console.domain.link import ReceiverStatus
    from console.domain.ports import PortSnapshot
    from console.store import Store


@dataclass(slots=True)
class _Gateway:
    config: GatewayConfig
    sims: Sims
    link: AmiLink | None = None
    monitor: PortMonitor | None = None


class Watching:
    """Of one event loop, that of the process. Sends nothing."""

    def __init__(self, config: Config, store: Store, clock: Clock, *, receiver: Callable[[], ReceiverStatus]) -> None:
        self._clock = clock
        self._started_at = clock.time()
        self._supervisor = Supervisor()
        self._gateways = [self._gateway(gateway, store) for gateway in config.gateways]
        self.alarms = AlarmWatch(
            config, store.alarms, store.port_habits, clock, gateways=self.gateways, receiver=receiver
        )
        ports = {gateway.config.name: partial(_ports, gateway) for gateway in self._gateways}
        self._port_sampler = PortSampler(ports, store.port_samples, clock)

    def _gateway(self, config: GatewayConfig, store: Store) -> _Gateway:
        gateway = _Gateway(config, Sims(config, store.sending, self._clock, lambda: _ports(gateway)))
        if config.ami is not None:
            gateway.link = AmiLink(
                config,
                AmiLog(),
                self._clock,
                on_event=lambda message: _on_event(gateway, message),
                on_up=lambda: _poke(gateway, None),
            )
            gateway.monitor = PortMonitor(config, gateway.link, self._clock)
        return gateway

    @property
    def trouble(self) -> str:
        """What does not work, in words; empty when all is well."""
        return "; ".join(filter(None, (self._supervisor.trouble, self.alarms.trouble)))

    def gateways(self) -> tuple[GatewaySnapshot, ...]:
        """As far as alarms need it."""
        stopped = LinkStatus(LinkPhase.STOPPED, self._started_at)
        return tuple(
            GatewaySnapshot(
                gateway.config.name,
                gateway.config.host,
                gateway.link.status if gateway.link is not None else stopped,
                _ports(gateway),
                usage=gateway.sims.usage(),
            )
            for gateway in self._gateways
        )

    async def run(self) -> None:
        """Watch until cancelled. What breaks is started again."""
        keep = self._supervisor.keep
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(keep("alarms", self.alarms.run))
            tasks.create_task(keep("port samples", self._port_sampler.run))
            for gateway in self._gateways:
                name = gateway.config.name
                if gateway.link is not None and gateway.monitor is not None:
                    tasks.create_task(keep(f"AMI link of {name}", gateway.link.run))
                    tasks.create_task(keep(f"port monitor of {name}", gateway.monitor.run))
                    tasks.create_task(keep(f"SIMs of {name}", partial(_count, gateway.sims)))


def _ports(gateway: _Gateway) -> tuple[PortSnapshot, ...]:
    return gateway.monitor.ports if gateway.monitor is not None else ()


async def _count(sims: Sims) -> None:
    while True:
        await sims.refresh()
        await asyncio.sleep(REREAD)


def _on_event(gateway: _Gateway, message: AmiMessage) -> None:
    fact = read_event(message)
    if isinstance(fact, PortEvent | CallEvent) and fact.port is not None:
        _poke(gateway, fact.port)


def _poke(gateway: _Gateway, port: int | None) -> None:
    if gateway.monitor is not None:
        gateway.monitor.poke(port)
