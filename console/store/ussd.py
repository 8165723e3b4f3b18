"""USSD codes and what the network said: kept before a byte leaves, settled once."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.domain.ussd import UssdRecord, UssdState
from console.errors import StoreError
from console.store import audit

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Sequence
    from concurrent.futures import Future

    from console.domain.clock import Clock
    from console.store.engine.writer import Submit
    from console.store.inbox.search import Rows

LEFT_AFTER = 600.0
"""Seconds after which a code without an answer is taken for left behind: no request takes so long."""

_COLUMNS = "id, at, gateway, port, operator, code, state, answer, answered_at"
_SELECT = f"SELECT {_COLUMNS} FROM ussd"  # noqa: S608
_LEFT = "the console stopped before the answer came"


class UssdReader:
    """Reads the codes, from any thread. Every read raises StoreError when the database can't be read."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def history(self, gateway: str | None, port: int | None, count: int) -> list[UssdRecord]:
        """The last `count` codes of a port, newest first; None stands for every gateway or every port."""
        wanted = {"gateway = ?": gateway, "port = ?": port}
        conditions = [words for words, value in wanted.items() if value is not None]
        where = f" WHERE {' AND '.join(conditions)}" if conditions else ""
        values = [value for value in wanted.values() if value is not None]
        return [_record(row) for row in self._rows(f"{_SELECT}{where} ORDER BY id DESC LIMIT ?", [*values, count])]


class UssdBook(UssdReader):
    """Reads the codes, and keeps them. A write returns a future that resolves once its commit is durable."""

    def __init__(self, rows: Rows, submit: Submit, clock: Clock) -> None:
        super().__init__(rows)
        self._submit = submit
        self._clock = clock

    def ask(self, gateway: str, port: int, operator: str, code: str) -> Future[UssdRecord]:
        """Keep a code as ASKED and who asked it in the audit, before it is sent."""
        at = self._clock.time()

        def keep(connection: sqlite3.Connection) -> UssdRecord:
            audit.write(connection, at, operator, "ussd", f"{gateway} port {port}", code)
            added = connection.execute(
                "INSERT INTO ussd (at, gateway, port, operator, code, state, answer) VALUES (?, ?, ?, ?, ?, ?, '')",
                (at, gateway, port, operator, code, UssdState.ASKED.value),
            )
            return _read(connection, added.lastrowid or 0)

        return self._submit(keep)

    def answer(self, id: int, state: UssdState, text: str) -> Future[UssdRecord]:  # noqa: A002 - the record's own
        """Keep what became of a code, and return it as it is then. What is settled stays; UNKNOWN may still become
        known.
        """
        at = self._clock.time()

        def settle(connection: sqlite3.Connection) -> UssdRecord:
            connection.execute(
                "UPDATE ussd SET state = ?, answer = ?, answered_at = ? WHERE id = ? AND state IN (?, ?)",
                (state.value, text, at, id, UssdState.ASKED.value, UssdState.UNKNOWN.value),
            )
            return _read(connection, id)

        return self._submit(settle)

    def settle_left(self, *, under_way: Collection[int] = ()) -> Future[int]:
        """What has waited longer than any request may is UNKNOWN: its process is gone. `under_way` are ids that this
        process still works on. The number of codes settled.
        """
        at = self._clock.time()

        def settle(connection: sqlite3.Connection) -> int:
            query = "SELECT id FROM ussd WHERE state = ? AND at < ?"
            found = connection.execute(query, (UssdState.ASKED.value, at - LEFT_AFTER)).fetchall()
            left = [(UssdState.UNKNOWN.value, _LEFT, at, id_) for (id_,) in found if id_ not in under_way]
            connection.executemany("UPDATE ussd SET state = ?, answer = ?, answered_at = ? WHERE id = ?", left)
            return len(left)

        return self._submit(settle)


def _read(connection: sqlite3.Connection, id_: int) -> UssdRecord:
    row = connection.execute(f"{_SELECT} WHERE id = ?", (id_,)).fetchone()
    if row is None:
        raise StoreError(f"there is no USSD request {id_}")
    return _record(row)


def _record(row: Sequence[Any]) -> UssdRecord:
    id_, at, gateway, port, operator, code, state, answer, answered_at = row
    return UssdRecord(id_, at, gateway, port, operator, code, UssdState(state), answer, answered_at)
