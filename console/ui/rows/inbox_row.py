"""One message of the inbox on one line: with our local time, or with our UTC beside the gateway's own time."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rich.cells import cell_len

from console.domain.audit import user_of
from console.domain.messages import CallbackKind
from console.protocol.text.safe import safe, safe_lines
from console.ui.kit.format import clock_time, fit, line_width, when
from console.ui.rows.message_text import came_words

if TYPE_CHECKING:
    from console.domain.messages import Claim, InboxMessage
    from console.terminal.theme import Ink
    from console.ui.kit.format import Cells

_SENDER = 16
_PORT = 7
_WHO = 12

TIME_WIDTHS = (len("11-21 14:03Z"), len("11-21 14:03:11Z"))
"""Of a column that has both date and time: on a small screen, and on one with room for seconds."""


def inbox_cells(
    message: InboxMessage,
    width: int,
    now: float,
    *,
    time_width: int = 0,
    name: str = "",
    gateway: Cells | None = None,
    claim: Claim | None = None,
    ink: Ink = "plain",
    mark: str = "",
) -> Cells:
    """Unread mark, time, gateway, port, sender, who looks after it, how often and how much of it came, text.

    With a `time_width` there are two times of that width, else one, local, that is shorter than both. `name` is what
    the sender is called here, and stands for the number. `gateway` is the column that says whose it is, if any.
    `ink` is that of the text, and a `mark` stands in front of it.
    """
    callback = message.callback
    gap = callback.kind is CallbackKind.GAP
    unread = not message.read and not gap
    cells: Cells = [("• " if unread else "  ", "accent")]
    if time_width:
        received = utc_time(message.received_at, now, time_width)
        written = "" if gap else gateway_time(callback.gateway_time, now, time_width)
        cells.append((f"{fit(received, time_width)} {fit(written, time_width)} ", "quiet"))
    else:
        cells.append((f"{when(message.received_at, now)}  ", "quiet"))
    cells += gateway or []
    if gap:
        words = f"── not receiving {clock_time(message.since)} – {clock_time(message.until)} "
        return [*cells, (words, "warn")]
    least = len("port") if time_width else 2
    cells += [
        (f"{fit(safe(callback.port[:20]), max(least, min(_PORT, cell_len(callback.port[:20]))))} ", "quiet"),
        sender_cells(name or callback.number, unread=unread),
        *claim_cells(claim),
        (came_words(message), "busy"),
    ]
    if callback.kind is CallbackKind.UNREADABLE:
        return [*cells, ("unreadable: ", "warn"), (safe(callback.reason[:400]), "quiet")]
    if mark:
        cells.append((f"{mark}: ", "warn"))
    # No line shows more of it, and a text may be very long.
    text = " ".join(line for line in safe_lines(message.seamed[: 4 * width]) if line)
    room = max(1, width - line_width(cells))
    return [*cells, (fit(text, room), ink) if text else (fit("no text", room), "quiet")]


def sender_cells(sender: str, *, unread: bool) -> tuple[str, Ink]:
    """Who wrote, in a column of its own; where nobody is named, that."""
    if not sender:
        return f"{fit('no sender', _SENDER)}  ", "quiet"
    return f"{fit(safe(sender[:40]), _SENDER)}  ", "strong" if unread else "plain"


def claim_cells(claim: Claim | None) -> Cells:
    """`@alice ` for what she looks after, `✓ alice ` for what she has done with."""
    if claim is None:
        return []
    who = safe(user_of(claim.done_by or claim.operator)[:_WHO])
    return [(f"✓ {who} ", "good")] if claim.done_at is not None else [(f"@{who} ", "accent")]


def heading(time_width: int, column: int = 0) -> Cells:
    """The names of the columns where both times are shown; `column` is the width of the gateway's."""
    times = f"{fit('our UTC', time_width)} {fit('gateway', time_width)}"
    whose = f"{fit('of', column)} " if column else ""
    return [(f"  {times} {whose}port {fit('from', _SENDER)}  text", "quiet")]


def utc_time(at: float, now: float, width: int) -> str:
    """`14:03:11Z` of today (in UTC), else with the date: `11-21 14:03Z`, or `11-21 14:03:11Z` where that fits."""
    then = datetime.fromtimestamp(at, UTC)
    return _with_date(then, datetime.fromtimestamp(now, UTC), width, "Z")


def gateway_time(written: str, now: float, width: int) -> str:
    """What the gateway's own clock said, in the same form without a zone; what is no time as it was written."""
    try:
        then = datetime.strptime(written.replace("-", "/"), "%Y/%m/%d %H:%M:%S").replace(tzinfo=UTC)
    except ValueError:
        return safe(written[: 2 * width]) or "-"
    return _with_date(then, datetime.fromtimestamp(now, UTC), width, "")


def _with_date(then: datetime, today: datetime, width: int, zone: str) -> str:
    if then.date() == today.date():
        return f"{then:%H:%M:%S}{zone}"
    if then.year != today.year:
        return f"{then:%Y-%m-%d}{zone}"
    whole = f"{then:%m-%d %H:%M:%S}{zone}"
    return whole if len(whole) <= width else f"{then:%m-%d %H:%M}{zone}"
