"""One line for one AMI message: the facts that matter first."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.domain.ami import AmiKind, AmiMessage
from console.domain.link import Flow, LogRecord
from console.protocol.ami_events import decode_percent
from console.protocol.redact import redact
from console.protocol.safe_text import safe
from console.ui.format import Cells, clock_millis, fit

if TYPE_CHECKING:
    from console.ui.theme import Ink

ARROWS: dict[Flow, tuple[str, Ink]] = {
    Flow.IN: ("←", "good"),
    Flow.OUT: ("→", "busy"),
    Flow.NOTE: ("─", "warn"),
}

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

_NAME_WIDTH = 16
_MOST = 400
"""Characters of facts looked at for a line; no terminal is wider."""


def log_cells(record: LogRecord) -> Cells:
    """`14:31:58.102 ← SMSSendStatus  port 2 · id 7f3a · SUCCESS`."""
    arrow, ink = ARROWS[record.flow]
    time: Cells = [(f"{clock_millis(record.at)} ", "quiet"), (f"{arrow} ", ink)]
    session = f" ({record.session})" if record.session else ""
    if record.message is not None:
        name, facts = summary(record.message)
        bad = name.lower() == "error"
        return [
            *time,
            (fit(safe(name + session), _NAME_WIDTH) + " ", "bad" if bad else "strong"),
            (safe(redact(facts)), "plain"),
        ]
    if record.flow is Flow.NOTE:
        return [*time, (safe(record.text), "warn")]
    name, facts = action_summary(record.text)
    return [*time, (fit(safe(name + session), _NAME_WIDTH) + " ", "busy"), (safe(facts), "plain")]


def summary(message: AmiMessage) -> tuple[str, str]:
    """Name and facts of a message from the server. Raw text from outside."""
    if message.kind is AmiKind.BANNER:
        return "banner", message.name
    if message.output is not None:
        lines = [line for line in message.output if line.strip()]
        more = f"  (+{len(lines) - 1} lines)" if len(lines) > 1 else ""
        return message.name, (lines[0][:_MOST] if lines else "no output") + more
    if message.kind is AmiKind.OTHER:
        return "?", message.raw[:_MOST].decode("utf-8", "backslashreplace").replace("\r\n", " · ")
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
