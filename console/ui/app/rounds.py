"""Bringing what is shown up to date by rounds, in portions so small that a key never waits for the whole of one."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

SHARE = 0.004
"""Seconds of work after which the rest of a round is put off."""

PAUSE = 0.02
"""Seconds until it goes on: what was done is drawn in between, and keys are acted on."""


class Rounds:
    """One round at a time."""

    def __init__(
        self,
        parts: Callable[[], Iterable[Callable[[], None]]],
        later: Callable[[float, Callable[[], None]], object],
        *,
        elapsed: Callable[[], float] = time.perf_counter,
    ) -> None:
        """`parts` are what a round is made of, in its order; `later` calls after so many seconds."""
        self._parts = parts
        self._later = later
        self._elapsed = elapsed
        self._rest: Iterator[Callable[[], None]] | None = None

    def go(self) -> bool:
        """Begin a round, unless the last one is still under way; whether it was begun."""
        if self._rest is not None:
            return False
        self._rest = iter(self._parts())
        self._go_on()
        return True

    def _go_on(self) -> None:
        assert self._rest is not None, "a round is under way"
        end = self._elapsed() + SHARE
        for part in self._rest:
            part()
            if self._elapsed() >= end:
                self._later(PAUSE, self._go_on)
                return
        self._rest = None
