"""Callbacks as rows: SMS and the unreadable in `inbox`, results and reports in `notice`. Columns are the
same.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.domain.messages import Callback, CallbackKind, InboxMessage

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

COLUMNS = (
    "id, gateway, received_at, kind, number, text, port, port_name, gateway_time, imsi, "
    "wire_id, status, cause, reason, raw"
)
"""In the order that `row_of` writes and `message_of` reads; the inbox has `read` after them."""

MARKED_AT_ONCE = 2_000
"""Rows that one write marks as read: a few milliseconds, so that no callback waits long behind it."""

_MARKS = ", ".join("?" * 14)
_INSERT_INBOX = f"INSERT INTO inbox ({COLUMNS}) VALUES (NULL, {_MARKS})"  # noqa: S608
_INSERT_NOTICE = f"INSERT INTO notice ({COLUMNS}, message_id) VALUES (NULL, {_MARKS}, ?)"  # noqa: S608


def insert_inbox(connection: sqlite3.Connection, gateway: str, at: float, callback: Callback, raw: bytes) -> int:
    """Add an SMS or an unreadable callback; its id."""
    row_id = connection.execute(_INSERT_INBOX, _row(gateway, at, callback, raw)).lastrowid
    connection.execute("UPDATE tally SET value = value + 1 WHERE name = 'unread'")
    assert row_id is not None
    return row_id


def insert_notice(
    connection: sqlite3.Connection,
    gateway: str,
    at: float,
    callback: Callback,
    raw: bytes,
    message_id: int | None,
) -> int:
    """Add a result or report and the outbox message it tells of, if that is known; its id."""
    row_id = connection.execute(_INSERT_NOTICE, (*_row(gateway, at, callback, raw), message_id)).lastrowid
    assert row_id is not None
    return row_id


def mark_read(connection: sqlite3.Connection, ids: Sequence[int]) -> None:
    """Ids that are read already, or not there, are left alone."""
    changed = 0
    for row_id in ids:
        changed += connection.execute("UPDATE inbox SET read = 1 WHERE id = ? AND read = 0", (row_id,)).rowcount
    connection.execute("UPDATE tally SET value = value - ? WHERE name = 'unread'", (changed,))


def mark_some_read(connection: sqlite3.Connection, newest: int) -> int:
    """Up to MARKED_AT_ONCE of the unread up to the id `newest`; how many."""
    changed = connection.execute(
        "UPDATE inbox SET read = 1 WHERE id IN (SELECT id FROM inbox WHERE read = 0 AND id <= ? LIMIT ?)",
        (newest, MARKED_AT_ONCE),
    ).rowcount
    connection.execute("UPDATE tally SET value = value - ? WHERE name = 'unread'", (changed,))
    return changed


def message_of(row: Sequence[Any], *, read: bool) -> InboxMessage:
    """A row of COLUMNS as a record."""
    return InboxMessage(
        id=row[0],
        gateway=row[1],
        received_at=row[2],
        callback=Callback(
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
        ),
        raw=row[14],
        read=read,
    )


def _row(gateway: str, at: float, callback: Callback, raw: bytes) -> tuple[object, ...]:
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
