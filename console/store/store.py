"""The store: all that must survive, behind one narrow interface."""

from __future__ import annotations

import contextlib
import secrets
import threading
from concurrent.futures import Future
from typing import TYPE_CHECKING

from console.domain.messages import Callback, CallbackKind, Draft, Evidence, OutboxMessage
from console.store import callbacks, outbox
from console.store.failure import explained
from console.store.reader import Reader
from console.store.schema import connect, open_database
from console.store.writer import CAPACITY, GROUP, Writer

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path
    from sqlite3 import Connection

    from console.domain.clock import Clock


class Store(Reader):
    """Reads of `Reader`, and writes. Both from any thread.

    A write returns a future that resolves once its commit is durable, and fails with StoreError when it can't
    be.
    """

    def __init__(
        self,
        path: Path,
        writing: Connection,
        watching: Connection,
        clock: Clock,
        busy_timeout: float,
        capacity: int,
        group: int,
    ) -> None:
        super().__init__(path, busy_timeout=busy_timeout)
        self.revision = 0
        """Rises when something was committed: by this process at once, by another once `poll` is called."""
        self._clock = clock
        self._owner = secrets.token_hex(8)
        self._watching = watching
        self._watch_gate = threading.Lock()
        self._seen = (self._data_version(), 0)
        self._commits = 0
        self._writer = Writer(writing, path, on_commit=self._committed, capacity=capacity, group=group)

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        clock: Clock,
        busy_timeout: float = 5.0,
        capacity: int = CAPACITY,
        group: int = GROUP,
    ) -> Store:
        """Open the database, making it or bringing it to the present version as needed. Raises StoreError.

        `busy_timeout` is how many seconds a write waits for another process; at most `capacity` writes wait,
        and at most `group` of them share a commit.
        """
        writing = open_database(path, busy_timeout=busy_timeout)
        with explained(path, "opening"), contextlib.ExitStack() as undo:
            undo.callback(writing.close)
            watching = connect(path, busy_timeout=busy_timeout)
            undo.pop_all()
            return cls(path, writing, watching, clock, busy_timeout, capacity, group)

    @property
    def trouble(self) -> str:
        """Why nothing can be written now; empty when the last commit succeeded."""
        return self._writer.trouble

    def poll(self) -> int:
        """Look whether another process committed, and return `revision`. Cheap enough for every tick of a
        screen.
        """
        with self._watch_gate, explained(self.path, "reading"):
            commits = self._commits
            version = self._data_version()
            known_version, known_commits = self._seen
            self._seen = (version, commits)
            if version != known_version and commits == known_commits:
                self.revision += 1
            return self.revision

    def add_callback(self, gateway: str, callback: Callback, raw: bytes, *, at: float | None = None) -> Future[int]:
        """Keep a callback and the bytes it came as; the id of its row.

        SMS and the unreadable go to the inbox. A result or report goes to the notices, and in the same commit
        to the outbox message it belongs to. `at` is when it was received, now unless said otherwise.
        """
        received_at = self._clock.time() if at is None else at
        keep = callbacks.insert_inbox
        if callback.kind in (CallbackKind.RESULT, CallbackKind.REPORT):
            keep = outbox.take_notice
        return self._writer.submit(lambda connection: keep(connection, gateway, received_at, callback, raw))

    def mark_all_read(self) -> Future[None]:
        """Everything that is in the inbox now. Many small writes, so that callbacks get in between."""
        newest = self._number("SELECT coalesce(max(id), 0) FROM inbox")
        finished: Future[None] = Future()

        def go_on(marked: Future[int]) -> None:
            error = marked.exception()
            if error is not None:
                finished.set_exception(error)
            elif marked.result() < callbacks.MARKED_AT_ONCE:
                finished.set_result(None)
            else:
                mark_some()

        def mark_some() -> None:
            write = self._writer.submit(lambda connection: callbacks.mark_some_read(connection, newest))
            write.add_done_callback(go_on)

        mark_some()
        return finished

    def mark_read(self, ids: Sequence[int]) -> Future[None]:
        """Ids that are read already, or not there, are left alone."""
        wanted = tuple(ids)
        return self._writer.submit(lambda connection: callbacks.mark_read(connection, wanted))

    def add_outbox(self, draft: Draft, segments: int) -> Future[OutboxMessage]:
        """Put a QUEUED message of so many segments (1 where the gateway splits) in the outbox."""
        at = self._clock.time()
        return self._writer.submit(lambda connection: outbox.insert(connection, draft, segments, at, self._owner))

    def add_evidence(self, evidence: Evidence) -> Future[OutboxMessage]:
        """Keep what became known, move the message as `console.protocol.delivery` says, and return it as it
        is then.
        """
        return self._writer.submit(lambda connection: outbox.add_evidence(connection, evidence))

    def recover(self) -> Future[int]:
        """Settle what an earlier process left half sent: SUBMITTING becomes UNKNOWN. The number of
        messages.
        """
        at = self._clock.time()
        return self._writer.submit(lambda connection: outbox.recover(connection, at, self._owner))

    def close(self) -> None:
        """Finish the writes that wait, then close everything."""
        self._writer.close()
        super().close()
        with self._watch_gate:
            self._watching.close()

    def _committed(self) -> None:
        self._commits += 1
        self.revision += 1

    def _data_version(self) -> int:
        return int(self._watching.execute("PRAGMA data_version").fetchone()[0])
