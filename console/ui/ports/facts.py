"""A port with all that is known of it, as the panels draw it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from console.domain.link import LinkPhase
from console.domain.messages import PortCounts
from console.domain.ports import SUSPECT_AFTER, PortHealth, PortPast
from console.protocol.query.ports import SearchedPort
from console.protocol.text.safe import safe
from console.ui.kit.format import HEALTH, age, clock_time

if TYPE_CHECKING:
    from collections.abc import Iterable

    from console.domain.link import GatewaySnapshot
    from console.domain.ports import PortNote, PortSnapshot
    from console.domain.sending import SimUsage
    from console.protocol.query.table import Query
    from console.terminal.theme import Ink

_NAMED = 4
"""Ports that are named where only their number is told."""


def looks(port: PortSnapshot, now: float, *, history: bool) -> object:
    """What can be seen of a reading: as it was when the next one says the same. Ages are shown in tens of seconds, that
    it is old at once; `history` where there is a chart.
    """
    told_ago = None if port.read_at is None else int(now - port.read_at) // 10
    fresh = port.is_fresh(now)
    return port.port, port.health, port.since, port.report, told_ago, fresh, port.signal_history if history else ()


@dataclass(frozen=True, slots=True)
class PortFacts:
    """What there is to show of one port."""

    gateway: str
    port: PortSnapshot
    live: bool = True
    """Whether the gateway's link is up: without it nothing is known to be still so."""
    label: str = ""
    """The gateway's name where there is more than one, else empty."""
    label_ink: Ink = "plain"
    """Tells it from other gateways."""
    today: PortCounts = field(default_factory=PortCounts)
    hour: PortCounts = field(default_factory=PortCounts)
    past: PortPast = field(default_factory=PortPast)
    note: PortNote | None = None
    usage: SimUsage | None = None
    suspect_after: int = SUSPECT_AFTER
    """Failures in a row from which it is suspect."""

    @property
    def key(self) -> tuple[str, int]:
        """Gateway and port."""
        return self.gateway, self.port.port

    @property
    def locked_out(self) -> bool:
        return self.note is not None and self.note.locked_out

    def is_old(self, now: float) -> bool:
        """Whether what is known of it may no longer be so."""
        return self.port.read_at is not None and not (self.live and self.port.is_fresh(now))

    @property
    def failures(self) -> int:
        """Messages in a row that failed by its SIM."""
        return self.past.failures_of(self.port.report.imsi)

    @property
    def suspect(self) -> bool:
        """Whether so many failed that they are worth a colour."""
        return self.failures >= self.suspect_after

    @property
    def in_service(self) -> bool:
        """Whether it is known to be able to send and receive."""
        return self.live and self.port.health in {PortHealth.READY, PortHealth.BUSY}


def out_of_service(every: Iterable[PortFacts], *, several: bool) -> str:
    """`not in service: 3, 8`: ports that are known not to be able to send, the first few by name; else empty.
    `several`: with their gateways.
    """
    names = [facts.key for facts in every if facts.live and not facts.in_service]
    named = ", ".join(f"{gateway} {port}" if several else str(port) for gateway, port in names[:_NAMED])
    further = f" and {len(names) - _NAMED} more" if len(names) > _NAMED else ""
    return f"not in service: {named}{further}" if names else ""


def unknown_words(gateways: Iterable[GatewaySnapshot]) -> str:
    """`, gw3 unknown`: gateways whose ports nobody knows now, with since when where they were known; or nothing."""
    silent = [gateway for gateway in gateways if gateway.link.phase is not LinkPhase.UP]
    named = [
        f"{safe(gateway.name)} unknown" + (f" since {clock_time(gateway.link.since)}" if gateway.ports else "")
        for gateway in silent[:_NAMED]
    ]
    further = [f"{len(silent) - _NAMED} more"] if len(silent) > _NAMED else []
    return "".join(f", {words}" for words in (*named, *further))


@dataclass(frozen=True, slots=True)
class State:
    """The state of a port as it reads: never colour alone."""

    glyph: str
    words: str
    ink: Ink


def state_of(facts: PortFacts, now: float) -> State:
    """Glyph and word, since when where it is not well, and how old where it is old. Words that this console does not
    know are shown as they are.
    """
    port, look = facts.port, HEALTH[facts.port.health]
    read_at = port.read_at
    word = look.word
    if port.health is PortHealth.UNKNOWN:
        word = "not read yet" if read_at is None else safe(port.report.state) or "unknown"
    if read_at is None:
        return State(look.glyph, word, "quiet")
    if facts.is_old(now):
        return State("?", f"{age(now - read_at)} old: {word}", "quiet")
    if port.health is not PortHealth.READY and now - port.since >= 10:
        word += f" {age(now - port.since)}"
    return State(look.glyph, word, look.ink)


def ago(at: float | None, now: float) -> str:
    """`4m`, `3h12m`; `-` for never, or longer ago than is looked back."""
    return "-" if at is None else "now" if now - at < 10 else age(now - at)


def share(used: int, limit: int | None) -> str:
    """`7/100`, or `7` where any number may go."""
    return str(used) if limit is None else f"{used}/{limit}"


def usage_ink(usage: SimUsage) -> Ink:
    """Bad when nothing is left, a warning when less than a tenth is."""
    if usage.left is None:
        return "plain"
    limits = [limit for limit in (usage.daily_limit, usage.monthly_limit) if limit is not None]
    return "bad" if usage.left == 0 else "warn" if usage.left * 10 < min(limits) else "plain"


def counts_words(counts: PortCounts) -> str:
    """`↓40 ↑12`."""
    return f"↓{counts.received} ↑{counts.sent}"


def trouble_count(counts: PortCounts) -> int:
    """Failed, and of unknown fate."""
    return counts.failed + counts.unknown


def ports_found(
    every: Iterable[PortFacts], query: Query[SearchedPort], *, keep: tuple[str, int] | None = None
) -> list[PortFacts]:
    """Those that are asked for. And `keep`, a gateway and a port, whatever is true of it."""
    return [facts for facts in every if facts.key == keep or query.matches(_searched(facts))]


def _searched(facts: PortFacts) -> SearchedPort:
    port, report = facts.port, facts.port.report
    return SearchedPort(
        *(facts.gateway, port.port, HEALTH[port.health].word, port.health if facts.live else None),
        *(facts.in_service, facts.locked_out, facts.suspect, report.imsi),
        facts.note.note if facts.note is not None else "",
        report.operator,
        f"{report.own_number}\n{report.state}\n{report.registration}",
    )
