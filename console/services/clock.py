"""The machine's own clock."""

from __future__ import annotations

import time


class SystemClock:
    """A `console.domain.clock.Clock`."""

    def time(self) -> float:
        """Seconds since the Unix epoch, UTC."""
        return time.time()

    def monotonic(self) -> float:
        """Seconds from an arbitrary start, never going back."""
        return time.monotonic()
