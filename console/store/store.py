"""The store: all that must survive, behind one narrow interface."""

from __future__ import annotations

import contextlib
import secrets
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from console.config.records import NO_REGIONS
from console.domain.audit import Deed
from console.domain.messages import Callback, CallbackKind, Draft, Evidence, OutboxMessage
from console.errors import StoreError
from console.store import presence, retention, rules
from console.store.alarms import Alarms
from console.store.audit import AuditTrail, write
from console.store.contacts import Contacts
from console.store.engine.changes import Changes
from console.store.engine.failure import explained
from console.store.engine.opening import connect, open_database
from console.store.engine.upkeep import Upkeep
from console.store.engine.writer import CAPACITY, GROUP, Writer
from console.store.inbox import callbacks
from console.store.inbox.claims import Claims
from console.store.inbox.entries import Entries
from console.store.inbox.heard_sms import HeardMessages
from console.store.inbox.parts import Parts
from console.store.live import LiveReader
from console.store.opt_outs import OptOuts
from console.store.outbox import again, notices, reports
from console.store.outbox import messages as outbox
from console.store.outbox.planned import PlannedBook
from console.store.outbox.sending import SendingBook, way_of
from console.store.ports.notes import PortNotes
from console.store.ports.samples import PortSamples
from console.store.ports.sims import PortSims
from console.store.rules import Rules
from console.store.undo import Done, Past, in_portions
from console.store.ussd import UssdBook
from console.store.views import Views

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path
    from sqlite3 import Connection

    from console.config import Regions
    from console.domain.clock import Clock
    from console.domain.rules import AnswerOf
    from console.domain.sending import Seen


@dataclass(frozen=True, slots=True)
class Options:
    """As `Store.open` explains them."""

    busy_timeout: float
    capacity: int
    group: int
    join_parts: bool
    regions: Regions = NO_REGIONS
    senders: Mapping[str, str] = field(default_factory=dict)


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
        self._senders = options.senders
        self._entries = Entries(join_parts=options.join_parts)
        changes = Changes(watching, self._entries)
        super().__init__(
            path, changes, clock, self._process, regions=options.regions, busy_timeout=options.busy_timeout
        )
        self._busy_timeout = options.busy_timeout
        self._writer = Writer(
            writing, path, changes, capacity=options.capacity, group=options.group, renew=self._open_anew
        )
        self._upkeep = Upkeep(self._writer, self._rows)
        self.heard = HeardMessages(self._rows, self._writer.submit, self._entries)
        """SMS that AMI saw."""
        self.alarms: Alarms = Alarms(self._rows, self._writer.submit, clock, self._process)
        """What is and was wrong."""
        self.audit: AuditTrail = AuditTrail(self._rows, self._writer.submit, clock)
        """Who did what."""
        self.past: Past = Past(self._writer.submit, clock)
        """What was done here last, and the way back."""
        self.claims: Claims = Claims(self._rows, self.past, clock)
        """Who looks after which entry of the inbox."""
        self.contacts: Contacts = Contacts(
            self._rows, self._writer.submit, self.past, clock, lambda: self.revision, regions=self.regions
        )
        """Names for numbers."""
        self.opt_outs: OptOuts = OptOuts(self._rows, self.past, clock, self.regions)
        """Who asked for no more messages."""
        self.rules: Rules = Rules(self._rows, self._writer.submit, clock, self._process, self.opt_outs)
        """How far rules have come."""
        self.parts: Parts = Parts(self._writer.submit, clock)
        """Whether the parts of long SMS stand apart."""
        self.views: Views = Views(self._rows, self._writer.submit)
        """Searches of the inbox that have a name."""
        self.sending: SendingBook = SendingBook(self._rows, self._writer.submit, clock, self._process, self.opt_outs)
        """Batches, and what people decide about messages."""
        self.planned: PlannedBook = PlannedBook(self._rows, self._writer.submit, clock, self._process)
        """Messages that wait for their time."""
        self.ussd: UssdBook = UssdBook(self._rows, self._writer.submit, clock)
        """USSD codes and their answers."""
        self.port_notes: PortNotes = PortNotes(self._rows, self.past, clock, lambda: self.revision)
        """What colleagues should know of a port."""
        self.port_sims: PortSims = PortSims(self._rows, self._writer.submit, clock)
        """Which SIM belongs in each port."""
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
        senders: Mapping[str, str] | None = None,
    ) -> Store:
        """Open the database, making it or bringing it to the present version as needed. Raises StoreError.

        `busy_timeout` is how many seconds a write waits for another process; at most `capacity` writes wait,
        and at most `group` of them share a commit. `join_parts`: whether SMS that look like the pieces of a
        long one are joined, where the gateway does not number them. `regions` say which country
        numbers without `+` belong to. `senders` are names of other programs that send through the gateways, by how
        their ids begin.
        """
        options = Options(busy_timeout, capacity, group, join_parts, regions, senders or {})
        writing = open_database(path, busy_timeout=busy_timeout)
        with explained(path, "opening"), contextlib.ExitStack() as undo:
            undo.callback(writing.close)
            watching = connect(path, busy_timeout=busy_timeout)
            undo.pop_all()
            return cls(path, writing, watching, clock, options)

    @property
    def trouble(self) -> str:
        """Why nothing can be written now; empty when the last commit succeeded."""
        return self._writer.trouble

    @property
    def is_over(self) -> bool:
        """Whether nothing can be written any more because another database has its name, or this one lacks something:
        `trouble` says what. To be closed, and opened anew.
        """
        return self._writer.is_over

    def add_callback(self, gateway: str, callback: Callback, raw: bytes, *, at: float | None = None) -> Future[int]:
        """Keep a callback and the bytes it came as; the id of its row.

        SMS and the unreadable go to the inbox: the id is that of the entry, which is an earlier one for what
        repeats or continues it. A result or report goes to the notices, and in the same commit to the outbox
        message it belongs to. `at` is when it was received, now unless said otherwise.
        """
        received_at = self._clock.time() if at is None else at
        if callback.kind in (CallbackKind.RESULT, CallbackKind.REPORT):
            known_by = notices.KnownBy(self.regions.of(gateway), self._senders)
            return self._writer.submit(
                lambda connection: notices.take(connection, gateway, received_at, callback, raw, self._owner, known_by)
            )
        add = self._entries.add
        return self._writer.submit(lambda connection: add(connection, gateway, received_at, callback, raw))

    def note_answered(self, ids: Sequence[int]) -> Future[None]:
        """Results and reports whose callers had their 200, and have no reason to call again."""
        wanted = tuple(ids)
        return self._writer.submit(lambda connection: notices.answered(connection, wanted), quiet=True)

    def mark_read(self, ids: Sequence[int]) -> Future[None]:
        """They were shown to somebody. Ids that are read already, or not there, are left alone."""
        wanted, at = tuple(ids), self._clock.time()

        def mark(connection: Connection) -> tuple[None, Done | None]:
            marked = callbacks.mark_read(connection, wanted)
            return None, Done(Deed.READ, "", at, read=marked) if marked else None

        return self.past.submit(mark)

    def mark_all_read(self, ids: Sequence[int], operator: str, which: str = "") -> Future[int]:
        """Mark them as read unseen, and put that in the audit, with the words that say `which` they are; how many were
        not read before. Many small writes, so that callbacks get in between; they are undone together.
        """
        wanted, at = tuple(ids), self._clock.time()
        finished: Future[int] = Future()
        finished.set_running_or_notify_cancel()  # nobody can call it off

        def mark(connection: Connection, some: Sequence[int]) -> list[int]:
            if some[0] == wanted[0]:
                number = f"{len(wanted):,} {'message' if len(wanted) == 1 else 'messages'}"
                write(connection, at, operator, "read all", "inbox", f"{number}: {which}" if which else number)
            return callbacks.mark_read(connection, some)

        def end(ended: Future[list[list[int]]]) -> None:
            if error := ended.exception():
                finished.set_exception(error)
                return
            marked = [entry for some in ended.result() for entry in some]
            if marked:
                self.past.remember(Done(Deed.READ, "", at, read=marked))
            finished.set_result(len(marked))

        in_portions(self._writer.submit, wanted, mark).add_done_callback(end)
        return finished

    def add_outbox(
        self,
        draft: Draft,
        segments: int,
        *,
        parts: int = 0,
        result_wait: float = 0.0,
        operator: str = "",
        seen: Seen | None = None,
        answer: AnswerOf | None = None,
    ) -> Future[OutboxMessage]:
        """Put a QUEUED message in the outbox, and who sent it in the audit. `console.store.outbox.messages.Order` says
        what the numbers mean. Fails with CannotSend as `again.check` says. As the `answer` of a rule it fails with
        NotAnswered where that is given already, or the number had too many.
        """
        at = self._clock.time()
        order = outbox.Order(draft, segments, parts, result_wait)

        def keep(connection: Connection) -> OutboxMessage:
            if answer is not None:
                rules.admit(connection, answer, draft.to, at)
            again.check(connection, [draft], seen)
            presence.beat(connection, self._process, presence.STORE_ROLE, "", at)
            message = outbox.insert(connection, order, at, self._owner, operator=operator)
            way = way_of(draft) + self.opt_outs.remarks(connection, [draft]).get(draft.to, "")
            write(connection, at, operator, "send", f"message {message.id}", way)
            if answer is not None:
                rules.note_answer(connection, answer, draft.to, at, message.id)
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

    def recover(self, *, grace: float = presence.GRACE) -> Future[int]:
        """Settle what a process that is gone left half sent: SUBMITTING becomes UNKNOWN. The number of
        messages.

        Gone is one that said so, one that no longer exists on this machine, and one of another machine or
        container that was not heard for `grace` seconds.
        """
        at = self._clock.time()
        return self._writer.submit(lambda connection: outbox.recover(connection, at, self._owner, grace))

    def prune(
        self, *, days: float | None = None, rows: int | None = None, share: float = 1.0
    ) -> Future[tuple[int, bool]]:
        """Remove for good what is older than `days`, and what is more than `rows`: from the start of the inbox, the
        outbox and the notices; of all that is there no more than this `share`, and a few. What is still being sent
        stays, and all that came after it. Resolves to how many were removed, and whether more is due. Many small
        writes, so that callbacks get in between. The file keeps its size and fills it anew.
        """
        before = None if days is None else self._clock.time() - days * 86_400
        finished: Future[tuple[int, bool]] = Future()
        try:
            most = max(retention.FEW, share * retention.size(self._rows))
        except StoreError as error:
            finished.set_exception(error)
            return finished

        def go_on(done: Future[tuple[int, bool]], so_far: int) -> None:
            if error := done.exception():
                finished.set_exception(error)
                return
            removed, more = done.result()
            if more and so_far + removed < most:
                next_portion(so_far + removed)
            else:
                finished.set_result((so_far + removed, more))

        def next_portion(so_far: int) -> None:
            step = self._writer.submit(lambda connection: retention.prune_some(connection, before, rows))
            step.add_done_callback(lambda done: go_on(done, so_far))

        next_portion(0)
        return finished

    def newest_at(self) -> float | None:
        """When the newest message came or was written, Unix seconds UTC; None where there is none."""
        return retention.newest_at(self._rows)

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

        A beat of `grace` seconds ago or less says nothing of a gap; where the role was given up in good order, or its
        process is known to be dead, one second does. The first one ever to take it up leaves no gap.
        """
        now = self._clock.time()

        def look(connection: Connection) -> int | None:
            since = presence.stale_since(connection, role, now, grace)
            return None if since is None else self._entries.add_gap(connection, since, now)

        return self._writer.submit(look)

    # ---- end ------------------------------------------------------------------------------------------------

    def close(self) -> None:
        """Finish the writes that wait, then close everything."""
        self._upkeep.close()
        self._writer.submit(lambda connection: presence.release_all(connection, self._owner), quiet=True)
        self._writer.close()
        super().close()
        self._changes.close()

    def _open_anew(self, connection: Connection, *, to_write: bool) -> Connection | None:
        """Called in the writing thread. All connections of a process share what it knows of the files, so all are
        closed before one is opened. Raises StoreError.
        """
        path, busy_timeout = self.path, self._busy_timeout
        with self._connections.all_closed(), self._changes.watching_anew() as watch, explained(path, "opening"):
            connection.close()
            with contextlib.ExitStack() as undo:
                anew = open_database(path, busy_timeout=busy_timeout, may_make=False) if to_write else None
                if anew is not None:
                    undo.callback(anew.close)
                watch(connect(path, busy_timeout=busy_timeout))
                undo.pop_all()
        return anew
