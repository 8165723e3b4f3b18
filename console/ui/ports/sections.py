"""A port shown whole: what is known of it, charts, messages, AMI, and the gateway's own words. Pure."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING

from textual.content import Content

from console.protocol.text.redact import redact
from console.protocol.text.safe import safe, safe_lines
from console.ui.kit.chart import axis, columns
from console.ui.kit.format import age, clock_time, content, count, dbm, full_time, signal_bars
from console.ui.ports.facts import PortFacts, ago, counts_words, share, state_of
from console.ui.rows.ami_line import log_cells

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from console.domain.alarms import Alarm
    from console.domain.link import LogRecord
    from console.domain.messages import PortCounts
    from console.domain.ports import PortPast
    from console.terminal.theme import Ink
    from console.ui.ports.book import PortBook, Stretch

SECTIONS = ("Facts", "Charts", "Messages", "AMI", "Raw")

_HEIGHT = 3
"""Lines of a chart."""

_FACT = 16
"""Cells of the name of a fact."""

_NAME = 14
"""Cells of its name and scale, at its left."""


def facts_section(facts: PortFacts, book: PortBook, now: float) -> Content:
    """What is known of the port: state, network, SIM, traffic, module; notes and alarms on top."""
    parts = [_note(facts)] if facts.note is not None else []
    if book.alarms:
        parts.append(Content("\n").join([alarm_line(alarm, now) for alarm in book.alarms]))
    parts += [_state(facts, now), _sim(facts), _traffic(facts, now), _module(facts)]
    return Content("\n\n").join(parts)


def _lines(pairs: Sequence[tuple[str, str]]) -> Content:
    """Names and values below each other, in the same columns throughout; what has no value is left out."""
    return Content("\n").join(
        [Content.assemble((f"{safe(name[:40]):<{_FACT}} ", "$quiet"), safe(value)) for name, value in pairs if value]
    )


def _note(facts: PortFacts) -> Content:
    note = facts.note
    assert note is not None, "asked before"
    by = f"  {note.operator}, {full_time(note.at)}"
    lines = []
    if note.locked_out:
        lines.append(Content.assemble(("⊘ Locked out of auto and port sets", "$warning")))
    if note.note:
        lines.append(Content.assemble((f"“{safe(note.note)}”", "$accent")))
    return Content("\n").join([*lines[:-1], Content.assemble(lines[-1], (safe(by), "$quiet"))])


def alarm_line(alarm: Alarm, now: float) -> Content:
    """One alarm: what, since when, whether it is over or who has seen it."""
    lasts = age((alarm.cleared_at or now) - alarm.raised_at)
    ink = "$error" if alarm.is_open else "$quiet"
    glyph = "▲" if alarm.is_open else "○"
    end = f"for {lasts}" if alarm.is_open else f"lasted {lasts}, over since {full_time(alarm.cleared_at or now)}"
    seen = f", acknowledged by {safe(alarm.acknowledged_by)}" if alarm.acknowledged_by else ""
    words = f"{glyph} {safe(alarm.words)}  {full_time(alarm.raised_at)}, {end}{seen}"
    return Content.assemble((words, ink))


def _state(facts: PortFacts, now: float) -> Content:
    port = facts.port
    report, state = port.report, state_of(facts, now)
    signal = "unknown"
    if report.signal is not None:
        signal = f"{report.signal} of 31, {dbm(report.signal)} dBm {signal_bars(report.signal)}"
    read = "never" if port.read_at is None else f"{_ago(port.read_at, now)} ({full_time(port.read_at)})"
    return _lines(
        [
            ("State", f"{state.glyph} {state.words}, since {full_time(port.since)}"),
            ("Read", read),
            ("Driver says", report.state),
            ("Status", report.status),
            ("Registration", report.registration),
            ("Operator", report.operator),
            ("Band", report.band),
            ("Signal", signal),
            ("BER", "unknown" if report.ber is None else f"{report.ber} of 7"),
            ("Last event", report.last_event),
        ]
    )


def _sim(facts: PortFacts) -> Content:
    report, usage = facts.port.report, facts.usage
    today = month = ""
    if usage is not None:
        today = f"{share(usage.today, usage.daily_limit)} segments"
        month = f"{share(usage.this_month, usage.monthly_limit)} segments"
    return _lines(
        [
            ("IMSI", report.imsi or "unknown"),
            ("Own number", report.own_number),
            ("SMSC", report.smsc),
            ("SIM today", today),
            ("This month", month),
            ("Limits", ", ".join(report.limits)),
            ("Remaining time", report.remain_time),
        ]
    )


def _traffic(facts: PortFacts, now: float) -> Content:
    past = facts.past
    failures = f"{facts.failures} in a row" if facts.failures else "none since the last success"
    if facts.suspect:
        failures += ": is the SIM blocked, or out of credit?"
    return _lines(
        [
            ("Today", _counted(facts.today)),
            ("Last hour", _counted(facts.hour)),
            ("Last inbound", _when(past.received_at, now)),
            ("Last sent", _when(past.sent_at, now)),
            ("Failures", failures),
            ("Other programs", _of_others(past, now)),
        ]
    )


def _of_others(past: PortPast, now: float) -> str:
    """Other programs send by it, too; what firmware tells of that is not known."""
    seen = "none seen in 14 days" if past.others_at is None else f"last seen {_ago(past.others_at, now)}"
    return f"as far as AMI shows; {seen}"


def _counted(counts: PortCounts) -> str:
    words = f"{counts_words(counts)} ✗{counts.failed} ?{counts.unknown} ✔{counts.delivered}"
    seconds = counts.delivery_seconds
    return words if seconds is None else f"{words}, delivered in {seconds:.0f} s on average"


def _when(at: float | None, now: float) -> str:
    return "not in 14 days" if at is None else f"{_ago(at, now)} ({full_time(at)})"


def _ago(at: float, now: float) -> str:
    return "just now" if now - at < 10 else f"{ago(at, now)} ago"


def _module(facts: PortFacts) -> Content:
    report = facts.port.report
    return _lines(
        [
            ("Module", f"{report.manufacturer} {report.model}".strip() or "unknown"),
            ("Revision", report.revision),
            ("IMEI", report.imei),
            ("PDD / ASR / ACD", f"{report.pdd or '-'} s / {report.asr or '-'} % / {report.acd or '-'} s"),
            *((name or "also", value) for name, value in report.other),
        ]
    )


# ---- charts -------------------------------------------------------------------------------------------------------


def charts_section(stretch: Stretch, width: int, key: str, *, by_day: bool) -> Content:
    """Signal and traffic, a column for each hour or day, which `key` changes; one colour a chart."""
    if not stretch.counts:
        return Content.assemble(("Loading…", "$quiet"))
    cell = max(2, min(6, (width - _NAME) // len(stretch.counts)))
    picks: tuple[tuple[str, Ink, Callable[[PortCounts], float | None]], ...] = (
        ("received", "good", lambda counts: counts.received),
        ("sent", "busy", lambda counts: counts.sent),
        ("failed", "bad", lambda counts: counts.failed + counts.unknown),
        ("delivery s", "plain", lambda counts: counts.delivery_seconds),
    )
    parts = [_chart("signal", "accent", stretch.signal, 31, cell)]
    for name, ink, pick in picks:
        values = [pick(counts) for counts in stretch.counts]
        parts.append(_chart(name, ink, values, max((value for value in values if value is not None), default=0), cell))
    axis_line = (" " * _NAME + axis(_labels(stretch.edges, by_day=by_day), cell), "$quiet")
    what = "14 days, a column each" if by_day else "24 hours, a column each"
    head = Content.assemble((f"The last {what}, local time; {key}: {'hours' if by_day else 'days'}", "$quiet"))
    lines = [head]
    for part in parts:
        lines += [Content(""), part]
    return Content("\n").join([*lines, Content.assemble(axis_line)])


def _chart(name: str, ink: Ink, values: Sequence[float | None], top: float, cell: int) -> Content:
    known = [value for value in values if value is not None]
    label = f"{count(round(top))}" if top else "0"
    left = [f"{name:<{_NAME - 6}}{label:>5} ", " " * _NAME, f"{_sum(name, known):<{_NAME}}"]
    lines = columns(values, _HEIGHT, top, cell=cell)
    return Content("\n").join(
        [
            Content.assemble((before, "$quiet"), content([(line.rstrip(), ink if known else "quiet")]))
            for before, line in zip(left, lines, strict=True)
        ]
    )


def _sum(name: str, known: Sequence[float]) -> str:
    """The last value of what is measured, the sum of what is counted."""
    if not known:
        return "unknown" if name in {"signal", "delivery s"} else ""
    return f"now {known[-1]:.0f}" if name in {"signal", "delivery s"} else f"all {count(round(sum(known)))}"


def _labels(edges: Sequence[float], *, by_day: bool) -> list[str]:
    starts = [datetime.fromtimestamp(start).astimezone() for start, _ in pairwise(edges)]
    if by_day:
        return [f"{start:%d}" for start in starts]
    return [f"{start:%H}" if start.hour % 3 == 0 else "" for start in starts]


# ---- AMI, raw -------------------------------------------------------------------------------------------


def events_section(records: Sequence[LogRecord]) -> Content:
    """Newest on top."""
    if not records:
        return Content.assemble(("No AMI messages about this port since the console started.", "$quiet"))
    return Content("\n").join([content(log_cells(record)) for record in reversed(records)])


def raw_section(facts: PortFacts) -> Content:
    """The gateway's own words, whole; a PIN that was sent last is masked."""
    read_at = facts.port.read_at
    if not facts.port.raw or read_at is None:
        return Content.assemble(("Not read from the gateway yet.", "$quiet"))
    head = Content.assemble((f"Raw output of the gateway, {clock_time(read_at)}\n", "$quiet"))
    return head + Content("\n".join(safe_lines(redact(facts.port.raw))))
