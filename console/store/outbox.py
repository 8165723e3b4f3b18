"""Outbox messages and the evidence of their fate, as rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.domain.messages import DeliveryState, Draft, Evidence, OutboxMessage, Via
from console.errors import StoreError
from console.protocol import delivery
from console.protocol.numbers import tail
from console.store import presence
from console.store.wire_id import new_token

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

COLUMNS = "id, created_at, updated_at, gateway, number, text, draft_port, via, state, segments, detail"
"""In the order that `message_of` reads."""

_SELECT = f"SELECT {COLUMNS} FROM outbox"  # noqa: S608
_SELECT_OWNED = f"SELECT {COLUMNS}, owner FROM outbox"  # noqa: S608
_NEXT_ID = "SELECT 1 + coalesce((SELECT max(id) FROM outbox), (SELECT value FROM tally WHERE name = 'outbox removed'))"
_STOPPED = "the console stopped while it was sending"


def message_of(row: Sequence[Any]) -> OutboxMessage:
    """A row of COLUMNS as a record."""
    return OutboxMessage(
        id=row[0],
        created_at=row[1],
        updated_at=row[2],
        draft=Draft(gateway=row[3], to=row[4], text=row[5], port=row[6], via=Via(row[7])),
        state=DeliveryState(row[8]),
        segments=tuple(DeliveryState(word) for word in row[9].split()),
        detail=row[10],
    )


def insert(connection: sqlite3.Connection, draft: Draft, segments: int, at: float, owner: str) -> OutboxMessage:
    """Add a QUEUED message of so many segments."""
    if segments < 1:
        raise ValueError("a message has at least one segment")
    queued = DeliveryState.QUEUED
    message_id: int = connection.execute(_NEXT_ID).fetchone()[0]
    connection.execute(
        "INSERT INTO outbox (id, created_at, updated_at, gateway, number, tail, text, draft_port, port, via, "
        "state, segments, unsettled, detail, token, owner) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, '', ?, ?)",
        (
            message_id,
            at,
            at,
            draft.gateway,
            draft.to,
            tail(draft.to),
            draft.text,
            draft.port,
            draft.port,
            draft.via.value,
            queued.value,
            " ".join([queued.value] * segments),
            new_token(),
            owner,
        ),
    )
    _insert_evidence(connection, Evidence(message_id, 0, at, queued, "console", ""))
    return OutboxMessage(message_id, at, at, draft, queued, (queued,) * segments, "")


def add_evidence(connection: sqlite3.Connection, evidence: Evidence) -> OutboxMessage:
    """Keep the evidence and move what the table of moves lets it move; the message as it is then."""
    known = message(connection, evidence.message_id)
    if not 0 <= evidence.segment <= len(known.segments):
        raise StoreError(f"outbox message {known.id} has {len(known.segments)} segments, no segment {evidence.segment}")
    segments = delivery.apply(known.segments, evidence.segment, evidence.state)
    return record(connection, known, evidence, segments)


def recover(connection: sqlite3.Connection, at: float, owner: str, grace: float) -> int:
    """Settle what a Store that is gone left half sent: what was leaving is UNKNOWN, what had not left is
    called off.

    Messages of which nothing left stay QUEUED. Returns the number of messages changed.
    """
    there = {owner, *presence.those_there(connection, presence.STORE_ROLE, at, grace)}
    found = connection.execute(f"{_SELECT_OWNED} WHERE unsettled = 1 ORDER BY id").fetchall()
    rows = [row for row in found if row[-1] not in there]
    changed = 0
    for left in map(message_of, rows):
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
    _insert_evidence(connection, evidence)
    if segments == before.segments:
        return before
    state = delivery.rollup(segments)
    detail = evidence.raw or before.detail
    unsettled = DeliveryState.QUEUED in segments or DeliveryState.SUBMITTING in segments
    connection.execute(
        "UPDATE outbox SET updated_at = ?, state = ?, segments = ?, unsettled = ?, detail = ? WHERE id = ?",
        (evidence.at, state.value, " ".join(segments), unsettled, detail, before.id),
    )
    return OutboxMessage(before.id, before.created_at, evidence.at, before.draft, state, segments, detail)


def _insert_evidence(connection: sqlite3.Connection, evidence: Evidence) -> None:
    connection.execute(
        "INSERT INTO evidence (message_id, segment, at, state, source, raw) VALUES (?, ?, ?, ?, ?, ?)",
        (
            evidence.message_id,
            evidence.segment,
            evidence.at,
            evidence.state.value,
            evidence.source,
            evidence.raw,
        ),
    )
