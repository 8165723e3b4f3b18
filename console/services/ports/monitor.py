"""The state of one gateway's GSM ports, asked over its AMI link and kept with the time of each answer."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol

from console.config.records import AlarmConfig
from console.domain.ports import PortHealth, PortSnapshot, SpanReport
from console.errors import ConsoleError, OutcomeUnknown
from console.protocol.dialects.known import DIALECTS
from console.protocol.driver.refusals import is_unknown
from console.protocol.driver.span import health

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from console.config import GatewayConfig
    from console.domain.clock import Clock


SPAN_LIST = 0
"""The question which ports there are; every other question is a port, from 1."""

_SLOWER = 1.5
_SLOWEST = 4.0
_PORT_GAP = 1.0
"""Seconds between two questions about the same port, so that an event storm is not answered by a question
storm.
"""
_BOOT_TIME = 60.0
"""Seconds after the link came up for which the driver may still be loading: it takes up to 20 (Asterisk 1.8)."""
_MOST_SKIPPED = 8
_INNOCENT = 1
"""Silences in a row that may be the link's fault and not the port's."""


class StatusSchedule:
    """Which question comes next, and when. Times are seconds of a monotonic clock."""

    def __init__(self, period: float, now: float) -> None:
        self._period = period
        self._slowness = 1.0
        self._ports: tuple[int, ...] = ()
        self._turns: list[int] = []
        """What is left of this round."""
        self._next_at = now
        self._urgent: dict[int, float] = {}
        """Questions out of turn -> when they may be asked."""
        self._asked_at: dict[int, float] = {}
        self._failures: dict[int, int] = {}
        self._skips: dict[int, int] = {}
        """Rounds a port that did not answer is still left out of."""
        self._silences: dict[int, int] = {}
        """Questions in a row that were met with silence, not with a refusal."""
        self._changed = False
        self._last_urgent = False
        self._poked_at = now
        """When all was asked about for the last time."""
        self._is_starting = False

    @property
    def round_time(self) -> float:
        """Seconds the present round is spread over."""
        return self._period * self._slowness

    def set_ports(self, ports: Iterable[int], now: float) -> None:
        """These are the gateway's ports. New ones are asked at once, and all of a gateway that was starting."""
        if self._is_starting:
            self._is_starting = False
            self._ports = ()
        known, self._ports = self._ports, tuple(ports)
        for port in self._ports:
            if port not in known:
                self.poke(port, now)
        self._urgent = {port: due for port, due in self._urgent.items() if port in (SPAN_LIST, *self._ports)}
        self._turns = [port for port in self._turns if port in self._ports]

    def poke(self, port: int | None, now: float) -> None:
        """Something happened about this port: ask soon. None asks about everything at once, as after a
        reconnect.
        """
        self._slowness, self._changed = 1.0, True
        if port is None:
            silent = {port for port, silences in self._silences.items() if silences > _INNOCENT}
            self._skips = {port: rounds for port, rounds in self._skips.items() if port in silent}
            self._failures = {port: count for port, count in self._failures.items() if port in silent}
            self._poked_at = now
            asked = sorted(self._ports, key=lambda port: self._silences.get(port, 0))
            self._urgent = dict.fromkeys((SPAN_LIST, *(port for port in asked if port not in silent)), now)
        elif port in self._ports:
            self._urgent.setdefault(port, max(now, self._asked_at.get(port, now - _PORT_GAP) + _PORT_GAP))

    def delay(self, now: float) -> float:
        """Seconds until the next question, 0 when it may be asked now."""
        return max(0.0, min((self._next_at, *self._urgent.values())) - now)

    def take(self, now: float) -> int:
        """The next question: SPAN_LIST or a port. Ask it when `delay` has passed."""
        due = [port for port, at in self._urgent.items() if at <= now]
        # When it is due, the round's own question comes between two urgent ones: steady events starve nobody.
        urgent = bool(due) and not (self._last_urgent and self._next_at <= now)
        question = due[0] if urgent else self._turn()
        self._last_urgent = urgent
        self._urgent.pop(question, None)
        if urgent:
            self._turns = [port for port in self._turns if port != question]
        else:
            self._next_at = now + self.round_time / (len(self._ports) + 1)
        self._asked_at[question] = now
        return question

    def answered(self, question: int, *, changed: bool) -> None:
        """The answer came; `changed` when it says something new."""
        self._failures.pop(question, None)
        self._skips.pop(question, None)
        self._silences.pop(question, None)
        if changed:
            self._slowness, self._changed = 1.0, True

    def failed(self, question: int, *, silent: bool = False) -> None:
        """No answer (`silent`), or a refusal."""
        if question != SPAN_LIST:
            if silent:
                self._silences[question] = self._silences.get(question, 0) + 1
            failures = self._failures.get(question, 0) + 1
            self._failures[question] = failures
            self._skips[question] = min(_MOST_SKIPPED, 2 ** (failures - 1))

    def not_there(self, now: float) -> None:
        """The gateway knows no ports, or not the question. Right after its start the driver may not be loaded yet: the
        list is asked for again, and all ports as soon as there is one.
        """
        if now - self._poked_at < _BOOT_TIME:
            self._is_starting = True
            self._urgent = {SPAN_LIST: now + _PORT_GAP}

    def _turn(self) -> int:
        while self._turns:
            port = self._turns.pop(0)
            if self._skips.get(port, 0) == 0:
                return port
            self._skips[port] -= 1
        self._slowness = 1.0 if self._changed else min(_SLOWEST, self._slowness * _SLOWER)
        self._changed = False
        self._turns = list(self._ports)
        return SPAN_LIST


SIGNAL_READINGS = 60
"""Readings kept of each port's signal: ten minutes of full rounds at the default period of 10 s."""

_WITHOUT_AMI = 10.0

_FRESH_ROUNDS = 6
"""Rounds at the usual pace for which a reading counts at least: the slowest pace is a quarter of it."""


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

    def __init__(
        self, gateway: GatewayConfig, link: CommandLink, clock: Clock, *, alarms: AlarmConfig | None = None
    ) -> None:
        """A reading is old after the `stale_seconds` of `alarms`, or later where rounds take longer."""
        self.ports: tuple[PortSnapshot, ...] = ()
        self.revision = 0
        self._dialect = DIALECTS[gateway.dialect]
        self._link = link
        self._clock = clock
        period = gateway.ami.status_period if gateway.ami is not None else _WITHOUT_AMI
        self._alarms = alarms or AlarmConfig()
        self._least_fresh = _FRESH_ROUNDS * period
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
        line = self._dialect.list_ports if question == SPAN_LIST else self._dialect.show_port(question)
        try:
            output = await self._link.command(line)
        except ConsoleError as error:
            self._schedule.failed(question, silent=isinstance(error, OutcomeUnknown))
            return
        if question == SPAN_LIST:
            changed = self._take_list(output)
        else:
            changed = None if is_unknown(output) else self._take_port(question, output)
        if changed is None:
            self._schedule.failed(question)
            if question == SPAN_LIST or is_unknown(output):
                self._schedule.not_there(self._clock.monotonic())
        else:
            self._schedule.answered(question, changed=changed)

    def _take_list(self, output: Sequence[str]) -> bool | None:
        """Take the list of ports; None when it names none, as while the gateway starts: what is known then
        stays.
        """
        spans = dict(self._dialect.read_ports(output))
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
        report = self._dialect.read_port(output)
        state = health(report)
        after = PortSnapshot(
            port=port,
            health=state,
            since=before.since if state == before.health else now,
            read_at=now,
            report=report,
            signal_history=(*before.signal_history, report.signal)[-SIGNAL_READINGS:],
            raw=raw,
        )
        self._publish(after if snapshot.port == port else snapshot for snapshot in self.ports)
        return before.read_at is None or _steady(report) != _steady(before.report)

    def _publish(self, snapshots: Iterable[PortSnapshot]) -> None:
        fresh_for = max(self._alarms.stale_seconds, self._least_fresh)
        self.ports = tuple(
            one if one.fresh_for == fresh_for else replace(one, fresh_for=fresh_for) for one in snapshots
        )
        self.revision += 1


def _steady(report: SpanReport) -> SpanReport:
    """The report without what wavers all the time on a port where nothing happens."""
    return replace(report, signal=None, ber=None)
