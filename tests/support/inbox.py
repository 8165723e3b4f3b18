"""An inbox without a writing thread: what is written is there at once, and the index moves when told."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING

from console.domain.messages import Callback, CallbackKind
from console.store import Reader
from console.store.engine.opening import open_database
from console.store.inbox import search_index
from console.store.inbox.entries import Entries
from tests.support.backend import NOON

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from sqlite3 import Connection

SENDER = "+8613632919026"


def text_sms(text: str, *, number: str = SENDER, port: str = "3", time: str = "2026/11/22 12:00:00") -> Callback:
    return Callback(CallbackKind.SMS, number=number, text=text, port=port, gateway_time=time)


class Inbox:
    """Adds callbacks and reads them back."""

    def __init__(self, connection: Connection, reader: Reader, *, join_parts: bool) -> None:
        self.connection = connection
        self.reader = reader
        self.entries = Entries(join_parts=join_parts)

    def add(self, callback: Callback, *, at: float = NOON, gateway: str = "gw1", raw: bytes = b"raw") -> int:
        """The id of its entry."""
        self.entries.begun(self.connection)
        entry = self.entries.add(self.connection, gateway, at, callback, raw)
        self.entries.before_commit(self.connection)
        self.entries.committed()
        return entry

    def add_gap(self, since: float, until: float) -> int:
        """The id of its entry."""
        self.entries.begun(self.connection)
        entry = self.entries.add_gap(self.connection, since, until)
        self.entries.committed()
        return entry

    def texts(self) -> list[str]:
        """Newest first."""
        return [entry.callback.text for entry in self.reader.inbox_slice(0, 1_000)]

    def index(self, entries: int = 10_000) -> None:
        """Index so many of those that wait."""
        search_index.step(self.connection, entries)

    def number(self, sql: str) -> int:
        return int(self.connection.execute(sql).fetchone()[0])


@contextlib.contextmanager
def inbox_at(path: Path, *, join_parts: bool = True) -> Iterator[Inbox]:
    connection = open_database(path, busy_timeout=1)
    connection.execute("PRAGMA synchronous = OFF")  # each statement is a commit; nobody cuts the power
    reader = Reader(path)
    try:
        yield Inbox(connection, reader, join_parts=join_parts)
    finally:
        reader.close()
        connection.close()
