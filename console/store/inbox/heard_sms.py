"""SMS that AMI saw: into the inbox where no callback brought them, once, whoever heard them."""

from __future__ import annotations

from concurrent.futures import Future
from typing import TYPE_CHECKING

from console.protocol.ami.heard_sms import Came, is_kept
from console.store.inbox.callbacks import COLUMNS, callback_of

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from console.protocol.ami.heard_sms import Overheard
    from console.store.engine.writer import Submit
    from console.store.inbox.entries import Entries
    from console.store.inbox.search import Rows

BEFORE = 120.0
"""Seconds before an SMS was heard from which its callback may be: a connection may hang so long before it ends."""

_NEWEST = 5_000
"""Rows looked through for what the index on received SMS does not have."""

_WHERE = "gateway IN (?, '') AND received_at >= ?"
_SMS = f"SELECT {COLUMNS} FROM inbox WHERE kind = 'sms' AND {_WHERE}"  # noqa: S608
_UNREADABLE = (
    f"SELECT {COLUMNS} FROM inbox WHERE kind = 'unreadable' AND {_WHERE} "  # noqa: S608
    f"AND id > (SELECT max(id) FROM inbox) - {_NEWEST}"
)
_PARTS = (
    f"SELECT {COLUMNS} FROM attached WHERE copy = 0 AND {_WHERE} "  # noqa: S608
    f"AND id > (SELECT max(id) FROM attached) - {_NEWEST}"
)


class HeardMessages:
    """Adds what AMI saw. From any thread."""

    def __init__(self, rows: Rows, submit: Submit, entries: Entries) -> None:
        self._rows = rows
        self._submit = submit
        self._entries = entries

    def add(self, gateway: str, heard: Overheard, others: Sequence[Overheard] = ()) -> Future[int | None]:
        """Keep an SMS that no callback brought; the id of its entry. None where one did, or where somebody else who
        heard it was first: then nothing is written, and no entry counts it again.

        `others` are further SMS that were heard on the gateway, so that what brought them is not taken for what
        brought this one. A callback that comes later folds into the entry. Raises StoreError when the database can't
        be read.
        """
        if _is_there(self._rows, gateway, heard, others):
            there: Future[int | None] = Future()
            there.set_result(None)
            return there

        def look_and_add(connection: sqlite3.Connection) -> int | None:
            # A callback, or another console, may have come between.
            if _is_there(lambda sql, values: connection.execute(sql, values).fetchall(), gateway, heard, others):
                return None
            return self._entries.add(connection, gateway, heard.at, heard.callback, heard.raw)

        return self._submit(look_and_add)


def _is_there(rows: Rows, gateway: str, heard: Overheard, others: Sequence[Overheard]) -> bool:
    values = (gateway, heard.at - BEFORE)
    found = [row for query in (_SMS, _UNREADABLE, _PARTS) for row in rows(query, values)]
    return is_kept(heard, [Came(row[1], row[2], callback_of(row), row[14]) for row in found], others)
