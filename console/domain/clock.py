"""The one way to know the time. Passed in, so that a test can hold it still."""

from __future__ import annotations

from typing import Protocol


class Clock(Protocol):
    """Two clocks: one for records, one for waiting."""

    def time(self) -> float:
        """Seconds since the Unix epoch, UTC. For what is stored and shown."""
        ...

    def monotonic(self) -> float:
        """Seconds from an arbitrary start, never going back. For deadlines."""
        ...
