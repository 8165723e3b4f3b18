"""How much went by each SIM today and this month, where that is limited."""

from __future__ import annotations

import asyncio
from collections import Counter
from datetime import datetime
from typing import TYPE_CHECKING, Protocol

from console.domain.sending import Allowance, SimUsage
from console.protocol.dialects.known import pace_of
from console.protocol.text.time_words import midnight

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from console.config import GatewayConfig
    from console.domain.clock import Clock
    from console.domain.ports import PortSnapshot

REREAD = 10.0
"""Seconds after which the store is asked again: other processes send by the same SIMs."""


class Past(Protocol):
    """What is asked of the store."""

    def segments_since(self, gateway: str, since: float) -> dict[tuple[int, str], int]: ...


class Sims:
    """The SIMs of one gateway. `usage` is for any thread, the rest for the services' event loop."""

    def __init__(
        self,
        gateway: GatewayConfig,
        past: Past,
        clock: Clock,
        ports: Callable[[], Sequence[PortSnapshot]],
    ) -> None:
        self._gateway = gateway
        self._past = past
        self._clock = clock
        self._ports = ports
        self._read_at: float | None = None
        self._today: Mapping[tuple[int, str], int] = {}
        self._month: Mapping[tuple[int, str], int] = {}
        self._since: Counter[int] = Counter()
        """What left since the store was asked, by port."""

    @property
    def limited(self) -> bool:
        """Whether any SIM of this gateway has a limit."""
        return any(
            limits.daily is not None or limits.monthly is not None
            for limits in (self._gateway.limits, *self._gateway.sims.values())
        )

    async def refresh(self) -> None:
        """Ask the store, aside, when it is time. Raises StoreError."""
        now = self._clock.monotonic()
        if not self.limited or (self._read_at is not None and now - self._read_at < REREAD):
            return
        today, month = starts_of(self._clock.time())
        counted = self._since.copy()
        read = await asyncio.gather(
            asyncio.to_thread(self._past.segments_since, self._gateway.name, today),
            asyncio.to_thread(self._past.segments_since, self._gateway.name, month),
        )
        self._today, self._month = read
        self._since.subtract(counted)
        self._read_at = now

    def note(self, port: int, segments: int) -> None:
        """So many leave through a port now."""
        self._since[port] += segments

    def take_back(self, port: int, segments: int) -> None:
        """They did not leave after all."""
        self._since[port] -= segments

    def refusal(self, port: int, segments: int) -> str:
        """Why so many can't go by the SIM in a port, by what was read last, in words; empty when they can."""
        usage = self.usage().get(port)
        return "" if usage is None else usage.refusal(port, segments)

    def allowance(self, port: int) -> Allowance:
        """What may go by the SIM in a port from now on: the store holds whoever sends to it."""
        limits, (today, month) = self._gateway.limits_of(port), starts_of(self._clock.time())
        return Allowance(
            limits.daily, limits.monthly, today, month, pace_of(self._gateway), self._gateway.pace_after_failure
        )

    def usage(self) -> dict[int, SimUsage]:
        """By port, of those that have a limit."""
        found: dict[int, SimUsage] = {}
        for snapshot in self._ports():
            limits = self._gateway.limits_of(snapshot.port)
            if limits.daily is not None or limits.monthly is not None:
                now = self._since[snapshot.port]
                today, month = (self._of(snapshot, counts) for counts in (self._today, self._month))
                found[snapshot.port] = SimUsage(today + now, month + now, limits.daily, limits.monthly)
        return found

    def _of(self, snapshot: PortSnapshot, counts: Mapping[tuple[int, str], int]) -> int:
        """What went by the SIM that is in the port now, through whichever port; where the SIM is not known, what
        went through the port.
        """
        imsi = snapshot.report.imsi
        return sum(
            count for (port, by), count in counts.items() if (by == imsi if imsi and by else port == snapshot.port)
        )


async def keep_counting(*every: Sims) -> None:
    """Keep what is read fresh until cancelled: others send, too, while nothing of ours leaves. Raises StoreError."""
    while True:
        for sims in every:
            await sims.refresh()
        await asyncio.sleep(REREAD)


def starts_of(now: float) -> tuple[float, float]:
    """The last midnight and the first of the month, local time; all Unix seconds UTC."""
    start = midnight(now)
    return start, datetime.fromtimestamp(start).astimezone().replace(day=1, tzinfo=None).timestamp()
