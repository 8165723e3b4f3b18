"""How alarms read on the screen: one on a line, one in full, many in a sentence. Pure."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from textual.content import Content

from console.protocol.text.safe import safe
from console.ui.kit.format import Cells, Look, age, fit, full_time, line_width, plural, when

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.domain.alarms import Alarm

OPEN = Look("▲", "active", "bad")
SEEN = Look("△", "acked", "warn")
OVER = Look("✓", "over", "quiet")

_STATE = 9
_LASTED = 6
_PLACE = 14
_KIND = 25
_KINDS_NAMED = 3


def look_of(alarm: Alarm) -> Look:
    """Whether it lasts, and whether somebody has acknowledged it."""
    if not alarm.is_open:
        return OVER
    return OPEN if alarm.acknowledged_at is None else SEEN


def place_words(alarm: Alarm) -> str:
    """`gw1 port 3`, `gw1`, or the console itself."""
    if not alarm.gateway:
        return "this console"
    return safe(f"{alarm.gateway} port {alarm.port}" if alarm.port else alarm.gateway)


def lasted(alarm: Alarm, now: float) -> str:
    """How long; to the second where it was short and is over, since that no longer changes."""
    seconds = alarm.lasted(now)
    return age(seconds) if alarm.is_open or seconds >= 60 else f"{max(0, int(seconds))}s"


def alarm_cells(alarm: Alarm, width: int, now: float) -> Cells:
    """One alarm on one line: state, since when, for how long, where, what, who has seen it, and in which words."""
    look = look_of(alarm)
    quiet = not alarm.is_open
    cells: Cells = [
        (fit(f"{look.glyph} {look.word}", _STATE), look.ink),
        (f"{when(alarm.raised_at, now)} ", "quiet"),
        (f"{lasted(alarm, now):>{_LASTED}}  ", "quiet" if quiet else "plain"),
        (f"{fit(place_words(alarm), _PLACE)} ", "quiet" if quiet else "strong"),
        (f"{fit(alarm.kind.value, _KIND)} ", look.ink),
    ]
    if alarm.is_open and alarm.acknowledged_by:
        cells.append((f"{safe(alarm.acknowledged_by.partition(' ')[0])}  ", "accent"))
    return [*cells, (fit(safe(alarm.words), max(1, width - line_width(cells))), "quiet" if quiet else "plain")]


def alarm_content(alarm: Alarm, now: float) -> Content:
    """One alarm in full, a few lines."""
    look = look_of(alarm)
    until = f" until {full_time(alarm.cleared_at)}" if alarm.cleared_at is not None else ""
    lines = [
        Content.assemble((f"{place_words(alarm)}: {alarm.kind.value}", "bold"), f"  {look.glyph} {look.word}"),
        Content(safe(alarm.words)),
        Content.assemble(("since ", "$quiet"), f"{full_time(alarm.raised_at)}{until}, {lasted(alarm, now)}"),
    ]
    if alarm.acknowledged_at is not None:
        seen = f"{safe(alarm.acknowledged_by)} {full_time(alarm.acknowledged_at)}"
        lines.append(Content.assemble(("acknowledged by ", "$quiet"), seen))
    return Content("\n").join(lines)


def header_cells(alarms: Sequence[Alarm], key: str) -> Cells:
    """`▲ 3 alarms, 2 acked (l)` of those that last; nothing when there are none. `key` lists them."""
    new = sum(alarm.acknowledged_at is None for alarm in alarms)
    seen = len(alarms) - new
    cells: Cells = []
    if new:
        cells.append((f"  {OPEN.glyph} {plural(new, 'alarm')}", OPEN.ink))
    if seen:
        cells.append((f", {seen} acked" if new else f"  {SEEN.glyph} {plural(seen, 'alarm')} acked", SEEN.ink))
    return [*cells, (f" ({key})", "quiet")] if cells else []


def raised_words(alarms: Sequence[Alarm], *, again: bool = False) -> str:
    """What a toast says of alarms that were raised; `again`: that they last, and nobody has seen them."""
    still = " still" if again else ""
    if len(alarms) == 1:
        (alarm,) = alarms
        words = safe(alarm.words)
        return f"{OPEN.glyph} {place_words(alarm)}{still}: {alarm.kind.value}. {words[:1].upper()}{words[1:]}"
    return f"{OPEN.glyph} {plural(len(alarms), 'alarm')}{still}: {_kinds(alarms)}"


def cleared_words(alarms: Sequence[Alarm], now: float) -> str:
    """What a toast says of alarms that are over."""
    if len(alarms) == 1:
        (alarm,) = alarms
        return f"{OVER.glyph} {place_words(alarm)}: {alarm.kind.value}, over after {lasted(alarm, now)}"
    return f"{OVER.glyph} {plural(len(alarms), 'alarm')} over: {_kinds(alarms)}"


def _kinds(alarms: Sequence[Alarm]) -> str:
    """`no SIM 10, not registered 2`."""
    counted = Counter(alarm.kind.value for alarm in alarms).most_common()
    named = ", ".join(f"{kind} {number}" for kind, number in counted[:_KINDS_NAMED])
    return f"{named}, …" if len(counted) > _KINDS_NAMED else named
