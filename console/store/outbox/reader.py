"""The outbox as people look through it: what is in some states or holds some words, and the SIM a message went by."""

from __future__ import annotations

from heapq import merge
from itertools import islice
from typing import TYPE_CHECKING, Any

from console.domain.messages import DeliveryState, Via
from console.domain.sending import Troubled
from console.store.outbox import messages as outbox

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from console.domain.messages import OutboxMessage
    from console.store.inbox.search import Rows

_FIRST_CHUNK = 128
_LARGEST_CHUNK = 4_096
_ABOVE_ALL = 2**62

_SEARCHED = "SELECT id, number, state, text, detail, operator, via, gateway FROM outbox"
_REST = "id < ? ORDER BY id DESC LIMIT ?"
_ANY = f"{_SEARCHED} WHERE {_REST}"
_BY_OTHERS = f"{_SEARCHED} INDEXED BY outbox_by_others WHERE via = 'others' AND {_REST}"
_IN_STATE = f"{_SEARCHED} WHERE state = ?"
_OURS_IN_STATE = f"{_SEARCHED} INDEXED BY outbox_ours WHERE via <> 'others' AND state = ?"
_NOT_AGAIN = "again_as IS NULL"
_TROUBLED = (
    "SELECT id, state, updated_at, batch FROM outbox INDEXED BY outbox_troubled "
    "WHERE state IN ('failed', 'unknown') AND again_as IS NULL AND via <> 'others' AND state = ? "
    "ORDER BY id DESC LIMIT ?"
)


class OutboxReader:
    """Reads, from any thread. Every read raises StoreError when the database can't be read."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def find(
        self,
        count: int,
        *,
        states: Sequence[DeliveryState] = (),
        words: Sequence[str] = (),
        gateway: str = "",
        ours: bool | None = None,
        not_again: bool = False,
    ) -> list[int]:
        """Ids of at most `count` messages that are in one of the states (in any, if none is given), newest first.

        Each word must be in their number, state, text, detail or sender, in whatever case. Of one `gateway`, or empty
        for any. `ours`: what consoles sent, or what other programs did; None for both. `not_again`: of those in the
        states only what was not sent again.
        """
        found: Iterator[Any]
        if states or ours:
            in_state = " AND ".join([_OURS_IN_STATE if ours else _IN_STATE, *[_NOT_AGAIN] * not_again, _REST])
            chunks = (self._chunks(in_state, (state.value,)) for state in states or DeliveryState)
            found = merge(*chunks, key=_id, reverse=True)
        else:
            found = self._chunks(_ANY if ours is None else _BY_OTHERS, ())
        wanted = [word.casefold() for word in words]
        of_it = (row for row in found if _is_of(row, gateway, ours))
        return list(islice((_id(row) for row in of_it if _holds(row, wanted)), count))

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

    def _chunks(self, sql: str, first: tuple[object, ...]) -> Iterator[Any]:
        """Rows of a statement that ends in `id < ? … LIMIT ?`, newest first, read as far as they are gone through."""
        size, below = _FIRST_CHUNK, _ABOVE_ALL
        while True:
            rows = self._rows(sql, (*first, below, size))
            yield from rows
            if len(rows) < size:
                return
            below = _id(rows[-1])
            size = min(size * 4, _LARGEST_CHUNK)


def _id(row: Sequence[Any]) -> int:
    return int(row[0])


def _is_of(row: Sequence[Any], gateway: str, ours: bool | None) -> bool:
    return (not gateway or row[-1] == gateway) and (ours is None or (row[-2] != Via.OTHERS) is ours)


def _holds(row: Sequence[Any], words: Sequence[str]) -> bool:
    if not words:
        return True
    text = "\n".join(row[1:-2]).casefold()
    return all(word in text for word in words)
