"""The dialplan steps by which Asterisk takes an incoming SMS, as its `Newexten` events tell them."""

from __future__ import annotations

import re
from collections import OrderedDict
from typing import TYPE_CHECKING

from console.domain.facts import HeardSms, SmsStep
from console.protocol.text.octets import decode_percent
from console.protocol.text.port_names import port_number

if TYPE_CHECKING:
    from console.domain.ami import AmiMessage

_CALL_CHANNEL = re.compile(r"EXTRA/([1-9]\d{0,3})-.*", re.IGNORECASE)
_URIENCODED = re.compile(r"(?:[A-Za-z0-9_.!~*'()-]|%(?:[Ff]{6})?[0-9A-Fa-f]{2})*")
_RAW_VARIABLES = frozenset({"smssrc", "smstime", "smstxt", "smsoritxt", "smsc", "simimsi"})
_RECEIVE_COMMAND = re.compile(
    r'(?:sms_receive\.lua|process_sms)"?\s+"([^"]{0,32})"\s+"([^"]{0,64})"\s+"([^"]{0,32})"\s+"((?>\\{3}["`\\]|.)*?)"(?:\s|$)',
    re.DOTALL,
)
_ESCAPED_FOR_SHELL = re.compile(r'\\{3}(["`\\])')
"""The driver writes three backslashes before what a shell would read (chan_extra 2.0.8)."""
_MAX_CALLS = 256
"""Incoming messages followed at a time. A gateway has some forty ports; the oldest is forgotten first."""


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
                port=port_of(known.get("port", "")) or step.port,
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
    return HeardSms(port=port_of(port) or step.port, number=number, text=text, time=time, imsi="", exact=False)


def port_of(words: str) -> int | None:
    """GSM port of `3`, `gsm-3`, `gsm-1.3` or the call channel `EXTRA/5-1` (two a port); else None."""
    match = _CALL_CHANNEL.fullmatch(words.strip())
    return (int(match[1]) + 1) // 2 if match else port_number(words)


def read_step(event: AmiMessage) -> SmsStep | None:
    """`Newexten`: a step of extension `sms`, else None. Newer Asterisk names the extension twice (Exten, Extension);
    1.8 writes Extension only.
    """
    if (event.get("Extension") or event.get("Exten")) != "sms":
        return None
    application, data = event.get("Application"), event.get("AppData")
    variable = ""
    if application == "Set":
        variable, _, data = data.partition("=")
        if variable.lower().lstrip("_") not in _RAW_VARIABLES and _URIENCODED.fullmatch(data):
            data = decode_percent(data)
    return SmsStep(port_of(event.get("Context")), event.get("Uniqueid"), application, variable, data)
