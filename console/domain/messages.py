"""SMS in both directions, as parsed, as stored, and what is known of their fate."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple


class CallbackKind(StrEnum):
    """What a call of the gateway's "SMS to HTTP" brings."""

    SMS = "sms"
    RESULT = "result"
    """`type=SMS-Status-Result`: the gateway says what became of a send."""
    REPORT = "report"
    """`type=SMS-Status-Report`: the network says what became of a message."""
    UNREADABLE = "unreadable"
    """Not understood; kept raw, with the reason."""
    GAP = "gap"
    """No callback: a time in which nobody listened. What came then did not reach the console."""


@dataclass(frozen=True, slots=True)
class Callback:
    """One callback, decoded once from its raw query. Fields the callback did not carry are empty strings."""

    kind: CallbackKind
    number: str = ""
    """The other party: digits with an optional `+`, a short code, or an alphanumeric sender."""
    text: str = ""
    port: str = ""
    """As the gateway names it: `3`, or `gsm-1.2` (board.span) on older firmware."""
    port_name: str = ""
    gateway_time: str = ""
    """As written by the gateway, without a zone: `2014/09/11 09:36:47`."""
    imsi: str = ""
    id: str = ""
    status: str = ""
    cause: str = ""
    reason: str = ""
    """Why an UNREADABLE one could not be read, in words for the operator."""


class Joined(StrEnum):
    """How the parts of a long SMS are put together."""

    NUMBERED = "numbered"
    """In the order that the gateway gives them."""
    GUESSED = "guessed"
    """The gateway does not number them: that they are one SMS is a guess, and so is their order."""
    APART = "apart"
    """Not at all, because somebody took them apart or the last part may be another's. They stand as they came."""


SEAM = "┊"
"""Stands between two parts where it was not the gateway that said how they belong together."""


@dataclass(frozen=True, slots=True)
class InboxMessage:
    """An entry of the inbox: an SMS however often and in however many parts it came, an unreadable callback kept raw,
    or a gap.
    """

    id: int
    gateway: str
    """Name of the gateway that called, or empty when it could not be told."""
    received_at: float
    """When this console took it, Unix seconds UTC."""
    callback: Callback
    """As it came first; of a long SMS the text is that of all its parts so far, on lines of their own where they are
    apart.
    """
    raw: bytes
    """The request target (or, for what was no HTTP request at all, the bytes) as received first."""
    read: bool
    copies: int = 1
    """How often it came: the same from the same sender through the same port at the same time of the gateway."""
    pieces: tuple[str, ...] = ()
    """Texts of the parts that are here, where there are several, as `joined` orders them."""
    joined: Joined | None = None
    """None for an SMS in one piece."""
    missing: int = 0
    """Parts that are not; 0 also where the gateway does not number them."""
    since: float = 0.0
    """Of a GAP: from when nobody listened, Unix seconds UTC."""
    until: float = 0.0
    """Of a GAP: until when."""

    @property
    def parts(self) -> int:
        """Parts that are here."""
        return len(self.pieces) or 1

    @property
    def seamed(self) -> str:
        """The text to be shown: with seams between parts whose order nobody told."""
        if self.joined is Joined.GUESSED:
            return SEAM.join(self.pieces)
        if self.joined is Joined.APART:
            return f"\n{SEAM} ".join(self.pieces)
        return self.callback.text

    @property
    def by_ami(self) -> bool:
        """No callback brought it first (of a long SMS: its first part): AMI saw it."""
        return came_by_ami(self.gateway, self.raw)

    @property
    def lacks_callback(self) -> bool:
        """AMI told of it, and a callback should have brought it; not so of Yeastar's `ReceivedSMS`, which has none."""
        return self.by_ami and not self.raw.startswith(b"Event: ReceivedSMS\r\n")


def came_by_ami(gateway: str, raw: bytes) -> bool:
    """Whether what is kept of a gateway are AMI events. Stray bytes at the receiver belong to no gateway."""
    return bool(gateway) and raw.startswith(b"Event:")


@dataclass(frozen=True, slots=True)
class ReceivedCallback:
    """One call that stands behind an entry of the inbox."""

    received_at: float
    callback: Callback
    raw: bytes
    part: int = 1
    """Which piece of the entry it brought, from 1 in the order they came."""
    copy: int = 0
    """0 when it was the first to bring it, n for the nth repetition."""


@dataclass(frozen=True, slots=True)
class Claim:
    """Who looks after an entry of the inbox."""

    entry: int
    operator: str
    claimed_at: float
    """Unix seconds UTC."""
    done_at: float | None = None
    """When it was done with; None while it is not."""
    done_by: str = ""


class Claimed(NamedTuple):
    """What became of many claims that were to be changed together."""

    changed: int
    """How many were."""
    others: tuple[Claim, ...] = ()
    """Those that were left, because they were others than the operator saw: as they are."""


class Via(StrEnum):
    """The way a message leaves the console."""

    HTTP = "http"
    AMI = "ami"
    OTHERS = "others"
    """It did not leave this console: another program sent it through the gateway."""


class DeliveryState(StrEnum):
    """How far a message is known to have come. The table of moves is `console.protocol.rules.delivery`."""

    QUEUED = "queued"
    SUBMITTING = "submitting"
    ACCEPTED = "accepted"
    """The gateway took it (`sending`): it is not on the air yet."""
    SENT = "sent"
    """The module says the network took it."""
    DELIVERED = "delivered"
    FAILED = "failed"
    UNKNOWN = "unknown"
    """The bytes left and no readable answer came: it may or may not have been sent. Never retried by the program."""
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Draft:
    """What the operator asked to send; nothing has left yet."""

    gateway: str
    to: str
    """One recipient, only `[+0-9*#]`."""
    text: str
    port: int | None
    """GSM port from 1, or None to let the console choose (by HTTP the gateway, where no port is known)."""
    via: Via
    pool: str = ""
    """Name of a set of ports of the configuration to go through in turn; empty: `port`, or any."""
    again_of: int | None = None
    """Id of the message that this one is sent again for."""
    not_before: float | None = None
    """It waits until then, Unix seconds UTC; None: it may leave at once."""
    not_after: float | None = None
    """It must not leave later than then; None: whenever it can."""


@dataclass(frozen=True, slots=True)
class OutboxMessage:
    """A message on its way out, with the state of its worst segment."""

    id: int
    created_at: float
    updated_at: float
    draft: Draft
    state: DeliveryState
    segments: tuple[DeliveryState, ...]
    """State of each segment, in order. By HTTP the gateway splits and answers once: one entry."""
    detail: str
    """The gateway's last word on it, or ours when it said nothing. Raw text from outside."""
    port: int | None = None
    """The port it goes through, or None while nobody knows."""
    operator: str = ""
    """Who sent it: `console.domain.audit`."""
    batch: int | None = None
    """The batch it was queued in, None for one on its own."""
    parts: int = 1
    """How many parts it is known to become on the air."""
    deadline: float | None = None
    """Until when its result is waited for, once it is ACCEPTED; Unix seconds UTC."""
    sent_at: float | None = None
    """When all of it was known to be on the air."""
    delivered_at: float | None = None
    again_as: int | None = None
    """Id of the message that was sent in its place."""
    again_state: DeliveryState | None = None
    """How far that one is known to have come."""

    @property
    def is_ours(self) -> bool:
        """A console sent it. What another program sent is only looked at, and `operator` is that program's name."""
        return self.draft.via is not Via.OTHERS


ANSWER_KEPT = 4_000
"""Characters kept of a gateway's answer: a refused login is followed by pages of usage text."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One thing that became known about a message."""

    message_id: int
    segment: int
    """From 1; 0 for the message as a whole."""
    at: float
    state: DeliveryState
    source: str
    """Who says so: `console`, `http answer`, `ami answer`, `SMSSendStatus`, `SMS-Status-Result`, …"""
    raw: str
    """The words it rests on. Raw text from outside."""
    port: int | None = None
    """The port that was chosen for it, where this is what became known."""
    imsi: str = ""
    """The SIM in that port."""
    why: str = ""
    """Why it is one of this message, where no id says so."""


@dataclass(frozen=True, slots=True)
class PortCounts:
    """SMS through one port since some moment. Those that were called off do not count."""

    received: int = 0
    sent: int = 0
    failed: int = 0
    unknown: int = 0
    delivered: int = 0
    """Of those sent."""
    delivery_seconds: float | None = None
    """From the air to the handset, on average of those delivered."""
