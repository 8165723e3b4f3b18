"""The store: all that must survive, behind one narrow interface."""

from __future__ import annotations

import contextlib
import secrets
from concurrent.futures import Future
from dataclasses import dataclass
from typing import TYPE_CHECKING

from console.config.records import NO_REGIONS
from console.domain.messages import Callback, CallbackKind, Draft, Evidence, OutboxMessage
from console.store import presence, retention
from console.store.alarms import Alarms
from console.store.audit import AuditTrail, write
from console.store.contacts import Contacts
from console.store.engine.changes import Changes
from console.store.engine.failure import explained
from console.store.engine.schema import connect, open_database
from console.store.engine.writer import CAPACITY, GROUP, Writer
from console.store.inbox import callbacks
from console.store.inbox.claims import Claims
from console.store.inbox.entries import Entries
from console.store.inbox.heard_sms import HeardMessages
from console.store.inbox.parts import Parts
from console.store.inbox.views import Views
from console.store.live import LiveReader
from console.store.outbox import messages as outbox
from console.store.outbox import notices, reports
from console.store.outbox.planned import PlannedBook
from console.store.outbox.sending import GRACE, SendingBook, way_of
from console.store.ports.notes import PortNotes
from console.store.ports.samples import PortSamples
from console.store.ussd import UssdBook

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from sqlite3 import Connection

    from console.config import Regions
    from console.domain.clock import Clock


@dataclass(frozen=True, slots=True)
class Options:
    """As `Store.open` explains them."""

    busy_timeout: float
    capacity: int
    group: int
    join_parts: bool
    regions: Regions = NO_REGIONS


class Store(LiveReader):
    """Reads of `LiveReader`, and writes. Both from any thread.

    A write returns a future that resolves once its commit is durable, and fails with StoreError when it can't
    be.
    """

    def __init__(
        self,
        path: Path,
        writing: Connection,
        watching: Connection,
        clock: Clock,
        options: Options,
    ) -> None:
        self._clock = clock
        self._owner = secrets.token_hex(8)
        self._process = presence.Process.own(self._owner)
        self._entries = Entries(join_parts=options.join_parts)
        changes = Changes(watching, self._entries)
        super().__init__(
            path, changes, clock, self._process, regions=options.regions, busy_timeout=options.busy_timeout
        )
        self._writer = Writer(writing, path, changes, capacity=options.capacity, group=options.group)
        self.heard = HeardMessages(self._rows, self._writer.submit, self._entries)
        """SMS that AMI saw."""
        self.alarms: Alarms = Alarms(self._rows, self._writer.submit, clock, self._process)
        """What is and was wrong."""
        self.audit: AuditTrail = AuditTrail(self._rows, self._writer.submit, clock)
        """Who did what."""
        self.claims: Claims = Claims(self._rows, self._writer.submit, clock)
        """Who looks after which entry of the inbox."""
        self.contacts: Contacts = Contacts(self._rows, self._writer.submit, lambda: self.revision, regions=self.regions)
        """Names for numbers."""
        self.parts: Parts = Parts(self._writer.submit, clock)
        """Whether the parts of long SMS stand apart."""
        self.views: Views = Views(self._rows, self._writer.submit)
        """Searches of the inbox that have a name."""
        self.sending: SendingBook = SendingBook(self._rows, self._writer.submit, clock, self._process)
        """Batches, and what people decide about messages."""
        self.planned: PlannedBook = PlannedBook(self._rows, self._writer.submit, clock, self._process)
        """Messages that wait for their time."""
        self.ussd: UssdBook = UssdBook(self._rows, self._writer.submit, clock)
        """USSD codes and their answers."""
        self.port_notes: PortNotes = PortNotes(self._rows, self._writer.submit, clock, lambda: self.revision)
        """What colleagues should know of a port."""
        self.port_samples: PortSamples = PortSamples(self._rows, self._writer.submit)
        """How each port was."""

    @classmethod
    def open(
        cls,
        path: Path,
        *,
        clock: Clock,
        busy_timeout: float = 5.0,
        capacity: int = CAPACITY,
        group: int = GROUP,
        join_parts: bool = True,
        regions: Regions = NO_REGIONS,
    ) -> Store:
        """Open the database, making it or bringing it to the present version as needed. Raises StoreError.

        `busy_timeout` is how many seconds a write waits for another process; at most `capacity` writes wait,
        and at most `group` of them share a commit. `join_parts`: whether SMS that look like the pieces of a
        long one are joined, where the gateway does not number them. `regions` say which country
        numbers without `+` belong to.
        """
        writing = open_database(path, busy_timeout=busy_timeout)
        with explained(path, "opening"), contextlib.ExitStack() as undo:
            undo.callback(writing.close)
            watching = connect(path, busy_timeout=busy_timeout)
            undo.pop_all()
            return cls(path, writing, watching, clock, Options(busy_timeout, capacity, group, join_parts, regions))

    @property
    def trouble(self) -> str:
        """Why nothing can be written now; empty when the last commit succeeded."""
        return self._writer.trouble

    def add_callback(self, gateway: str, callback: Callback, raw: bytes, *, at: float | None = None) -> Future[int]:
        """Keep a callback and the bytes it came as; the id of its row.

        SMS and the unreadable go to the inbox: the id is that of the entry, which is an earlier one for what
        repeats or continues it. A result or report goes to the notices, and in the same commit to the outbox
        message it belongs to. `at` is when it was received, now unless said otherwise.
        """
        received_at = self._clock.time() if at is None else at
        if callback.kind in (CallbackKind.RESULT, CallbackKind.REPORT):
            return self._writer.submit(
                lambda connection: notices.take(
                    connection, gateway, received_at, callback, raw, self._owner, region=self.regions.of(gateway)
                )
            )
        add = self._entries.add
        return self._writer.submit(lambda connection: add(connection, gateway, received_at, callback, raw))

    def note_answered(self, ids: Sequence[int]) -> Future[None]:
        """Results and reports whose callers had their 200, and have no reason to call again."""
        wanted = tuple(ids)
        return self._writer.submit(lambda connection: notices.answered(connection, wanted), quiet=True)

    def mark_all_read(self) -> Future[None]:
        """Everything that is in the inbox now. Many small writes, so that callbacks get in between."""
        newest = self._number("SELECT coalesce(max(id), 0) FROM inbox")
        return self._repeat(lambda connection: callbacks.mark_some_read(connection, newest))

    def mark_read(self, ids: Sequence[int]) -> Future[None]:
        """Ids that are read already, or not there, are left alone."""
        wanted = tuple(ids)
        return self._writer.submit(lambda connection: callbacks.mark_read(connection, wanted))

    def add_outbox(
        self, draft: Draft, segments: int, *, parts: int = 0, result_wait: float = 0.0, operator: str = ""
    ) -> Future[OutboxMessage]:
        """Put a QUEUED message in the outbox, and who sent it in the audit. `console.store.outbox.messages.Order` says
        what the numbers mean.
        """
        at = self._clock.time()
        order = outbox.Order(draft, segments, parts, result_wait)

        def keep(connection: Connection) -> OutboxMessage:
            presence.beat(connection, self._process, presence.STORE_ROLE, "", at)
            message = outbox.insert(connection, order, at, self._owner, operator=operator)
            write(connection, at, operator, "send", f"message {message.id}", way_of(draft))
            return message

        return self._writer.submit(keep)

    def add_evidence(self, evidence: Evidence) -> Future[OutboxMessage]:
        """Keep what became known, move the message as `console.protocol.rules.delivery` says, and return it as it
        is then.
        """
        at = self._clock.time()

        def keep(connection: Connection) -> OutboxMessage:
            presence.hear(connection, self._owner, at)
            message = outbox.add_evidence(connection, evidence)
            # What came while it was leaving was kept for this answer.
            reports.look_again_for(connection, message, at, self.regions.of(message.draft.gateway))
            return outbox.message(connection, message.id)

        return self._writer.submit(keep)

    def recover(self, *, grace: float = GRACE) -> Future[int]:
        """Settle what a process that is gone left half sent: SUBMITTING becomes UNKNOWN. The number of
        messages.

        Gone is one that said so, one that no longer exists on this machine, and one of another machine or
        container that was not heard for `grace` seconds.
        """
        at = self._clock.time()
        return self._writer.submit(lambda connection: outbox.recover(connection, at, self._owner, grace))

    def prune(self, *, days: float | None = None, rows: int | None = None) -> Future[None]:
        """Remove for good what is older than `days`, and what is more than `rows`: from the start of the
        inbox, the outbox and the notices. What is still being sent stays, and all that came after it. Many
        small writes, so that callbacks get in between. The file keeps its size and fills it anew.
        """
        before = None if days is None else self._clock.time() - days * 86_400
        return self._repeat(lambda connection: retention.prune_some(connection, before, rows))

    # ---- who is there ---------------------------------------------------------------------------------------

    def beat(self, role: str, address: str = "") -> Future[None]:
        """Say that this process is there in `role`, such as `receiver`, now. Raises no revision."""
        at = self._clock.time()
        return self._writer.submit(
            lambda connection: presence.beat(connection, self._process, role, address, at), quiet=True
        )

    def release(self, role: str) -> Future[None]:
        """Say that this process gives `role` up, now."""
        at = self._clock.time()
        return self._writer.submit(lambda connection: presence.release(connection, self._owner, role, at), quiet=True)

    def open_gap_if_stale(self, role: str, grace: float) -> Future[int | None]:
        """Call when `role` is taken up, before its first beat: the time since it was last had becomes a gap
        in the inbox, and is returned as the id of its entry. None when there was none to tell of.

        A beat of `grace` seconds ago or less says nothing of a gap; where the role was given up in good
        order, one second does. The first one ever to take it up leaves no gap.
        """
        now = self._clock.time()

        def look(connection: Connection) -> int | None:
            since = presence.stale_since(connection, role, now, grace)
            return None if since is None else self._entries.add_gap(connection, since, now)

        return self._writer.submit(look)

    # ---- end ------------------------------------------------------------------------------------------------

    def close(self) -> None:
        """Finish the writes that wait, then close everything."""
        self._writer.submit(lambda connection: presence.release_all(connection, self._owner), quiet=True)
        self._writer.close()
        super().close()
        self._changes.close()

    def _repeat(self, step: Callable[[Connection], bool]) -> Future[None]:
        """Write `step` after `step` until one says that there is no more to do."""
        finished: Future[None] = Future()

        def go_on(done: Future[bool]) -> None:
            error = done.exception()
            if error is not None:
                finished.set_exception(error)
            elif done.result():
                again()
            else:
                finished.set_result(None)

        def again() -> None:
            self._writer.submit(step).add_done_callback(go_on)

        again()
        return finished
