"""The state of one gateway's GSM ports, asked over its AMI link and kept with the time of each answer."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from console.domain.ports import PortHealth, PortSnapshot, SpanReport
from console.errors import ConsoleError, OutcomeUnknown
from console.protocol.openvox import commands
from console.services.ports.schedule import SPAN_LIST, StatusSchedule

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from console.config import GatewayConfig
    from console.domain.clock import Clock

SIGNAL_READINGS = 60
"""Readings kept of each port's signal: ten minutes of full rounds at the default period of 10 s."""

_WITHOUT_AMI = 10.0


class CommandLink(Protocol):
    """What the monitor needs of the AMI link."""

    async def command(self, line: str, *, timeout: float | None = None) -> tuple[str, ...]:
        """Run one CLI command; its output lines. Raises GatewayError."""
        ...


class PortMonitor:
    """Asks in turn, one question at a time, and keeps the last answer of each port with the time it was read.

    `ports` is replaced whole, so any thread may read it; `revision` rises with every replacement. Nothing
    is thrown away when the link goes down: the snapshots stay with their old `read_at`. All methods belong
    to the services' event loop.
    """

    def __init__(self, gateway: GatewayConfig, link: CommandLink, clock: Clock) -> None:
        self.ports: tuple[PortSnapshot, ...] = ()
        self.revision = 0
        self._link = link
        self._clock = clock
        period = gateway.ami.status_period if gateway.ami is not None else _WITHOUT_AMI
        self._schedule = StatusSchedule(period, clock.monotonic())
        self._poked = asyncio.Event()
        self._listed: dict[int, str] = {}
        """What the last list said of each port: the same words as its own report's, but for their blanks."""

    def poke(self, port: int | None) -> None:
        """An event spoke of this port: ask about it at once. None asks about all, for when the link has
        come up.
        """
        self._schedule.poke(port, self._clock.monotonic())
        self._poked.set()

    async def run(self) -> None:
        """Ask for ever. A question that fails is asked again in a later round; it never ends the monitor."""
        while True:
            self._poked.clear()
            delay = self._schedule.delay(self._clock.monotonic())
            if delay > 0:
                await self._pause(delay)
            else:
                await self._ask(self._schedule.take(self._clock.monotonic()))

    async def _pause(self, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._poked.wait()
        except TimeoutError:
            pass

    async def _ask(self, question: int) -> None:
        line = commands.show_spans() if question == SPAN_LIST else commands.show_span(question)
        try:
            output = await self._link.command(line)
        except ConsoleError as error:
            self._schedule.failed(question, silent=isinstance(error, OutcomeUnknown))
            return
        changed = self._take_list(output) if question == SPAN_LIST else self._take_port(question, output)
        if changed is None:
            self._schedule.failed(question)
        else:
            self._schedule.answered(question, changed=changed)

    def _take_list(self, output: Sequence[str]) -> bool | None:
        """Take the list of ports; None when it names none, as while the gateway starts: what is known then
        stays.
        """
        spans = dict(commands.read_spans(output))
        if not spans:
            return None
        known = {snapshot.port: snapshot for snapshot in self.ports}
        now = self._clock.time()
        self._publish(
            known.get(port) or PortSnapshot(port, PortHealth.UNKNOWN, now, None, SpanReport(status=status))
            for port, status in sorted(spans.items())
        )
        monotonic = self._clock.monotonic()
        self._schedule.set_ports(sorted(spans), monotonic)
        for port, status in spans.items():
            if self._listed.get(port, status) != status:
                self._schedule.poke(port, monotonic)
        self._listed = spans
        return spans.keys() != known.keys()

    def _take_port(self, port: int, output: Sequence[str]) -> bool | None:
        """Take one port's report; None when the answer was empty."""
        raw = "\n".join(output)
        if not raw.strip():
            return None
        before = next((snapshot for snapshot in self.ports if snapshot.port == port), None)
        if before is None:
            return False
        now = self._clock.time()
        report = commands.read_span(output)
        health = commands.health(report)
        after = PortSnapshot(
            port=port,
            health=health,
            since=before.since if health == before.health else now,
            read_at=now,
            report=report,
            signal_history=(*before.signal_history, report.signal)[-SIGNAL_READINGS:],
            raw=raw,
        )
        self._publish(after if snapshot.port == port else snapshot for snapshot in self.ports)
        return before.read_at is None or _steady(report) != _steady(before.report)

    def _publish(self, snapshots: Iterable[PortSnapshot]) -> None:
        self.ports = tuple(snapshots)
        self.revision += 1


def _steady(report: SpanReport) -> SpanReport:
    """The report without what wavers all the time on a port where nothing happens."""
    return replace(report, signal=None, ber=None)
