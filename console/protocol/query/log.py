"""The AMI log as a search sees it: the text without its secrets, so that what is masked can't be searched for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from console.domain.ami import AmiKind
from console.domain.link import Flow
from console.protocol.ami.log_text import SMS_TEXT
from console.protocol.dialects.known import read_event
from console.protocol.query.fields import Choice, Name, Ports, times
from console.protocol.query.table import Table
from console.protocol.text.octets import decode_percent
from console.protocol.text.redact import redact

if TYPE_CHECKING:
    from console.domain.link import LogRecord

_TEXT_SEEN = 65_536
"""Bytes of a record that are looked at. Longer ones are rare: they hold a Command's long answer."""

_CHANNEL = re.compile(r"(?:gsm-)?(?:1\.)?([1-9]\d{0,3})", re.IGNORECASE)
_CALL_CHANNEL = re.compile(r"EXTRA/([1-9]\d{0,3})-", re.IGNORECASE)
_IN_ACTION = re.compile(
    r"^Command: gsm (?:(?:show span|send(?: sync)? \w+|check phone stat|power \w+) )([1-9]\d{0,3})\b",
    re.MULTILINE | re.IGNORECASE,
)
_IN_ANSWER = re.compile(r"\bspan:? *([1-9]\d{0,3})\b", re.IGNORECASE)
_PORT_HEADERS = ("GsmPort", "Port", "Channel", "Context")


def searched_text(record: LogRecord) -> str:
    """All that words are looked for in, without secrets: what was received or sent, and an SMS as it reads."""
    if record.message is None:
        return redact(record.text[:_TEXT_SEEN])
    raw = record.message.raw
    text = raw[:_TEXT_SEEN].decode("utf-8", "backslashreplace")
    if len(raw) > _TEXT_SEEN:
        text = text.rpartition("\n")[0]  # half a line might hold half a secret, which nothing masks
    if SMS_TEXT in text and (data := record.message.get("AppData")).startswith(SMS_TEXT):
        text += decode_percent(data.removeprefix(SMS_TEXT))
    return redact(text)


def port_of(record: LogRecord) -> int | None:
    """The GSM port that a record is about; None where it is about none, or does not say."""
    message = record.message
    if message is None:
        found = _IN_ACTION.search(record.text) if record.flow is Flow.OUT else None
        return int(found[1]) if found else None
    if message.kind is AmiKind.EVENT:
        port = getattr(read_event(message), "port", None)
        if isinstance(port, int):
            return port
        named = (port_named(message.get(name)) for name in _PORT_HEADERS)
        return next((port for port in named if port is not None), None)
    output = message.output or ()
    found = _IN_ANSWER.search(output[0]) if 1 <= len(output) <= 3 else None
    return int(found[1]) if found else None


def port_named(words: str) -> int | None:
    """GSM port of `3`, `gsm-3`, `gsm-1.3` or the call channel `EXTRA/5-1` (two a port); else None."""
    if found := _CHANNEL.fullmatch(words.strip()):
        return int(found[1])
    if found := _CALL_CHANNEL.match(words.strip()):
        return (int(found[1]) + 1) // 2
    return None


def _name(record: LogRecord) -> str:
    return record.message.name if record.message is not None else ""


LOG: Table[LogRecord] = Table(
    "ami",
    (
        Name("event", "the name of an event or answer", _name, "SMS*"),
        Ports("port", "the GSM port it concerns", port_of),
        Name("gw", "the gateway", lambda record: record.gateway, "north"),
        Choice(
            "dir",
            "in: from the gateway; out: from the console; note: a note of the console",
            dict.fromkeys((flow.value for flow in Flow), ""),
            lambda record: (record.flow.value,),
        ),
        Choice("is", "a bookmark", {"mark": ""}, lambda record: ("mark",) * record.is_mark),
        *times(lambda record: record.at, "said"),
    ),
    text=searched_text,
)
