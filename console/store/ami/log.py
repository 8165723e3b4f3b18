"""The AMI traffic of this run, in memory: a bounded ring, written by the services, read by the screen."""

from __future__ import annotations

import threading
from array import array
from typing import TYPE_CHECKING, NamedTuple

from console.domain.link import Flow, LogRecord
from console.protocol.ami.frames import AmiBlock

if TYPE_CHECKING:
    from console.domain.ami import AmiKind, AmiMessage

_RECORD_COST = 100
"""Bytes that a record takes beside its text or message, about."""


class _Head(NamedTuple):
    """What many records have in common."""

    gateway: str
    flow: Flow
    session: str
    kind: AmiKind | None
    """Of the message; None: there is none."""
    complete: bool


class AmiLog:
    """Keeps the newest records; the oldest go first, by count and by size. Any thread may use it.

    No call holds its lock for longer than it takes to copy the records asked for, so a slow screen never
    delays the reader of a connection. A record is kept as its bytes, its time and the number of its head, and made
    when it is asked for: 20,000 of them as objects would take 4 MB more.
    """

    def __init__(self, capacity: int = 20_000, max_bytes: int = 32 * 1024 * 1024) -> None:
        """`capacity` in records; `max_bytes` of all they hold, about. The newest is always kept."""
        self._capacity = capacity
        self._max_bytes = max_bytes
        self._said: list[bytes | str] = [""] * capacity
        """By slot: the message as received, or the text where there is none."""
        self._times = array("d", [0.0]) * capacity
        self._head_of = array("I", [0]) * capacity
        self._heads: list[_Head] = []
        self._numbers: dict[_Head, int] = {}
        """Of the heads, in their list."""
        self._bytes = 0
        self._first = 1
        self._last = 0
        self._lock = threading.Lock()

    @property
    def revision(self) -> int:
        """Rises with every record: when it is as it was, nothing has changed."""
        return self._last

    @property
    def first_seq(self) -> int:
        """Number of the oldest record kept; one past `last_seq` when there is none."""
        return self._first

    @property
    def last_seq(self) -> int:
        """Number of the newest record; 0 before the first."""
        return self._last

    def append(
        self,
        at: float,
        gateway: str,
        flow: Flow,
        text: str,
        message: AmiMessage | None = None,
        *,
        session: str = "",
    ) -> None:
        """Add a record. `at` in Unix seconds UTC; secrets must be out of `text` already. With a `message` there is no
        `text`.
        """
        kind = None if message is None else message.kind
        head = _Head(gateway, flow, session, kind, message is None or message.complete)
        said = text if message is None else message.raw
        with self._lock:
            seq = self._last + 1
            if seq - self._first >= self._capacity:
                self._drop_oldest()
            slot = seq % self._capacity
            self._said[slot], self._times[slot] = said, at
            self._head_of[slot] = self._number(head)
            self._bytes += _RECORD_COST + len(said)
            self._last = seq
            while self._bytes > self._max_bytes and self._first < seq:
                self._drop_oldest()

    def since(self, seq: int, limit: int) -> list[LogRecord]:
        """The next records after number `seq` that are still kept, oldest first, at most `limit`."""
        return self.window(max(seq + 1, self._first), limit)

    def window(self, first_seq: int, count: int) -> list[LogRecord]:
        """The kept ones of the `count` records from number `first_seq` on, oldest first."""
        with self._lock:
            numbers = range(max(first_seq, self._first), min(first_seq + count - 1, self._last) + 1)
            slots = [seq % self._capacity for seq in numbers]
            kept = [(self._times[slot], self._said[slot], self._heads[self._head_of[slot]]) for slot in slots]
        return [_record(seq, *facts) for seq, facts in zip(numbers, kept, strict=True)]

    def _number(self, head: _Head) -> int:
        number = self._numbers.get(head)
        if number is None:
            number = self._numbers[head] = len(self._heads)
            self._heads.append(head)
        return number

    def _drop_oldest(self) -> None:
        slot = self._first % self._capacity
        self._bytes -= _RECORD_COST + len(self._said[slot])
        self._said[slot] = ""
        self._first += 1


def _record(seq: int, at: float, said: bytes | str, head: _Head) -> LogRecord:
    if isinstance(said, str) or head.kind is None:
        return LogRecord(seq, at, head.gateway, head.flow, str(said), None, head.session)
    message = AmiBlock(head.kind, said, head.complete)
    return LogRecord(seq, at, head.gateway, head.flow, "", message, head.session)
