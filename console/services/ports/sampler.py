"""Writes down how each port is, every five minutes by the clock: at the same moments in several consoles, so that what
they write is kept once.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

from console.domain.ports import SAMPLE_EVERY, PortSample
from console.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from concurrent.futures import Future

    from console.domain.clock import Clock
    from console.domain.ports import PortSnapshot


class SampleStore(Protocol):
    """What this needs of the store. Resolves after the durable commit."""

    def add_all(self, gateway: str, samples: Mapping[int, PortSample]) -> Future[None]: ...


class PortSampler:
    """Belongs to the services' event loop."""

    def __init__(
        self,
        ports: Mapping[str, Callable[[], Sequence[PortSnapshot]]],
        store: SampleStore,
        clock: Clock,
        *,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """`ports` gives each gateway's ports as last heard, by the gateway's name."""
        self._ports = ports
        self._store = store
        self._clock = clock
        self._sleep = sleep

    async def run(self) -> None:
        """Write for ever. A store that can't be written says so itself; then a sample is missing."""
        due = self._last_due() + SAMPLE_EVERY
        while True:
            await self._sleep(max(0.0, due - self._clock.time()))
            if self._clock.time() < due:
                continue  # woken a little early
            # Where time was lost, as by a machine that slept, only the last moment counts.
            due = self._last_due()
            await self._write(due)
            due += SAMPLE_EVERY

    def _last_due(self) -> float:
        now = self._clock.time()
        return now - now % SAMPLE_EVERY

    async def _write(self, at: float) -> None:
        for gateway, ports in self._ports.items():
            samples = {
                port.port: PortSample(at, port.report.signal, port.health)
                for port in ports()
                # What was not read since the last sample is no news: the chart has a hole there.
                if port.read_at is not None and port.read_at > at - SAMPLE_EVERY
            }
            if not samples:
                continue
            try:
                await asyncio.wrap_future(self._store.add_all(gateway, samples))
            except StoreError:
                continue
