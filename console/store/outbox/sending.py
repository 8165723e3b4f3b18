"""Batches, and what people decide about messages: that they go on, are called off, or came to this or that end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.domain.messages import DeliveryState, Draft, Evidence, OutboxMessage, Via
from console.domain.sending import ANYTHING, Allowance, Batch, BatchState, Decided, Held, Seen
from console.errors import StoreError
from console.protocol.rules.timing import Now
from console.store import presence
from console.store.audit import write
from console.store.outbox import again
from console.store.outbox import messages as outbox

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence
    from concurrent.futures import Future

    from console.domain.clock import Clock
    from console.store.engine.writer import Submit
    from console.store.inbox.search import Rows
    from console.store.opt_outs import OptOuts

_LAST = 50
"""Messages from which the time that one takes is told."""

_BATCH = "SELECT id, created_at, operator, label, state, total FROM batch"
_COUNTS = "SELECT state, count(*), max(updated_at) FROM outbox WHERE batch = ? GROUP BY state"
_FIRST_LEFT = (
    "SELECT min(at) FROM evidence WHERE state = 'submitting' AND message_id >= "
    "(SELECT min(id) FROM outbox WHERE batch = ?) AND message_id <= (SELECT max(id) FROM outbox WHERE batch = ?)"
)
_OF_BATCH = "SELECT id FROM outbox WHERE batch = ? AND state = ? ORDER BY id"
_HOW_MANY = "SELECT count(*) FROM outbox WHERE batch = ? AND state = ?"
_NEXT = f"SELECT {outbox.COLUMNS} FROM outbox WHERE batch = ? AND state = 'queued' ORDER BY id LIMIT 1"  # noqa: S608
_OWNERS = "SELECT DISTINCT owner FROM outbox WHERE unsettled = 1 AND state = 'queued'"
_QUEUED = f"SELECT {outbox.COLUMNS} FROM outbox WHERE unsettled = 1 AND state = 'queued' AND owner = ?"  # noqa: S608
_PRESENT = f"SELECT {presence.COLUMNS} FROM presence WHERE role = ?"  # noqa: S608
# How long the last ones took, from leaving to the air, for each part.
_SECONDS = (
    "SELECT sent_at - (SELECT min(at) FROM evidence WHERE message_id = o.id AND state = 'submitting'), parts "
    "FROM outbox o WHERE gateway = ? AND via = ? AND sent_at IS NOT NULL ORDER BY id DESC LIMIT ?"
)
# One SIM after the other: of each the index has what left since then together.
_SEGMENTS = """
    WITH RECURSIVE sim (imsi) AS (
        SELECT min(imsi) FROM outbox INDEXED BY outbox_gone WHERE gateway = ?1 AND gone > 0
        UNION ALL
        SELECT (
            SELECT min(o.imsi) FROM outbox o INDEXED BY outbox_gone
            WHERE o.gateway = ?1 AND o.imsi > sim.imsi AND o.gone > 0
        ) FROM sim WHERE sim.imsi IS NOT NULL
    )
    SELECT o.port, o.imsi, sum(o.gone) FROM sim CROSS JOIN outbox o INDEXED BY outbox_gone
    WHERE o.gateway = ?1 AND o.imsi = sim.imsi AND o.left_at >= ?2 AND o.gone > 0 AND o.port IS NOT NULL
    GROUP BY o.port, o.imsi
"""


class BatchesReader:
    """Reads batches, from any thread. Every read raises StoreError when the database can't be read."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def batches(self, count: int) -> list[Batch]:
        """The newest, newest first, as they are now."""
        return [self._batch_of(row) for row in self._rows(f"{_BATCH} ORDER BY id DESC LIMIT ?", (count,))]

    def batch(self, batch_id: int) -> Batch | None:
        """One batch as it is now."""
        rows = self._rows(f"{_BATCH} WHERE id = ?", (batch_id,))
        return self._batch_of(rows[0]) if rows else None

    def _batch_of(self, row: Sequence[Any]) -> Batch:
        batch_id, created_at, operator, label, state, total = row
        found = self._rows(_COUNTS, (batch_id,))
        return Batch(
            batch_id,
            created_at,
            operator,
            label,
            BatchState(state),
            total,
            {DeliveryState(row[0]): row[1] for row in found},
            self._rows(_FIRST_LEFT, (batch_id, batch_id))[0][0],
            max((row[2] for row in found), default=None),
        )


class SendingReader(BatchesReader):
    """Reads batches and what the past says of sending, as `BatchesReader`."""

    def __init__(self, rows: Rows, clock: Clock, process: presence.Process) -> None:
        super().__init__(rows)
        self._clock = clock
        self._process = process

    def batch_state(self, batch_id: int) -> BatchState:
        """Whether the rest of it may leave. Raises StoreError when there is no such batch."""
        rows = self._rows("SELECT state FROM batch WHERE id = ?", (batch_id,))
        if not rows:
            raise StoreError(f"there is no batch {batch_id}")
        return BatchState(rows[0][0])

    def messages_of(self, batch_id: int, *states: DeliveryState) -> list[int]:
        """Ids of the messages of a batch that are in one of these states, oldest first."""
        return sorted(row[0] for state in states for row in self._rows(_OF_BATCH, (batch_id, state.value)))

    def next_of(self, batch_id: int) -> OutboxMessage | None:
        """The first message of a batch that has not left; None where all have."""
        rows = self._rows(_NEXT, (batch_id,))
        return outbox.message_of(rows[0]) if rows else None

    def seen(self, again_of: Sequence[int] = ()) -> Seen:
        """How the outbox is now, for somebody who is about to look at what speaks against sending. `again_of` are
        messages that are to be sent again.
        """
        newest = self._rows("SELECT coalesce(max(id), 0) FROM outbox", ())[0][0]
        states = (self._rows("SELECT id, state FROM outbox WHERE id = ?", (message_id,)) for message_id in again_of)
        return Seen(newest, {row[0]: DeliveryState(row[1]) for rows in states for row in rows})

    def left_over(self, *, grace: float = presence.GRACE) -> list[OutboxMessage]:
        """QUEUED messages of processes that are gone, oldest first: they wait for a yes."""
        owners = {row[0] for row in self._rows(_OWNERS, ())} - {self._process.owner, outbox.NOBODY}
        if not owners:
            return []
        now = self._clock.time()
        present = map(presence.presence_of, self._rows(_PRESENT, (presence.STORE_ROLE,)))
        gone = owners - {one.owner for one in present if one.is_fresh(now, grace)}
        found = [row for owner in gone for row in self._rows(_QUEUED, (owner,))]
        return sorted(map(outbox.message_of, found), key=lambda message: message.id)

    def next_deadline(self) -> float | None:
        """When the first of those will have waited long enough, Unix seconds UTC; None when none waits."""
        found: float | None = self._rows(
            "SELECT min(deadline) FROM outbox WHERE deadline IS NOT NULL AND state = 'accepted'", ()
        )[0][0]
        return found

    def seconds_a_part(self, gateway: str, via: Via) -> float | None:
        """How long one part took lately, from leaving to the air; None when none is known."""
        rows = [row for row in self._rows(_SECONDS, (gateway, via.value, _LAST)) if row[0] is not None]
        parts = sum(row[1] for row in rows)
        return sum(row[0] for row in rows) / parts if parts else None

    def segments_since(self, gateway: str, since: float) -> dict[tuple[int, str], int]:
        """Parts that left since a moment (Unix seconds UTC), by port and IMSI (empty where it was not known)."""
        rows = self._rows(_SEGMENTS, (gateway, since))
        return {(row[0], row[1]): row[2] for row in rows}


class SendingBook(SendingReader):
    """Reads and writes, both from any thread. A write resolves once it is durable; both raise StoreError."""

    def __init__(self, rows: Rows, submit: Submit, clock: Clock, process: presence.Process, opt_outs: OptOuts) -> None:
        super().__init__(rows, clock, process)
        self._submit = submit
        self._opt_outs = opt_outs

    # ---- batches --------------------------------------------------------------------------------------------

    def add_batch(
        self, orders: Sequence[outbox.Order], operator: str, label: str, seen: Seen | None = None
    ) -> Future[tuple[Batch, list[OutboxMessage]]]:
        """Put many messages in the outbox: all of them, or none. Fails with CannotSend as `again.check` says."""
        at = self._clock.time()

        def keep(connection: sqlite3.Connection) -> tuple[Batch, list[OutboxMessage]]:
            again.check(connection, [order.draft for order in orders], seen)
            presence.beat(connection, self._process, presence.STORE_ROLE, "", at)
            cursor = connection.execute(
                "INSERT INTO batch (created_at, operator, label, state, total) VALUES (?, ?, ?, ?, ?)",
                (at, operator, label, BatchState.RUNNING.value, len(orders)),
            )
            batch_id = cursor.lastrowid
            assert batch_id is not None, "a row was inserted"
            messages = [
                outbox.insert(connection, order, at, self._process.owner, operator=operator, batch=batch_id)
                for order in orders
            ]
            remarks = self._opt_outs.remarks(connection, [order.draft for order in orders])
            for message in messages:
                way = way_of(message.draft) + remarks.get(message.draft.to, "")
                write(connection, at, operator, "send", f"message {message.id}", way)
            batch = Batch(batch_id, at, operator, label, BatchState.RUNNING, len(orders))
            return batch, messages

        return self._submit(keep)

    def set_batch(self, batch_id: int, state: BatchState, operator: str) -> Future[Decided]:
        """Let the rest of a batch wait, go on, or call it off. What was called off stays so."""
        at = self._clock.time()

        def change(connection: sqlite3.Connection) -> Decided:
            write(connection, at, operator, "batch", f"batch {batch_id}", state.value)
            changed = connection.execute(
                "UPDATE batch SET state = ? WHERE id = ? AND state <> 'cancelled'", (state.value, batch_id)
            ).rowcount
            called_off = 0
            if changed and state is BatchState.CANCELLED:
                queued = connection.execute(_OF_BATCH, (batch_id, DeliveryState.QUEUED.value)).fetchall()
                called_off = outbox.cancel(connection, [row[0] for row in queued], at, operator)
            leaving = connection.execute(_HOW_MANY, (batch_id, DeliveryState.SUBMITTING.value)).fetchone()[0]
            return Decided(state if changed else BatchState.CANCELLED, called_off, leaving)

        return self._submit(change)

    def call_off_rest(self, batch_id: int) -> Future[int]:
        """Call off what went back to QUEUED after its batch was called off, while it was just leaving; how many."""
        at = self._clock.time()

        def call_off(connection: sqlite3.Connection) -> int:
            queued = connection.execute(_OF_BATCH, (batch_id, DeliveryState.QUEUED.value)).fetchall()
            return outbox.cancel(connection, [row[0] for row in queued], at, f"the end of batch {batch_id}")

        return self._submit(call_off)

    def begin(
        self,
        message_id: int,
        segment: int,
        port: int | None,
        imsi: str,
        rule: Allowance = ANYTHING,
        now: Now | None = None,
    ) -> Future[OutboxMessage | Held | None]:
        """Say that a message leaves now, through `port` with the SIM `imsi` in it; `segment` 0 is all of it. Held: its
        batch waits, or the SIM or port may not carry it now, by `rule` or because another process is sending there.
        None: it must not leave, because it waits no longer, another process has it, or it is not its time by `now`
        (None: by the store's clock).
        """

        def keep(connection: sqlite3.Connection) -> OutboxMessage | Held | None:
            at = self._clock.time()  # not before the database is ours: another may have ended a message meanwhile
            leaving = Evidence(message_id, segment, at, DeliveryState.SUBMITTING, "console", "", port, imsi)
            presence.hear(connection, self._process.owner, at)
            return outbox.begin(connection, leaving, self._process.owner, rule, now or Now(at, at))

        return self._submit(keep)

    # ---- what people decide ---------------------------------------------------------------------------------

    def take_over(self, operator: str, *, grace: float = presence.GRACE) -> Future[list[OutboxMessage]]:
        """Make what is `left_over` this process's own: `operator` said that it may go on."""
        at = self._clock.time()

        def take(connection: sqlite3.Connection) -> list[OutboxMessage]:
            presence.beat(connection, self._process, presence.STORE_ROLE, "", at)
            taken = outbox.take_over(connection, at, self._process.owner, grace, operator)
            for message in taken:
                write(connection, at, operator, "go on", f"message {message.id}", way_of(message.draft))
            return taken

        return self._submit(take)

    def cancel(self, ids: Sequence[int], operator: str) -> Future[int]:
        """Call off those of which nothing has left; how many that were."""
        at = self._clock.time()

        def call_off(connection: sqlite3.Connection) -> int:
            for message_id in ids:
                write(connection, at, operator, "cancel", f"message {message_id}")
            return outbox.cancel(connection, ids, at, operator)

        return self._submit(call_off)

    def settle(self, message_id: int, state: DeliveryState, operator: str) -> Future[OutboxMessage]:
        """What a person knows of an UNKNOWN message: that it is SENT, DELIVERED or FAILED."""
        at = self._clock.time()
        evidence = Evidence(message_id, 0, at, state, "operator", f"marked by {operator}")

        def mark(connection: sqlite3.Connection) -> OutboxMessage:
            known = outbox.message(connection, message_id)
            if not known.is_ours:
                raise StoreError(
                    f"message {message_id} was sent by another program", hint="You can only view such messages."
                )
            if known.state is not DeliveryState.UNKNOWN:
                raise StoreError(
                    f"message {message_id} is {known.state}, not unknown", hint="Only an unknown one can be marked."
                )
            write(connection, at, operator, "mark", f"message {message_id}", state.value)
            return outbox.add_evidence(connection, evidence)

        return self._submit(mark)

    def expire(self) -> Future[int]:
        """Messages that were accepted, and whose result was waited for long enough, are UNKNOWN; how many."""
        at = self._clock.time()
        return self._submit(lambda connection: outbox.expire(connection, at))


def way_of(draft: Draft) -> str:
    """Which way a message is to go, for the audit: never its text."""
    port = f" port {draft.port}" if draft.port is not None else f" ports {draft.pool}" if draft.pool else ""
    again = f", again for message {draft.again_of}" if draft.again_of is not None else ""
    return f"to {draft.to} by {draft.gateway}{port} {draft.via.value.upper()}{again}"
