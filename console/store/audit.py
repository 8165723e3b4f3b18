"""Who did what: an append-only list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.domain.audit import AuditEntry

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from concurrent.futures import Future

    from console.domain.clock import Clock
    from console.store.engine.writer import Submit
    from console.store.inbox.search import Rows

_COLUMNS = "id, at, operator, action, target, detail"
_AT_ONCE = 500


class AuditReader:
    """Reads the list, from any thread. Every read raises StoreError when the database can't be read."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def newest(self, count: int, *, first: int = 0) -> list[AuditEntry]:
        """`count` entries from position `first`, newest first."""
        rows = self._rows(f"SELECT {_COLUMNS} FROM audit ORDER BY id DESC LIMIT ? OFFSET ?", (count, first))  # noqa: S608
        return [AuditEntry(*row) for row in rows]

    def all(self) -> Iterator[AuditEntry]:
        """Every entry, oldest first, a few hundred read at a time."""
        last = 0
        query = f"SELECT {_COLUMNS} FROM audit WHERE id > ? ORDER BY id LIMIT ?"  # noqa: S608
        while rows := self._rows(query, (last, _AT_ONCE)):
            yield from (AuditEntry(*row) for row in rows)
            last = rows[-1][0]

    def count(self) -> int:
        """How many there are."""
        return int(self._rows("SELECT count(*) FROM audit", ())[0][0])


class AuditTrail(AuditReader):
    """Reads the list, and adds to it. Nothing changes or removes an entry: the database itself refuses."""

    def __init__(self, rows: Rows, submit: Submit, clock: Clock) -> None:
        super().__init__(rows)
        self._submit = submit
        self._clock = clock

    def add(self, operator: str, action: str, target: str, detail: str = "") -> Future[None]:
        """Write down an act before it is done; resolves once that is durable."""
        at = self._clock.time()
        return self._submit(lambda connection: write(connection, at, operator, action, target, detail))


def write(connection: sqlite3.Connection, at: float, operator: str, action: str, target: str, detail: str = "") -> None:
    """The same inside a transaction, so that an act and its entry are durable together."""
    connection.execute(
        "INSERT INTO audit (at, operator, action, target, detail) VALUES (?, ?, ?, ?, ?)",
        (at, operator, action, target, detail),
    )
