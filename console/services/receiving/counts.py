"""What the receiver counts for whoever watches it. Counting costs a few additions a callback."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass, field

COMMIT_BOUNDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)
"""Seconds: upper bounds of the classes of commit times. One class more holds what is longer."""


@dataclass(slots=True, eq=False)
class ReceiverCounts:
    """Since start. Written on the event loop, read from any thread."""

    accepted: int = 0
    """Callbacks answered 200."""
    unreadable: int = 0
    """Kept raw because they could not be understood."""
    commits: list[int] = field(default_factory=lambda: [0] * (len(COMMIT_BOUNDS) + 1))
    """How many callbacks took how long from being read to being durable, by COMMIT_BOUNDS."""
    commit_seconds: float = 0.0

    def committed(self, seconds: float) -> None:
        """A callback is durable."""
        self.commits[bisect_left(COMMIT_BOUNDS, seconds)] += 1
        self.commit_seconds += seconds
