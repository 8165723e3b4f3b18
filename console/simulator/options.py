"""What a simulated gateway is told at birth, and the pace at which time goes by inside it."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Literal, Protocol

from console.config.records import DialectName
from console.domain.clock import Clock

if TYPE_CHECKING:
    from datetime import tzinfo

Dialect = DialectName
"""As the configuration has it. `openvox` has the queueing CGI and plain port numbers; `openvox-2014` has the old CGI
and `gsm-1.2` ports; `openvox-2013` is as that with the driver as its source is known (chan_extra 2.0.8): its answers,
no events of its own, and texts as it decodes them. `yeastar` has no web pages, and tells of SMS over AMI alone.
"""

CommandForm = Literal["old", "new"]
"""Shape of an AMI Command answer: `Response: Follows` (Asterisk up to 13) or `Output:` headers (from 14)."""

HttpToSms = Literal["on", "off", "stale"]
"""Whether `/sendsms` works; `stale` is a CGI process still alive after the operator switched the page off."""

ALL_READ_CLASSES = frozenset(
    "system call log verbose agent user config dtmf reporting cdr dialplan smscommand".split()  # noqa: SIM905
)
"""Read classes of a gateway's main AMI account."""

ALL_WRITE_CLASSES = frozenset(
    "system call command agent user config reporting originate smscommand".split()  # noqa: SIM905
)


class Pace(Clock, Protocol):
    """A clock that can also be waited on, so that a test decides how fast the simulated day goes."""

    async def sleep(self, seconds: float) -> None: ...


class RealPace:
    """Real time."""

    def time(self) -> float:
        return time.time()

    def monotonic(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


@dataclass(frozen=True, slots=True)
class ParameterNames:
    """Names of the callback's parameters: free text on the gateway's page, there is no default there."""

    number: str = "phonenumber"
    port: str = "port"
    port_name: str = "portname"
    text: str = "message"
    time: str = "time"
    imsi: str = "imsi"
    status: str = "status"

    @classmethod
    def vendor_note(cls) -> ParameterNames:
        """The names that the receiver in the vendor's HTTP note reads: `num, port, message, time`."""
        return cls(number="num")


@dataclass(frozen=True, slots=True)
class SimulatorOptions:
    """How the box is set up. Addresses are `host:port`; TCP port 0 lets the system choose."""

    ports: int = 8
    """GSM ports, from 1."""
    seed: int = 1
    rate: float = 0.0
    """Events of life a second; 0 is a quiet radio."""
    user: str = "admin"
    password: str = field(default="admin", repr=False)
    """Of the AMI account."""
    read_classes: frozenset[str] = ALL_READ_CLASSES
    write_classes: frozenset[str] = ALL_WRITE_CLASSES
    http_user: str = "smsuser"
    http_password: str = field(default="smspwd", repr=False)
    http_to_sms: HttpToSms = "on"
    default_report: Literal["JSON", "String", "no"] = "JSON"
    dialect: Dialect = "openvox"
    command_form: CommandForm = "old"
    deliver_to: str | None = None
    """URL of "SMS to HTTP"; a query in it is the page's `user-defined` tail. None: the switch is off."""
    parameter_names: ParameterNames = ParameterNames()
    send_results: bool = False
    """ "AsyncSMS Result to HTTP"."""
    tells_of_others: bool = True
    """Whether AMI and callbacks tell of what other programs send, too: what firmware does is not known."""
    reports: bool = False
    """Delivery reports: asked from the network, raised over AMI and sent to `deliver_to`."""
    sync_delay: float | None = None
    """Seconds that a module needs to send one SMS; None: 0.3 to 1.5, at random."""
    ami_address: str = "127.0.0.1:0"
    http_address: str = "127.0.0.1:0"
    login_delay: float = 1.0
    """Seconds before a refused login is answered."""
    auth_timeout: float = 30.0
    """Seconds that a connection may stay without a login."""
    write_timeout: float = 0.1
    """Seconds that a reader may keep a write waiting before its session is cut."""
    sms_received: bool = True
    """The page's switch "SMS Received": off, nothing is made of an SMS, and AMI shows only that there was one."""
    coloured: bool = False
    """Write `core show help` in colours, as Asterisk's own console does."""
    signed_char: bool = False
    """URIENCODE writes `%FFFFFFC3` for the byte 0xC3, as Asterisk 1.8 does where `char` is signed (x86)."""


def split_address(address: str) -> tuple[str, int]:
    """`127.0.0.1:5038` or `[::1]:5038` as host and TCP port.

    Raises ValueError with the text when it is neither.
    """
    host, colon, tcp_port = address.rpartition(":")
    if not colon or not tcp_port.isascii() or not tcp_port.isdigit() or int(tcp_port) > 65535:
        raise ValueError(f"not HOST:PORT: {address!r}")
    return host.strip("[]") or "127.0.0.1", int(tcp_port)


def gateway_time(at: float, *, slashes: bool = False, zone: tzinfo | None = None) -> str:
    """A wall clock, the gateway's own or that of `zone`, which the words don't name: dashes in results, slashes
    (`2014/09/11 09:36:47`) in inbound SMS.
    """
    form = "%Y/%m/%d %H:%M:%S" if slashes else "%Y-%m-%d %H:%M:%S"
    return datetime.fromtimestamp(at, tz=UTC).astimezone(zone).strftime(form)
