"""Removing what is old: from the start of each table, so that positions stay ids, and a little at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.store import figures
from console.store.inbox import search_index

if TYPE_CHECKING:
    import sqlite3

    from console.store.inbox.search import Rows

_TABLES = ("inbox", "outbox", "notice")
_NEWEST_ENTRY = "SELECT received_at FROM inbox ORDER BY id DESC LIMIT 1"
_NEWEST_MESSAGE = "SELECT created_at FROM outbox ORDER BY id DESC LIMIT 1"

FEW = 1_000
"""Rows that may always be removed together: that is no loss out of proportion."""

AT_ONCE = 100
"""Entries that one write removes: a few milliseconds, so that no callback waits long behind it."""


def newest_at(rows: Rows) -> float | None:
    """When the newest row of inbox or outbox came, Unix seconds UTC; None where there is none."""
    newest = [row[0] for sql in (_NEWEST_ENTRY, _NEWEST_MESSAGE) for row in rows(sql, ())]
    return max(newest, default=None)


def size(rows: Rows) -> int:
    """How many rows there are to remove from, as their ids tell."""
    return sum(rows(f"SELECT coalesce(max(id) - min(id) + 1, 0) FROM {table}", ())[0][0] for table in _TABLES)  # noqa: S608


def prune_some(connection: sqlite3.Connection, before: float | None, rows: int | None) -> tuple[int, bool]:
    """Remove some of what is older than `before` (Unix seconds UTC) or more than `rows`; how many, and whether there
    may be more.
    """
    inbox = _remove_entries(connection, *_span(connection, "inbox", "received_at", before, rows))
    outbox = _remove_messages(connection, *_span(connection, "outbox", "created_at", before, rows))
    notices = _remove_notices(connection, *_span(connection, "notice", "received_at", before, rows))
    return inbox + outbox + notices, max(inbox, outbox, notices) == AT_ONCE


def _span(
    connection: sqlite3.Connection, table: str, time: str, before: float | None, rows: int | None
) -> tuple[int, int]:
    """First and last id to remove now. Nothing that came after something young is removed."""
    first, newest = connection.execute(f"SELECT min(id), max(id) FROM {table}").fetchone()  # noqa: S608
    if first is None:
        return 0, -1
    last: int = first - 1
    if before is not None:
        young = connection.execute(
            f"SELECT id FROM {table} WHERE id < ? AND {time} >= ? ORDER BY id LIMIT 1",  # noqa: S608
            (first + AT_ONCE, before),
        ).fetchone()
        last = first + AT_ONCE - 1 if young is None else young[0] - 1
    if rows is not None:
        last = max(last, newest - max(rows, 0))
    return first, min(last, newest, first + AT_ONCE - 1)


def _remove_entries(connection: sqlite3.Connection, first: int, last: int) -> int:
    if last < first:
        return 0
    search_index.take_out(connection, first, last)
    span = (first, last)
    unread = connection.execute("SELECT count(*) FROM inbox WHERE read = 0 AND id BETWEEN ? AND ?", span).fetchone()[0]
    connection.execute("DELETE FROM attached WHERE entry BETWEEN ? AND ?", span)
    connection.execute("DELETE FROM claim WHERE entry BETWEEN ? AND ?", span)
    connection.execute("DELETE FROM inbox WHERE id BETWEEN ? AND ?", span)
    connection.execute("UPDATE tally SET value = value - ? WHERE name = 'unread'", (unread,))
    connection.execute("UPDATE tally SET value = ? WHERE name = 'inbox removed'", (last,))
    return last - first + 1


def _remove_messages(connection: sqlite3.Connection, first: int, last: int) -> int:
    unsettled = connection.execute(
        "SELECT min(id) FROM outbox WHERE unsettled = 1 AND id BETWEEN ? AND ?", (first, last)
    ).fetchone()[0]
    last = last if unsettled is None else unsettled - 1
    if last < first:
        return 0
    figures.count_until(connection, last)
    connection.execute("DELETE FROM evidence WHERE message_id BETWEEN ? AND ?", (first, last))
    connection.execute("DELETE FROM outbox WHERE id BETWEEN ? AND ?", (first, last))
    connection.execute("UPDATE tally SET value = ? WHERE name = 'outbox removed'", (last,))
    return last - first + 1


def _remove_notices(connection: sqlite3.Connection, first: int, last: int) -> int:
    return connection.execute("DELETE FROM notice WHERE id BETWEEN ? AND ?", (first, last)).rowcount
