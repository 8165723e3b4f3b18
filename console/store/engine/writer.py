"""The one thread that writes. What waits shares a commit."""

from __future__ import annotations

import contextlib
import queue
import sqlite3
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol, TypeVar

from console.errors import StoreError
from console.store.engine.failure import store_error
from console.store.engine.guard import Changed, Guard, What
from console.store.engine.rescue import rescue

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

CAPACITY = 10_000
"""Writes that may wait. At 5,000 a second that is two seconds of arrears; past it the caller hears so at
once.
"""

GROUP = 512
"""Writes that share a commit at most, so that the first of them does not wait for a crowd."""

Result = TypeVar("Result")


PAUSE = 0.005
"""Seconds without a write after which there is time for something else, for each write that shared the last
commit: the busier it was, the longer the pause must be to be one.
"""

LONGEST_PAUSE = 0.1

GROUPS_BETWEEN = 512
"""Commits after which something else gets its turn though the writes never pause."""


class Submit(Protocol):
    """`Writer.submit`, for the parts of the store that write."""

    def __call__(self, operation: Callable[[sqlite3.Connection], Result], *, quiet: bool = False) -> Future[Result]: ...


class Renew(Protocol):
    """Close all that this process has open of the database, the connection too, and open it anew: to write, or just to
    read, and then nothing is returned. Raises StoreError, and is then called again.
    """

    def __call__(self, connection: sqlite3.Connection, *, to_write: bool) -> sqlite3.Connection | None: ...


class _Write(NamedTuple):
    operation: Callable[[sqlite3.Connection], Any]
    future: Future[Any]
    quiet: bool


class Witness:
    """What happens around the writes. Called in the writing thread; a subclass does what it needs to."""

    def begun(self, connection: sqlite3.Connection) -> None:
        """At the start of each transaction."""

    def before_commit(self, connection: sqlite3.Connection) -> None:
        """Inside a transaction in which there is a write that is not quiet, behind its last write."""

    def committed(self) -> None:
        """Such a transaction is on the disk; its futures resolve next."""

    def rolled_back(self) -> None:
        """A transaction left nothing behind."""

    def spare_time(self, connection: sqlite3.Connection) -> bool:
        """Something small to do, in a transaction of its own, while nobody waits. True: there is more."""
        return False


class Writer:
    """Runs operations in the order they came, each wholly or not at all; a future resolves after the durable
    commit.

    An operation gets the connection inside a transaction. One that raises fails alone; a database that can't
    be written fails all that share the commit, with StoreError.
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        path: Path,
        witness: Witness,
        *,
        capacity: int = CAPACITY,
        group: int = GROUP,
        renew: Renew | None = None,
    ) -> None:
        self.trouble = ""
        """Why the last commit failed; empty once one succeeds."""
        self.guard = Guard(path, connection)
        self._over: Changed | None = None
        self._is_open = True
        self._connection = connection
        self._renew = renew
        self._path = path
        self._witness = witness
        self._capacity = capacity
        self._group = group
        self._waiting: queue.SimpleQueue[_Write | None] = queue.SimpleQueue()
        self._closed = False
        self._more_to_do = True
        self._groups = 0
        self._pause = PAUSE
        self._gate = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    @property
    def is_over(self) -> bool:
        """Whether the database of this name is not the one that was opened, or lacks something: nothing is written
        until it is back, or the program starts again.
        """
        return self._over is not None

    def submit(self, operation: Callable[[sqlite3.Connection], Result], *, quiet: bool = False) -> Future[Result]:
        """Queue a write, from any thread. The future fails with StoreError when too much waits already.

        A quiet one changes nothing that anybody shows.
        """
        future: Future[Result] = Future()
        # The lock keeps a write from slipping in behind the mark that ends the queue.
        with self._gate:
            if self._closed:
                refusal = StoreError(f"the database {self._path} is closed")
            elif self._waiting.qsize() >= self._capacity:
                refusal = StoreError(
                    f"writing to the database {self._path}: {self._capacity} writes are waiting already",
                    hint="The disk is too slow for what arrives; it may recover by itself.",
                )
            else:
                self._waiting.put(_Write(operation, future, quiet))
                return future
        future.set_exception(refusal)
        return future

    def close(self) -> None:
        """Finish what waits, then close the connection. Harmless when called twice."""
        with self._gate:
            if not self._closed:
                self._closed = True
                self._waiting.put(None)
        self._thread.join()

    def _run(self) -> None:
        more = True
        while more:
            writes, more = self._next_group()
            if writes:
                self._commit(writes)
        self.guard.close()
        self._connection.close()

    def _next_group(self) -> tuple[list[_Write], bool]:
        """What waits, up to a group, waiting for the first; False with it when nothing will follow."""
        writes: list[_Write] = []
        write = self._next()
        while write is not None:
            if write.future.set_running_or_notify_cancel():
                writes.append(write)
            if len(writes) >= self._group:
                return writes, True
            try:
                write = self._waiting.get_nowait()
            except queue.Empty:
                return writes, True
        return writes, False

    def _next(self) -> _Write | None:
        """The next write; while there is none, the time is used."""
        self._groups += 1
        while self._more_to_do:
            try:
                if self._groups < GROUPS_BETWEEN:
                    return self._waiting.get(timeout=self._pause)
                return self._waiting.get_nowait()
            except queue.Empty:
                self._groups = 0
                self._use_spare_time()
        return self._waiting.get()

    def _use_spare_time(self) -> None:
        """What fails here is tried again after the next commit; nobody waits for it."""
        connection = self._connection
        try:
            connection.execute("BEGIN IMMEDIATE")
            self.guard.look()
            self._witness.begun(connection)
            self._more_to_do = self._witness.spare_time(connection)
            connection.execute("COMMIT")
        except Exception:
            self._more_to_do = False
            with contextlib.suppress(sqlite3.Error):
                if connection.in_transaction:
                    connection.execute("ROLLBACK")

    def _commit(self, writes: Sequence[_Write]) -> None:
        try:
            results = self._transaction(writes)
        except (sqlite3.Error, OSError) as error:
            if _is_about_one_write(error) and len(writes) > 1:
                self._commit_each(writes)
            else:
                self._fail(writes, error)
        except Exception as error:
            if len(writes) > 1:
                self._commit_each(writes)
            else:
                writes[0].future.set_exception(error)
        else:
            self.trouble = ""
            self._pause = min(PAUSE * len(writes), LONGEST_PAUSE)
            if not all(write.quiet for write in writes):
                self._more_to_do = True
                self._witness.committed()
            for write, result in zip(writes, results, strict=True):
                write.future.set_result(result)

    def _commit_each(self, writes: Sequence[_Write]) -> None:
        """One of them is at fault; nothing of the group is in the database. Find out which."""
        for write in writes:
            self._commit([write])

    def _fail(self, writes: Sequence[_Write], error: sqlite3.Error | OSError) -> None:
        failure = store_error(self._path, "writing to", error)
        self.trouble = str(failure)
        for write in writes:
            write.future.set_exception(failure)

    def _transaction(self, writes: Sequence[_Write]) -> list[Any]:
        if self._over is not None and self._over.what is not What.MAIN:
            raise self._over  # A file that was moved may come back; what was lost does not.
        if not self._is_open:
            self._open_anew()
        try:
            return self._acknowledged(writes)
        except Changed as changed:
            self._go_on_after(changed)
        return self._acknowledged(writes)

    def _acknowledged(self, writes: Sequence[_Write]) -> list[Any]:
        """What the writes returned, once they are sure to be in the files of the database's name."""
        try:
            results = self._written(writes)
        except sqlite3.Error:
            self.guard.look()  # That is why, where it is so.
            raise
        try:
            self.guard.look()
        except Changed as changed:
            self._go_on_after(changed)  # With all that was committed.
        self._over = None
        return results

    def _go_on_after(self, changed: Changed) -> None:
        """Open the same database anew with all that was written to it. Raises Changed where that can't be."""
        if self._over is not None and (self._over.what is changed.what or self._renew is None):
            raise self._over
        try:
            rescue(self._connection, self.guard, changed)
        except Changed as over:
            self._give_up(over)
            if over.what is not What.MAIN:
                self._let_go()
            raise
        if self._renew is None:
            self._give_up(changed)
            raise changed
        self._open_anew()

    def _give_up(self, over: Changed) -> None:
        """Whoever sees that it is over finds why."""
        self.trouble = str(store_error(self._path, "writing to", over))
        self._over = over

    def _open_anew(self) -> None:
        assert self._renew is not None
        self._is_open = False
        self.guard.close()
        try:
            anew = self._renew(self._connection, to_write=True)
        except StoreError as error:
            raise OSError(0, str(error)) from error
        assert anew is not None
        self._connection, self.guard = anew, Guard(self._path, anew)
        self._is_open = True

    def _let_go(self) -> None:
        """At once: the last one to close takes away the `-wal` that has the name, and that may be another's by then."""
        self._is_open = False
        self.guard.close()
        if self._renew is not None:
            with contextlib.suppress(StoreError):
                self._renew(self._connection, to_write=False)

    def _written(self, writes: Sequence[_Write]) -> list[Any]:
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            # Nobody else of ours writes now: another who found the same has not brought it home before this.
            self.guard.look()
            self._witness.begun(connection)
            results = [write.operation(connection) for write in writes]
            if not all(write.quiet for write in writes):
                self._witness.before_commit(connection)
            connection.execute("COMMIT")
        except BaseException:
            # SQLite has already rolled back by itself after a full disk.
            try:
                if connection.in_transaction:
                    connection.execute("ROLLBACK")
            finally:
                self._witness.rolled_back()
            raise
        return results


def _is_about_one_write(error: sqlite3.Error | OSError) -> bool:
    """A value that does not fit, as against a database that can't be written."""
    return isinstance(
        error, (sqlite3.DataError, sqlite3.IntegrityError, sqlite3.InterfaceError, sqlite3.ProgrammingError)
    )
