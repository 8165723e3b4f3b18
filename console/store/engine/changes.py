"""Noticing that something shown has changed, by whichever process; and what the writing thread does beside writing."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from console.store import figures
from console.store.engine.writer import Witness
from console.store.inbox import search_index

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator

    from console.store.inbox.entries import Entries

_FIRST_STEP = 16
"""Entries indexed in the first spare time after a write: two milliseconds, for the next may be near."""

_LARGEST_STEP = 256
"""Each further step is twice as large, up to this."""

_REVISION = "SELECT value FROM tally WHERE name = 'revision'"


class Changes(Witness):
    """Counts the commits that change what is shown; beats and index entries are none.

    The database's own count rises in the same transaction, so that another process can tell as well.
    """

    def __init__(self, watching: sqlite3.Connection, entries: Entries) -> None:
        self.revision = 0
        self._watching = watching
        self._entries = entries
        self._step = _FIRST_STEP
        self._gate = threading.Lock()
        self._version = self._data_version()
        self._known = self._stamped = self._stamp(watching)

    def poll(self) -> int:
        """Look whether another process changed something; `revision`. Raises sqlite3.Error."""
        with self._gate:
            version = self._data_version()
            if version != self._version:
                self._version = version
                stamp = self._stamp(self._watching)
                if stamp > self._known:
                    self._known = stamp
                    self.revision += 1
            return self.revision

    def begun(self, connection: sqlite3.Connection) -> None:
        self._entries.begun(connection)

    def before_commit(self, connection: sqlite3.Connection) -> None:
        self._entries.before_commit(connection)
        connection.execute("UPDATE tally SET value = value + 1 WHERE name = 'revision'")
        self._stamped = self._stamp(connection)

    def committed(self) -> None:
        self._entries.committed()
        self._step = _FIRST_STEP
        with self._gate:
            self._known = max(self._known, self._stamped)
            self.revision += 1

    def rolled_back(self) -> None:
        self._entries.rolled_back()

    def spare_time(self, connection: sqlite3.Connection) -> bool:
        size, self._step = self._step, min(self._step * 2, _LARGEST_STEP)
        to_index, to_count = search_index.step(connection, size), figures.step(connection, size)
        return to_index or to_count

    def close(self) -> None:
        """Close the connection it watches by."""
        with self._gate:
            self._watching.close()

    @contextmanager
    def watching_anew(self) -> Iterator[Callable[[sqlite3.Connection], None]]:
        """Close the connection it watches by; hand the new one to what the block is given. Nobody looks meanwhile."""
        with self._gate:
            self._watching.close()

            def take(connection: sqlite3.Connection) -> None:
                self._watching = connection
                self._version = self._data_version()
                self.revision += 1

            yield take

    def _data_version(self) -> int:
        return int(self._watching.execute("PRAGMA data_version").fetchone()[0])

    @staticmethod
    def _stamp(connection: sqlite3.Connection) -> int:
        return int(connection.execute(_REVISION).fetchone()[0])
