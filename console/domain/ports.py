"""GSM ports: what `gsm show span N` says, and what the console makes of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


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
