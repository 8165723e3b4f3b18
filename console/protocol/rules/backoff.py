"""How long to wait before trying again: longer each time, never in step with others, never past a cap."""

from __future__ import annotations


class Backoff:
    """Delays for one connection. Each is half to all of the step, which doubles up to `cap`."""

    def __init__(self, *, first: float = 1.0, cap: float = 60.0) -> None:
        self._first = first
        self._cap = cap
        self._step = first

    def next(self, random: float) -> float:
        """Seconds to wait now. `random` lies in [0, 1) and is the caller's, so that this stays pure."""
        delay = self._step * (0.5 + random / 2)
        self._step = min(self._cap, self._step * 2)
        return delay

    def reset(self) -> None:
        """The connection has proved good: begin again with the shortest delay."""
        self._step = self._first
