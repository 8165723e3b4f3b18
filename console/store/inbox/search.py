"""Searching the inbox: the index names candidates, newest first; each is looked at before it counts."""

from __future__ import annotations

from heapq import merge
from itertools import islice
from typing import TYPE_CHECKING, Any

from console.domain.messages import CallbackKind
from console.protocol.query.fields import is_called
from console.protocol.query.inbox import Mine
from console.protocol.query.table import NUMBER, TEXT
from console.protocol.sms.numbers import filing_key
from console.protocol.text.grams import label, looked_up
from console.store.inbox import search_index

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from console.protocol.query.inbox import Searched
    from console.protocol.query.table import Query, Test

    Rows = Callable[[str, Sequence[object]], list[Any]]

NO_ID = 2**62
"""Above every id."""

_FIRST_CHUNK = 128
_LARGEST_CHUNK = 4_096
_MOST_PORTS = 64
"""Ports of a range that are looked up one by one."""

_FEW_UNREAD = 5_000
"""So many unread are sooner looked through than found by words."""

_SELECT = f"SELECT {search_index.CLAIMED} FROM"
_NEWER = f"{_SELECT} inbox WHERE id > ? AND id < ? ORDER BY id DESC LIMIT ?"
_UNREAD = f"{_SELECT} inbox WHERE read = 0 AND id > ? AND id < ? ORDER BY id DESC LIMIT ?"
_OPEN = (
    f"{_SELECT} inbox WHERE NOT EXISTS (SELECT 1 FROM claim WHERE entry = inbox.id) "  # noqa: S608
    "AND id > ? AND id < ? ORDER BY id DESC LIMIT ?"
)
_CLAIMED = (
    f"{_SELECT} claim CROSS JOIN inbox ON inbox.id = claim.entry "
    "WHERE claim.done_at IS NULL AND claim.entry > ? AND claim.entry < ? ORDER BY claim.entry DESC LIMIT ?"
)
_DONE = _CLAIMED.replace("IS NULL", "IS NOT NULL")
_CHANGED = (
    f"{_SELECT} reindex JOIN inbox ON inbox.id = reindex.id "
    "WHERE reindex.id > ? AND reindex.id < ? ORDER BY reindex.id DESC LIMIT ?"
)
_FOUND = (
    f"{_SELECT} gram CROSS JOIN inbox ON inbox.id = gram.rowid "
    "WHERE gram MATCH ? AND gram.rowid > ? AND gram.rowid < ? ORDER BY gram.rowid DESC LIMIT ?"
)
_NEWER_NUMBERS = "SELECT id, number, gateway FROM inbox WHERE id > ? AND id < ? ORDER BY id DESC LIMIT ?"
_FILED = (
    "SELECT inbox.id, number, gateway FROM gram CROSS JOIN inbox ON inbox.id = gram.rowid "
    "WHERE gram MATCH ? AND gram.rowid > ? AND gram.rowid < ? ORDER BY gram.rowid DESC LIMIT ?"
)
_OPEN_COUNT = (
    "SELECT coalesce((SELECT max(id) FROM inbox) - (SELECT min(id) FROM inbox) + 1, 0) - (SELECT count(*) FROM claim)"
)
_NUMBERS = (
    "SELECT number, gateway FROM gram CROSS JOIN inbox ON inbox.id = gram.rowid WHERE gram MATCH ? "
    "UNION SELECT number, gateway FROM inbox WHERE id > (SELECT value FROM tally WHERE name = 'indexed')"
)
_NEXT_GATEWAY = "SELECT min(gateway) FROM inbox INDEXED BY inbox_port WHERE kind = 'sms' AND gateway > ?"
_DAYS = "SELECT min(first_id), max(last_id) FROM day WHERE day BETWEEN ? AND ?"


class Search:
    """`rows(sql, parameters)` reads the database."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def ids(self, query: Query[Searched], below: int = NO_ID) -> Iterator[int]:
        """Entries that a query asks for, under the id `below`, newest first. Read as far as it is gone
        through.
        """
        for row in self._candidates(query, below):
            if query.matches(search_index.searched(row)):
                yield row[0]

    def records(self, query: Query[Searched]) -> Iterator[Searched]:
        """What a search looks at of each of them, as `ids`."""
        return filter(query.matches, map(search_index.searched, self._candidates(query, NO_ID)))

    def filed_under(self, keys: Sequence[str]) -> Iterator[tuple[int, str, str]]:
        """Id, number and gateway of entries filed under one of these keys of `console.protocol.sms.numbers`, newest
        first.
        """
        indexed, wanted = self._indexed(), frozenset(keys)
        newer = self._chunks(_NEWER_NUMBERS, (), indexed, NO_ID)
        yield from (tuple(row) for row in newer if filing_key(row[1]) in wanted)
        yield from self._chunks(_FILED, (_filed(keys),), 0, indexed + 1)

    def numbers_under(self, keys: Sequence[str]) -> set[tuple[str, str]]:
        """Every spelling among them and the gateway it came through, each once."""
        wanted = frozenset(keys)
        return {(row[0], row[1]) for row in self._rows(_NUMBERS, (_filed(keys),)) if filing_key(row[0]) in wanted}

    def _candidates(self, query: Query[Searched], below: int) -> Iterator[Any]:
        expression = self._expression(query)
        for asked in query.alone("is"):
            words = {"mine" if isinstance(word, Mine) else word for word in asked.values}
            if claimed := self._by_claim(words, has_words=bool(expression)):
                return self._chunks(claimed, (), 0, below)
            if words == {"unread"} and (not expression or self._unread() <= _FEW_UNREAD):
                return self._chunks(_UNREAD, (), 0, below)
        above, upto = 0, NO_ID
        if (span := query.span()) is not None:
            first, last = self._rows(_DAYS, search_index.days(*span))[0]
            above, upto = (first - 1, last + 1) if first is not None else (NO_ID, 0)
        return self._indexed_or_not(expression, above, upto, below)

    def _indexed_or_not(self, expression: str, above: int, upto: int, below: int) -> Iterator[Any]:
        """What is too new for the index, then what it names with ids between `above` and `upto`."""
        indexed = self._indexed()
        yield from self._chunks(_NEWER, (), indexed, below)
        below = min(below, indexed + 1, upto)
        if not expression:
            yield from self._chunks(_NEWER, (), above, below)
            return
        changed = self._chunks(_CHANGED, (), above, below)
        found = self._chunks(_FOUND, (expression,), above, below)
        last = None
        for row in merge(changed, found, key=_id, reverse=True):
            if row[0] != last:
                yield row
            last = row[0]

    def _chunks(self, sql: str, first: tuple[object, ...], above: int, below: int) -> Iterator[Any]:
        """Rows of a statement that ends in `id > ? AND id < ? … LIMIT ?`, newest first."""
        size = _FIRST_CHUNK
        while above + 1 < below:
            rows = self._rows(sql, (*first, above, below, size))
            yield from rows
            if len(rows) < size:
                return
            below = rows[-1][0]
            size = min(size * 4, _LARGEST_CHUNK)

    def _by_claim(self, asked: set[str], *, has_words: bool) -> str:
        """The statement that goes through those claimed so; empty where words find them sooner, or it takes several."""
        if asked and asked <= {"claimed", "mine"}:
            return _CLAIMED
        if asked == {"done"} and not has_words:
            return _DONE
        return _OPEN if asked == {"open"} and (not has_words or self._open() <= _FEW_UNREAD) else ""

    def _open(self) -> int:
        """Entries that nobody has claimed or done; ids have no gaps."""
        return int(self._rows(_OPEN_COUNT, ())[0][0])

    def _expression(self, query: Query[Searched]) -> str:
        """What the index is asked; empty when it can't help. It knows no exclusion, no regular expression, no time."""
        every = [self._of_clause(clause) for clause in query.clauses]
        if query.within:
            every.append(_either((label("g", query.within), label("k", CallbackKind.GAP.value))))
        return " AND ".join(f"({each})" for each in every if each)

    def _of_clause(self, clause: Sequence[Test]) -> str:
        terms = [self._of_test(test) for test in clause]
        return _either(terms) if all(terms) else ""

    def _of_test(self, test: Test) -> str:
        """Every entry of which it is true is named by this; empty where the index does not know."""
        if test.excluded:
            return ""
        if test.of == TEXT:
            return _all_of(*test.values)
        if test.of == NUMBER:
            (number,) = test.values
            return _either((_all_of(*number.words), *map(_all_of, number.sought)))
        match test.of:
            case "from":
                return _either(_all_of(part) for value in test.values for part in value)
            case "port":
                return _either(label("p", name) for name in _port_names(test.values))
            case "gw":
                return _either(label("g", name) for name in self._gateways(test.values))
            case "kind":
                return _either(label("k", kind) for kind in test.values)
        return ""

    def _gateways(self, wanted: Sequence[str]) -> list[str]:
        """Those that SMS came through and that are called so; none where one of the names is no known one's."""
        known, name = [], ""
        while (name := self._rows(_NEXT_GATEWAY, (name,))[0][0]) is not None:
            known.append(name)
        found = [[each for each in known if is_called(each, one)] for one in wanted]
        return [name for names in found for name in names] if all(found) else []

    def _indexed(self) -> int:
        """The id up to which the index goes."""
        return int(self._rows("SELECT value FROM tally WHERE name = 'indexed'", ())[0][0])

    def _unread(self) -> int:
        return int(self._rows("SELECT value FROM tally WHERE name = 'unread'", ())[0][0])


def page(found: Iterator[int], first: int, count: int) -> list[int]:
    """`count` of them from position `first`."""
    return list(islice(found, first, first + count))


def _id(row: Sequence[Any]) -> int:
    return int(row[0])


def _port_names(values: Sequence[Any]) -> list[str]:
    """As the index names them; none where there are too many."""
    ranges = [value for value in values if not isinstance(value, str)]
    if sum(last - first + 1 for first, last in ranges) > _MOST_PORTS:
        return []
    named = [value for value in values if isinstance(value, str)]
    return [*named, *(str(port) for first, last in ranges for port in range(first, last + 1))]


def _filed(keys: Sequence[str]) -> str:
    return " OR ".join(label("c", key) for key in keys)


def _all_of(*words: str) -> str:
    return " AND ".join(term for word in words for term in looked_up(word))


def _either(terms: Iterable[str]) -> str:
    return " OR ".join(f"({term})" for term in terms)
