"""A received message as it is read: who, when, by which port; the text, or the bytes as received."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from textual.content import Content

from console.domain.messages import CallbackKind
from console.protocol.sms.joining import parts_words
from console.protocol.text.safe import safe, safe_lines
from console.ui.kit.format import content, full_time

if TYPE_CHECKING:
    from console.domain.messages import InboxMessage
    from console.ui.kit.format import Cells


LONGEST = 20_000
"""Characters or bytes of one message that are drawn: more than a hundred segments, and no burden on the screen."""


_NAME = 80
"""Characters of a number, port or time that are drawn."""


def came_words(message: InboxMessage) -> str:
    """`by AMI ` for what no callback brought first, `3 parts, guessed ` for what came in pieces, `x2 ` for what came
    twice; else empty.
    """
    words = (
        "by AMI" if message.lacks_callback else "",
        parts_words(message),
        f"x{message.copies}" * (message.copies > 1),
    )
    return "".join(f"{word} " for word in words if word)


def read_message(message: InboxMessage, *, raw: bool, called: str = "") -> Content:
    """The message as the reader shows it. `called`: the name that the sender has here."""
    callback = message.callback
    if callback.kind is CallbackKind.GAP:
        gap: Cells = [
            ("Nothing was receiving", "strong"),
            (f" from {full_time(message.since)} to {full_time(message.until)}.\n", "plain"),
            ("SMS that reached the gateway then did not arrive here, and it does not repeat its calls. ", "plain"),
            ("Its own inbox may have it, if SMS Local Stored is on.", "plain"),
        ]
        return content(gap)
    name = f" ({_some(callback.port_name)})" if callback.port_name else ""
    head: Cells = [
        (f"{_some(called)}  " if called else "", "strong"),
        (_some(callback.number) or "no sender", "strong"),
        (f"  port {_some(callback.port) or '?'}{name}", "plain"),
        (f"  {came_words(message)}".rstrip(), "busy"),
    ]
    if not callback.gateway_time:
        head.append((f"  {full_time(message.received_at)}", "quiet"))
    else:  # both times on a line of their own, which no screen breaks
        head.append((f"\n{full_time(message.received_at)}", "quiet"))
        head.append((f"  gateway says {_some(_told(callback.gateway_time, message.received_at))}", "quiet"))
    if message.lacks_callback:
        head.append((f"\n{_by_ami(message)}", "warn"))
    text = message.seamed
    more = f"\n… {len(text) - LONGEST} more characters" if len(text) > LONGEST else ""
    if raw:
        body = Content("\n").join([Content(line) for line in hex_lines(message.raw[:LONGEST])])
    elif callback.kind is CallbackKind.UNREADABLE:
        why: Cells = [
            ("" if message.by_ami else "This call could not be read: ", "warn"),
            (safe(callback.reason), "plain"),
            ("\n", "plain"),
        ]
        body = content(why) + Content(safe(message.raw[:LONGEST].decode("utf-8", "backslashreplace")))
    else:
        body = Content("\n".join(safe_lines(text[:LONGEST])) + more)
    return Content("\n").join([content(head), body])


def _some(words: str) -> str:
    """What is drawn of a name, port or time; `x` shows every byte."""
    return safe(words) if len(words) <= _NAME else f"{safe(words[:_NAME])}… ({len(words)} characters)"


def _told(gateway_time: str, received_at: float) -> str:
    """The gateway's `2026/11/23 14:31:58`, without the day where it is the one that stands before it."""
    day, _, time = gateway_time.partition(" ")
    return time if time and day == f"{datetime.fromtimestamp(received_at).astimezone():%Y/%m/%d}" else gateway_time


def _by_ami(message: InboxMessage) -> str:
    """How it is known, for what a callback did not bring first. Repetitions are callbacks that came later."""
    if message.parts + message.missing > 1:
        return "AMI saw its first part before any callback came."
    return "AMI saw it; its callback came late." if message.copies > 1 else "No callback came: only AMI saw it."


def hex_lines(raw: bytes) -> list[str]:
    """`0000  47 45 54 20 … GET …`, sixteen bytes a line: 70 cells, as many as a dialog on 80 columns has."""
    lines = []
    for start in range(0, len(raw), 16):
        piece = raw[start : start + 16]
        shown = "".join(chr(byte) if 32 <= byte < 127 else "·" for byte in piece)
        lines.append(f"{start:04x}  {piece.hex(' '):<47} {shown}")
    return lines
