"""What `gsm show spans` and `gsm show span N` say, and what an operator should make of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from console.domain.ports import PortHealth, SpanReport
from console.protocol.driver.arguments import command_line, port_word
from console.protocol.text.redact import redact

if TYPE_CHECKING:
    from collections.abc import Sequence

LIST = "gsm show spans"
"""One line a span, see `read_spans`."""

_SPAN = re.compile(r"\s*GSM span\s+(\d{1,9})\s*:(.*)", re.IGNORECASE)

_TEXT_FIELDS = {
    "status": "status",
    "type": "type",
    "manufacturer": "manufacturer",
    "model name": "model",
    "model imei": "imei",
    "card imei": "imei",
    "revision": "revision",
    "network name": "operator",
    "network band": "band",
    "network status": "registration",
    "sim imsi": "imsi",
    "sim sms center number": "smsc",
    "send sms center number": "smsc",
    "own number": "own_number",
    "remain time": "remain_time",
    "pdd": "pdd",
    "asr": "asr",
    "acd": "acd",
    "last event": "last_event",
    "state": "state",
    "last send at": "last_at",
}


def show(span: int) -> str:
    """`gsm show span N`, see `read_span`."""
    return command_line("gsm show span", port_word(span))


def has_field(output: Sequence[str], *names: str) -> bool:
    """Whether a report has one of these fields, named in lower case."""
    return any(line.strip().lower().startswith(names) for line in output)


def read_spans(output: Sequence[str]) -> tuple[tuple[int, str], ...]:
    """(port, status words) for each line `GSM span 1: Power on, Provisioned, Up, ...`; others are skipped."""
    found = (_SPAN.match(line) for line in output)
    return tuple((int(match[1]), redact(match[2].strip())) for match in found if match)


def read_span(output: Sequence[str]) -> SpanReport:
    """`gsm show span N`, by field name, in any order. The first of two equal names counts.

    Nothing is dropped: unknown and repeated fields are in `other`, and lines without a colon, as a field
    without a name.
    """
    values: dict[str, Any] = {}
    other: list[tuple[str, str]] = []
    for line in output:
        # The driver writes the PIN itself into the status: `Pin (1234) Error`.
        name, colon, value = (part.strip() for part in redact(line).partition(":"))
        field, meaning = _field(name.lower(), value)
        if colon and field and field not in values:
            values[field] = meaning
        elif line.strip():
            other.append((name, value) if colon else ("", name))
    return SpanReport(**values, other=tuple(other))


def _field(name: str, value: str) -> tuple[str, object]:
    """The SpanReport field for the gateway's `name` (lower case), empty when there is none, and its value."""
    if name.startswith("signal quality"):
        return "signal", _within(value, 31)
    if name.startswith("ber value"):
        return "ber", _within(value, 7)
    if name == "limit":
        return "limits", tuple(word for part in value.split(",") if (word := part.strip()))
    return _TEXT_FIELDS.get(name, ""), value


def _within(value: str, most: int) -> int | None:
    """A reading from 0 to `most`; None for 99, -1 and whatever else means unknown."""
    return int(value) if re.fullmatch("[0-9]{1,2}", value) and int(value) <= most else None


_NEEDS_PIN = {"SIM PIN REQ", "SIM PUK REQ", "UIM PIN REQ", "UIM PUK REQ"}
_NO_SIM = {"SIM READY REQ", "UIM READY REQ"}
_STARTING = {
    "CFUN FULL",
    "CFUN MINI",
    "POWER RESTART",
    "WAIT READY",
    "INIT",
    "UP",
    "SET ECHO",
    "SET REPORT ERROR",
    "MODEL NAME REQ",
    "MANUFACTURER REQ",
    "GET SMSC REQ",
    "VERSION REQ",
    "GSN REQ",
    "IMEI REQ",
    "IMSI REQ",
    "SIM READY",
    "UIM READY",
    "MOC STATE ENABLED",
    "SET SIDE TONE",
    "CLIP ENABLED",
    "BAND BINDING",
    "RSSI ENABLED",
    "SET NET URC",
    "NET OK",
    "NET NAME REQ",
    "SET SPEAK VOL",
    "SET MIC VOL",
}
_BUSY = ("CALL", "RING", "HANGUP", "SMS", "SEND", "SENT", "USSD", "ANSWER", "RECIEVE")
_BUSY_WHOLE = {"CLIP", "AT MODE", "PHONE CHECK"}
_UNREGISTERED = ("not registered", "unregistered", "un registered", "searching", "registration denied")
_PIN_ERROR = re.compile(r"\bp(?:in|uk) \([^)]*\) error")


def health(report: SpanReport) -> PortHealth:
    """One word from Status, Network Status and State, by the driver's word lists (its source of 2011-2013).

    Only State `READY`, word for word, is idle (`SIM READY REQ` is not). A state this console does not know is
    UNKNOWN.
    """
    status = report.status.lower()
    words = {word.strip() for word in status.split(",")}
    state = report.state.strip().upper()
    if "power off" in status or "module off" in status:
        return PortHealth.OFF
    if "undetected sim" in status or state in _NO_SIM:
        return PortHealth.NO_SIM
    if state in _NEEDS_PIN or _PIN_ERROR.search(status):
        return PortHealth.NEEDS_PIN
    if any(word.startswith("block") for word in words):
        return PortHealth.BLOCKED
    if state in _STARTING or state.startswith("INIT "):
        return PortHealth.STARTING
    if state == "NET REQ" or "no signal" in status:
        # Status may say Down as well then: the module is up, it is the network that it waits for.
        return PortHealth.UNREGISTERED
    if "down" in words or state == "DOWN":
        return PortHealth.DOWN
    if state == "READY" or (not state and {"up", "active"} <= words):
        return _registered(report)
    if state in _BUSY_WHOLE or any(word in state for word in _BUSY):
        return PortHealth.BUSY
    return PortHealth.UNKNOWN


def _registered(report: SpanReport) -> PortHealth:
    registration = report.registration.lower()
    if registration.startswith("registered") or (not registration and report.state):
        return PortHealth.READY
    return PortHealth.UNREGISTERED if registration.startswith(_UNREGISTERED) else PortHealth.UNKNOWN


def is_imsi(words: str) -> bool:
    """Whether it can be one (3GPP TS 23.003 2.2): firmware writes other things where it knows none."""
    return words.isascii() and words.isdigit() and 6 <= len(words) <= 15
