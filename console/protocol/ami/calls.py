"""Which SMS a gateway saw coming in, from the AMI events of its dialplan.

A gateway runs extension `sms` on a channel of its own for each SMS, and each step is an event (`Newexten`). What the
steps hold depends on its settings: at least `NoOp`, `SMS In`; at most the encoded values of the callback. Yeastar tells
of each part in one event, `ReceivedSMS`.

What may be the text of a stranger (`console.protocol.ami.doubt`) is never read for its values. Where it looks like an
SMS it is kept as one doubtful entry without sender and port, for as long as that waits for a callback whose text it is.
"""

from __future__ import annotations

import re
from collections import deque
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from console.domain.ami import AmiKind
from console.domain.facts import HeardSms, SmsPart, SmsStep
from console.domain.messages import Callback, CallbackKind
from console.protocol.ami.events import SmsSteps
from console.protocol.ami.frames import AmiBlock
from console.protocol.ami.heard_sms import Overheard
from console.protocol.dialects.known import read_event
from console.protocol.http.inbound import parse

if TYPE_CHECKING:
    from datetime import tzinfo

    from console.domain.ami import AmiMessage
    from console.domain.facts import Fact

MOST_BYTES = 65_536
"""Bytes of events kept for one SMS. Its steps take some three thousand."""

_REMEMBERED = 256
"""SMS done with that are still remembered, as what may explain a callback."""

_STEPS = frozenset({"NoOp", "Set", "System"})
_OPENS = ("Privilege", "Channel", "Priority")
"""Headers that every server writes; a step that lacks one begins nothing."""
_RECEIVE_COMMAND = re.compile(r'(?:cd\s+\S+\s+&&\s+)?(?:lua\s+)?"?[^\s"]*(?:sms_receive(?:\.lua)?|process_sms)"?\s')
_TELLING = ("phonenumber", "port", "message", "time")
"""Values by which a callback is told from all others."""
_VARIABLES = frozenset({*_TELLING, "portname", "imsi"})
_ENCODED = re.compile(r"[A-Za-z0-9_.!~*'()%-]*")


@dataclass(slots=True)
class _Call:
    """What is known of one SMS so far."""

    id: str
    channel: str
    port: int | None
    at: float
    doubted: tuple[bytes, ...] = ()
    """The first blocks of what may be texts of strangers; all there is of it then."""
    sms: HeardSms | None = None
    encoded: dict[str, str] = field(default_factory=dict)
    """Variables that were set, as they stood in the event."""
    shows_text: bool = False
    raw: bytearray = field(default_factory=bytearray)
    told: Overheard | None = None
    """What is known of it, put together; until it changes."""

    @property
    def is_encoded(self) -> bool:
        """Number and text are known, and all values are as they stand in the callback's URL."""
        return {"phonenumber", "message"} <= self.encoded.keys() and all(map(_ENCODED.fullmatch, self.encoded.values()))

    def keep(self, raw: bytes) -> None:
        self.raw += raw[: MOST_BYTES - len(self.raw)]
        self.told = None

    def note(self, sms: HeardSms | None) -> None:
        """An exact one is better than none and than an inexact one."""
        if sms is not None and (sms.exact or self.sms is None):
            self.sms = sms
        self.told = None


class SmsCalls:
    """Follows one gateway. Each SMS has a key, given when its first step is heard, until it is done with."""

    def __init__(self, *, charset: str = "utf-8", zone: tzinfo | None = None) -> None:
        """`charset` is what the gateway's texts are written in; `zone` that of times in words, None for ours."""
        self._charset = charset
        self._zone = zone
        self._steps = SmsSteps()
        self._calls: dict[str, _Call] = {}
        self._done: deque[Overheard] = deque(maxlen=_REMEMBERED)
        self._parts = 0
        self._doubted = ""
        """Key of what waits now of strangers' texts that look like an SMS."""
        self._in_text = False
        self._cut = ""
        """Key of the SMS whose text goes on in what is heard next."""

    def hear(self, message: AmiMessage, at: float) -> str:
        """Take an event heard at `at` (Unix seconds UTC). The key of a new SMS if it tells of one, else empty."""
        if message.kind is AmiKind.TEXT:
            return self._text(message, at)
        self._in_text, self._cut = False, ""
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
        if call.told is None:
            call.told = self._put_together(call)
        return call.told

    def _put_together(self, call: _Call) -> Overheard:
        callback = self._callback(call)
        is_sms = callback.kind is CallbackKind.SMS
        exact = is_sms and (call.is_encoded or (call.sms is not None and call.sms.exact))
        tells = is_sms and call.is_encoded and all(name in call.encoded for name in _TELLING)
        encoded = tuple(call.encoded[name].encode() for name in _TELLING) if tells else ()
        return Overheard(call.id, call.at, callback, bytes(call.raw), exact, encoded, call.doubted)

    def others(self, key: str) -> tuple[Overheard, ...]:
        """All further SMS, those lately done with among them."""
        every = (*self._done, *(self.heard(other) for other in self._calls if other != key))
        return tuple(other for other in every if not other.doubted)

    def done(self, heard: Overheard, key: str) -> None:
        """It need not be followed any more."""
        self._calls.pop(key, None)
        self._done.append(heard)

    def _step(self, step: SmsStep, message: AmiMessage, at: float) -> str:
        channel = message.get("Channel")
        if message.complete:
            key = step.call
        else:
            # Its id is missing, or the stranger's. Where no other step was heard the link came up in the middle.
            key = self._cut = next((key for key in reversed(self._calls) if self._calls[key].channel == channel), "")
        opened = ""
        if key not in self._calls:
            if not all(map(message.get, _OPENS)):
                return ""
            key = opened = key or f"{channel} {at} {len(self._calls)}"
            self._calls[key] = _Call(step.call if message.complete else "", channel, step.port, at)
        call = self._calls[key]
        if message.complete:
            self._take(call, step, message)
        else:
            self._cut, call.shows_text = key, True
            call.keep(_without_url(step, message.raw))
        return opened

    def _text(self, message: AmiMessage, at: float) -> str:
        """The key of a doubtful entry, if a text looks like an SMS and none waits yet: a stranger makes one at most."""
        begins, self._in_text = not self._in_text, True
        fact = read_event(AmiBlock(AmiKind.EVENT, message.raw))
        raw = _without_url(fact, message.raw)
        if (cut := self._calls.get(self._cut)) is not None:
            cut.keep(raw)
        opened = ""
        if self._doubted not in self._calls:
            if not isinstance(fact, SmsStep | SmsPart):
                return ""
            self._parts += 1
            opened = self._doubted = f"text {self._parts}"
            self._calls[opened] = _Call("", "", None, at)
            begins = True
        call = self._calls[self._doubted]
        if begins:
            call.doubted = (*call.doubted, message.raw)
        call.keep(raw)
        return opened

    def _take(self, call: _Call, step: SmsStep, message: AmiMessage) -> None:
        name = step.variable.lower()
        if step.application == "Set":
            if name in _VARIABLES:
                call.encoded[name] = message.get("AppData").partition("=")[2]
                call.keep(message.raw)
            call.shows_text |= name == "message"
        else:
            call.shows_text |= step.application == "System" and _RECEIVE_COMMAND.match(step.value) is not None
            call.keep(_without_url(step, message.raw))
        call.note(self._steps.add(step))

    def _part(self, part: SmsPart, message: AmiMessage, at: float) -> str:
        """Its id is not taken for a call's: whether it is used twice, nobody says."""
        self._parts += 1
        key = f"part {self._parts}"
        call = self._calls[key] = _Call("", "", part.port, at)
        if message.complete:
            call.sms = HeardSms(part.port, part.sender, part.text, part.time, "", exact=True)
        else:
            self._cut = key
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
            query = "&".join(f"{name}={value}" for name, value in call.encoded.items())
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
        moment = datetime.fromtimestamp(call.at, UTC).astimezone(self._zone).strftime("%H:%M:%S")
        if call.doubted:
            return (
                f"AMI showed what looks like an SMS at {moment}. It follows an empty line in the text of another "
                "SMS, so its sender may have made it up."
            )
        where = f"port {port}" if port is not None else "an unknown port"
        rest = "the text that AMI showed is below" if call.shows_text else "its text is only on the gateway"
        return f"AMI saw an SMS on {where} at {moment} that came without a callback; {rest}."


def _without_url(fact: Fact | None, raw: bytes) -> bytes:
    """The block, or of the command that calls the operator's server what stands before it: its URL may hold a token."""
    if isinstance(fact, SmsStep) and fact.application == "System" and not _RECEIVE_COMMAND.match(fact.value):
        return raw.partition(b"\r\nAppData:")[0] + b"\r\n\r\n"
    return raw
