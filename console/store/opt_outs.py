"""Who asked for no more messages: kept once a person, or a rule, says so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.domain.audit import Deed
from console.domain.sending import OptOut
from console.errors import ConsoleError
from console.protocol.sms.numbers import filing_key, in_full, plain, tail
from console.store.audit import write
from console.store.contacts import Filed
from console.store.undo import Done, Past, Watched

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from concurrent.futures import Future

    from console.config import Regions
    from console.domain.clock import Clock
    from console.domain.messages import Draft
    from console.store.inbox.search import Rows

_TABLE, _COLUMNS = "opt_out", ("operator", "at", "words")
_ALL = "SELECT number, operator, at, words FROM opt_out ORDER BY at, number"

_END = 6
"""Digits at a number's end that all of its spellings share."""


class OptOutsReader:
    """Reads, from any thread. Every read raises StoreError when the database can't be read."""

    def __init__(self, rows: Rows, regions: Regions) -> None:
        self._rows = rows
        self._regions = regions

    def of(self, number: str, gateway: str = "") -> OptOut | None:
        """Of who has this number, as it is written at a gateway; None where they did not opt out."""
        return next(iter(_found(self._rows, number, gateway, self._regions)), None)

    def among(self, drafts: Sequence[Draft]) -> list[Draft]:
        """Those that are to who opted out, in order."""
        return _among(self._rows, drafts, self._regions)

    def all(self) -> list[OptOut]:
        """The oldest first."""
        return [OptOut(*row) for row in self._rows(_ALL, ())]


class OptOuts(OptOutsReader):
    """Reads and writes. A write resolves once it is durable."""

    def __init__(self, rows: Rows, past: Past, clock: Clock, regions: Regions) -> None:
        super().__init__(rows, regions)
        self._past = past
        self._clock = clock

    def set(self, number: str, operator: str, *, words: str = "", gateway: str = "") -> Future[bool]:
        """They opted out, by these words of theirs if any; False where they had already. It is in the audit. Raises
        ConsoleError for no number at all.
        """
        if not number.strip():
            raise ConsoleError("There is no number here.", hint="Give the number that asks for no more messages.")
        at = self._clock.time()

        def keep(connection: sqlite3.Connection) -> tuple[bool, Done | None]:
            return self.note(connection, OptOut(number, operator, at, words), gateway)

        return self._past.submit(keep)

    def remove(self, number: str, operator: str, *, gateway: str = "") -> Future[bool]:
        """They may be written to again; False where they had not opted out."""
        at = self._clock.time()

        def forget(connection: sqlite3.Connection) -> tuple[bool, Done | None]:
            found = _filed(_rows_of(connection), number, gateway, self._regions).same()
            watched = [Watched(connection, _TABLE, *row[:2]) for row in found]
            done = Done(Deed.OPT_IN, number, at, watched)
            for row in found:
                connection.execute("DELETE FROM opt_out WHERE correspondent = ? AND number = ?", row[:2])
                write(connection, at, operator, "opt in", row[1])
            return bool(found), done if done.note(connection) else None

        return self._past.submit(forget)

    def note(self, connection: sqlite3.Connection, said: OptOut, gateway: str) -> tuple[bool, Done | None]:
        """Keep it in a transaction of the caller's: whether it is new, and the deed to take back."""
        if _found(_rows_of(connection), said.number, gateway, self._regions):
            return False, None
        number = in_full(said.number.strip(), self._regions.of(gateway))
        key = filing_key(plain(number))
        done = Done(Deed.OPT_OUT, number, said.at, [Watched(connection, _TABLE, key, number)])
        values = (key, number, said.operator, said.at, said.words)
        connection.execute("INSERT INTO opt_out VALUES (?, ?, ?, ?, ?)", values)
        write(connection, said.at, said.operator, "opt out", number, said.words)
        return True, done if done.note(connection) else None

    def remarks(self, connection: sqlite3.Connection, drafts: Sequence[Draft]) -> dict[str, str]:
        """What the audit says beside messages to those who opted out, by number."""
        found = _among(_rows_of(connection), drafts, self._regions)
        return {draft.to: ", although they opted out" for draft in found}


def _filed(rows: Rows, number: str, gateway: str, regions: Regions) -> Filed:
    return Filed(rows, _TABLE, _COLUMNS, number, regions.of(gateway), regions)


def _found(rows: Rows, number: str, gateway: str, regions: Regions) -> list[OptOut]:
    return [OptOut(row[1], *row[2:]) for row in _filed(rows, number, gateway, regions).same()]


def _among(rows: Rows, drafts: Sequence[Draft], regions: Regions) -> list[Draft]:
    """Made out in full, a number takes up to 1 ms, and a list may be long."""
    ends = {_end(number) for (number,) in rows("SELECT number FROM opt_out", ())}
    return [one for one in drafts if _end(one.to) in ends and _found(rows, one.to, one.gateway, regions)]


def _end(number: str) -> str:
    return tail(number)[-_END:] or number.strip().casefold()


def _rows_of(connection: sqlite3.Connection) -> Rows:
    def rows(sql: str, values: Sequence[object]) -> list[Any]:
        return connection.execute(sql, values).fetchall()

    return rows
