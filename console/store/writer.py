"""The one thread that writes. What waits shares a commit."""

from __future__ import annotations

import os
import queue
import sqlite3
import threading
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

from console.errors import StoreError
from console.store.failure import store_error

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


@dataclass(frozen=True, slots=True)
class _Write:
    operation: Callable[[sqlite3.Connection], Any]
    future: Future[Any]


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
        *,
        on_commit: Callable[[], None],
        capacity: int = CAPACITY,
        group: int = GROUP,
    ) -> None:
        self.trouble = ""
        """Why the last commit failed; empty once one succeeds."""
        self._connection = connection
        self._path = path
        self._file = _identity(path)
        self._on_commit = on_commit
        self._capacity = capacity
        self._group = group
        self._waiting: queue.SimpleQueue[_Write | None] = queue.SimpleQueue()
        self._closed = False
        self._gate = threading.Lock()
        self._thread = threading.Thread(target=self._run, name="store-writer", daemon=True)
        self._thread.start()

    def submit(self, operation: Callable[[sqlite3.Connection], Result]) -> Future[Result]:
        """Queue a write, from any thread. The future fails with StoreError when too much waits already."""
        future: Future[Result] = Future()
        # The lock keeps a write from slipping in behind the mark that ends the queue.
        with self._gate:
            if self._closed:
                refusal = StoreError(f"the database {self._path} is closed")
            elif self._waiting.qsize() >= self._capacity:
                refusal = StoreError(
                    f"writing to the database {self._path}: {self._capacity} writes are waiting already",
                    hint="The disk is slower than what arrives; it may recover by itself.",
                )
            else:
                self._waiting.put(_Write(operation, future))
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
        self._connection.close()

    def _next_group(self) -> tuple[list[_Write], bool]:
        """What waits, up to a group, waiting for the first; False with it when nothing will follow."""
        writes: list[_Write] = []
        write = self._waiting.get()
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
            self._on_commit()
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
        if _identity(self._path) != self._file:
            raise OSError(0, "the file was moved or replaced while the console ran; start it again")
        connection = self._connection
        connection.execute("BEGIN IMMEDIATE")
        try:
            results = [write.operation(connection) for write in writes]
            connection.execute("COMMIT")
        except BaseException:
            # SQLite has already rolled back by itself after a full disk.
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            raise
        return results


def _is_about_one_write(error: sqlite3.Error | OSError) -> bool:
    """A value that does not fit, as against a database that can't be written."""
    return isinstance(
        error, (sqlite3.DataError, sqlite3.IntegrityError, sqlite3.InterfaceError, sqlite3.ProgrammingError)
    )


def _identity(path: Path) -> tuple[int, int]:
    status = os.stat(path)  # noqa: PTH116
    return (status.st_dev, status.st_ino)
