"""The state of the connections: AMI link, its account's rights, receiver, and the traffic that the AMI pane shows."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from console.domain.ports import SUSPECT_AFTER

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.domain.ami import AmiMessage
    from console.domain.ports import PortSnapshot
    from console.domain.sending import SimUsage


class Holding(StrEnum):
    """Whether an account has a class."""

    HELD = "held"
    MISSING = "missing"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class AccountRights:
    """As far as it could be learnt after a login."""

    at: float
    """When it was learnt, Unix seconds UTC."""
    read: Mapping[str, Holding]
    """By the name of the class: those the console needs (`system`, `call`) and those the gateway named."""
    write: Mapping[str, Holding]
    """In the same way; the console needs `command`."""
    findings: tuple[str, ...] = ()
    """What can't be done or seen, and why, one line each; empty when nothing is missing."""
    remark: str = ""
    """What follows from having or not having the class that may be left out, `dialplan`; empty when not known."""
    manager_conf: tuple[str, ...] = ()
    """Lines to ask the gateway's owner for, its section first; empty when nothing is missing."""


class LinkPhase(StrEnum):
    """Where the persistent AMI session stands."""

    CONNECTING = "connecting"
    LOGGING_IN = "logging in"
    UP = "up"
    WAITING = "waiting"
    """Down; will try again at `retry_at`."""
    REFUSED = "refused"
    """The gateway refused the login: tried again only when a person asks."""
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class LinkStatus:
    """Snapshot of one gateway's AMI link."""

    phase: LinkPhase
    since: float
    """When this phase began, Unix seconds UTC."""
    detail: str = ""
    """Why, in words, when it is not up. May hold text from the gateway."""
    retry_at: float | None = None
    """Unix seconds UTC of the next try, in phase WAITING."""
    banner: str = ""


@dataclass(frozen=True, slots=True)
class HttpTrouble:
    """The last request to a gateway's `/sendsms` got no readable answer. It is over with the next that does."""

    at: float
    """When that was known, Unix seconds UTC."""
    words: str
    """Why. May hold text from the gateway."""


@dataclass(frozen=True, slots=True)
class RefusedRequest:
    """Requests that the receiver answered with something else than 200, or cut off: one address, one reason.

    Turned away, or callbacks that could not be kept.
    """

    at: float
    """Of the last one, Unix seconds UTC."""
    address: str
    """Of the caller."""
    reason: str
    """In words. May hold text from outside."""
    count: int = 1
    """How often, since start."""


@dataclass(frozen=True, slots=True)
class ReceiverStatus:
    """Snapshot of the embedded HTTP receiver."""

    listening: bool
    address: str
    """`host:port` as bound, or as wanted while it is not."""
    since: float
    detail: str = ""
    """Why it does not listen, and what to do."""
    accepted: int = 0
    """Callbacks answered 200 since start."""
    refused: int = 0
    """Requests turned away since start."""
    refusals: tuple[RefusedRequest, ...] = ()
    """The last of those, oldest first; bounded."""
    unkept: int = 0
    """Callbacks answered 503 since start, because they could not be committed. They were not turned away: they are
    lost unless the gateway calls again.
    """
    unkept_calls: tuple[RefusedRequest, ...] = ()
    """The last of those, oldest first; bounded."""
    by: str = ""
    """While it does not listen: the other process of this store that does, `PID 4711 on jump1`. Nothing is
    wrong then.
    """
    next: tuple[str, ...] = ()
    """While it listens: other processes of this store that wait to take over, one of which will."""
    tried: bool = True
    """Whether to listen has been tried at all."""


@dataclass(frozen=True, slots=True)
class GatewaySnapshot:
    """All that is known of one gateway now."""

    name: str
    host: str
    link: LinkStatus
    ports: tuple[PortSnapshot, ...] = field(default=())
    price_per_segment: float | None = None
    currency: str = ""
    rights: AccountRights | None = None
    """Of the AMI account, as learnt after the last login; None while nothing was learnt."""
    port_sets: tuple[tuple[str, str], ...] = ()
    """Names of the configured sets of ports, each with its ports in words: `1 > 2 > 5`."""
    usage: Mapping[int, SimUsage] = field(default_factory=dict)
    """By port, what went by its SIM where that is limited."""
    http_trouble: HttpTrouble | None = None
    suspect_after: int = SUSPECT_AFTER
    """Failures in a row from which a port of it is suspect."""
    dialect: str = "openvox"
    """What it says and understands, by its name in the configuration."""


class Flow(StrEnum):
    """Direction of a line of the AMI log."""

    IN = "in"
    OUT = "out"
    NOTE = "note"
    """The console's own remark: connected, a gap, a reason."""


MARK = "mark"
"""Session of a NOTE that the operator put into the log, to find the place again."""


@dataclass(frozen=True, slots=True)
class LogRecord:
    """One entry of the AMI log."""

    seq: int
    """Rises by one an entry, from 1, never reused."""
    at: float
    gateway: str
    flow: Flow
    text: str
    """For OUT the action as `Name: value` lines with secrets masked; for NOTE the remark; for IN empty."""
    message: AmiMessage | None = None
    """For IN: the message."""
    session: str = ""
    """Empty for the persistent session, `send` for a sending one, MARK for a mark of the operator."""

    @property
    def is_mark(self) -> bool:
        """The operator put it there."""
        return self.flow is Flow.NOTE and self.session == MARK
