"""A port on one line, and all ports on one line. Pure."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from rich.cells import cell_len

from console.domain.link import LinkPhase
from console.domain.ports import PortHealth
from console.protocol.text.safe import safe
from console.ui.kit.format import HEALTH, age, dbm, fit, line_width, signal_bars, signal_ink
from console.ui.ports.facts import PortFacts, state_of, trouble_count

if TYPE_CHECKING:
    from console.domain.link import GatewaySnapshot
    from console.terminal.theme import Ink
    from console.ui.kit.format import Cells, Look

NARROWEST = 52
"""Cells of the narrowest line that still says everything that matters at a glance."""

_UNKNOWN_LOOK = HEALTH[PortHealth.UNKNOWN]
_LABEL = 8
"""Cells of a gateway's name at most."""

_HEAD = 3 + 6 + 4 + 3
_TAIL = 6 + 5 + 3
"""Cells of what every port shows, beside operator, state and further facts."""


def label_cells(facts: PortFacts, ink: Ink) -> Cells:
    """` 3`, or `gw2  3` where there are several gateways; then a mark where it is locked out or has a note."""
    cells: Cells = []
    if facts.label:
        name = safe(facts.label)
        cells.append((f"{fit(name, min(_LABEL, cell_len(name)))} ", facts.label_ink))
    cells.append((f"{facts.port.port:>2}", ink))
    if facts.locked_out:
        return [*cells, ("⊘", "warn")]
    return [*cells, ("✎", "warn") if facts.note is not None and facts.note.note else (" ", "plain")]


def label_width(facts: PortFacts) -> int:
    """Cells of that."""
    return line_width(label_cells(facts, "plain"))


def port_cells(facts: PortFacts, width: int, now: float) -> Cells:
    """One port in `width` cells: number, signal, operator, state with since when, counters of today, age of old data.

    Columns are the same for every port of a width and a gateway.
    """
    port, counts = facts.port, facts.today
    report, read_at, old = port.report, port.read_at, facts.is_old(now)
    state = state_of(facts, now)
    signal = "--" if report.signal is None else str(report.signal)
    troubled = trouble_count(counts)
    tail: Cells = [
        (f"{fit(f'↓{counts.received}'.rjust(5), 5)} ", "plain" if counts.received else "quiet"),
        (f"{fit(f'↑{counts.sent}'.rjust(4), 4)} ", "plain" if counts.sent else "quiet"),
        (fit(f"✗{troubled}".rjust(3), 3), "bad" if troubled else "quiet"),
    ]
    spare = width - _HEAD - _TAIL - (label_width(facts) - 3)
    state_width = min(20, max(14, spare - 24))
    operator_width = max(0, min(16, spare - state_width))
    cells: Cells = [
        *label_cells(facts, "quiet" if old else "strong"),
        (f"{signal_bars(report.signal)} ", "quiet" if old else signal_ink(report.signal)),
        (f"{signal:>2}  ", "plain"),
        (fit(safe(report.operator) if read_at is not None else "", operator_width), "quiet" if old else "plain"),
        (f" {state.glyph} ", state.ink),
        (fit(state.words, state_width), state.ink),
    ]
    spare -= state_width + operator_width
    level = "" if report.signal is None else f"{dbm(report.signal)} dBm"
    fresh = "" if read_at is None or old else "just now" if now - read_at < 10 else f"{age(now - read_at)} ago"
    note = facts.note.note if facts.note is not None else ""
    more = ((note or report.registration, 27), (fresh, 9), (level, 10), (report.last_event, 16), (report.imsi, 16))
    for fact, size in more:
        if spare >= size:
            cells.append((fit(safe(fact), size - 1) + " ", "quiet"))
            spare -= size
    return [*cells, (" " * max(0, spare), "plain"), *tail]


def strip_cells(gateways: tuple[GatewaySnapshot, ...], width: int, now: float) -> Cells:
    """`1● 2● 3▲` for every port; where that is too long, how many are in each state and which are not well."""
    several = len(gateways) > 1
    marked: list[tuple[str, Look, bool]] = []
    cells: Cells = [(" ", "plain")]
    for gateway in gateways:
        if several:
            cells.append((f"{safe(gateway.name)} ", "plain"))
        for port in gateway.ports:
            old = gateway.link.phase is not LinkPhase.UP or not port.is_fresh(now)
            look = HEALTH[port.health]
            marked.append((f"{gateway.name}:{port.port}" if several else str(port.port), look, old))
            cells += [(f"{port.port}", "quiet"), (f"{'?' if old else look.glyph} ", "quiet" if old else look.ink)]
    if line_width(cells) <= width:
        return cells
    states = Counter((_UNKNOWN_LOOK if old else look) for _, look, old in marked)
    cells = [(f" {len(marked)} ports ", "plain")]
    for look, number in states.most_common():
        cells.append((f" {look.glyph} {number} {look.word}", look.ink))
        if look is not HEALTH[PortHealth.READY]:
            which = " ".join(safe(name) for name, its, old in marked if (_UNKNOWN_LOOK if old else its) == look)
            cells.append((f" ({which})", "quiet"))
    return cells
