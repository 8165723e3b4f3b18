"""Connections for reading: one for each thread that reads, opened when it first does."""

from __future__ import annotations

import threading
import weakref
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from console.errors import StoreError
from console.store.engine.failure import explained
from console.store.engine.guard import Guard
from console.store.engine.opening import connect

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

CACHE = 512
"""KiB of pages that each keeps. The file lies in the system's own cache as well, which all of them share."""

_PATIENCE = 0.005
"""Seconds that a reading under way has to end by itself, and between two attempts to break it off."""


class Connections:
    """Usable from any thread. Readers never wait for the writer, nor for one another."""

    def __init__(self, path: Path, *, busy_timeout: float) -> None:
        self._path = path
        self._busy_timeout = busy_timeout
        self._local = threading.local()
        self._opened: list[_Connection] = []
        self._gate = threading.Lock()
        self._is_closed = False

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[Any]:
        """All rows of one SELECT. Raises StoreError, also where `close` came in between."""
        while True:
            mine = self._mine()
            try:
                with explained(self._path, "reading"):
                    return mine.rows(sql, parameters)
            except StoreError:
                if self._is_closed:
                    raise self._closed() from None
                if not mine.is_closed:
                    raise

    def guard(self) -> Guard:
        """Of the files that the calling thread reads; good until they are closed. Raises StoreError."""
        with explained(self._path, "reading"):
            return self._mine().guard()

    def close(self) -> None:
        """Close them all; what is being read is broken off. Reading after it raises StoreError."""
        self._is_closed = True
        with self.all_closed():
            pass

    @contextmanager
    def all_closed(self) -> Iterator[None]:
        """Close them all, and let none be opened before the block ends; those who read go on then."""
        with self._gate:
            for one in self._opened:
                one.close()
            self._opened.clear()
            yield

    def _closed(self) -> StoreError:
        return StoreError(f"the database {self._path} is closed")

    def _mine(self) -> _Connection:
        known: _Connection | None = getattr(self._local, "connection", None)
        if known is not None and not known.is_closed:
            return known
        with self._gate:
            if self._is_closed:
                raise self._closed()
            self._close_those_of_dead_threads()
            with explained(self._path, "reading"):
                mine = _Connection(self._path, self._busy_timeout)
            self._opened.append(mine)
        self._local.connection = mine
        return mine

    def _close_those_of_dead_threads(self) -> None:
        for one in self._opened:
            if not one.is_needed:
                one.close()
        self._opened = [one for one in self._opened if one.is_needed]


class _Connection:
    """Of the thread that makes it, which alone reads with it; any thread may close it."""

    def __init__(self, path: Path, busy_timeout: float) -> None:
        self.is_closed = False
        self._path = path
        self._owner = weakref.ref(threading.current_thread())
        self._reading = threading.Lock()
        self._connection = connect(path, busy_timeout=busy_timeout)
        try:
            self._connection.execute("PRAGMA query_only = ON")
            self._connection.execute(f"PRAGMA cache_size = -{CACHE}")
        except BaseException:
            self._connection.close()
            raise

    @property
    def is_needed(self) -> bool:
        """Whether its thread lives."""
        owner = self._owner()
        return owner is not None and owner.is_alive()

    def guard(self) -> Guard:
        """Of the files that it has open."""
        with self._reading:
            return Guard(self._path, self._connection)

    def rows(self, sql: str, parameters: Sequence[object]) -> list[Any]:
        """All rows of one SELECT. Raises sqlite3.Error."""
        with self._reading:
            return self._connection.execute(sql, parameters).fetchall()

    def close(self) -> None:
        """Break off what is being read, and close.

        Closed while its thread reads, the module of Python 3.11 would go on with a connection that is none: the
        process would be gone. What is broken off before it began goes on, so it is done again.
        """
        while not self._reading.acquire(timeout=_PATIENCE):
            self._connection.interrupt()
        try:
            self.is_closed = True
            self._connection.close()
        finally:
            self._reading.release()
