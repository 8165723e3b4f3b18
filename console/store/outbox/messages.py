"""Outbox messages and the evidence of their fate, as rows."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from console.domain.messages import DeliveryState, Draft, Evidence, OutboxMessage, Via
from console.domain.sending import BatchState, Held
from console.errors import StoreError
from console.protocol.rules import delivery
from console.protocol.rules.timing import TOO_LATE, Turn, turn
from console.protocol.sms.causes import code_in
from console.protocol.sms.numbers import tail
from console.store import presence
from console.store.outbox import again, allowance
from console.store.outbox.wire_id import new_token
from console.store.ports import totals

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from console.domain.sending import Allowance
    from console.protocol.rules.timing import Now

COLUMNS = (
    "id, created_at, updated_at, gateway, number, text, draft_port, via, state, segments, detail, "
    "pool, again_of, port, operator, batch, parts, deadline, sent_at, delivered_at, not_before, not_after, again_as, "
    "(SELECT state FROM outbox AS later WHERE later.id = outbox.again_as)"
)
"""In the order that `message_of` reads."""

NOBODY = ""
"""The owner of a message that waits for its time: whoever sends takes it then."""

EVIDENCE = "SELECT message_id, segment, at, state, source, raw, why FROM evidence"
"""What `step_of` reads."""

_SELECT = f"SELECT {COLUMNS} FROM outbox"  # noqa: S608
_SELECT_OWNED = f"SELECT {COLUMNS}, owner FROM outbox"  # noqa: S608
_NEXT_ID = "SELECT 1 + coalesce((SELECT max(id) FROM outbox), (SELECT value FROM tally WHERE name = 'outbox removed'))"
_STOPPED = "the console stopped while it was sending"
_UNSETTLED = frozenset({DeliveryState.QUEUED, DeliveryState.SUBMITTING})
_ON_AIR = frozenset({DeliveryState.SENT, DeliveryState.DELIVERED})


@dataclass(frozen=True, slots=True)
class Order:
    """A draft as it is queued."""

    draft: Draft
    segments: int
    """Entries of its own state: 1 where the gateway splits."""
    parts: int = 0
    """How many parts it becomes on the air; 0: as many as segments."""
    result_wait: float = 0.0
    """Seconds for which its result is waited for once it is ACCEPTED; 0: for ever."""


def message_of(row: Sequence[Any]) -> OutboxMessage:
    """A row of COLUMNS as a record."""
    return OutboxMessage(
        id=row[0],
        created_at=row[1],
        updated_at=row[2],
        draft=Draft(
            row[3],
            row[4],
            row[5],
            row[6],
            Via(row[7]),
            pool=row[11],
            again_of=row[12],
            not_before=row[20],
            not_after=row[21],
        ),
        state=DeliveryState(row[8]),
        segments=tuple(DeliveryState(word) for word in row[9].split()),
        detail=row[10],
        port=row[13],
        operator=row[14],
        batch=row[15],
        parts=row[16],
        deadline=row[17],
        sent_at=row[18],
        delivered_at=row[19],
        again_as=row[22],
        again_state=None if row[23] is None else DeliveryState(row[23]),
    )


def insert(
    connection: sqlite3.Connection,
    order: Order,
    at: float,
    owner: str,
    *,
    operator: str = "",
    batch: int | None = None,
) -> OutboxMessage:
    """Add a QUEUED message: `owner`'s, or nobody's until its time comes, where it has one."""
    draft, segments = order.draft, order.segments
    if segments < 1:
        raise ValueError("a message has at least one segment")
    queued = DeliveryState.QUEUED
    parts = order.parts or segments
    message_id = next_id(connection)
    values = {
        "id": message_id,
        "created_at": at,
        "updated_at": at,
        "gateway": draft.gateway,
        "number": draft.to,
        "tail": tail(draft.to),
        "text": draft.text,
        "draft_port": draft.port,
        "port": draft.port,
        "via": draft.via.value,
        "state": queued.value,
        "segments": " ".join([queued.value] * segments),
        "unsettled": 1,
        "detail": "",
        "token": new_token(),
        "owner": NOBODY if draft.not_before is not None else owner,
        "operator": operator,
        "batch": batch,
        "pool": draft.pool,
        "again_of": draft.again_of,
        "parts": parts,
        "result_wait": order.result_wait,
        "not_before": draft.not_before,
        "not_after": draft.not_after,
    }
    connection.execute(
        f"INSERT INTO outbox ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})",  # noqa: S608
        tuple(values.values()),
    )
    insert_evidence(connection, Evidence(message_id, 0, at, queued, "console", ""))
    if draft.again_of is not None:
        again.take_place(connection, draft.again_of, message_id)
    return OutboxMessage(
        message_id, at, at, draft, queued, (queued,) * segments, "", draft.port, operator, batch, parts
    )


def next_id(connection: sqlite3.Connection) -> int:
    """The id of the message that is inserted next."""
    found: int = connection.execute(_NEXT_ID).fetchone()[0]
    return found


def add_evidence(connection: sqlite3.Connection, evidence: Evidence) -> OutboxMessage:
    """Keep the evidence and move what the table of moves lets it move; the message as it is then."""
    known = message(connection, evidence.message_id)
    if not 0 <= evidence.segment <= len(known.segments):
        raise StoreError(f"outbox message {known.id} has {len(known.segments)} segments, no segment {evidence.segment}")
    segments = delivery.apply(known.segments, evidence.segment, evidence.state)
    return record(connection, known, evidence, segments)


def begin(
    connection: sqlite3.Connection, leaving: Evidence, owner: str, rule: Allowance, now: Now
) -> OutboxMessage | Held | None:
    """Keep that a message, or a segment of it, leaves now. Nothing is kept where it must not: Held with its batch or by
    `rule`, or None where it waits no longer, is not `owner`'s, or it is not its time. One that is too late is called
    off, and one that has to wait for its time is nobody's until that comes.

    Two processes may both believe that a message is theirs: one was silent for long, and the other took it over.
    """
    known = message(connection, leaving.message_id)
    segments = delivery.apply(known.segments, leaving.segment, leaving.state)
    of = connection.execute("SELECT owner FROM outbox WHERE id = ?", (known.id,)).fetchone()[0]
    if of != owner or segments == known.segments:
        return None
    if known.state is DeliveryState.QUEUED:
        its = turn(known.draft, now)
        if its is Turn.LATE:
            call_off_late(connection, known, leaving.at)
            return None
        if its is not Turn.DUE:
            connection.execute("UPDATE outbox SET owner = ? WHERE id = ?", (NOBODY, known.id))
            return None
        held = _held_with_batch(connection, known)
        if held is None and leaving.port is not None:
            held = allowance.held(connection, known, leaving.port, leaving.imsi, rule, leaving.at)
        if held is not None:
            return held
    return record(connection, known, leaving, segments)


def call_off_late(connection: sqlite3.Connection, late: OutboxMessage, at: float) -> None:
    """Keep that its time was over before it left: somebody wanted it to, and has to be told."""
    assert late.draft.not_after is not None, "else it is never late"
    end = datetime.fromtimestamp(late.draft.not_after, UTC)
    words = f"{TOO_LATE}: it had to be sent by {end:%Y-%m-%d %H:%M:%S} UTC"
    add_evidence(connection, Evidence(late.id, 0, at, DeliveryState.FAILED, "console", words))


def _held_with_batch(connection: sqlite3.Connection, known: OutboxMessage) -> Held | None:
    if known.batch is None:
        return None
    state = connection.execute("SELECT state FROM batch WHERE id = ?", (known.batch,)).fetchone()[0]
    return Held(f"Batch {known.batch} is paused.", 0.0) if state == BatchState.PAUSED else None


def recover(connection: sqlite3.Connection, at: float, owner: str, grace: float) -> int:
    """Settle what a Store that is gone left half sent: what was leaving is UNKNOWN, what had not left is
    called off.

    Messages of which nothing left stay QUEUED. Returns the number of messages changed.
    """
    changed = 0
    for left in _of_gone(connection, at, owner, grace):
        if left.state is DeliveryState.QUEUED:
            continue
        changed += 1
        for number, state in enumerate(left.segments, start=1):
            verdict = {
                DeliveryState.SUBMITTING: DeliveryState.UNKNOWN,
                DeliveryState.QUEUED: DeliveryState.CANCELLED,
            }.get(state)
            if verdict is not None:
                add_evidence(connection, Evidence(left.id, number, at, verdict, "console", _STOPPED))
    return changed


def take_over(
    connection: sqlite3.Connection, at: float, owner: str, grace: float, operator: str
) -> list[OutboxMessage]:
    """Make the QUEUED messages of a Store that is gone those of `owner`, oldest first: `operator` said yes."""
    left = [message for message in _of_gone(connection, at, owner, grace) if message.state is DeliveryState.QUEUED]
    for taken in left:
        connection.execute("UPDATE outbox SET owner = ? WHERE id = ?", (owner, taken.id))
        words = f"released by {operator}"
        insert_evidence(connection, Evidence(taken.id, 0, at, DeliveryState.QUEUED, "operator", words))
    return left


def cancel(connection: sqlite3.Connection, ids: Sequence[int], at: float, operator: str) -> int:
    """Call off those of which nothing left; how many that were."""
    cancelled = 0
    for message_id in ids:
        if message(connection, message_id).state is DeliveryState.QUEUED:
            words = f"cancelled by {operator}"
            add_evidence(connection, Evidence(message_id, 0, at, DeliveryState.CANCELLED, "operator", words))
            cancelled += 1
    return cancelled


def expire(connection: sqlite3.Connection, at: float) -> int:
    """What was ACCEPTED and had no result for as long as one is waited for is UNKNOWN; how many that were."""
    rows = connection.execute(f"{_SELECT} WHERE deadline <= ? AND state = 'accepted'", (at,)).fetchall()
    for late in map(message_of, rows):
        words = f"the gateway accepted it, but reported no result for {round(at - late.updated_at)} s"
        add_evidence(connection, Evidence(late.id, 0, at, DeliveryState.UNKNOWN, "console", words))
    return len(rows)


def _of_gone(connection: sqlite3.Connection, at: float, owner: str, grace: float) -> list[OutboxMessage]:
    """Messages not settled whose Store is gone, oldest first."""
    there = {NOBODY, owner, *presence.those_there(connection, presence.STORE_ROLE, at, grace)}
    found = connection.execute(f"{_SELECT_OWNED} WHERE unsettled = 1 ORDER BY id").fetchall()
    return [message_of(row) for row in found if row[-1] not in there]


def evidence_of(connection: sqlite3.Connection, message_ids: Sequence[int]) -> list[Evidence]:
    """All that became known of some messages, in the order it was learnt."""
    marks = ", ".join("?" * len(message_ids))
    rows = connection.execute(f"{EVIDENCE} WHERE message_id IN ({marks}) ORDER BY id", message_ids)
    return [step_of(row) for row in rows]


def step_of(row: Sequence[Any]) -> Evidence:
    """A row of EVIDENCE as a record."""
    return Evidence(row[0], row[1], row[2], DeliveryState(row[3]), row[4], row[5], why=row[6])


def message(connection: sqlite3.Connection, message_id: int) -> OutboxMessage:
    """One message by its id. Raises StoreError when there is none."""
    row = connection.execute(f"{_SELECT} WHERE id = ?", (message_id,)).fetchone()
    if row is None:
        raise StoreError(f"there is no outbox message {message_id}")
    return message_of(row)


def record(
    connection: sqlite3.Connection,
    before: OutboxMessage,
    evidence: Evidence,
    segments: tuple[DeliveryState, ...],
) -> OutboxMessage:
    """Keep the evidence, and the segments as they are after it. Words that moved nothing do not become the
    detail.
    """
    insert_evidence(connection, evidence)
    if evidence.port is not None:
        connection.execute(
            "UPDATE outbox SET port = ?, imsi = ? WHERE id = ?", (evidence.port, evidence.imsi, before.id)
        )
        before = replace(before, port=evidence.port)
    if segments == before.segments:
        return before
    state = delivery.rollup(segments)
    after = replace(
        before,
        updated_at=evidence.at,
        state=state,
        segments=segments,
        detail=evidence.raw or before.detail,
        sent_at=before.sent_at or (evidence.at if state in _ON_AIR else None),
        delivered_at=before.delivered_at or (evidence.at if state is DeliveryState.DELIVERED else None),
    )
    if state is DeliveryState.ACCEPTED and before.state is not DeliveryState.ACCEPTED:
        wait = connection.execute("SELECT result_wait FROM outbox WHERE id = ?", (before.id,)).fetchone()[0]
        after = replace(after, deadline=evidence.at + wait if wait else None)
    leaves = before.state is DeliveryState.QUEUED and state is DeliveryState.SUBMITTING
    connection.execute(
        "UPDATE outbox SET updated_at = ?, state = ?, segments = ?, unsettled = ?, detail = ?, deadline = ?, "
        "sent_at = ?, delivered_at = ?, gone = ?, reason = ?, "
        "left_at = CASE WHEN ? THEN ? ELSE coalesce(left_at, ?) END WHERE id = ?",
        (
            after.updated_at,
            state.value,
            " ".join(segments),
            not _UNSETTLED.isdisjoint(segments),
            after.detail,
            after.deadline,
            after.sent_at,
            after.delivered_at,
            allowance.gone(after),
            reason(after),
            leaves,
            evidence.at,
            evidence.at,
            after.id,
        ),
    )
    if before.state is DeliveryState.SUBMITTING and state not in _UNSETTLED:
        imsi = connection.execute("SELECT imsi FROM outbox WHERE id = ?", (after.id,)).fetchone()[0]
        failed = state is DeliveryState.FAILED
        allowance.ended(connection, after.draft.gateway, after.port, imsi, evidence.at, failed=failed)
    totals.settled(connection, before, after)
    return after


def reason(of: OutboxMessage) -> str:
    """The code of what made it fail; empty where it did not, or none is known."""
    return code_in(of.detail) if of.state is DeliveryState.FAILED else ""


def insert_evidence(connection: sqlite3.Connection, evidence: Evidence) -> None:
    """Keep it; it moves nothing."""
    connection.execute(
        "INSERT INTO evidence (message_id, segment, at, state, source, raw, why) VALUES (?, ?, ?, ?, ?, ?, ?)",
        (
            evidence.message_id,
            evidence.segment,
            evidence.at,
            evidence.state.value,
            evidence.source,
            evidence.raw,
            evidence.why,
        ),
    )
