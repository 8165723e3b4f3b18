"""Connections for reading: one for each thread that reads, opened when it first does."""

from __future__ import annotations

import threading
import weakref
from typing import TYPE_CHECKING, Any

from console.errors import StoreError
from console.store.failure import explained
from console.store.schema import connect

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from pathlib import Path

CACHE = 512
"""KiB of pages that each keeps. The file lies in the system's own cache as well, which all of them share."""


class Connections:
    """Usable from any thread. Readers never wait for the writer, nor for one another."""

    def __init__(self, path: Path, *, busy_timeout: float) -> None:
        self._path = path
        self._busy_timeout = busy_timeout
        self._local = threading.local()
        self._opened: list[tuple[weakref.ref[threading.Thread], sqlite3.Connection]] = []
        self._gate = threading.Lock()
        self._is_closed = False

    def rows(self, sql: str, parameters: Sequence[object] = ()) -> list[Any]:
        """All rows of one SELECT. Raises StoreError."""
        with explained(self._path, "reading"):
            return self._mine().execute(sql, parameters).fetchall()

    def close(self) -> None:
        """Close them all. Reading after it raises StoreError."""
        with self._gate:
            self._is_closed = True
            for _, connection in self._opened:
                connection.close()
            self._opened.clear()

    def _mine(self) -> sqlite3.Connection:
        if self._is_closed:
            raise StoreError(f"the database {self._path} is closed")
        known: sqlite3.Connection | None = getattr(self._local, "connection", None)
        if known is not None:
            return known
        connection = connect(self._path, busy_timeout=self._busy_timeout)
        connection.execute("PRAGMA query_only = ON")
        connection.execute(f"PRAGMA cache_size = -{CACHE}")
        with self._gate:
            self._close_those_of_dead_threads()
            self._opened.append((weakref.ref(threading.current_thread()), connection))
        self._local.connection = connection
        return connection

    def _close_those_of_dead_threads(self) -> None:
        living: list[tuple[weakref.ref[threading.Thread], sqlite3.Connection]] = []
        for owner, connection in self._opened:
            thread = owner()
            if thread is not None and thread.is_alive():
                living.append((owner, connection))
            else:
                connection.close()
        self._opened = living
