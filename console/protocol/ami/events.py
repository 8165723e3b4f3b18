"""AMI events into facts: the gateway's own events, the dialplan steps of an incoming SMS, Yeastar's dialect.

Known from the vendor's programs that read these events and, for `Newexten`, from a real Asterisk. An event
this module has no fact for is None: it stays readable in the AMI log.
"""

from __future__ import annotations

import re
from collections import OrderedDict
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from console.domain.ami import AmiKind, AmiMessage
from console.domain.facts import (
    CallEvent,
    CallStep,
    DeliveryReport,
    Fact,
    HeardSms,
    PortChange,
    PortEvent,
    SendStatus,
    Shutdown,
    SmsPart,
    SmsStep,
)
from console.domain.messages import DeliveryState
from console.protocol.openvox.port_names import port_number
from console.protocol.text import octets

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_CALL_CHANNEL = re.compile(r"EXTRA/([1-9]\d{0,3})-.*", re.IGNORECASE)
_URIENCODED = re.compile(r"(?:[A-Za-z0-9_.!~*'()-]|%(?:[Ff]{6})?[0-9A-Fa-f]{2})*")
_RAW_VARIABLES = frozenset({"smssrc", "smstime", "smstxt", "smsoritxt", "smsc", "simimsi"})
_RECEIVE_COMMAND = re.compile(
    r'(?:sms_receive\.lua|process_sms)"?\s+"([^"]{0,32})"\s+"([^"]{0,64})"\s+"([^"]{0,32})"\s+"((?>\\{3}["`\\]|.)*?)"(?:\s|$)',
    re.DOTALL,
)
_ESCAPED_FOR_SHELL = re.compile(r'\\{3}(["`\\])')
"""The driver writes three backslashes before what a shell would read (chan_extra 2.0.8)."""
_EVENT_MARK = "--END SMS EVENT--"
_MAX_CALLS = 256
"""Incoming messages followed at a time. A gateway has some forty ports; the oldest is forgotten first."""


def read_event(message: AmiMessage) -> Fact | None:
    """The fact an event tells, or None: no event, or one this console has no fact for."""
    if message.kind is not AmiKind.EVENT:
        return None
    reader = _READERS.get(message.name.strip().lower())
    return reader(message) if reader is not None else None


def decode_percent(text: str) -> str:
    """Undo Asterisk's `URIENCODE`, once. A byte order mark in front is taken off.

    Asterisk 1.8 writes bytes from 0x80 as negative numbers, `%FFFFFFC3` for `%C3`; both spellings are read. What is no
    escape stays. Bytes are read as `console.protocol.text.octets` says.
    """
    return octets.read(unquote_to_bytes(octets.unsigned(text.encode("utf-8", "surrogatepass"))))


class SmsSteps:
    """Follows the dialplan steps of incoming messages and says when one is known."""

    def __init__(self) -> None:
        self._calls: OrderedDict[str, dict[str, str]] = OrderedDict()

    def add(self, step: SmsStep) -> HeardSms | None:
        """Take one step; the message once a step behind its Set steps makes use of them."""
        if step.application == "Set":
            self._calls.setdefault(step.call, {})[step.variable.lower()] = step.value
            self._calls.move_to_end(step.call)
            if len(self._calls) > _MAX_CALLS:
                self._calls.popitem(last=False)
            return None
        if step.application not in {"System", "Hangup"}:
            return None
        known = self._calls.pop(step.call, {})
        if "message" in known and "phonenumber" in known:
            return HeardSms(
                port=_port(known.get("port", "")) or step.port,
                number=known["phonenumber"],
                text=known["message"],
                time=known.get("time", ""),
                imsi=known.get("imsi", ""),
                exact=True,
            )
        return _from_command(step)


def _from_command(step: SmsStep) -> HeardSms | None:
    match = _RECEIVE_COMMAND.search(step.value) if step.application == "System" else None
    if match is None:
        return None
    port, number, time, escaped = match.groups()
    text = _ESCAPED_FOR_SHELL.sub(r"\1", escaped)
    return HeardSms(port=_port(port) or step.port, number=number, text=text, time=time, imsi="", exact=False)


def _port(words: str) -> int | None:
    """GSM port of `3`, `gsm-3`, `gsm-1.3` or the call channel `EXTRA/5-1` (two a port); else None."""
    match = _CALL_CHANNEL.fullmatch(words.strip())
    return (int(match[1]) + 1) // 2 if match else port_number(words)


def _state(status: str, success: DeliveryState) -> DeliveryState:
    word = status.strip().upper()
    if word.startswith("SUCCESS"):
        return success
    return DeliveryState.FAILED if word.startswith("FAIL") else DeliveryState.UNKNOWN


def _send_status(event: AmiMessage) -> SendStatus:
    status = event.get("Status")
    return SendStatus(
        id=event.get("ID").strip(),
        state=_state(status, DeliveryState.SENT),
        status=status,
        port=_port(event.get("Channel")),
        to=event.get("Destination"),
        imsi=event.get("IMSI"),
    )


def _delivery_report(event: AmiMessage) -> DeliveryReport:
    status = event.get("Status")
    return DeliveryReport(
        port=_port(event.get("Channel")),
        recipient=event.get("Sender"),
        state=_state(status, DeliveryState.DELIVERED),
        status=status,
        cause=event.get("Cause"),
        imsi=event.get("IMSI"),
        sent_at=event.get("Time_scts"),
    )


def _port_event(change: PortChange) -> Callable[[AmiMessage], PortEvent]:
    return lambda event: PortEvent(_port(event.get("Channel")), change, event.get("Result"))


def _call_event(step: CallStep) -> Callable[[AmiMessage], CallEvent]:
    return lambda event: CallEvent(_port(event.get("Channel")), step, event.get("Result"))


def _sms_step(event: AmiMessage) -> SmsStep | None:
    """Newer Asterisk names the extension twice (Exten, Extension); 1.8 writes Extension only."""
    if (event.get("Extension") or event.get("Exten")) != "sms":
        return None
    application, data = event.get("Application"), event.get("AppData")
    variable = ""
    if application == "Set":
        variable, _, data = data.partition("=")
        if variable.lower().lstrip("_") not in _RAW_VARIABLES and _URIENCODED.fullmatch(data):
            data = decode_percent(data)
    return SmsStep(_port(event.get("Context")), event.get("Uniqueid"), application, variable, data)


def _number(words: str) -> int:
    words = words.strip()
    return int(words) if words.isascii() and words.isdigit() and len(words) < 10 else 0


def _sms_part(event: AmiMessage) -> SmsPart:
    """A port is what the gateway's commands call it, so that an answer leaves where the question came: a span. Yeastar
    counts spans from 2, one more than its ports; older firmware writes the port instead.
    """
    port = _port(event.get("GsmSpan"))
    if port is None and (older := _port(event.get("GsmPort"))) is not None:
        port = older + 1
    return SmsPart(
        port=port,
        id=event.get("ID").strip(),
        sender=event.get("Sender"),
        text=decode_percent(event.get("Content").removesuffix(_EVENT_MARK)),
        time=event.get("Recvtime"),
        index=_number(event.get("Index")),
        total=_number(event.get("Total")),
        smsc=event.get("Smsc"),
    )


def _yeastar_status(event: AmiMessage) -> SendStatus:
    """`Status: 1` means handed to the operator; any other number is a failure."""
    status = event.get("Status").strip()
    known = DeliveryState.SENT if status == "1" else DeliveryState.FAILED
    return SendStatus(event.get("ID").strip(), known if status else DeliveryState.UNKNOWN, status)


def _shutdown(event: AmiMessage) -> Shutdown:
    return Shutdown(event.get("Restart").lower() == "true")


_READERS: Mapping[str, Callable[[AmiMessage], Fact | None]] = MappingProxyType(
    {
        "smssendstatus": _send_status,
        "smsstatusreport": _delivery_report,
        "extraready": _port_event(PortChange.READY),
        "extradown": _port_event(PortChange.DOWN),
        "siminserted": _port_event(PortChange.SIM_INSERTED),
        "extralock": _port_event(PortChange.LOCKED),
        "extraunlock": _port_event(PortChange.UNLOCKED),
        "extraoutdial": _call_event(CallStep.DIALLING),
        "extradial": _call_event(CallStep.INCOMING),
        "extraringback": _call_event(CallStep.RINGING),
        "extraconnect": _call_event(CallStep.CONNECTED),
        "extrahangup": _call_event(CallStep.HUNG_UP),
        "newexten": _sms_step,
        "receivedsms": _sms_part,
        "updatesmssend": _yeastar_status,
        "shutdown": _shutdown,
    }
)
