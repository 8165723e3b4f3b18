"""GSM ports: what `gsm show span N` says, and what the console makes of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

from console.domain.messages import PortCounts

STALE_AFTER = 120.0
"""Seconds for which a reading counts, where nothing else is said: three rounds of questions at their slowest, by
default, so that a port which missed one is not called old.
"""

SAMPLE_EVERY = 300.0
"""Seconds between two moments at which each port's state is written down."""

SAMPLE_COUNTS = 2 * SAMPLE_EVERY
"""Seconds for which such a state counts: the next one is late then."""

SUSPECT_AFTER = 3
"""Failures in a row from which a port is suspect, where nothing else is said."""


class PortHealth(StrEnum):
    """One word an operator understands, drawn from Status, Network Status and State together."""

    READY = "ready"
    """Registered and idle."""
    BUSY = "busy"
    STARTING = "starting"
    UNREGISTERED = "unregistered"
    NEEDS_PIN = "needs PIN"
    NO_SIM = "no SIM"
    BLOCKED = "blocked"
    OFF = "off"
    DOWN = "down"
    UNKNOWN = "unknown"
    """Never read, or words this console does not know: show them as they are."""


@dataclass(frozen=True, slots=True)
class SpanReport:
    """`gsm show span N`, parsed by name; a field the gateway left out is an empty string or None."""

    status: str = ""
    """e.g. `Power on, Provisioned, Up, Active, Standard`."""
    type: str = ""
    manufacturer: str = ""
    model: str = ""
    imei: str = ""
    revision: str = ""
    operator: str = ""
    """Network Name, e.g. `CHINA MOBILE`."""
    band: str = ""
    registration: str = ""
    """Network Status, e.g. `Registered (Home network)`."""
    signal: int | None = None
    """0 to 31 (3GPP TS 27.007 +CSQ); None when unknown (99, negative or absent)."""
    ber: int | None = None
    """0 to 7; None when unknown."""
    imsi: str = ""
    smsc: str = ""
    own_number: str = ""
    remain_time: str = ""
    pdd: str = ""
    asr: str = ""
    acd: str = ""
    last_event: str = ""
    state: str = ""
    """The driver's word, e.g. `READY`, `SIM PIN REQ`, `SMS SENDING`."""
    limits: tuple[str, ...] = ()
    last_at: str = ""
    other: tuple[tuple[str, str], ...] = ()
    """Fields this console has no name for, in order."""


@dataclass(frozen=True, slots=True)
class PortNote:
    """What colleagues should know of a port."""

    gateway: str
    port: int
    note: str
    locked_out: bool
    """`auto` and sets of ports leave it out; whoever names it may still use it."""
    operator: str
    """Who said so."""
    at: float
    """When, Unix seconds UTC."""


Place = tuple[str, int]
"""Gateway and port."""


@dataclass(frozen=True, slots=True)
class PortSim:
    """Which SIM belongs in a port, and which was seen there last."""

    gateway: str
    port: int
    imsi: str
    """Of the one that was there first, or that a person said is the one now."""
    seen: str
    seen_at: float
    """When `seen` was first seen there, Unix seconds UTC."""

    @property
    def is_other(self) -> bool:
        """Whether another SIM is in it than belongs there."""
        return self.seen != self.imsi


@dataclass(frozen=True, slots=True)
class PortSample:
    """How a port was at some moment."""

    at: float
    """Unix seconds UTC."""
    signal: int | None
    """0 to 31; None when unknown."""
    health: PortHealth


@dataclass(frozen=True, slots=True)
class PortSnapshot:
    """One port as last heard. Times are Unix seconds UTC."""

    port: int
    """From 1; the span number."""
    health: PortHealth
    since: float
    """When `health` was first seen as it is now."""
    read_at: float | None
    """When `report` was read; None before the first answer."""
    report: SpanReport
    signal_history: tuple[int | None, ...] = ()
    """Signal readings, oldest first, bounded."""
    raw: str = ""
    """The gateway's own words, whole."""
    fresh_for: float = STALE_AFTER
    """Seconds for which the reading counts."""

    def is_fresh(self, now: float) -> bool:
        """Whether what the port said last still counts; `now` is Unix seconds UTC."""
        return self.read_at is not None and now - self.read_at <= self.fresh_for


class Total(StrEnum):
    """What is counted of a port."""

    RECEIVED = "received"
    SENT = "sent"
    """Known to be on the air."""
    FAILED = "failed"
    UNKNOWN = "unknown"
    DELIVERED = "delivered"
    SENDING = "sending"
    """Seconds from when it began to leave until it was known to be on the air."""
    DELIVERY = "delivery"
    """Seconds from then until it was known to be on the handset."""


OURS, OTHERS = "console", "others"
"""Who sent what is counted."""

TIME_BOUNDS: Mapping[str, tuple[float, ...]] = {
    Total.SENDING: (1.0, 2.5, 5.0, 10.0, 15.0, 30.0, 60.0, 150.0),
    Total.DELIVERY: (2.5, 5.0, 10.0, 30.0, 60.0, 300.0, 900.0, 3600.0, 21600.0, 86400.0),
}
"""Seconds: upper bounds of the classes that times are counted by. One class more holds what is longer."""


class PortTotal(NamedTuple):
    """A number that only rises."""

    gateway: str
    """Empty: not known."""
    port: int
    """0: not known."""
    name: str
    """One of Total."""
    label: str
    """Of messages sent OURS or OTHERS; of a time the bound of its class (`inf`: none), or `sum`."""
    value: float


@dataclass(frozen=True, slots=True)
class PortPast:
    """What a port did in the last fourteen days. Times are Unix seconds UTC, None where there was none."""

    received_at: float | None = None
    """When the last SMS came in."""
    sent_at: float | None = None
    """When the last message was queued that is known to be on the air."""
    failures: int = 0
    """Messages that failed since then, in a row and by one SIM."""
    failed_imsi: str = ""
    """The SIM by which these went; empty where it was not known."""
    usable_at: float | None = None
    """When it last certainly worked."""
    usual_pause: float | None = None
    """Median of the seconds between two inbound SMS; None: too few came lately to speak of a habit."""
    long_pause: float = 0.0
    """A pause that it made often enough, too, to be a habit: the third-longest of them, in seconds."""
    others_at: float | None = None
    """When another program was last seen to send by it."""

    def failures_of(self, imsi: str) -> int:
        """The failures that the SIM which is in the port now has to answer for: none where another one failed. A SIM
        that is not known is taken for the same.
        """
        replaced = self.failed_imsi and imsi and self.failed_imsi != imsi
        return 0 if replaced else self.failures


@dataclass(frozen=True, slots=True)
class KeptPort:
    """A port by what is written down of it: nobody asked the gateway just now."""

    gateway: str
    port: int
    sample: PortSample | None = None
    """How it was when somebody last watched it; None: not in the last fourteen days."""
    sim: PortSim | None = None
    note: PortNote | None = None
    past: PortPast = field(default_factory=PortPast)
    today: PortCounts = field(default_factory=PortCounts)
    """Since midnight, local time."""

    @property
    def key(self) -> Place:
        """Gateway and port."""
        return self.gateway, self.port

    @property
    def imsi(self) -> str:
        """Of the SIM that was seen in it last; empty where none was."""
        return self.sim.seen if self.sim is not None else ""

    @property
    def locked_out(self) -> bool:
        """`auto` and sets of ports leave it out."""
        return self.note is not None and self.note.locked_out

    @property
    def failures(self) -> int:
        """Messages in a row that failed by its SIM."""
        return self.past.failures_of(self.imsi)

    @property
    def health(self) -> PortHealth:
        """As it was when it was last watched."""
        return PortHealth.UNKNOWN if self.sample is None else self.sample.health

    def is_known(self, now: float) -> bool:
        """Whether that was lately; `now` is Unix seconds UTC."""
        return self.sample is not None and now - self.sample.at <= SAMPLE_COUNTS

    def in_service(self, now: float) -> bool:
        """Whether it is known to be able to send and receive."""
        return self.is_known(now) and self.health in {PortHealth.READY, PortHealth.BUSY}
