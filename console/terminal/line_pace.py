"""How much may be drawn without being asked: what the terminal takes is measured, and steady change slows down to it.

What a key changed is drawn at once, whatever else waits. What changes by itself shares a budget of bytes a second.
Whether the terminal keeps up is seen twice: by how long a write takes, and, since an SSH connection swallows much
before a write blocks, by how long the terminal takes to answer a question that came behind the last frame.
"""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

BUDGET = 9_000.0
"""Bytes a second for what changes by itself: a third of a line of 256 kbit/s."""

SLOW_BUDGET = 2_200.0
"""The same with `--slow`."""

LEAST = 2_000.0
"""Below this nothing is slowed down: what is shown would be too old to be of use."""

SLOW_FRAME = 1.0
"""Seconds between two such frames with `--slow`."""

BURST = 3.0
"""So many seconds of the budget may be spent at once after a rest, and be owed at most."""

_LATE = 0.08
"""Seconds that something may wait in front of the terminal without its being called slow."""

_WAY = 1.3
"""The way to the terminal and back takes now and then so many times as long as at best."""

_GIVEN_UP = 3.0
"""Seconds after which an answer is not waited for any more."""

_ASK_AGAIN = 60.0
"""Seconds after which another question may follow one without an answer: answers do not tell what they answer."""

_WORTH_ASKING = 256
"""Bytes since the last question."""

_LENT_TO_A_DEED = 3
"""Frames that follow a deed of the operator at once, whatever is owed: what it changed comes back by the store."""

_LENT_TO_A_KEY = 2
"""The same after any key: what it asked for may be looked up aside, and titles tell of it. None with `--slow`."""


class LinePace:
    """The line to the terminal. From any thread."""

    def __init__(self, *, slow: bool = False, clock: Callable[[], float] = time.monotonic) -> None:
        self.slow = slow
        self._clock = clock
        self._lock = threading.Lock()
        self._most = SLOW_BUDGET if slow else BUDGET
        self.budget = self._most
        """Bytes a second, as low as the terminal makes it."""
        self._left = self._most * BURST
        self._earned_at = clock()
        self._drawn_at = float("-inf")
        self._lent = 0
        self._queued = 0
        self._queued_at: float | None = None
        self._unasked = 0
        self._asked_at: float | None = None
        self._has_answered = False
        self._quickest = float("inf")

    # ---- what the driver tells ------------------------------------------------------------------------------

    def wrote(self, size: int) -> None:
        """So many bytes are on their way to the terminal."""
        with self._lock:
            now = self._clock()
            self._earn(now)
            self._left = max(self._left - size, -self.budget * BURST)
            self._unasked += size
            self._queued += size
            if self._queued_at is None:
                self._queued_at = now

    def took(self, size: int) -> None:
        """So many of them were taken."""
        with self._lock:
            now = self._clock()
            if self._queued_at is not None and not self._is_answering(now):
                self._learn(now - self._queued_at)
            self._queued = max(0, self._queued - size)
            self._queued_at = now if self._queued else None

    def asks(self) -> bool:
        """Whether to put a question behind this frame; if so it counts as asked."""
        with self._lock:
            now = self._clock()
            asked = self._asked_at is not None and now - self._asked_at < _ASK_AGAIN
            if asked or self._unasked < _WORTH_ASKING:
                return False
            self._asked_at = now
            self._unasked = 0
            return True

    def answered(self) -> float | None:
        """The terminal has come to the question, so to all before it; returns the seconds this took, None when it was
        not asked.
        """
        with self._lock:
            if self._asked_at is None:
                return None
            took = self._clock() - self._asked_at
            self._has_answered, self._asked_at = True, None
            self._quickest = min(self._quickest, took)
            self._learn(took - self._quickest * _WAY)
            return took

    def forget(self) -> None:
        """Whatever was on its way will not be answered: the terminal was given away for a while."""
        with self._lock:
            self._asked_at = self._queued_at = None
            self._queued = 0

    # ---- what the screen asks -------------------------------------------------------------------------------

    @property
    def waits_for_answer(self) -> bool:
        """Whether an answer is still to come."""
        with self._lock:
            overdue = self._is_overdue(self._clock())
            return self._asked_at is not None and (self._has_answered or not overdue)

    @property
    def is_late(self) -> bool:
        """Whether the terminal has not come to what was drawn a while ago: one more frame would only wait."""
        with self._lock:
            return self._is_late(self._clock())

    def may_draw(self) -> bool:
        """Whether what changed by itself may be drawn now; if so it counts as drawn."""
        with self._lock:
            now = self._clock()
            self._earn(now)
            if self._is_late(now):
                return False
            if self._left > 0 and not (self.slow and 0 <= now - self._drawn_at < SLOW_FRAME):
                self._drawn_at = now
                return True
            if self._lent:
                self._lent -= 1
                return True
            return False

    def lend(self) -> None:
        """The operator did something: the next frames are not made to wait."""
        with self._lock:
            self._lent = _LENT_TO_A_DEED

    def lend_to_key(self) -> None:
        """A key was pressed."""
        with self._lock:
            if not self.slow:
                self._lent = max(self._lent, _LENT_TO_A_KEY)

    # ---- within ---------------------------------------------------------------------------------------------

    def _earn(self, now: float) -> None:
        earned = max(0.0, now - self._earned_at) * self.budget
        self._left = min(self._left + earned, self.budget * BURST)
        self._earned_at = now

    def _is_late(self, now: float) -> bool:
        if self._queued_at is not None and now - self._queued_at > _LATE:
            return True
        if self._asked_at is None or not self._is_answering(now):
            return False
        return now - self._asked_at > self._quickest * _WAY + _LATE

    def _is_overdue(self, now: float) -> bool:
        return self._asked_at is not None and now - self._asked_at > _GIVEN_UP

    def _is_answering(self, now: float) -> bool:
        """Whether answers tell how far it is, so that the time that writes take need not."""
        return self._has_answered and not self._is_overdue(now)

    def _learn(self, waited: float) -> None:
        """Less and less while things wait; little by little more again when they do not."""
        if waited > _LATE:
            self.budget = max(min(LEAST, self._most), self.budget * 0.8)
        else:
            self.budget = min(self._most, self.budget * 1.02)
