"""What the compose pane says of a text: how it will be cut, why, what it costs, what to beware of. Pure."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING

from textual.content import Content

from console.protocol.text.safe import safe
from console.ui.kit.format import count as format_count
from console.ui.kit.format import fit, plural

if TYPE_CHECKING:
    from console.domain.link import GatewaySnapshot
    from console.domain.plan import SegmentPlan
    from console.protocol.sms.look_alikes import Change
    from console.ui.compose.letter import Spread


def price_words(gateway: GatewaySnapshot, segments: int) -> str:
    """`1.20 EUR` for so many segments; empty where no price is configured."""
    if gateway.price_per_segment is None:
        return ""
    return f"{gateway.price_per_segment * segments:.2f} {gateway.currency}".strip()


def changes_words(changes: tuple[Change, ...]) -> str:
    """`3 replaced: ’ by ', – by -`."""
    pairs = dict.fromkeys((change.found, change.put) for change in changes)
    named = [f"{safe(found) or unicodedata.name(found, '?')} by {put or 'nothing'}" for found, put in pairs]
    return f"{len(changes)} replaced: {', '.join(named)}"


def plan_line(
    planned: SegmentPlan, recipients: int = 1, price: str = "", *, spread: Spread | None = None, trouble: str = ""
) -> Content:
    """`UCS-2 because of ’ at 14 · 2 segments x 12 recipients = 24 · 31 left`, and what to beware of.

    `spread` is given where the text is not the same for all, and `planned` then that of the first; `trouble` is why it
    can't be sent as it is.
    """
    cause = ""
    if planned.forced_by:
        first = planned.forced_by[0]
        cause = f" because of {safe(first.char) or first.name} at {first.index + 1}"
    count = len(planned.segments)
    segments = plural(count, "segment") if planned.text else "no text yet"
    if spread is not None and spread.fewest != spread.most:
        segments = f"{spread.fewest}-{spread.most} segments"
    if recipients > 1 and planned.text:
        total = count * recipients if spread is None else spread.total
        segments += f" x {format_count(recipients)} recipients = {format_count(total)}"
    line = Content.assemble(
        (planned.encoding, "bold $warning" if cause else "bold $success"),
        cause,
        (" · ", "$quiet"),
        (segments, "bold" if count > 1 else ""),
        (" · ", "$quiet"),
        f"{planned.left} left" if planned.text else f"up to {planned.left}",
        (f" · {safe(price)}" if price else "", "$quiet"),
    )
    troubles = [Content.assemble((f"✗ {safe(trouble)}", "$error"))] if trouble else []
    warnings = [Content.assemble((f"! {safe(warning)}", "$warning")) for warning in planned.warnings]
    return Content("\n").join([line, *troubles, *warnings])


def segment_lines(planned: SegmentPlan, width: int, room: int = 6) -> Content:
    """`1 ▏152 The first…` for each segment, when there are several; in at most `room` lines of `width` cells."""
    if len(planned.segments) < 2 or room < 2:
        return Content("")
    shown = len(planned.segments) if len(planned.segments) <= room else room - 1
    lines = [
        Content.assemble(
            (f"{number:>2} ", "bold"),
            (f"▏{segment.units:>3} ", "$quiet"),
            fit(safe(segment.text), max(8, width - 8)).rstrip(),
        )
        for number, segment in enumerate(planned.segments[:shown], 1)
    ]
    if len(planned.segments) > shown:
        lines.append(Content.assemble((f"   and {len(planned.segments) - shown} more", "$quiet")))
    return Content("\n").join(lines)
