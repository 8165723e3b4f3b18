"""Ports as a table: what is known of each in columns, page by page. Pure."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from console.protocol.text.safe import safe
from console.terminal.theme import Ink
from console.ui.kit.chart import spark
from console.ui.kit.format import age, dbm, fit, signal_bars, signal_ink
from console.ui.ports.facts import PortFacts, ago, counts_words, share, state_of, trouble_count, usage_ink
from console.ui.ports.row import label_cells, label_width, port_cells
from console.ui.ports.tile import HIGHEST_SIGNAL

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.domain.messages import PortCounts
    from console.ui.kit.format import Cells

Value = Callable[[PortFacts, float], tuple[str, Ink]]
"""What stands in a column for a port, at a time."""


class Column(NamedTuple):
    """One column; a blank stands behind it."""

    name: str
    width: int
    value: Value


_STATE = 18
"""Cells of the state, on every page but the first."""


def _said(field: str) -> Value:
    """A field of the gateway's report, as it said it."""
    return lambda facts, now: (safe(str(getattr(facts.port.report, field))), "quiet" if facts.is_old(now) else "plain")


def _still(value: Callable[[PortFacts], tuple[str, Ink]]) -> Value:
    """What does not change as time goes by."""
    return lambda facts, _: value(facts)


def _signal(facts: PortFacts, now: float) -> tuple[str, Ink]:
    signal = facts.port.report.signal
    words = "--" if signal is None else f"{signal:>2} {dbm(signal)} dBm"
    return f"{signal_bars(signal)} {words}", "quiet" if facts.is_old(now) else signal_ink(signal)


def _ber(facts: PortFacts, now: float) -> tuple[str, Ink]:
    ber = facts.port.report.ber
    return "-" if ber is None else str(ber), "warn" if ber and not facts.is_old(now) else "quiet"


def _history(facts: PortFacts, now: float) -> tuple[str, Ink]:
    return spark(facts.port.signal_history, 16, HIGHEST_SIGNAL), "quiet" if facts.is_old(now) else "plain"


def _failures(facts: PortFacts) -> tuple[str, Ink]:
    return str(facts.failures), "bad" if facts.suspect else "warn" if facts.failures else "quiet"


def _counted(counts: PortCounts) -> tuple[str, Ink]:
    troubled = trouble_count(counts)
    return f"{counts_words(counts)} ✗{troubled}", "bad" if troubled else "plain"


def _hour(facts: PortFacts) -> tuple[str, Ink]:
    return _counted(facts.hour)


def _today(facts: PortFacts) -> tuple[str, Ink]:
    return _counted(facts.today)


def _delivered(facts: PortFacts) -> tuple[str, Ink]:
    today = facts.today
    seconds = "" if today.delivery_seconds is None else f" in {today.delivery_seconds:.0f} s"
    return f"{today.delivered}{seconds}", "plain"


def _sim_today(facts: PortFacts) -> tuple[str, Ink]:
    usage = facts.usage
    return ("-", "quiet") if usage is None else (share(usage.today, usage.daily_limit), usage_ink(usage))


def _sim_month(facts: PortFacts) -> tuple[str, Ink]:
    usage = facts.usage
    return ("-", "quiet") if usage is None else (share(usage.this_month, usage.monthly_limit), usage_ink(usage))


def _module(facts: PortFacts, now: float) -> tuple[str, Ink]:
    report = facts.port.report
    return safe(report.model or report.manufacturer), "quiet" if facts.is_old(now) else "plain"


def _limits(facts: PortFacts) -> tuple[str, Ink]:
    limits = facts.port.report.limits
    return safe(", ".join(limits)) or "-", "warn" if limits else "quiet"


def _read(facts: PortFacts, now: float) -> tuple[str, Ink]:
    read_at = facts.port.read_at
    return "never" if read_at is None else f"{age(now - read_at)} ago", "warn" if facts.is_old(now) else "quiet"


def _note(facts: PortFacts) -> tuple[str, Ink]:
    if facts.note is None:
        return "", "quiet"
    lock = "⊘ " if facts.note.locked_out else ""
    words = safe(facts.note.note or (f"locked out by {facts.note.operator}" if lock else ""))
    return f"{lock}{words}", "warn" if lock else "accent"


COLUMNS = (
    Column("signal", 17, _signal),
    Column("BER", 3, _ber),
    Column("lately", 16, _history),
    Column("network", 26, _said("registration")),
    Column("operator", 16, _said("operator")),
    Column("band", 12, _said("band")),
    Column("last in", 8, lambda facts, now: (ago(facts.past.received_at, now), "plain")),
    Column("last sent", 9, lambda facts, now: (ago(facts.past.sent_at, now), "plain")),
    Column("✗ in a row", 10, _still(_failures)),
    Column("this hour", 13, _still(_hour)),
    Column("today", 17, _still(_today)),
    Column("delivered", 13, _still(_delivered)),
    Column("SIM today", 11, _still(_sim_today)),
    Column("SIM month", 13, _still(_sim_month)),
    Column("IMSI", 15, _said("imsi")),
    Column("own number", 15, _said("own_number")),
    Column("SMSC", 15, _said("smsc")),
    Column("limits", 14, _still(_limits)),
    Column("remain", 8, _said("remain_time")),
    Column("module", 18, _module),
    Column("IMEI", 15, _said("imei")),
    Column("PDD s", 5, _said("pdd")),
    Column("ASR %", 5, _said("asr")),
    Column("ACD s", 5, _said("acd")),
    Column("driver says", 16, _said("state")),
    Column("last event", 16, _said("last_event")),
    Column("read", 9, _read),
    Column("note", 30, _still(_note)),
)


def pages(width: int, label: int = 3) -> list[tuple[Column, ...]]:
    """Which columns stand together on lines of `width` cells. The first page has none of them: it is `port_cells`.

    `label` are the cells of the widest port's name.
    """
    room = width - label - 2 - _STATE
    found: list[tuple[Column, ...]] = [()]
    page: list[Column] = []
    used = 0
    for column in COLUMNS:
        if page and used + column.width + 1 > room:
            found.append(tuple(page))
            page, used = [], 0
        page.append(column)
        used += column.width + 1
    return [*found, tuple(page)]


def table_cells(facts: PortFacts, page: Sequence[Column], width: int, now: float) -> Cells:
    """One port on one line: its name and state, and the columns of the page."""
    if not page:
        return port_cells(facts, width, now)
    state = state_of(facts, now)
    cells: Cells = [
        *label_cells(facts, "quiet" if facts.is_old(now) else "strong"),
        (f"{state.glyph} {fit(state.words, _STATE - 1)} ", state.ink),
    ]
    for column in page:
        words, ink = column.value(facts, now)
        cells.append((f"{fit(words, column.width)} ", ink))
    return cells


def heading(page: Sequence[Column], label: int) -> Cells:
    """The names of the columns. `label` are the cells of a port's name."""
    before = f"{' ' * label}  {fit('state', _STATE)}"
    return [(before + "".join(f"{fit(column.name, column.width)} " for column in page), "quiet")]


def widest_label(every: Sequence[PortFacts]) -> int:
    """Cells of the widest port's name."""
    return max((label_width(facts) for facts in every), default=3)
