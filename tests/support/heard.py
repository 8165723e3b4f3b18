"""AMI events of SMS that come in, as a gateway writes them."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from console.protocol.ami.calls import SmsCalls
from console.protocol.ami.doubt import Doubt
from console.protocol.ami.frames import AmiFramer
from console.simulator.ami.dialplan import SmsChannel, bare_sms_events, sms_events
from console.simulator.http.callbacks import encode_inbound, inbound_query
from console.simulator.options import ParameterNames, gateway_time
from console.simulator.radio.receiving import DriverSms
from tests.support.backend import NOON

if TYPE_CHECKING:
    from collections.abc import Iterable

    from console.protocol.ami.frames import AmiBlock
    from console.protocol.ami.heard_sms import Overheard
    from console.simulator.ami.wire import AmiEvent

SENDER = "+8613632919026"
URL = "http://192.0.2.1/sms?token=sesame"


def framed(events: Iterable[AmiEvent]) -> list[AmiBlock]:
    """As they come out of the wire."""
    banner, *messages = AmiFramer().feed(b"Asterisk Call Manager/1.1\r\n" + b"".join(e.encode() for e in events))
    assert banner.name
    return list(messages)


class Arrival:
    """One SMS that reaches the gateway: what AMI shows of it, and the callback it would make."""

    def __init__(
        self,
        text: str = "hello",
        *,
        number: str = SENDER,
        port: int = 3,
        shown_port: str = "3",
        channel: int = 1,
        at: float = NOON,
        signed: bool = False,
    ) -> None:
        self.port, self.channel, self.at, self.number, self.text = port, channel, at, number, text
        self._sms = DriverSms(number, text, gateway_time(at, slashes=True), "+8613800", "460")
        self._values = encode_inbound(self._sms, shown_port, f"gsm-1.{port}", signed_char=signed)

    @property
    def target(self) -> bytes:
        """The request target of its callback."""
        return f"/sms/gw1?{inbound_query(ParameterNames(), self._values)}".encode()

    @property
    def events(self) -> list[AmiBlock]:
        """From the channel's begin to its end."""
        return framed(self.steps)

    @property
    def steps(self) -> list[AmiEvent]:
        return list(sms_events(self._channel, self._sms, self.port, self._values, URL, "openvox"))

    @property
    def command_only(self) -> list[AmiBlock]:
        """Where SMS to HTTP is off: the shell commands with the raw text."""
        return framed(sms_events(self._channel, self._sms, self.port, self._values, "", "openvox"))

    @property
    def nameless(self) -> list[AmiBlock]:
        """Where SMS Received is off."""
        return framed(bare_sms_events(self._channel, self._sms))

    @property
    def _channel(self) -> SmsChannel:
        return SmsChannel.of_port(self.port, self.channel, self.at, "old")


def heard(*events: AmiBlock, at: float = NOON, charset: str = "utf-8") -> list[Overheard]:
    """What they tell of, in the order it began."""
    calls, doubt = SmsCalls(charset=charset, zone=UTC), Doubt()
    keys = [key for event in events if (key := calls.hear(doubt.judge(event, ()), at))]
    return [calls.heard(key) for key in keys]


def only(*events: AmiBlock, at: float = NOON) -> Overheard:
    """The one SMS they tell of."""
    (one,) = heard(*events, at=at)
    return one
