"""A port as a tile of a few short lines: what matters most on top. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len

from console.protocol.text.safe import safe
from console.ui.kit.chart import spark
from console.ui.kit.format import age, dbm, fit, line_width, signal_bars, signal_ink
from console.ui.ports.facts import PortFacts, ago, counts_words, share, state_of, trouble_count, usage_ink
from console.ui.ports.row import label_cells, label_width

if TYPE_CHECKING:
    from console.terminal.theme import Ink
    from console.ui.kit.format import Cells

NARROWEST = 27
"""Cells of the narrowest tile, without the blanks beside it: four tiles in 120 columns."""

LOWEST, TALLEST = 3, 5
"""Lines of a tile. The first three say all that matters at a glance."""

HIGHEST_SIGNAL = 31.0


def tile_lines(facts: PortFacts, width: int, height: int, now: float) -> list[Cells]:
    """`height` lines of `width` cells."""
    lines = [
        _head(facts, width, now),
        _network(facts, width, now),
        _traffic(facts, width),
        _last(facts, width, now),
        _note(facts, width),
    ]
    return lines[:height]


def _head(facts: PortFacts, width: int, now: float) -> Cells:
    """Number, state with since when, signal."""
    report, old = facts.port.report, facts.is_old(now)
    state = state_of(facts, now)
    signal = "--" if report.signal is None else str(report.signal)
    left = width - label_width(facts) - 2 - 9
    words = state.words
    if cell_len(words) > left:
        words = words.removesuffix(f" {age(now - facts.port.since)}")  # half a number would be another one
    return [
        *label_cells(facts, "quiet" if old else "strong"),
        (f"{state.glyph} {fit(words, left)} ", state.ink),
        (f"{signal_bars(report.signal)} {signal:>2}", "quiet" if old else signal_ink(report.signal)),
    ]


def _network(facts: PortFacts, width: int, now: float) -> Cells:
    """Operator, level, and how the signal went lately."""
    report = facts.port.report
    ink: Ink = "quiet" if facts.is_old(now) else "plain"
    operator = safe(report.operator) or safe(report.registration)
    if report.signal is None:
        return [(f"   {fit(operator, width - 3)}", ink)]
    level = f"{dbm(report.signal)}dBm"
    history = 7 + max(0, width - NARROWEST + 1) // 2
    left = width - 3 - 8 - history - 1
    line = spark(facts.port.signal_history, history, HIGHEST_SIGNAL)
    return [(f"   {fit(operator, left)} {fit(level, 8)}{line}", ink)]


def _traffic(facts: PortFacts, width: int) -> Cells:
    """Counters of today, and what is most worth knowing beside them."""
    troubled = trouble_count(facts.today)
    cells: Cells = [
        (f"   {counts_words(facts.today)} ", "plain"),
        (f"✗{troubled}", "bad" if troubled else "quiet"),
    ]
    cells += _beside(facts)
    return _filled(cells, width)


def _beside(facts: PortFacts) -> Cells:
    if facts.locked_out:
        return [("  ⊘ locked out", "warn")]
    if facts.suspect:
        return [(f"  {facts.failures} in a row", "bad")]
    if facts.usage is not None:
        usage = facts.usage
        monthly = usage.daily_limit is None
        words = share(usage.this_month, usage.monthly_limit) if monthly else share(usage.today, usage.daily_limit)
        return [(f"  {words}{' mo.' if monthly else ''}", usage_ink(usage))]
    return [(f"  1h {counts_words(facts.hour)}", "quiet")]


def _last(facts: PortFacts, width: int, now: float) -> Cells:
    """When it last received, and last sent well."""
    past = facts.past
    return _filled([(f"   last ↓{ago(past.received_at, now)} ↑{ago(past.sent_at, now)}", "quiet")], width)


def _note(facts: PortFacts, width: int) -> Cells:
    """The note of a colleague, else what the SIM is."""
    if facts.note is not None and facts.note.note:
        return _filled([(f"   {fit(f'“{safe(facts.note.note)}”', max(1, width - 3))}", "accent")], width)
    report = facts.port.report
    return _filled([(f"   {safe(report.own_number) or safe(report.imsi)}", "quiet")], width)


def _filled(cells: Cells, width: int) -> Cells:
    """In exactly `width` cells."""
    free = width - line_width(cells)
    if free >= 0:
        return [*cells, (" " * free, "plain")]
    text, ink = cells[-1]
    return [*cells[:-1], (fit(text, max(0, cell_len(text) + free)), ink)]
