"""The channel driver: takes one short message, puts it on the air, and says over AMI what became of it."""

from __future__ import annotations

import random
import re
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING, Protocol

from console.simulator.ami.wire import AmiEvent
from console.simulator.options import Pace, SimulatorOptions, gateway_time
from console.simulator.radio.network import AirMessage, Network, Port
from console.simulator.radio.receiving import leaving, parts_of
from console.simulator.radio.words import SendWord, ussd_busy, ussd_timeout
from console.simulator.radio.yeastar import sent_event
from console.simulator.tasks import Tasks

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


MENU = "*111#"
"""Opens a menu; digits reply to it."""

UNICODE = "*105#"
"""Is answered in UCS-2, which a module hands on in hexadecimal digits."""

_GSM7 = 15
_UCS2 = 72
_WELCOME = "余额 12.50 元。回复 1 续费"
_CHOICES = "1 Balance\n2 Tariff\n0 Leave"


class Response(IntEnum):
    """How the network goes on (3GPP TS 27.007 7.15)."""

    FINAL = 0
    NEEDS_REPLY = 1
    TERMINATED = 2
    NOT_SUPPORTED = 4


@dataclass(frozen=True, slots=True)
class UssdReply:
    """One answer of the network."""

    response: Response
    text: str
    scheme: int = _GSM7

    def words(self, span: int) -> str:
        """The same in the driver's words (and spelling)."""
        head = f"1:Recive USSD on span {span},responses:{self.response.value},code:{self.scheme}"
        return f"{head}\nText:{self.text}\n"


class UssdDesk:
    """The network's side of every port's dialogue."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._open: set[int] = set()
        """Ports whose menu waits for a reply."""

    def ask(self, port: int, text: str) -> UssdReply:
        """Answer a code, or the reply to the menu that is open on that port."""
        if text == MENU:
            self._open.add(port)
            return UssdReply(Response.NEEDS_REPLY, _CHOICES)
        if port in self._open and not text.startswith(("*", "#")):
            return self._choose(port, text)
        self._open.discard(port)
        if text == UNICODE:
            return UssdReply(Response.FINAL, _WELCOME.encode("utf-16-be").hex().upper(), _UCS2)
        if not text.endswith("#"):
            return UssdReply(Response.NOT_SUPPORTED, "")
        return UssdReply(Response.FINAL, f"{text}: balance {self._balance()}")

    def _choose(self, port: int, choice: str) -> UssdReply:
        if choice not in {"0", "1", "2"}:
            return UssdReply(Response.NEEDS_REPLY, f"There is no {choice}.\n{_CHOICES}")
        self._open.discard(port)
        if choice == "0":
            return UssdReply(Response.TERMINATED, "Good bye")
        return UssdReply(Response.FINAL, f"Balance {self._balance()}" if choice == "1" else "Tariff S\nuntil 30.11.")

    def _balance(self) -> str:
        return f"{self._rng.uniform(1, 90):.2f}"


RETRY_EVERY = 2.0
"""Seconds between two looks at a port that is not registered."""

_DIALLED = re.compile(r"\+?[0-9]+")
"""What the driver of 2013 can write into a PDU."""


@dataclass(frozen=True, slots=True)
class ShortMessage:
    """What one `gsm send ...` asks for."""

    port: int
    to: str
    text: str
    part: int = 1
    of: int = 1
    flag: str = ""
    flash: bool = False
    id: str = ""
    concatenated: bool = False
    """Asked for by `csms`, even when it is the only part."""
    by_others: bool = False
    """Another program asked for it."""


class Outcomes(Protocol):
    """Who wants to know what became of a send."""

    def sent(self, port: Port, message: ShortMessage, *, success: bool) -> None: ...

    def reported(self, port: Port, message: ShortMessage, stamp: str, *, success: bool, cause: str) -> None: ...


class Driver:
    """All ports' sending side."""

    def __init__(
        self,
        network: Network,
        options: SimulatorOptions,
        pace: Pace,
        publish: Callable[[AmiEvent], None],
        outcomes: Outcomes,
    ) -> None:
        self._network = network
        self._options = options
        self._is_2013 = options.dialect == "openvox-2013"
        self._pace = pace
        self._publish = publish
        self._outcomes = outcomes
        self._rng = random.Random(f"{options.seed}:driver")  # noqa: S311
        self._desk = UssdDesk(self._rng)
        self._tasks = Tasks()

    async def send(self, message: ShortMessage, *, wait: float) -> SendWord:
        """Send and wait, as the `sync` commands do; a port without network is looked at every 2 s until `wait` s.
        The driver of 2013 goes on looking, and may send it long after it said TIMEOUT.
        """
        port = self._network.ports[message.port]
        if port.busy:
            return SendWord.USING
        if self._is_2013 and not _DIALLED.fullmatch(message.to):
            return SendWord.ENCODE_PDU_FAIL
        port.sending = True
        try:
            waited = 0.0
            while not port.usable:
                if waited + RETRY_EVERY > wait:
                    if self._is_2013:
                        self.post(message)
                        return SendWord.TIMEOUT
                    return self._finish(port, message, success=False)
                await self._pace.sleep(RETRY_EVERY)
                waited += RETRY_EVERY
            await self._pace.sleep(self._delay())
            return self._finish(port, message, success=_takes(port))
        finally:
            port.sending = False

    def post(self, message: ShortMessage) -> None:
        """Send without anyone waiting (`gsm send sms`): queued until the port is free and registered."""
        self._tasks.begin(self._post(message))

    async def ussd(self, port: Port, code: str, *, wait: float) -> str:
        """Ask the network, which answers within `wait` s or not at all; the driver's own words (and spelling)."""
        if port.busy:
            return ussd_busy(port.number, self._options.dialect)
        if not _takes(port):
            return f"0:Send USSD failed on span {port.number}\n"
        port.asking = True
        try:
            if port.mute:
                await self._pace.sleep(wait)
                return ussd_timeout(port.number, self._options.dialect)
            await self._pace.sleep(self._delay())
        finally:
            port.asking = False
        port.last_event = "USSD received"
        return self._desk.ask(port.number, code).words(port.number)

    def forget(self) -> None:
        """Asterisk has ended: what was queued is lost."""
        self._tasks.cancel()

    async def close(self) -> None:
        """The same, and it is over."""
        await self._tasks.close()

    async def _post(self, message: ShortMessage) -> None:
        port = self._network.ports[message.port]
        while port.busy or not port.usable:
            await self._pace.sleep(RETRY_EVERY)
        await self.send(message, wait=RETRY_EVERY)

    def _delay(self) -> float:
        fixed = self._options.sync_delay
        return self._rng.uniform(0.3, 1.5) if fixed is None else fixed

    def _finish(self, port: Port, message: ShortMessage, *, success: bool) -> SendWord:
        port.last_event = "SMS send OK" if success else "SMS send failed"
        port.last_at = f'AT+CMGS="{message.to}"'
        if success:
            self._network.air += self._on_air(port, message)
        if self._options.dialect == "yeastar":
            self._publish(sent_event(port, message, success=success))
        elif not self._is_2013 and (self._options.tells_of_others or not message.by_others):
            self._tell(port, message, success=success)
        return SendWord.SUCCESSFULLY if success else SendWord.FAILED

    def _on_air(self, port: Port, message: ShortMessage) -> Iterator[AirMessage]:
        """What really goes on the air: a Yeastar cuts a long text itself, the others are given parts."""
        texts = parts_of(message.text) if self._options.dialect == "yeastar" else [message.text]
        for part, text in enumerate(texts, message.part):
            yield AirMessage(
                port=port.number,
                to=message.to,
                text=leaving(text) if self._is_2013 else text,
                part=part,
                of=max(message.of, len(texts)),
                flag=message.flag,
                id=message.id,
                at=self._pace.time(),
                flash=message.flash,
            )

    def _tell(self, port: Port, message: ShortMessage, *, success: bool) -> None:
        """Say so over AMI, which is what makes the gateway tell it to others. The driver of 2013 has no such event."""
        self._publish(
            AmiEvent(
                "SMSSendStatus",
                "system",
                (
                    ("Channel", str(port.number)),
                    ("Destination", message.to),
                    ("ID", message.id),
                    ("IMSI", port.sim.imsi if port.sim else ""),
                    ("Status", "SUCCESS" if success else "FAILED"),
                ),
            )
        )
        self._outcomes.sent(port, message, success=success)
        if success and self._options.reports:
            # TP-SCTS: when the service centre took the message, by its own clock.
            stamp = gateway_time(self._pace.time(), slashes=True, zone=port.sim.zone if port.sim else None)
            self._tasks.begin(self._report(port, message, stamp))

    async def _report(self, port: Port, message: ShortMessage, stamp: str) -> None:
        """The network says, some seconds later, whether the handset took it."""
        reached = self._rng.random() < 0.93
        await self._pace.sleep(0.0 if self._options.sync_delay == 0 else self._rng.uniform(1.5, 7.0))
        cause = "0" if reached else "70"
        if not self._is_2013:
            self._publish(
                AmiEvent(
                    "SMSStatusReport",
                    "system",
                    (
                        ("Channel", str(port.number)),
                        ("Board", "1"),
                        ("Sender", message.to),
                        ("Time_scts", stamp),
                        ("IMSI", port.sim.imsi if port.sim else ""),
                        ("Status", "SUCCESS" if reached else "FAIL"),
                        ("Cause", cause),
                    ),
                )
            )
        self._outcomes.reported(port, message, stamp, success=reached, cause=cause)


def _takes(port: Port) -> bool:
    """Whether the network takes anything from this port at this moment."""
    return port.usable and not port.failing
