"""Whether a message that waits may leave now: not before a time, not after a time, by a clock that may jump.

A clock that jumps says nothing true of what was planned by it. So two readings are gone by: what the clock shows, and
what it would show had it gone on steadily. They are the same but after a jump; then a message leaves, or is too late,
only where both say so.
"""

from __future__ import annotations

from dataclasses import replace
from enum import Enum, auto
from typing import TYPE_CHECKING, NamedTuple

from console.domain.messages import DeliveryState

if TYPE_CHECKING:
    from console.domain.messages import Draft, OutboxMessage

JUMP = 120.0
"""Seconds by which a clock is off at once that was put on or back; less is set right in the course of time."""

TOO_LATE = "not sent, too late"
"""How the words on a message begin that did not leave in time."""


class Turn(Enum):
    """What becomes of a message that waits."""

    WAITS = auto()
    """It is too early."""
    DUE = auto()
    HELD = auto()
    """The clock jumped, and nobody can tell whether it is too late."""
    LATE = auto()
    """It must never leave."""


class Now(NamedTuple):
    """The time, Unix seconds UTC: the lesser and the greater of the two readings."""

    low: float
    high: float


def turn(draft: Draft, now: Now) -> Turn:
    """Whether it may leave now, as far as that is a question of time."""
    if draft.not_after is not None and now.low > draft.not_after:
        return Turn.LATE
    if draft.not_before is not None and now.low < draft.not_before:
        return Turn.WAITS
    if draft.not_after is not None and now.high > draft.not_after:
        return Turn.HELD
    return Turn.DUE


class SteadyClock:
    """Tells a clock that goes from one that jumps."""

    def __init__(self, time: float, monotonic: float) -> None:
        """`time` in Unix seconds UTC; `monotonic` counts seconds and is never put on or back."""
        self._time = time
        self._monotonic = monotonic
        self.jumped = 0.0
        """Seconds by which it is ahead of where it should be since it jumped, negative behind; 0 while it goes."""

    def read(self, time: float, monotonic: float) -> Now:
        """The time now, by what both clocks show. A jump that is taken back is forgotten."""
        steady = self._time + monotonic - self._monotonic
        if abs(time - steady) < JUMP:
            self._time, self._monotonic, self.jumped = time, monotonic, 0.0
            return Now(time, time)
        self.jumped = time - steady
        return Now(min(time, steady), max(time, steady))


def end_of(not_before: float | None, not_after: float | None, now: float, longest: float) -> float | None:
    """Until when it may leave: what was said, else `longest` seconds after it may first; None where that is 0."""
    if not_after is not None or not longest:
        return not_after
    return (now if not_before is None else not_before) + longest


def with_end(draft: Draft, now: float, longest: float) -> Draft:
    """The draft with its end."""
    return replace(draft, not_after=end_of(draft.not_before, draft.not_after, now, longest))


def is_planned(message: OutboxMessage, now: float) -> bool:
    """Whether it waits for its time."""
    begin = message.draft.not_before
    return message.state is DeliveryState.QUEUED and begin is not None and begin > now


def is_late(message: OutboxMessage) -> bool:
    """Whether it was not sent because its time was over."""
    return message.state is DeliveryState.FAILED and message.detail.startswith(TOO_LATE)
