"""AMI events of SMS that come in, as a gateway writes them."""

from __future__ import annotations

from datetime import UTC
from typing import TYPE_CHECKING

from console.protocol.ami.calls import SmsCalls
from console.protocol.ami.doubt import Doubt
from console.protocol.ami.frames import AmiFramer
from console.simulator.ami.dialplan import inbound_steps, only_step
from console.simulator.http.callbacks import encode_inbound, inbound_query
from console.simulator.options import ParameterNames
from tests.support.backend import NOON

if TYPE_CHECKING:
    from collections.abc import Iterable

    from console.protocol.ami.frames import AmiBlock
    from console.protocol.ami.heard_sms import Overheard
    from console.simulator.ami.wire import AmiEvent
    from console.simulator.http.callbacks import InboundSms

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
        self._sms: InboundSms = encode_inbound(number, shown_port, f"gsm-1.{port}", text, at, "460", signed_char=signed)

    @property
    def target(self) -> bytes:
        """The request target of its callback."""
        return f"/sms/gw1?{inbound_query(ParameterNames(), self._sms)}".encode()

    @property
    def events(self) -> list[AmiBlock]:
        """NoOp, System, Set and VarSet for each value, System."""
        return framed(self.steps)

    @property
    def steps(self) -> list[AmiEvent]:
        return list(inbound_steps(self.port, self.channel, self.at, self.number, self.text, "+8613800", self._sms, URL))

    @property
    def command_only(self) -> list[AmiBlock]:
        """Where SMS to HTTP is off: NoOp, and the shell command with the raw text."""
        return framed(self.steps[:2])

    @property
    def nameless(self) -> list[AmiBlock]:
        """Where SMS Received is off."""
        return framed(only_step(self.port, self.channel, self.at))


def heard(*events: AmiBlock, at: float = NOON, charset: str = "utf-8") -> list[Overheard]:
    """What they tell of, in the order it began."""
    calls, doubt = SmsCalls(charset=charset, zone=UTC), Doubt()
    keys = [key for event in events if (key := calls.hear(doubt.judge(event, ()), at))]
    return [calls.heard(key) for key in keys]


def only(*events: AmiBlock, at: float = NOON) -> Overheard:
    """The one SMS they tell of."""
    (one,) = heard(*events, at=at)
    return one
