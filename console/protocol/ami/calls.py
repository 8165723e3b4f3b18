"""Which SMS a gateway saw coming in, from the AMI events of its dialplan.

A gateway runs extension `sms` on a channel of its own for each SMS, and each step is an event (`Newexten`). What the
steps hold depends on its settings: at least `NoOp`, `SMS In`; at most the encoded values of the callback. Yeastar tells
of each part in one event, `ReceivedSMS`.

The text of an SMS stands raw in one of the steps. A line break in it ends the event on the wire (Asterisk 1.8 escapes
nothing), and what follows may be written to look like an event. So a step that names a channel we follow, and not its
Uniqueid, was cut by a text; calls that begin in the same burst are doubted, and never become an SMS of the inbox.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from console.domain.facts import HeardSms, SmsPart, SmsStep
from console.domain.messages import Callback, CallbackKind
from console.protocol.ami.events import SmsSteps, read_event
from console.protocol.ami.heard_sms import Overheard
from console.protocol.http.inbound import parse

if TYPE_CHECKING:
    from datetime import tzinfo

    from console.domain.ami import AmiMessage

MOST_BYTES = 65_536
"""Bytes of events kept for one SMS. Its steps take some three thousand."""

_BURST = 1.0
"""Seconds within which all that one event's bytes hold has been read."""

_REMEMBERED = 256
"""SMS done with that are still remembered, as what may explain a callback."""

_STEPS = frozenset({"NoOp", "Set", "System"})
_RECEIVE_COMMAND = re.compile(r'(?:lua\s+)?"?[^\s"]*(?:sms_receive(?:\.lua)?|process_sms)"?\s')
_TELLING = ("phonenumber", "port", "message", "time")
"""Values by which a callback is told from all others."""
_VARIABLES = frozenset({*_TELLING, "portname", "imsi"})
_ENCODED = re.compile(r"[A-Za-z0-9_.!~*'()%-]*")
_SIGNED = re.compile(r"%[Ff]{6}(?=[89A-Fa-f][0-9A-Fa-f])")


@dataclass(slots=True)
class _Call:
    """What is known of one SMS so far."""

    id: str
    channel: str
    port: int | None
    at: float
    doubted: bool = False
    sms: HeardSms | None = None
    encoded: dict[str, str] = field(default_factory=dict)
    """Variables that were set, as they stood in the event."""
    shows_text: bool = False
    raw: bytearray = field(default_factory=bytearray)

    @property
    def is_encoded(self) -> bool:
        """Number and text are known, and all values are as they stand in the callback's URL."""
        return {"phonenumber", "message"} <= self.encoded.keys() and all(map(_ENCODED.fullmatch, self.encoded.values()))

    def keep(self, raw: bytes) -> None:
        self.raw += raw[: MOST_BYTES - len(self.raw)]

    def note(self, sms: HeardSms | None) -> None:
        """An exact one is better than none and than an inexact one."""
        if sms is not None and (sms.exact or self.sms is None):
            self.sms = sms


class SmsCalls:
    """Follows one gateway. Each SMS has a key, given when its first step is heard, until it is done with."""

    def __init__(self, *, charset: str = "utf-8", zone: tzinfo | None = None) -> None:
        """`charset` is what the gateway's texts are written in; `zone` that of times in words, None for ours."""
        self._charset = charset
        self._zone = zone
        self._steps = SmsSteps()
        self._calls: dict[str, _Call] = {}
        self._done: deque[Overheard] = deque(maxlen=_REMEMBERED)
        self._in_a_text_until = float("-inf")
        self._parts = 0

    def hear(self, message: AmiMessage, at: float) -> str:
        """Take an event heard at `at` (Unix seconds UTC). The key of a new SMS if it tells of one, else empty."""
        match read_event(message):
            case SmsStep() as step if step.application in _STEPS:
                return self._step(step, message, at)
            case SmsStep() as step if (call := self._calls.get(step.call)) is not None:
                call.note(self._steps.add(step))
            case SmsPart() as part:
                return self._part(part, message, at)
            case _:
                pass
        return ""

    def heard(self, key: str) -> Overheard:
        """What is known of an SMS now. KeyError when it was done with."""
        call = self._calls[key]
        callback = self._callback(call)
        is_sms = callback.kind is CallbackKind.SMS
        exact = is_sms and (call.is_encoded or (call.sms is not None and call.sms.exact))
        tells = is_sms and call.is_encoded and all(name in call.encoded for name in _TELLING)
        encoded = tuple(call.encoded[name].encode() for name in _TELLING) if tells else ()
        return Overheard(call.id, call.at, callback, bytes(call.raw), exact, encoded)

    def others(self, key: str) -> tuple[Overheard, ...]:
        """All further SMS, those lately done with among them."""
        return (*self._done, *(self.heard(other) for other in self._calls if other != key))

    def done(self, heard: Overheard, key: str) -> None:
        """It need not be followed any more."""
        self._calls.pop(key, None)
        self._done.append(heard)

    def _step(self, step: SmsStep, message: AmiMessage, at: float) -> str:
        channel = message.get("Channel")
        call = self._calls.get(step.call)
        if call is None and step.application != "NoOp" and (cut := self._running_on(channel, at)) is not None:
            cut.keep(message.raw)
            cut.shows_text = True
            self._in_a_text_until = at + _BURST
            return ""
        opened = ""
        if call is None:
            opened = step.call or f"{channel} {at} {len(self._calls)}"
            call = self._calls[opened] = _Call(step.call, channel, step.port, at, doubted=at < self._in_a_text_until)
        elif not call.doubted:
            self._in_a_text_until = float("-inf")
        self._take(call, step, message)
        return opened

    def _running_on(self, channel: str, at: float) -> _Call | None:
        """The call that has just begun on a channel."""
        if not channel:
            return None
        newest = next((call for call in reversed(self._calls.values()) if call.channel == channel), None)
        return newest if newest is not None and at - newest.at <= _BURST else None

    def _take(self, call: _Call, step: SmsStep, message: AmiMessage) -> None:
        """The command that calls the operator's server is not kept: its URL may hold a token."""
        name = step.variable.lower()
        if step.application == "Set" and name in _VARIABLES:
            call.encoded[name] = message.get("AppData").partition("=")[2]
            call.shows_text |= name == "message"
            call.keep(message.raw)
        elif step.application == "System" and _RECEIVE_COMMAND.match(step.value):
            call.shows_text = True
            call.keep(message.raw)
        elif step.application == "NoOp":
            call.keep(message.raw)
        elif not call.raw:
            # The link came up in the middle; the event up to what it says is evidence enough.
            call.keep(message.raw.partition(b"\r\nAppData:")[0] + b"\r\n\r\n")
        call.note(self._steps.add(step))

    def _part(self, part: SmsPart, message: AmiMessage, at: float) -> str:
        """Its id is not taken for a call's: whether it is used twice, nobody says."""
        self._parts += 1
        key = f"part {self._parts}"
        call = self._calls[key] = _Call("", "", part.port, at, doubted=at < self._in_a_text_until)
        call.sms = HeardSms(part.port, part.sender, part.text, part.time, "", exact=True)
        call.shows_text = True
        call.keep(message.raw)
        return key

    def _callback(self, call: _Call) -> Callback:
        """What a callback would have brought."""
        sms = call.sms
        port = sms.port if sms is not None and sms.port is not None else call.port
        if call.doubted:
            callback = Callback(CallbackKind.UNREADABLE)
        elif call.is_encoded:
            # Read as the callback would be, so that one that comes later is the same in every character.
            query = "&".join(f"{name}={_SIGNED.sub('%', value)}" for name, value in call.encoded.items())
            callback = parse(query.encode(), charset=self._charset)
        elif sms is not None and (sms.number or sms.text):
            callback = Callback(
                CallbackKind.SMS, sms.number.strip(), sms.text, gateway_time=sms.time.strip(), imsi=sms.imsi.strip()
            )
        else:
            callback = Callback(CallbackKind.UNREADABLE)
        reason = self._reason(call, port) if callback.kind is CallbackKind.UNREADABLE else ""
        return replace(callback, id=call.id, port=callback.port or str(port or ""), reason=reason)

    def _reason(self, call: _Call, port: int | None) -> str:
        where = f"port {port}" if port is not None else "a port that it did not name"
        moment = datetime.fromtimestamp(call.at, UTC).astimezone(self._zone).strftime("%H:%M:%S")
        if call.doubted:
            return (
                f"AMI showed what looks like an SMS on {where} at {moment}. It stands behind a line break in the text "
                "of another SMS, so its sender may have made it up."
            )
        rest = "what AMI showed of it is below" if call.shows_text else "its text is only on the gateway"
        return f"AMI saw an SMS on {where} at {moment} that no callback brought; {rest}."
