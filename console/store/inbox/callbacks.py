"""Callbacks as rows: SMS and the unreadable in `inbox`, results and reports in `notice`. Columns are the
same.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from console.domain.messages import Callback, CallbackKind, InboxMessage, Joined
from console.protocol.sms.joining import Piece, declared_part, gateway_seconds, in_order
from console.protocol.sms.numbers import tail

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

COLUMNS = (
    "id, gateway, received_at, kind, number, text, port, port_name, gateway_time, imsi, "
    "wire_id, status, cause, reason, raw"
)
"""In the order that `row_of` writes and `callback_of` reads."""

MORE = "read, copies, parts, missing, apart, since"
"""What an entry of the inbox has behind them."""

_MARKS = ", ".join("?" * 14)
_INSERT_NOTICE = f"INSERT INTO notice ({COLUMNS}, message_id, tail, way, repeated) VALUES (NULL, {_MARKS}, ?, ?, ?, ?)"  # noqa: S608


def insert_notice(
    connection: sqlite3.Connection,
    gateway: str,
    at: float,
    callback: Callback,
    raw: bytes,
    *,
    message_id: int | None,
    way: str,
    repeated: int,
) -> int:
    """Add a result or report and the outbox message it tells of, if that is known; its id.

    `way` is how it came; `repeated`, whether an earlier one said the same: not, by another way, by a call made again.
    """
    row_id = connection.execute(
        _INSERT_NOTICE, (*row_of(gateway, at, callback, raw), message_id, tail(callback.number), way, repeated)
    ).lastrowid
    assert row_id is not None
    return row_id


def mark_read(connection: sqlite3.Connection, ids: Sequence[int]) -> list[int]:
    """Ids that are read already, or not there, are left alone; the others."""
    mark = "UPDATE inbox SET read = 1 WHERE id = ? AND read = 0"
    changed = [row_id for row_id in ids if connection.execute(mark, (row_id,)).rowcount]
    connection.execute("UPDATE tally SET value = value - ? WHERE name = 'unread'", (len(changed),))
    return changed


def message_of(row: Sequence[Any], others: Sequence[Sequence[Any]] = ()) -> InboxMessage:
    """A row of COLUMNS and MORE as a record; `others` are rows of its further parts, as they came."""
    *_, read, copies, parts, missing, apart, since = row
    callback = callback_of(row)
    is_gap = callback.kind is CallbackKind.GAP
    joined, texts = None, []
    if others := others[: parts - 1]:
        pieces = [piece_of(part[2], callback_of(part), part[14]) for part in (row, *others)]
        joined = Joined.APART if apart else Joined.GUESSED if pieces[0].declared is None else Joined.NUMBERED
        texts = [piece.text for piece in (pieces if apart else in_order(pieces))]
        callback = replace(callback, text=("\n" if apart else "").join(texts))
    return InboxMessage(
        id=row[0],
        gateway=row[1],
        received_at=row[2],
        callback=callback,
        raw=row[14],
        read=bool(read),
        copies=copies,
        pieces=tuple(texts),
        joined=joined,
        missing=missing,
        since=since if is_gap else 0.0,
        until=row[2] if is_gap else 0.0,
    )


def notice_of(row: Sequence[Any]) -> InboxMessage:
    """A row of COLUMNS of the notices as a record."""
    return InboxMessage(row[0], row[1], row[2], callback_of(row), row[14], read=False)


def callback_of(row: Sequence[Any]) -> Callback:
    """The callback of a row of COLUMNS."""
    return Callback(
        kind=CallbackKind(row[3]),
        number=row[4],
        text=row[5],
        port=row[6],
        port_name=row[7],
        gateway_time=row[8],
        imsi=row[9],
        id=row[10],
        status=row[11],
        cause=row[12],
        reason=row[13],
    )


def piece_of(at: float, callback: Callback, raw: bytes) -> Piece:
    """What is known of an SMS as a part; `at` is when it was received."""
    seconds = gateway_seconds(callback.gateway_time)
    return Piece(callback.text, at if seconds is None else seconds, declared_part(raw))


def row_of(gateway: str, at: float, callback: Callback, raw: bytes) -> tuple[object, ...]:
    """COLUMNS without the id."""
    return (
        gateway,
        at,
        callback.kind.value,
        callback.number,
        callback.text,
        callback.port,
        callback.port_name,
        callback.gateway_time,
        callback.imsi,
        callback.id,
        callback.status,
        callback.cause,
        callback.reason,
        raw,
    )
