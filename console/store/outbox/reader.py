"""The outbox as people look through it: what is asked for, and the SIM a message went by."""

from __future__ import annotations

from dataclasses import dataclass
from heapq import merge
from itertools import islice
from typing import TYPE_CHECKING, Any

from console.config.records import NO_REGIONS
from console.domain.messages import DeliveryState, Via
from console.domain.sending import Troubled
from console.protocol.query.outbox import OUTBOX, TROUBLED, WAITING, Sent
from console.store.outbox import messages as outbox

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from console.config import Regions
    from console.domain.messages import OutboxMessage
    from console.protocol.query.table import Query
    from console.store.inbox.search import Rows

_FIRST_CHUNK = 128
_LARGEST_CHUNK = 4_096
_ABOVE_ALL = 2**62

_SEARCHED = (
    "SELECT id, number, state, text, detail, operator, via, gateway, coalesce(draft_port, port), batch, created_at, "
    "again_as, left_at, imsi FROM outbox"
)
_REST = "id < ? ORDER BY id DESC LIMIT ?"
_ANY = f"{_SEARCHED} WHERE 1"
_BY_OTHERS = f"{_SEARCHED} INDEXED BY outbox_by_others WHERE via = 'others'"
_IN_BATCH = f"{_SEARCHED} INDEXED BY outbox_batch WHERE batch = ?"
_IN_STATE = f"{_SEARCHED} WHERE state = ?"
_OURS_IN_STATE = f"{_SEARCHED} INDEXED BY outbox_ours WHERE via <> 'others' AND state = ?"
_STATES = {"troubled": TROUBLED, "waiting": WAITING}
EVERYTHING = OUTBOX.ask("")
_TROUBLED = (
    "SELECT id, state, updated_at, batch FROM outbox INDEXED BY outbox_troubled "
    "WHERE state IN ('failed', 'unknown') AND again_as IS NULL AND via <> 'others' AND state = ? "
    "ORDER BY id DESC LIMIT ?"
)


class OutboxReader:
    """Reads, from any thread. Every read raises StoreError when the database can't be read."""

    def __init__(self, rows: Rows, regions: Regions = NO_REGIONS) -> None:
        self._rows = rows
        self._regions = regions

    def find(
        self,
        count: int,
        query: Query[Sent] = EVERYTHING,
        *,
        states: Sequence[DeliveryState] = (),
        ours: bool | None = None,
        not_again: bool = False,
        batch: int | None = None,
    ) -> list[int]:
        """Ids of at most `count` messages that a query asks for, newest first, and that are in one of the states (in
        any, if none is given). `ours`: what consoles sent, or what other programs did; None for both. `not_again`: only
        what was not sent again. Of one `batch`; None for any.
        """
        each = self.searched(query, states=states, ours=ours, not_again=not_again, batch=batch)
        return [sent.id for sent in islice(each, count)]

    def searched(
        self,
        query: Query[Sent] = EVERYTHING,
        *,
        states: Sequence[DeliveryState] = (),
        ours: bool | None = None,
        not_again: bool = False,
        batch: int | None = None,
    ) -> Iterator[Sent]:
        """As `find`: what a search looks at of each of them, read as far as it is gone through."""
        found: Iterator[Any]
        wanted = _Wanted.of(query, states, ours, batch)
        conditions, values = _conditions(query, not_again)
        if wanted is None:
            return
        if wanted.batch is not None:
            found = self._chunks(_IN_BATCH, conditions, (wanted.batch, *values))
        elif wanted.states or wanted.ours:
            sql = _OURS_IN_STATE if wanted.ours else _IN_STATE
            each = (self._chunks(sql, conditions, (state.value, *values)) for state in wanted.states or DeliveryState)
            found = merge(*each, key=_id, reverse=True)
        else:
            found = self._chunks(_ANY if wanted.ours is None else _BY_OTHERS, conditions, values)
        yield from (sent for row in found if wanted.holds(sent := self._sent(row)) and query.matches(sent))

    def ids_of_batch(self, batch_id: int) -> list[int]:
        """Ids of all messages of a batch, oldest first; none where there is no such batch."""
        return [row[0] for row in self._rows("SELECT id FROM outbox WHERE batch = ? ORDER BY id", (batch_id,))]

    def troubled(self, count: int) -> list[Troubled]:
        """Of ours that failed or are unknown and were not sent again the newest, `count` of each state: newest first in
        each.
        """
        states = (DeliveryState.FAILED, DeliveryState.UNKNOWN)
        rows = (row for state in states for row in self._rows(_TROUBLED, (state.value, count)))
        return [Troubled(row[0], DeliveryState(row[1]), row[2], row[3]) for row in rows]

    def messages(self, ids: Sequence[int]) -> list[OutboxMessage]:
        """The messages of these ids, in their order. What is not there any more is left out."""
        known: dict[int, OutboxMessage] = {}
        for start in range(0, len(ids), _LARGEST_CHUNK):
            some = ids[start : start + _LARGEST_CHUNK]
            marks = ", ".join("?" * len(some))
            rows = self._rows(f"SELECT {outbox.COLUMNS} FROM outbox WHERE id IN ({marks})", some)  # noqa: S608
            known.update((row[0], outbox.message_of(row)) for row in rows)
        return [known[found] for found in ids if found in known]

    def imsi(self, message_id: int) -> str:
        """The SIM in the port that a message went through; empty where it is not known."""
        rows = self._rows("SELECT imsi FROM outbox WHERE id = ?", (message_id,))
        return str(rows[0][0]) if rows else ""

    def _sent(self, row: Sequence[Any]) -> Sent:
        number, state, text, detail, operator, via, gateway, port, batch, created_at, again_as, left_at, imsi = row[1:]
        return Sent(
            *(row[0], number, DeliveryState(state), text, detail, operator, Via(via), gateway, port, batch),
            *(created_at, again_as is not None, left_at, imsi, self._regions.of(gateway)),
        )

    def _chunks(self, sql: str, conditions: str, values: tuple[object, ...]) -> Iterator[Any]:
        """Rows of a statement with more conditions, newest first, read as far as they are gone through."""
        size, below = _FIRST_CHUNK, _ABOVE_ALL
        while True:
            rows = self._rows(f"{sql}{conditions} AND {_REST}", (*values, below, size))
            yield from rows
            if len(rows) < size:
                return
            below = _id(rows[-1])
            size = min(size * 4, _LARGEST_CHUNK)


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What an index knows of what is asked for."""

    states: tuple[DeliveryState, ...]
    """Empty: any."""
    ours: bool | None
    batch: int | None

    @classmethod
    def of(
        cls, query: Query[Sent], states: Iterable[DeliveryState], ours: bool | None, batch: int | None
    ) -> _Wanted | None:
        """With what the query says of them; None where nothing can be both."""
        asked = [set(states)] if states else []
        whose = [] if ours is None else [ours]
        asked += [{DeliveryState(word) for word in test.values} for test in query.alone("state")]
        for test in query.alone("is"):
            words = set(test.values)
            if words <= _STATES.keys():
                asked.append({state for word in words for state in _STATES[word]})
                whose.append(True)
            elif len(words) == 1:
                whose.append(words == {"ours"})
        ranges = [test.values[0] for test in query.alone("batch") if len(test.values) == 1]
        batches = [first for first, last in ranges if first == last]
        batches += [] if batch is None else [batch]
        both = set.intersection(*asked) if asked else set()
        if (asked and not both) or len(set(whose)) > 1 or len(set(batches)) > 1:
            return None
        in_order = tuple(state for state in DeliveryState if state in both)
        return cls(in_order, whose[0] if whose else None, batches[0] if batches else None)

    def holds(self, sent: Sent) -> bool:
        """Whether it is so of a message, by whichever index it was found."""
        return (not self.states or sent.state in self.states) and (
            self.ours is None or (sent.via is not Via.OTHERS) is self.ours
        )


def _conditions(query: Query[Sent], not_again: bool) -> tuple[str, tuple[float, ...]]:
    """What SQLite tells sooner than we, with its values."""
    conditions = " AND again_as IS NULL" if not_again else ""
    span = query.span()
    return (
        (conditions, ())
        if span is None
        else (f"{conditions} AND coalesce(left_at, created_at) >= ? AND coalesce(left_at, created_at) < ?", span)
    )


def _id(row: Sequence[Any]) -> int:
    return int(row[0])
