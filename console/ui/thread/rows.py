"""A thread on the screen: lines of both directions, oldest on top, the texts wrapped beside time and state."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from rich.cells import cell_len, chop_cells

from console.domain.messages import DeliveryState, InboxMessage, OutboxMessage
from console.protocol.sms.causes import in_words
from console.protocol.sms.numbers import plain
from console.protocol.text.safe import safe, safe_lines
from console.terminal.theme import Ink
from console.ui.kit.format import DELIVERY, Cells, clock_time, count, fit, line_width
from console.ui.rows.inbox_row import claim_cells
from console.ui.rows.message_text import LONGEST, came_words
from console.ui.rows.outbox_row import again_cells, text_of

if TYPE_CHECKING:
    from console.domain.messages import Claim

ThreadMessage = InboxMessage | OutboxMessage

_STATE = 12
_LEFT = 8 + 2 + 7 + _STATE + 2
"""Cells in front of the text: time, direction, state or port."""

_NARROWEST = 10
_DETAIL = 400
"""Characters of a gateway's last word that are drawn."""

_Text = list[tuple[str, Ink]]


def moment(message: ThreadMessage) -> float:
    """When it came, or was put in the outbox; Unix seconds UTC."""
    return message.received_at if isinstance(message, InboxMessage) else message.created_at


def identity(message: ThreadMessage) -> tuple[str, int]:
    """What stays the same of a message, whatever becomes known of it."""
    return type(message).__name__, message.id


def gateway_of(message: ThreadMessage) -> str:
    """Name of the gateway that it came or went by."""
    return message.gateway if isinstance(message, InboxMessage) else message.draft.gateway


def number_of(message: ThreadMessage) -> str:
    """The other party's, as it came or as it was sent to."""
    return message.callback.number if isinstance(message, InboxMessage) else message.draft.to


def message_lines(
    message: ThreadMessage, width: int, *, title: str, gateway: Cells | None = None, claim: Claim | None = None
) -> list[Cells]:
    """One message on lines of `width` cells, with its number where that is not the one in the title. `gateway` is the
    column that says whose it is, if any.
    """
    left = _LEFT + line_width(gateway or [])
    room = max(_NARROWEST, width - left)
    if isinstance(message, InboxMessage):
        head, text = _received(message, room)
        text[:0] = [(fit(words, room), ink) for words, ink in claim_cells(claim)]
    else:
        head, text = _sent(message, room)
    number = number_of(message)
    # A gateway may leave out the `+` of every sender.
    if plain(number).removeprefix("+") != plain(title).removeprefix("+"):
        text[:0] = [(fit(safe(number), room), "warn")]
    begin: Cells = [(f"{clock_time(moment(message))}  ", "quiet"), *(gateway or []), *head]
    return [[*begin, text[0]], *([(" " * left, "quiet"), line] for line in text[1:])]


def day_line(at: float) -> Cells:
    """`── Sun 22 Nov 2026 ──`, above the first message of a day."""
    return [(f"── {datetime.fromtimestamp(at, UTC).astimezone():%a %d %b %Y} ──", "quiet")]


def wrapped(line: str, width: int) -> list[str]:
    """A safe line on as many as it takes, cut at blanks where it can be. `width` is in cells, at least 2."""
    lines, free = [""], width
    for number, word in enumerate(line.split(" ")):
        blank = " " if number else ""
        size = cell_len(blank + word)
        if size <= free:
            lines[-1] += blank + word
            free -= size
            continue
        pieces = chop_cells(word, width) if word else [""]
        lines = [*lines, *pieces] if number else pieces
        free = width - cell_len(lines[-1])
    return lines


def _received(message: InboxMessage, room: int) -> tuple[Cells, _Text]:
    port = message.callback.port
    words = fit(f"port {safe(port[:20])}" if port else "", _STATE)
    text = _wrapped_text(message.seamed, "plain", room)
    if came := came_words(message):
        text = [(fit(came, room), "busy"), *text]
    return [("← in   ", "accent"), (f"{words}  ", "quiet")], text


def _sent(message: OutboxMessage, room: int) -> tuple[Cells, _Text]:
    look = DELIVERY[message.state]
    ours = message.is_ours
    text = _wrapped_text(message.draft.text if ours else f"by {message.operator}: {text_of(message)}", "plain", room)
    if message.state in {DeliveryState.FAILED, DeliveryState.UNKNOWN} and message.detail:
        text += _wrapped_text(in_words(message.detail[:_DETAIL]), look.ink, room)
    if again := "".join(words for words, _ in again_cells(message)):
        text += _wrapped_text(again.rstrip(), "quiet", room)
    head: Cells = [("→ out  ", "busy"), (f"{fit(f'{look.glyph} {look.word}', _STATE)}  ", look.ink)]
    if not ours:
        return [(words, "quiet") for words, _ in head], [(words, "quiet") for words, _ in text]
    return head, text


def _wrapped_text(text: str, ink: Ink, room: int) -> _Text:
    lines = [(piece, ink) for line in safe_lines(text[:LONGEST]) for piece in wrapped(line, room)]
    if len(text) > LONGEST:
        lines.append((fit(f"… {count(len(text) - LONGEST)} more characters", room), "quiet"))
    return lines
