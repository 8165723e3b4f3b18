"""Requests that were turned away, and callbacks that could not be kept: how many, whose, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.domain.link import RefusedRequest

if TYPE_CHECKING:
    from console.domain.clock import Clock

KEPT = 50
"""Pairs of address and reason."""


class Refusals:
    """Counts requests that were turned away. The same address with the same reason is one entry, so that a flood
    hides nobody else.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._found: dict[tuple[str, str], RefusedRequest] = {}
        self.total = 0
        self.recent: tuple[RefusedRequest, ...] = ()
        """The last ones, oldest first. Replaced as a whole: any thread may read it."""

    def note(self, address: str, reason: str) -> None:
        """Count one."""
        self.total += 1
        before = self._found.pop((address, reason), None)
        count = before.count + 1 if before is not None else 1
        if len(self._found) >= KEPT:
            del self._found[next(iter(self._found))]
        self._found[address, reason] = RefusedRequest(self._clock.time(), address, reason, count)
        self.recent = tuple(self._found.values())


class Unkept(Refusals):
    """Counts, in the same way, callbacks that were welcome and that the store could not commit."""
