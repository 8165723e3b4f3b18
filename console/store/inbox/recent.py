"""The last SMS, in memory: what a new one may repeat or continue, without an index on the way of every message."""

from __future__ import annotations

from array import array
from typing import NamedTuple

KEPT = 10_000
"""SMS remembered: a quarter of an hour at eleven a second."""

_LOOKED_AT = 32
"""Of one sender, for one new SMS."""


class Noted(NamedTuple):
    """One SMS."""

    entry: int
    """Id in the inbox."""
    content: int
    """Hash of all in which a repetition is the same."""
    sender: int
    """Hash of all in which the parts of one SMS are the same."""
    at: float
    """Seconds of the gateway's clock, or of ours where it does not tell."""
    fills: bool
    """As long as a part that others follow."""


class Recent:
    """Belongs to the writing thread. What is noted in a transaction is kept or undone with it.

    A ring of columns of plain numbers rather than of records: ten thousand records would be walked by every full
    garbage collection, while a callback waits. Each SMS has a number; it stands in the slot of its number, and knows
    the number of its sender's one before.
    """

    def __init__(self, *, kept: int = KEPT) -> None:
        self.newest = 0
        """Id up to which the inbox is noted."""
        self._kept = kept
        self._last = 0
        self._last_kept = 0
        self._newest_kept = 0
        self._entry = array("q", bytes(8 * kept))
        self._content = array("q", bytes(8 * kept))
        self._sender = array("q", bytes(8 * kept))
        self._at = array("d", bytes(8 * kept))
        self._fills = bytearray(kept)
        self._before = array("q", bytes(8 * kept))
        self._by_content: dict[int, int] = {}
        self._by_sender: dict[int, int] = {}

    @property
    def capacity(self) -> int:
        """How many it remembers."""
        return self._kept

    def note(self, noted: Noted) -> None:
        """Remember it, and forget the oldest instead."""
        self._last = number = self._last + 1
        slot = number % self._kept
        if number > self._kept:
            self._forget(slot, number - self._kept)
        entry, content, sender, at, fills = noted
        self._entry[slot] = entry
        self._content[slot] = content
        self._sender[slot] = sender
        self._at[slot] = at
        self._fills[slot] = fills
        self._before[slot] = self._by_sender.get(sender, 0)
        self._by_content[content] = number
        self._by_sender[sender] = number

    def keep(self) -> None:
        """What was noted is committed."""
        self._last_kept = self._last
        self._newest_kept = self.newest

    def undo(self) -> None:
        """What was noted since `keep` was rolled back."""
        for number in range(self._last, max(self._last_kept, self._last - self._kept), -1):
            slot = number % self._kept
            self._forget(slot, number)
            if self._before[slot]:
                self._by_sender[self._sender[slot]] = self._before[slot]
            # The number is not given again, and nobody is to find what stands in its slot.
            self._content[slot] = self._sender[slot] = 0
        self.newest = self._newest_kept

    def same(self, content: int) -> int | None:
        """The entry that the newest SMS of this content belongs to."""
        number = self._by_content.get(content)
        return None if number is None else self._entry[number % self._kept]

    def near(self, sender: int, at: float, distance: float, *, only_filling: bool) -> list[int]:
        """Entries of a sender's last SMS at most `distance` seconds from `at`, the newest first."""
        number = self._by_sender.get(sender)
        if number is None:
            return []
        entries: dict[int, None] = {}
        oldest = self._last - self._kept
        for _ in range(_LOOKED_AT):
            if number <= max(oldest, 0):
                break
            slot = number % self._kept
            if abs(self._at[slot] - at) <= distance and (self._fills[slot] or not only_filling):
                entries[self._entry[slot]] = None
            number = self._before[slot]
        return list(entries)

    def _forget(self, slot: int, number: int) -> None:
        content, sender = self._content[slot], self._sender[slot]
        if self._by_content.get(content) == number:
            del self._by_content[content]
        if self._by_sender.get(sender) == number:
            del self._by_sender[sender]
