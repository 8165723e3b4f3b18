"""What is wrong, where, since when, and who has seen it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class AlarmKind(StrEnum):
    """What an alarm is about, in the operator's words."""

    AMI_DOWN = "AMI down"
    RECEIVER_DOWN = "receiver down"
    STALE = "data is old"
    NO_SIM = "no SIM"
    NEEDS_PIN = "PIN or PUK needed"
    UNREGISTERED = "not registered"
    LOW_SIGNAL = "signal low"
    FAILURES = "suspect blocked SIM"
    """Registered, and yet one send after the other fails."""
    SILENT = "unusually silent"
    LIMIT_NEAR = "SIM limit near"
    OTHER_SIM = "SIM changed"
    """Until a person says that it is the right one: by acknowledging it."""

    @property
    def code(self) -> str:
        """For programs, in the database and to the alarm command: `no_sim`. Does not change with the words."""
        return self.name.lower()

    @classmethod
    def from_code(cls, code: str) -> AlarmKind:
        """The kind of a `code`. KeyError where there is none."""
        return cls[code.upper()]


class AlarmNews(StrEnum):
    """What there is to tell of an alarm."""

    RAISED = "raised"
    CLEARED = "cleared"
    REPEATED = "repeated"
    """It lasts, and nobody has acknowledged it."""


Place = tuple[AlarmKind, str, int]
"""A kind, a gateway and a port, as of `Condition`."""


@dataclass(frozen=True, slots=True)
class Condition:
    """Something that is wrong now."""

    kind: AlarmKind
    gateway: str
    """Empty: about the console itself."""
    port: int
    """0: about the gateway as a whole."""
    words: str
    """One line for the operator. May hold text from outside."""

    @property
    def place(self) -> Place:
        """What it is and where: while it lasts there is one of these."""
        return (self.kind, self.gateway, self.port)


@dataclass(frozen=True, slots=True)
class Alarm:
    """A condition with its history. Times are Unix seconds UTC."""

    id: int
    kind: AlarmKind
    gateway: str
    port: int
    words: str
    raised_at: float
    cleared_at: float | None
    """None while it lasts."""
    acknowledged_at: float | None
    acknowledged_by: str

    @property
    def is_open(self) -> bool:
        """It lasts."""
        return self.cleared_at is None

    @property
    def condition(self) -> Condition:
        """What is or was wrong."""
        return Condition(self.kind, self.gateway, self.port, self.words)

    def lasted(self, now: float) -> float:
        """Seconds from the raise to the end, or until `now` (Unix seconds UTC)."""
        return max(0.0, (now if self.cleared_at is None else self.cleared_at) - self.raised_at)

    def sounds_again(self, after: float, until: float, period: float) -> bool:
        """Whether it is open, nobody acknowledged it, and a whole number of periods since the raise was reached in
        `after` < t <= `until` (Unix seconds UTC). `period` is in seconds; 0: never.
        """
        if not self.is_open or self.acknowledged_at is not None or period <= 0 or until - self.raised_at < period:
            return False
        return (until - self.raised_at) // period > (after - self.raised_at) // period
