"""Many messages at once, and what can be said of a send before it is done."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from console.domain.messages import DeliveryState

if TYPE_CHECKING:
    from collections.abc import Mapping


class BatchState(StrEnum):
    """Whether those messages of a batch that have not left may leave."""

    RUNNING = "running"
    PAUSED = "paused"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Batch:
    """Messages queued with one key press."""

    id: int
    created_at: float
    operator: str
    label: str
    """The beginning of the text, or the file that the recipients came from."""
    state: BatchState
    total: int
    counts: Mapping[DeliveryState, int] = field(default_factory=dict)
    """Messages by state, as of now."""
    first_at: float | None = None
    """When the first of them began to leave, Unix seconds UTC."""
    last_at: float | None = None
    """When something last became known of one."""

    @property
    def waiting(self) -> int:
        """Messages that can still be held or called off."""
        return self.counts.get(DeliveryState.QUEUED, 0)

    @property
    def left(self) -> int:
        """Messages that have not left, or are just leaving."""
        return self.waiting + self.counts.get(DeliveryState.SUBMITTING, 0)

    @property
    def gone(self) -> int:
        """Messages that are out of the console, whatever became of them."""
        return self.total - self.left

    @property
    def is_finished(self) -> bool:
        """Whether nothing of it will leave any more."""
        return self.left == 0

    @property
    def is_troubled(self) -> bool:
        """Whether some of it failed, or is of unknown fate."""
        return any(self.counts.get(state) for state in (DeliveryState.FAILED, DeliveryState.UNKNOWN))


@dataclass(frozen=True, slots=True)
class Decided:
    """What became of a batch by a decision on the rest of it."""

    state: BatchState
    called_off: int
    """Messages that were called off by it."""
    on_their_way: int
    """Messages that were leaving just then: it came too late for them."""


@dataclass(frozen=True, slots=True)
class Seen:
    """How the outbox was when somebody looked at what speaks against sending."""

    newest: int
    """Id of the newest message then."""
    again: Mapping[int, DeliveryState]
    """Messages that are to be sent again, and how each was."""


@dataclass(frozen=True, slots=True)
class Troubled:
    """A message that failed or is unknown, and was not sent again."""

    id: int
    state: DeliveryState
    at: float
    """Since when, Unix seconds UTC."""
    batch: int | None


@dataclass(frozen=True, slots=True)
class Forecast:
    """What sending these drafts will mean, as far as it can be told before."""

    ports: tuple[int, ...]
    """Ports they will go through; empty where the gateway chooses."""
    segments: int
    """Of all of them together."""
    seconds: float | None
    """How long it will take, by what the ports did before; None where nothing is known."""


@dataclass(frozen=True, slots=True)
class SimUsage:
    """Segments that went by the SIM in a port, and how many may."""

    today: int
    this_month: int
    daily_limit: int | None
    """None: any number."""
    monthly_limit: int | None

    @property
    def left(self) -> int | None:
        """Segments that may still go now; None: any number."""
        rests = []
        if self.daily_limit is not None:
            rests.append(self.daily_limit - self.today)
        if self.monthly_limit is not None:
            rests.append(self.monthly_limit - self.this_month)
        return max(0, min(rests)) if rests else None

    def refusal(self, port: int, segments: int) -> str:
        """Why so many can't go by the SIM in a port, in words; empty when they can."""
        counts = ((self.today, self.daily_limit, "today"), (self.this_month, self.monthly_limit, "this month"))
        for gone, limit, when in counts:
            if limit is not None and gone + segments > limit:
                more = f", and this message needs {segments} more" if gone < limit else ""
                return f"Port {port}: {gone} of {limit} segments {when}{more}."
        return ""


@dataclass(frozen=True, slots=True)
class Allowance:
    """What may go by the SIM in a port, whoever sends."""

    daily: int | None = None
    """Segments since `today`; None: any number."""
    monthly: int | None = None
    today: float = 0.0
    """When the day began, Unix seconds UTC."""
    month: float = 0.0
    pace: float = 0.0
    """Seconds from the end of one message to the start of the next."""
    pace_after_failure: float = 0.0


ANYTHING = Allowance()
"""No limit and no pause."""


@dataclass(frozen=True, slots=True)
class Held:
    """A message must not leave just now; nothing of it has."""

    words: str
    """Why."""
    seconds: float | None
    """After which it is worth another try, as far as the port goes: 0 where its batch is paused, and None where its SIM
    is at its limit.
    """


@dataclass(frozen=True, slots=True)
class OptOut:
    """Somebody who asked for no more messages."""

    number: str
    """In full where its country is known."""
    operator: str
    """Who said so: a person, or a rule."""
    at: float
    """When, Unix seconds UTC."""
    words: str
    """What they wrote; text from outside. Empty: they said so in another way."""


@dataclass(frozen=True, slots=True)
class Remark:
    """Why a draft should be looked at twice before it is sent."""

    guard: str
    """Which guard says so: `short code`, `deny list`, `repetition`, `reply loop`, `guess`, `field`."""
    words: str
    """The reason, for the operator. May hold text from outside."""
