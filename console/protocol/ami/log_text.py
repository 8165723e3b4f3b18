"""What a line of the AMI log says: the facts that matter first, in words for the screen, the shell and a file."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from console.domain.ami import AmiKind
from console.domain.link import Flow
from console.protocol.text.octets import decode_percent
from console.protocol.text.redact import redact
from console.protocol.text.safe import safe

if TYPE_CHECKING:
    from console.domain.ami import AmiMessage
    from console.domain.link import LogRecord

ARROWS = {Flow.IN: "<-", Flow.OUT: "->", Flow.NOTE: "--"}

_FIRST = (
    "Channel",
    "Port",
    "Destination",
    "Sender",
    "Status",
    "Result",
    "ID",
    "Cause",
    "Application",
    "AppData",
    "Message",
    "Ping",
)
_DULL = frozenset({"event", "response", "privilege", "actionid", "timestamp", "uniqueid", "linkedid"})
SMS_TEXT = "message="
"""How the dialplan step begins that carries the text of an incoming SMS, percent-encoded."""

_MOST = 400
"""Characters of facts looked at for a line; no terminal is wider."""


def told(record: LogRecord) -> tuple[str, str]:
    """Name and facts of a record, without secrets. A note has no name. Raw text from outside."""
    if record.message is not None:
        name, words = summary(record.message)
        return name, redact(words)
    if record.flow is Flow.NOTE:
        return "", redact(record.text)
    return action_summary(redact(record.text))


def text_line(record: LogRecord) -> str:
    """`2026-11-22 14:31:58.102Z  gw1  <- SMSSendStatus  Channel 2 · …`: one line that acts on no terminal."""
    moment = f"{datetime.fromtimestamp(record.at, UTC):%Y-%m-%d %H:%M:%S.%f}"[:-3] + "Z"
    name, words = told(record)
    session = f"({record.session})" if record.session else ""
    said = "  ".join(part for part in (f"{name} {session}".strip(), words) if part)
    return "  ".join(part for part in (moment, safe(record.gateway), f"{ARROWS[record.flow]} {safe(said)}") if part)


def summary(message: AmiMessage) -> tuple[str, str]:
    """Name and facts of a message from the server. Raw text from outside."""
    if message.kind is AmiKind.BANNER:
        return "banner", message.name
    if message.output is not None:
        lines = [line for line in message.output if line.strip()]
        more = f"  (+{len(lines) - 1} lines)" if len(lines) > 1 else ""
        return message.name, (lines[0][:_MOST] if lines else "no output") + more
    if message.kind in (AmiKind.OTHER, AmiKind.TEXT):
        name = "?" if message.kind is AmiKind.OTHER else "text of an SMS"
        return name, message.raw[:_MOST].decode("utf-8", "backslashreplace").replace("\r\n", " · ")
    if message.get("AppData").startswith(SMS_TEXT):
        text = decode_percent(message.get("AppData").removeprefix(SMS_TEXT))
        return "SMS received", f"{message.get('Context')} · {text}"
    return message.name, facts(message.headers)


def facts(headers: tuple[tuple[str, str], ...]) -> str:
    """`Channel 2 · Destination 10086 · Status SUCCESS · …`, what operators ask for first, the rest in order."""
    known = {name.lower(): (name, value) for name, value in reversed(headers)}
    first = [known.pop(name.lower()) for name in _FIRST if name.lower() in known]
    rest = [(name, value) for name, value in headers if name.lower() in known and name.lower() not in _DULL]
    pieces, size = [], 0
    for name, value in [*first, *rest]:
        if value and size < _MOST:
            pieces.append(value if name in {"Message", "Ping", "Status"} else f"{name} {value}")
            size += len(pieces[-1])
    return " · ".join(pieces)


def action_summary(text: str) -> tuple[str, str]:
    """Name and facts of an action of ours, from its masked `Name: value` lines."""
    headers = [line.partition(": ")[::2] for line in text.splitlines() if line]
    name = next((value for key, value in headers if key.lower() == "action"), "action")
    wanted = [(key, value) for key, value in headers if key.lower() not in {"action", "actionid"}]
    if name.lower() == "command":
        return name, " · ".join(value for _, value in wanted)
    return name, " · ".join(f"{key} {value}" for key, value in wanted)
