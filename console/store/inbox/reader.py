"""What is committed of the inbox, as records."""

from __future__ import annotations

from dataclasses import dataclass
from heapq import merge
from itertools import islice
from typing import TYPE_CHECKING, Any

from console.domain.messages import CallbackKind, ReceivedCallback
from console.store.inbox import callbacks
from console.store.inbox.person import Person
from console.store.inbox.search import NO_ID, Search, page

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from console.config import Regions
    from console.domain.messages import InboxMessage, OutboxMessage
    from console.protocol.query.inbox import Searched
    from console.protocol.query.table import Query
    from console.store.inbox.search import Rows

COUNTED = 1_000
"""Where a count of what a search finds stops."""

_AT_ONCE = 500

# Column lists are constants of this package; whatever comes from outside is bound.
_INBOX = f"SELECT {callbacks.COLUMNS}, {callbacks.MORE} FROM inbox WHERE"  # noqa: S608
_INBOX_SLICE = f"{_INBOX} id <= (SELECT max(id) FROM inbox) - ? ORDER BY id DESC LIMIT ?"  # noqa: S608
_ATTACHED = f"SELECT {callbacks.COLUMNS}, part, copy FROM attached WHERE entry = ? ORDER BY id"  # noqa: S608
_PARTS = f"SELECT {callbacks.COLUMNS}, entry FROM attached WHERE entry IN ({{marks}}) AND copy = 0 ORDER BY entry, part"  # noqa: S608
_PARTS_COLUMN = f"{callbacks.COLUMNS}, {callbacks.MORE}".split(", ").index("parts")
_TOUCHED = "SELECT DISTINCT entry FROM attached WHERE id > ? AND id <= ? AND entry <= ? ORDER BY entry"
_NOW = "SELECT coalesce((SELECT max(id) FROM inbox), 0), coalesce((SELECT max(id) FROM attached), 0)"


@dataclass(frozen=True, slots=True)
class Mark:
    """How far somebody has followed the inbox."""

    entry: int = 0
    attached: int = 0


class InboxReader:
    """Reads, from any thread. Lists are newest first; a position counts from the newest, from 0.

    Every read raises StoreError when the database can't be read.
    """

    def __init__(self, rows: Rows, regions: Regions) -> None:
        self.regions = regions
        """By which numbers without `+` are read."""
        self._rows = rows
        self._search = Search(rows)

    def inbox_slice(self, first: int, count: int) -> list[InboxMessage]:
        """`count` entries from position `first`; fewer at the end. The same cost at any position."""
        return self._messages(self._rows(_INBOX_SLICE, (first, count)))

    def inbox_count(self) -> int:
        """Entries: SMS, unreadable callbacks and gaps."""
        return self._number("SELECT coalesce((SELECT max(id) FROM inbox) - (SELECT min(id) FROM inbox) + 1, 0)")

    def unread_count(self) -> int:
        """Of the inbox."""
        return self._number("SELECT value FROM tally WHERE name = 'unread'")

    def newest_unread_position(self) -> int | None:
        """Position in the inbox of the newest entry not read; None when all are."""
        position: int | None = self._rows(
            "SELECT (SELECT max(id) FROM inbox) - (SELECT max(id) FROM inbox WHERE read = 0)", ()
        )[0][0]
        return position

    def inbox_messages(self, ids: Iterable[int]) -> Iterator[InboxMessage]:
        """Entries in the order of `ids`, a few hundred read at a time; those that are gone are left out."""
        source = iter(ids)
        while some := list(islice(source, _AT_ONCE)):
            marks = ", ".join("?" * len(some))
            found = {message.id: message for message in self._messages(self._rows(f"{_INBOX} id IN ({marks})", some))}
            yield from (found[entry] for entry in some if entry in found)

    def callbacks_of(self, entry_id: int) -> list[ReceivedCallback]:
        """Every call behind an entry, in the order they came. Empty for a gap, and for no entry."""
        rows = self._rows(f"{_INBOX} id = ?", (entry_id,))
        if not rows or rows[0][3] == CallbackKind.GAP.value:
            return []
        first = rows[0]
        return [
            ReceivedCallback(first[2], callbacks.callback_of(first), first[14]),
            *(
                ReceivedCallback(row[2], callbacks.callback_of(row), row[14], row[-2], row[-1])
                for row in self._rows(_ATTACHED, (entry_id,))
            ),
        ]

    def search(
        self, query: Query[Searched], *, first: int = 0, before_id: int | None = None, count: int = 100
    ) -> list[InboxMessage]:
        """`count` entries that `query` asks for, newest first: from position `first` among them, or of those
        older than `before_id`.

        The search index may lag behind: what it does not know yet is found without it.
        """
        if query.is_empty and before_id is None:
            return self.inbox_slice(first, count)
        found = self.search_ids(query, before_id=before_id)
        return list(self.inbox_messages(page(found, first, count)))

    def search_count(self, query: Query[Searched], at_most: int = COUNTED) -> int:
        """How many entries `query` asks for. Counts no further than `at_most`: as many means as many or
        more.
        """
        if query.is_empty:
            return min(self.inbox_count(), at_most)
        return sum(1 for _ in islice(self.search_ids(query), at_most))

    def search_ids(self, query: Query[Searched], *, before_id: int | None = None) -> Iterator[int]:
        """The ids of all entries that `query` asks for, newest first, read as far as it is gone through."""
        return self._search.ids(query, NO_ID if before_id is None else before_id)

    def searched(self, query: Query[Searched]) -> Iterator[Searched]:
        """What a search looks at of each of them, as `search_ids`."""
        return self._search.records(query)

    def person(self, number: str, gateway: str = "") -> Person:
        """Whoever has this number, or is called so, to those who read it at a gateway; empty: at none."""
        return Person(number, gateway, self.regions, self._rows, self._search)

    def thread(self, person: Person, first: int = 0, count: int = 100) -> list[InboxMessage | OutboxMessage]:
        """All to and from one person, newest first, from position `first`."""
        incoming = ((message.received_at, message) for message in self._incoming(person))
        outgoing = ((message.created_at, message) for message in person.sent())
        both: Iterator[tuple[float, InboxMessage | OutboxMessage]] = merge(
            incoming, outgoing, key=lambda timed: timed[0], reverse=True
        )
        return [message for _, message in islice(both, first, first + count)]

    def mark(self) -> Mark:
        """Where the inbox ends now."""
        return Mark(*self._rows(_NOW, ())[0])

    def mark_at(self, at: float) -> Mark:
        """Where the inbox ended at that time, Unix seconds UTC."""
        ended = self._number("SELECT coalesce((SELECT max(id) FROM inbox WHERE received_at < ?), 0)", (at,))
        return Mark(ended, self.mark().attached)

    def changes(self, since: Mark) -> tuple[list[int], Mark]:
        """Ids of entries that changed (a repetition, a further part) or came since a mark, the new ones last
        and oldest first; and where the inbox ends now.
        """
        now = self.mark()
        if now == since:
            return [], now
        touched = [row[0] for row in self._rows(_TOUCHED, (since.attached, now.attached, since.entry))]
        return [*touched, *range(since.entry + 1, now.entry + 1)], now

    def _messages(self, rows: Sequence[Sequence[Any]]) -> list[InboxMessage]:
        """Rows of the inbox as records, each with all of its parts."""
        long = [row[0] for row in rows if row[_PARTS_COLUMN] > 1]
        others: dict[int, list[Sequence[Any]]] = {entry: [] for entry in long}
        for start in range(0, len(long), _AT_ONCE):
            some = long[start : start + _AT_ONCE]
            for part in self._rows(_PARTS.format(marks=", ".join("?" * len(some))), some):
                others[part[-1]].append(part)
        return [callbacks.message_of(row, others.get(row[0], ())) for row in rows]

    def _incoming(self, person: Person) -> Iterator[InboxMessage]:
        ids = person.ids()
        size = 16
        while some := list(islice(ids, size)):
            yield from self.inbox_messages(some)
            size = _AT_ONCE

    def _number(self, sql: str, parameters: Sequence[object] = ()) -> int:
        return int(self._rows(sql, parameters)[0][0])
