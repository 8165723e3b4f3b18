"""Who works on the store, and when that was last heard."""

from __future__ import annotations

from dataclasses import dataclass

AHEAD = 60.0
"""Seconds by which a beat may be ahead of our clock: two machines share a database."""


@dataclass(frozen=True, slots=True)
class Presence:
    """The last sign of life of one process in one role."""

    role: str
    """What it does there, such as `receiver`."""
    owner: str
    """Token of its `Store`, drawn anew each time one is opened."""
    pid: int
    host: str
    """Name of the machine or container."""
    address: str
    """Where it listens, `host:port`; empty for a role that does not listen."""
    since: float
    """When it took the role, Unix seconds UTC."""
    at: float
    """The last beat, or when the role was given up."""
    released: bool = False
    """It gave the role up in good order, at `at`."""
    alive: bool = True
    """Its process exists, as far as that can be told from this machine."""

    def is_fresh(self, now: float, grace: float) -> bool:
        """Whether it can be relied on: not given up, not dead, and heard at most `grace` seconds ago."""
        return not self.released and self.alive and now - self.at <= grace and not self.is_from_the_future(now)

    def is_from_the_future(self, now: float) -> bool:
        """The clock was ahead when it was heard, or is behind by now: the beat says nothing."""
        return self.at > now + AHEAD
