"""The AMI traffic of this run, in memory: a bounded ring, written by the services, read by the screen."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from console.domain.link import Flow, LogRecord

if TYPE_CHECKING:
    from console.domain.ami import AmiMessage

_RECORD_COST = 300
"""Bytes that a record takes beside its text and message, about."""


class AmiLog:
    """Keeps the newest records; the oldest go first, by count and by size. Any thread may use it.

    No call holds its lock for longer than it takes to copy the records asked for, so a slow screen never
    delays the reader of a connection.
    """

    def __init__(self, capacity: int = 20_000, max_bytes: int = 32 * 1024 * 1024) -> None:
        """`capacity` in records; `max_bytes` of all they hold, about. The newest is always kept."""
        self._capacity = capacity
        self._max_bytes = max_bytes
        self._slots: list[LogRecord | None] = [None] * capacity
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
        """Add a record. `at` in Unix seconds UTC; secrets must be out of `text` already."""
        with self._lock:
            seq = self._last + 1
            if seq - self._first >= self._capacity:
                self._drop_oldest()
            record = LogRecord(seq, at, gateway, flow, text, message, session)
            self._slots[seq % self._capacity] = record
            self._bytes += _size(record)
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
            records = [self._slots[seq % self._capacity] for seq in numbers]
        return [record for record in records if record is not None]

    def _drop_oldest(self) -> None:
        slot = self._first % self._capacity
        oldest = self._slots[slot]
        if oldest is not None:
            self._bytes -= _size(oldest)
        self._slots[slot] = None
        self._first += 1


def _size(record: LogRecord) -> int:
    return _RECORD_COST + len(record.text) + (len(record.message.raw) if record.message is not None else 0)
