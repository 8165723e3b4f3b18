"""What an AMI event tells, in the console's own terms. Texts come from outside, as they are."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from console.domain.messages import DeliveryState


@dataclass(frozen=True, slots=True)
class SendStatus:
    """`SMSSendStatus`, or `UpdateSMSSend` (Yeastar): what became of a send, by the id it was sent with."""

    id: str
    state: DeliveryState
    """SENT, FAILED, or UNKNOWN for a word not known here."""
    status: str
    """The gateway's own word."""
    port: int | None = None
    to: str = ""
    imsi: str = ""


@dataclass(frozen=True, slots=True)
class DeliveryReport:
    """`SMSStatusReport`: what the network says became of a message. It carries no id of ours."""

    port: int | None
    recipient: str
    state: DeliveryState
    """DELIVERED, FAILED, or UNKNOWN for a word not known here."""
    status: str
    cause: str
    imsi: str
    sent_at: str
    """The service centre's time stamp, as written."""


class PortChange(StrEnum):
    """What happened to a port."""

    READY = "ready"
    DOWN = "down"
    SIM_INSERTED = "SIM inserted"
    LOCKED = "locked"
    UNLOCKED = "unlocked"


@dataclass(frozen=True, slots=True)
class PortEvent:
    """`ExtraReady`, `ExtraDown`, `SimInserted`, `ExtraLock`, `ExtraUnlock`: the port must be read anew."""

    port: int | None
    change: PortChange
    detail: str = ""
    """The gateway's reason, e.g. `SIM Not inserted`."""


class CallStep(StrEnum):
    """How far a call has come."""

    DIALLING = "dialling"
    INCOMING = "incoming"
    RINGING = "ringing"
    CONNECTED = "connected"
    HUNG_UP = "hung up"


@dataclass(frozen=True, slots=True)
class CallEvent:
    """A call on a port moved on; while it lasts the port is busy."""

    port: int | None
    step: CallStep
    detail: str = ""


@dataclass(frozen=True, slots=True)
class SmsStep:
    """`Newexten` of extension `sms`: one dialplan step of a message coming in."""

    port: int | None
    call: str
    """Uniqueid of the channel that runs the steps: the same for all steps of one message."""
    application: str
    """`NoOp`, `Set`, `System`, …"""
    variable: str
    """What a Set step sets, else empty."""
    value: str
    """The variable's value, percent-decoded when it was encoded; of other applications the whole AppData."""


@dataclass(frozen=True, slots=True)
class HeardSms:
    """A message seen coming in over AMI. It is an entry of the inbox only where no callback brings it."""

    port: int | None
    number: str
    text: str
    time: str
    imsi: str
    exact: bool
    """False when the text stood unquoted in a shell command, where quotes and line breaks may have cut it."""


@dataclass(frozen=True, slots=True)
class SmsPart:
    """`ReceivedSMS` (Yeastar): one part of a message; the parts share an id."""

    port: int | None
    id: str
    sender: str
    text: str
    time: str
    index: int
    """As numbered by the gateway: from 0 or from 1."""
    total: int
    smsc: str


@dataclass(frozen=True, slots=True)
class Shutdown:
    """The gateway's Asterisk is going down, and the connection with it."""

    restart: bool
    """It says it will be back."""


Fact = SendStatus | DeliveryReport | PortEvent | CallEvent | SmsStep | SmsPart
