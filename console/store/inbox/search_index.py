"""The search index over the inbox: fed in the writing thread's spare time, so that no message waits for it.

`tally.indexed` says up to which id it goes; what is newer is searched without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.domain.messages import CallbackKind
from console.protocol.query.inbox import Searched
from console.protocol.sms.numbers import filing_key
from console.protocol.text.grams import folded, grams, label
from console.protocol.text.port_names import port_number

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

COLUMNS = (
    "inbox.id, gateway, received_at, kind, number, coalesce(joined, text), port, reason, "
    "CASE kind WHEN 'unreadable' THEN raw ELSE x'' END, read"
)
"""In the order that `searched` reads."""

CLAIMED = (
    f"{COLUMNS}, (SELECT operator FROM claim WHERE entry = inbox.id), "  # noqa: S608
    "EXISTS (SELECT 1 FROM claim WHERE entry = inbox.id AND done_at IS NOT NULL)"
)
"""The same, and whether somebody looks after it."""

_DAY = 86_400
_FOREVER = 2.0**50
"""Seconds."""

_BY_ID = f"SELECT {COLUMNS} FROM inbox WHERE id = ?"  # noqa: S608
_NEXT = f"SELECT {COLUMNS} FROM inbox WHERE id > ? ORDER BY id LIMIT ?"  # noqa: S608
_INDEXED = "SELECT value FROM tally WHERE name = 'indexed'"


def searched(row: Sequence[Any]) -> Searched:
    """A row of COLUMNS, or of CLAIMED, as a search sees it."""
    kind = CallbackKind(row[3])
    claim = (row[10] or "", bool(row[11])) if len(row) > 10 else ("", False)
    return Searched(row[1], row[2], kind, row[4], row[5], row[6], row[7], row[8], bool(row[9]), *claim)


def words_of(entry: Searched) -> str:
    """All by which an entry is found: the grams of its texts, and labels."""
    port = port_number(entry.port)
    labels = {
        label("k", entry.kind.value),
        label("g", entry.gateway),
        label("p", folded(entry.port)),
        label("p", str(port)) if port is not None else "",
        label("c", filing_key(entry.number)),
    }
    return " ".join(grams(folded(entry.words)) | labels)


def step(connection: sqlite3.Connection, size: int) -> bool:
    """Index up to `size` entries; whether more may be left."""
    changed = connection.execute("SELECT id, words FROM reindex LIMIT ?", (size,)).fetchall()
    for entry_id, words in changed:
        _take_out(connection, entry_id, words)
        connection.execute("DELETE FROM reindex WHERE id = ?", (entry_id,))
        _put_in(connection, connection.execute(_BY_ID, (entry_id,)).fetchall())
    indexed = connection.execute(_INDEXED).fetchone()[0]
    rows = connection.execute(_NEXT, (indexed, size)).fetchall()
    if rows:
        _put_in(connection, rows)
        connection.execute("UPDATE tally SET value = ? WHERE name = 'indexed'", (rows[-1][0],))
    return max(len(changed), len(rows)) == size


def will_change(connection: sqlite3.Connection, entry_id: int) -> None:
    """Call before the text of an entry changes: the words it is indexed by are needed to take it out."""
    if entry_id <= connection.execute(_INDEXED).fetchone()[0]:
        row = connection.execute(_BY_ID, (entry_id,)).fetchone()
        connection.execute("INSERT OR IGNORE INTO reindex VALUES (?, ?)", (entry_id, words_of(searched(row))))


def take_out(connection: sqlite3.Connection, first: int, last: int) -> None:
    """Call before entries are removed: nothing of them stays in the index."""
    indexed = connection.execute(_INDEXED).fetchone()[0]
    changed = dict(
        connection.execute("SELECT id, words FROM reindex WHERE id BETWEEN ? AND ?", (first, last)).fetchall()
    )
    for row in connection.execute(_NEXT, (first - 1, last - first + 1)).fetchall():
        if row[0] <= indexed:
            _take_out(connection, row[0], changed.get(row[0]) or words_of(searched(row)))
    connection.execute("DELETE FROM reindex WHERE id BETWEEN ? AND ?", (first, last))
    connection.execute("DELETE FROM day WHERE last_id <= ?", (last,))
    connection.execute("UPDATE tally SET value = max(value, ?) WHERE name = 'indexed'", (last,))


def days(since: float, until: float) -> tuple[int, int]:
    """First and last day (as in the table `day`) of a time given in Unix seconds, which may be infinite."""
    first, last = (int(max(-_FOREVER, min(_FOREVER, at)) // _DAY) for at in (since, until))
    return first, last


def _put_in(connection: sqlite3.Connection, rows: Sequence[Sequence[Any]]) -> None:
    for row in rows:
        entry = searched(row)
        connection.execute("INSERT INTO gram (rowid, words) VALUES (?, ?)", (row[0], words_of(entry)))
        connection.execute(
            "INSERT INTO day VALUES (?1, ?2, ?2) ON CONFLICT (day) DO UPDATE SET "
            "first_id = min(first_id, ?2), last_id = max(last_id, ?2)",
            (int(entry.received_at // _DAY), row[0]),
        )


def _take_out(connection: sqlite3.Connection, entry_id: int, words: str) -> None:
    connection.execute("INSERT INTO gram (gram, rowid, words) VALUES ('delete', ?, ?)", (entry_id, words))
