"""A message of the outbox on one line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.domain.messages import DeliveryState, OutboxMessage
from console.protocol.rules.timing import is_late, is_planned
from console.protocol.sms.causes import in_words
from console.protocol.text.safe import safe, safe_lines
from console.ui.kit.format import DELIVERY, Cells, Look, age, fit, line_width, when

if TYPE_CHECKING:
    from console.domain.messages import Draft

_ROOMY = 70
"""Width from which a line also says by which way and port."""

_TROUBLED = frozenset({DeliveryState.FAILED, DeliveryState.UNKNOWN})
_ON_AIR = frozenset({DeliveryState.SENT, DeliveryState.DELIVERED})


def outbox_cells(
    message: OutboxMessage,
    width: int,
    now: float,
    *,
    left_over: bool = False,
    name: str = "",
    gateway: Cells | None = None,
) -> Cells:
    """Time, gateway, state, segments, recipient, way, and why or what. `left_over`: an earlier run queued it, and is
    gone. `name` is what the recipient is called here, and stands for the number. `gateway` is the column that says
    whose it is, if any.
    """
    if not message.is_ours:
        return _of_others(message, width, now, name=name, gateway=gateway)
    look = look_of(message)
    ink = "warn" if left_over else look.ink
    done = sum(state in _ON_AIR for state in message.segments)
    parts = f" {done}/{len(message.segments)}" if len(message.segments) > 1 else ""
    needs_a_person = left_over or (message.state in _TROUBLED and message.again_as is None)
    cells: Cells = [
        (f"{when(message.created_at, now)}  ", "quiet"),
        *(gateway or []),
        (f"{look.glyph} ", ink),
        (fit((planned_wait(message, now) or look.word) + parts, 12), ink),
        (f"{fit(safe((name or message.draft.to)[:40]), 14)}  ", "strong" if needs_a_person else "plain"),
    ]
    if width >= _ROOMY:
        cells.append((f"{fit(way(message.draft, message.port), 7)} ", "quiet"))
    if left_over:
        cells.append(("held  ", "warn"))
    elif waits := result_wait(message, now):
        cells.append((f"{waits}  ", "busy"))
    cells += again_cells(message)
    words = in_words(message.detail) if message.state in _TROUBLED and message.detail else message.draft.text
    text = " ".join(line for line in safe_lines(words[: 4 * width]) if line)
    return [
        *cells,
        (fit(text, max(1, width - line_width(cells))), look.ink if message.state in _TROUBLED else "plain"),
    ]


def _of_others(message: OutboxMessage, width: int, now: float, *, name: str, gateway: Cells | None) -> Cells:
    """The same columns, all of them quiet: who sent it stands before what is known of its text."""
    look, parts = DELIVERY[message.state], len(message.segments)
    done = sum(state in _ON_AIR for state in message.segments)
    cells: Cells = [
        (f"{when(message.created_at, now)}  ", "quiet"),
        *(gateway or []),
        (f"{look.glyph} {fit(look.word + (f' {done}/{parts}' if parts > 1 else ''), 12)}", "quiet"),
        (f"{fit(safe((name or message.draft.to or 'number unknown')[:40]), 14)}  ", "quiet"),
    ]
    if width >= _ROOMY:
        cells.append((f"{fit(f'    {message.port}' if message.port else '', 7)} ", "quiet"))
    words = in_words(message.detail) if message.state in _TROUBLED and message.detail else text_of(message)
    text = " ".join(line for line in safe_lines(f"by {message.operator}: {words}"[: 4 * width]) if line)
    return [*cells, (fit(text, max(1, width - line_width(cells))), "quiet")]


def text_of(message: OutboxMessage) -> str:
    """Its text; of what another program sent nobody may have told it."""
    return message.draft.text if message.is_ours or message.draft.text else "the gateway does not report the text"


def again_cells(message: OutboxMessage) -> Cells:
    """`sent again as 27 ✔`: the message in its place, and how far that one has come; nothing where there is none."""
    if message.again_as is None or message.again_state is None:
        return []
    look = DELIVERY[message.again_state]
    return [(f"sent again as {message.again_as} ", "plain"), (f"{look.glyph}  ", look.ink)]


def successor_words(message: OutboxMessage) -> str:
    """`as message 27, delivered`; empty where it was not sent again."""
    if message.again_as is None or message.again_state is None:
        return ""
    return f"as message {message.again_as}, {DELIVERY[message.again_state].word}"


def look_of(message: OutboxMessage) -> Look:
    """Its state as the operator sees it."""
    if is_late(message):
        return Look("–", "too late", "warn")
    if message.state is DeliveryState.QUEUED and message.draft.not_before is not None:
        return Look("◷", "planned", "busy")
    return DELIVERY[message.state]


def planned_wait(message: OutboxMessage, now: float) -> str:
    """`in 1h20m`: how long a planned message waits still; empty for any other, and once its time has come."""
    begin = message.draft.not_before
    if begin is None or not is_planned(message, now):
        return ""
    left = begin - now
    return f"in {age(left + 10 if left < 50 else left)}"  # rounded up at last: it is not its time yet


def way(draft: Draft, port: int | None) -> str:
    """`AMI 3`: the port it goes through where that is known, else the one or the set that was asked for."""
    known = port if port is not None else draft.port
    return f"{draft.via.value.upper()} {safe(draft.pool) if known is None else known}".rstrip()


def result_wait(message: OutboxMessage, now: float) -> str:
    """For how long the result of an ACCEPTED message is still waited for; empty where none is."""
    if message.state is not DeliveryState.ACCEPTED or message.deadline is None:
        return ""
    left = message.deadline - now
    if left <= 0:
        return "result overdue"
    # Rounded up, and coarser the further off it is, so that a screen at rest does not change each second.
    return f"result in {-(-left // 10) * 10:.0f} s" if left <= 60 else f"result in {-(-left // 60):.0f} min"
