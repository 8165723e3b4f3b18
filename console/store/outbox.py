"""Outbox messages and the evidence of their fate, as rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.domain.messages import (
    Callback,
    CallbackKind,
    DeliveryState,
    Draft,
    Evidence,
    OutboxMessage,
    Via,
)
from console.errors import StoreError
from console.protocol import delivery
from console.protocol.http_inbound import outcome, port_number
from console.store.callbacks import insert_notice
from console.store.wire_id import WireId, new_token

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

COLUMNS = "id, created_at, updated_at, gateway, number, text, draft_port, via, state, segments, detail"
"""In the order that `message_of` reads."""

_SELECT = f"SELECT {COLUMNS} FROM outbox"  # noqa: S608
_SOURCES = {CallbackKind.RESULT: "SMS-Status-Result", CallbackKind.REPORT: "SMS-Status-Report"}
_TAIL = 8
"""Digits at a number's end by which the gateway itself matches a report: prefixes are written in many
ways.
"""

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
    message_id = connection.execute(
        "INSERT INTO outbox (created_at, updated_at, gateway, number, tail, text, draft_port, port, via, "
        "state, segments, unsettled, detail, token, owner) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, '', ?, ?)",
        (
            at,
            at,
            draft.gateway,
            draft.to,
            _tail(draft.to),
            draft.text,
            draft.port,
            draft.port,
            draft.via.value,
            queued.value,
            " ".join([queued.value] * segments),
            new_token(),
            owner,
        ),
    ).lastrowid
    assert message_id is not None
    _insert_evidence(connection, Evidence(message_id, 0, at, queued, "console", ""))
    return OutboxMessage(message_id, at, at, draft, queued, (queued,) * segments, "")


def add_evidence(connection: sqlite3.Connection, evidence: Evidence) -> OutboxMessage:
    """Keep the evidence and move what the table of moves lets it move; the message as it is then."""
    message = _message(connection, evidence.message_id)
    if not 0 <= evidence.segment <= len(message.segments):
        raise StoreError(
            f"outbox message {message.id} has {len(message.segments)} segments, no segment {evidence.segment}"
        )
    segments = delivery.apply(message.segments, evidence.segment, evidence.state)
    return _record(connection, message, evidence, segments)


def take_notice(connection: sqlite3.Connection, gateway: str, at: float, callback: Callback, raw: bytes) -> int:
    """Keep a result or report, and what it says of the outbox message it belongs to; the notice's id."""
    message_id, segment = _match(connection, gateway, callback)
    repeated = message_id is not None and _is_kept(connection, message_id, raw)
    notice_id = insert_notice(connection, gateway, at, callback, raw, message_id)
    state = outcome(callback)
    if message_id is None or state is None:
        return notice_id
    message = _message(connection, message_id)
    words = " ".join(word for word in (callback.status, callback.cause) if word)
    evidence = Evidence(message_id, segment, at, state, _SOURCES[callback.kind], words)
    if repeated:
        # wget calls again after a time-out: the same words do not move a second segment.
        segments = message.segments
    elif segment:
        segments = delivery.apply(message.segments, segment, state)
    else:
        segments = delivery.apply_to_next(message.segments, state)
    _record(connection, message, evidence, segments)
    port = port_number(callback.port)
    if port is not None:
        connection.execute("UPDATE outbox SET port = ? WHERE id = ? AND port IS NULL", (port, message_id))
    return notice_id


def recover(connection: sqlite3.Connection, at: float, owner: str) -> int:
    """Settle what a Store other than `owner` left half sent: what was leaving is UNKNOWN, what had not left
    is called off.

    Messages of which nothing left stay QUEUED. Returns the number of messages changed.
    """
    rows = connection.execute(f"{_SELECT} WHERE unsettled = 1 AND owner <> ? ORDER BY id", (owner,)).fetchall()
    changed = 0
    for message in map(message_of, rows):
        if message.state is DeliveryState.QUEUED:
            continue
        changed += 1
        for number, state in enumerate(message.segments, start=1):
            verdict = {
                DeliveryState.SUBMITTING: DeliveryState.UNKNOWN,
                DeliveryState.QUEUED: DeliveryState.CANCELLED,
            }.get(state)
            if verdict is not None:
                add_evidence(connection, Evidence(message.id, number, at, verdict, "console", _STOPPED))
    return changed


def _message(connection: sqlite3.Connection, message_id: int) -> OutboxMessage:
    row = connection.execute(f"{_SELECT} WHERE id = ?", (message_id,)).fetchone()
    if row is None:
        raise StoreError(f"there is no outbox message {message_id}")
    return message_of(row)


def _record(
    connection: sqlite3.Connection,
    message: OutboxMessage,
    evidence: Evidence,
    segments: tuple[DeliveryState, ...],
) -> OutboxMessage:
    """Keep the evidence, and the segments as they are after it. Words that moved nothing do not become the
    detail.
    """
    _insert_evidence(connection, evidence)
    if segments == message.segments:
        return message
    state = delivery.rollup(segments)
    detail = evidence.raw or message.detail
    unsettled = DeliveryState.QUEUED in segments or DeliveryState.SUBMITTING in segments
    connection.execute(
        "UPDATE outbox SET updated_at = ?, state = ?, segments = ?, unsettled = ?, detail = ? WHERE id = ?",
        (evidence.at, state.value, " ".join(segments), unsettled, detail, message.id),
    )
    return OutboxMessage(message.id, message.created_at, evidence.at, message.draft, state, segments, detail)


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


def _match(connection: sqlite3.Connection, gateway: str, callback: Callback) -> tuple[int | None, int]:
    """The outbox message and segment (0: not said) that a result or report tells of; None when there is
    none.
    """
    wire_id = WireId.parse(callback.id)
    if wire_id is not None:
        row = connection.execute(
            "SELECT segments FROM outbox WHERE id = ? AND token = ?", (wire_id.message_id, wire_id.token)
        ).fetchone()
        if row is not None:
            known = wire_id.segment <= len(row[0].split())
            return wire_id.message_id, wire_id.segment if known else 0
    if callback.kind is CallbackKind.REPORT:
        return _match_report(connection, gateway, callback), 0
    return None, 0


def _match_report(connection: sqlite3.Connection, gateway: str, callback: Callback) -> int | None:
    """A report carries no id. As the gateway does: the newest message sent by that port to a number of that
    ending.

    Where no result callback is set up a message stays ACCEPTED, so one of those is the second choice.
    """
    tail = _tail(callback.number)
    if not tail:
        return None
    row = connection.execute(
        "SELECT id FROM outbox WHERE tail = ? AND state IN ('accepted', 'sent') AND gateway = ? "
        "AND (port = ? OR port IS NULL) ORDER BY state = 'sent' DESC, id DESC LIMIT 1",
        (tail, gateway, port_number(callback.port)),
    ).fetchone()
    return None if row is None else int(row[0])


def _is_kept(connection: sqlite3.Connection, message_id: int, raw: bytes) -> bool:
    row = connection.execute(
        "SELECT 1 FROM notice WHERE message_id = ? AND raw = ? LIMIT 1", (message_id, raw)
    ).fetchone()
    return row is not None


def _tail(number: str) -> str:
    return "".join(character for character in number if character.isdecimal())[-_TAIL:]
