"""What this process did last, kept so that it can be taken back: rows as they were, and as they were left.

What was changed since, by whomever, is never overwritten: a deed is taken back only where its rows are as it left them.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

from console.domain.audit import Deed, Undone
from console.store.audit import write

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Sequence

    from console.domain.clock import Clock
    from console.store.engine.writer import Submit

REMEMBERED = 50
"""Deeds that can be taken back, the last one first."""

AT_ONCE = 2_000
"""Rows of one write: a few milliseconds, so that no callback waits long behind it."""

_KEYS = {
    "claim": ("entry",),
    "contact": ("correspondent", "number"),
    "port_note": ("gateway", "port"),
    "opt_out": ("correspondent", "number"),
}
_WHO = {"claim": "CASE done_by WHEN '' THEN operator ELSE done_by END", "port_note": "operator", "opt_out": "operator"}
_UNREAD = (
    "UPDATE inbox SET read = 0 WHERE id = ? AND read = 1 AND NOT EXISTS "
    "(SELECT 1 FROM claim WHERE entry = inbox.id AND max(claimed_at, coalesce(done_at, 0)) > ?)"
)
"""Who has claimed a message since, or done with it, has read it."""

A = TypeVar("A")
Row = tuple[Any, ...]


class Watched:
    """One row while something is done to it."""

    def __init__(self, connection: sqlite3.Connection, table: str, *key: object) -> None:
        self.table = table
        self.key = key
        self.before = self.now(connection)
        self.after = self.before

    def now(self, connection: sqlite3.Connection) -> Row | None:
        """As it is; None where it is not there."""
        found = connection.execute(f"SELECT * FROM {self.table} WHERE {self._where}", self.key).fetchone()  # noqa: S608
        return None if found is None else tuple(found)

    def who(self, connection: sqlite3.Connection) -> str:
        """Whose it is; empty where nobody knows."""
        if self.table not in _WHO:
            return ""
        sql = f"SELECT {_WHO[self.table]} FROM {self.table} WHERE {self._where}"  # noqa: S608
        found = connection.execute(sql, self.key).fetchone()
        return found[0] if found else ""

    def put_back(self, connection: sqlite3.Connection) -> None:
        """Make it as it was."""
        connection.execute(f"DELETE FROM {self.table} WHERE {self._where}", self.key)  # noqa: S608
        if self.before is not None:
            marks = ", ".join("?" * len(self.before))
            connection.execute(f"INSERT INTO {self.table} VALUES ({marks})", self.before)  # noqa: S608

    @property
    def _where(self) -> str:
        return " AND ".join(f"{column} = ?" for column in _KEYS[self.table])


@dataclass(slots=True)
class Done:
    """One deed."""

    deed: Deed
    target: str
    """As of `Undone`."""
    at: float
    rows: Sequence[Watched] = ()
    """Taken back together, or not at all; see `each`."""
    each: bool = False
    """Whether each of the rows is taken back for itself."""
    read: Sequence[int] = ()
    """Entries of the inbox that it marked as read, each for itself."""
    then: str = ""
    """A statement that belongs to each change of those rows."""

    def note(self, connection: sqlite3.Connection) -> bool:
        """It is done: note how it left the rows. Whether anything changed."""
        for row in self.rows:
            row.after = row.now(connection)
        return any(row.before != row.after for row in self.rows)


class Past:
    """The deeds of this process, and the way back."""

    def __init__(self, submit: Submit, clock: Clock) -> None:
        self._submit = submit
        self._clock = clock
        self._deeds: deque[Done] = deque(maxlen=REMEMBERED)
        """The last one is at the right. Belongs to the writing thread."""

    def submit(self, act: Callable[[sqlite3.Connection], tuple[A, Done | None]]) -> Future[A]:
        """Write what `act` writes; what it says was done is remembered once that is durable."""
        said: list[Done | None] = []

        def do(connection: sqlite3.Connection) -> A:
            result, done = act(connection)
            said[:] = [done]  # it is done anew where the first try was rolled back
            return result

        def keep(ended: Future[A]) -> None:
            if ended.exception() is None and (done := said[0]) is not None:
                self.remember(done)

        future = self._submit(do)
        future.add_done_callback(keep)
        return future

    def remember(self, done: Done) -> None:
        """This was done, and is durable. Called on the writing thread."""
        self._deeds.append(done)

    def undo(self, operator: str) -> Future[Undone | None]:
        """Take the last deed back, and put that in the audit; None where there is none. It is forgotten then, also
        where somebody has changed its things since and nothing is done.
        """
        finished: Future[Undone | None] = _promise()
        popped: list[Done] = []

        def pop(_: sqlite3.Connection) -> None:
            if not popped and self._deeds:
                popped.append(self._deeds.pop())

        def go_on(ended: Future[None]) -> None:
            if error := ended.exception():
                finished.set_exception(error)
            elif not popped:
                finished.set_result(None)
            else:
                take_back(popped[0])

        def take_back(done: Done) -> None:
            step = self._unread if done.read else self._put_back
            portions = in_portions(
                self._submit, done.read or [0], lambda connection, some: step(connection, done, some, operator)
            )
            portions.add_done_callback(lambda ended: end(done, ended))

        def end(done: Done, ended: Future[list[Undone]]) -> None:
            if error := ended.exception():
                self._deeds.append(done)
                finished.set_exception(error)
            else:
                finished.set_result(_together(ended.result()))

        self._submit(pop, quiet=True).add_done_callback(go_on)
        return finished

    def _put_back(self, connection: sqlite3.Connection, done: Done, _: Sequence[int], operator: str) -> Undone:
        other = {row: None for row in done.rows if row.now(connection) != row.after}
        by = next(iter(other)).who(connection) if other else ""
        if other and not (done.each and len(other) < len(done.rows)):
            return Undone(done.deed, done.target, 0, len(other) if done.each else 1, by)
        for row in done.rows:
            if row not in other:
                row.put_back(connection)
        if done.then:
            connection.execute(done.then)
        back = len(done.rows) - len(other) if done.each else 1
        target = f"{done.target}: {back:,}" if done.each else done.target
        write(connection, self._clock.time(), operator, "undo", target, done.deed.value)
        return Undone(done.deed, done.target, back, len(other), by)

    def _unread(self, connection: sqlite3.Connection, done: Done, some: Sequence[int], operator: str) -> Undone:
        changed = sum(connection.execute(_UNREAD, (entry, done.at)).rowcount for entry in some)
        connection.execute("UPDATE tally SET value = value + ? WHERE name = 'unread'", (changed,))
        if changed:
            target = f"inbox entry {some[0]}" if len(some) == 1 else "inbox"
            write(connection, self._clock.time(), operator, "undo", target, f"read, {changed} unread again")
        return Undone(done.deed, "", changed, len(some) - changed)


def in_portions(
    submit: Submit, ids: Sequence[int], step: Callable[[sqlite3.Connection, Sequence[int]], A]
) -> Future[list[A]]:
    """Many small writes one after the other, so that callbacks get in between; what each brought. Where one fails those
    before it stay.
    """
    finished: Future[list[A]] = _promise()
    results: list[A] = []

    def write_from(first: int) -> None:
        some = ids[first : first + AT_ONCE]
        if not some:
            finished.set_result(results)
            return

        def go_on(ended: Future[A]) -> None:
            if error := ended.exception():
                finished.set_exception(error)
            else:
                results.append(ended.result())
                write_from(first + AT_ONCE)

        submit(lambda connection: step(connection, some)).add_done_callback(go_on)

    write_from(0)
    return finished


def _promise() -> Future[Any]:
    """A future that nobody can call off: what it waits for is on its way."""
    promised: Future[Any] = Future()
    promised.set_running_or_notify_cancel()
    return promised


def _together(each: Sequence[Undone]) -> Undone:
    first = each[0]
    return replace(first, restored=sum(one.restored for one in each), others=sum(one.others for one in each))
