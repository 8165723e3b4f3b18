"""Looking through the outbox: how far messages came, what the line asks for, and what was found of both."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Any

from console.domain.messages import DeliveryState
from console.protocol.query.outbox import OUTBOX, TROUBLED, WAITING
from console.ui.kit.search_line import FOUND, SearchLine

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from console.protocol.query.fields import Asker
    from console.protocol.query.outbox import Sent
    from console.protocol.query.table import Query
    from console.store import LiveReader


class Filter(Enum):
    """Which messages are wanted, by how far they came."""

    ALL = ""
    NEEDS_A_PERSON = "needs a person"
    """Unknown or failed, and not sent again; or left over by an earlier run."""
    WAITING = "waiting"
    """On their way: not out yet, or without a result."""
    OURS = "ours"
    """What consoles sent."""
    FOREIGN = "foreign"
    """What other programs sent through the gateways."""

    @property
    def states(self) -> tuple[DeliveryState, ...]:
        """None: any."""
        return {Filter.NEEDS_A_PERSON: TROUBLED, Filter.WAITING: WAITING}.get(self, ())

    @property
    def ours(self) -> bool | None:
        """Whose; None: anybody's. What another program sent needs no person: nothing can be done about it."""
        return None if self is Filter.ALL else self is not Filter.FOREIGN

    def next(self) -> Filter:
        """The one after this, in a circle."""
        every = list(Filter)
        return every[(every.index(self) + 1) % len(every)]


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for."""

    filter: Filter
    query: Query[Sent]

    @property
    def is_everything(self) -> bool:
        return self.filter is Filter.ALL and self.query.is_empty


class OutboxSearch(SearchLine):
    """The line, and beside it which messages are wanted by how far they came."""

    def __init__(self, store: LiveReader, asker: Callable[[], Asker]) -> None:
        super().__init__(OUTBOX, asker, self._look_up, lambda: store.revision, id="outbox-search")
        self._store = store
        self.filter = Filter.ALL
        self.left_over: tuple[int, ...] = ()
        """Ids of messages that need a person whatever their state says."""

    @property
    def asked(self) -> Wanted:
        return Wanted(self.filter, self.wanted)

    def asks_for(self, query: object) -> bool:
        return isinstance(query, Wanted) and query.filter is self.filter and super().asks_for(query.query)

    def show_only(self, which: Filter) -> None:
        """Those of this filter only."""
        self.filter = which
        self.post_asked()

    def records(self) -> Iterator[Sent]:
        """What a search looks at of each message that is asked for. Raises StoreError."""
        only = self.filter
        return self._store.outbox.searched(
            self.wanted, states=only.states, ours=only.ours, not_again=only is Filter.NEEDS_A_PERSON
        )

    def _look_up(self, asked: Any) -> list[int]:
        """Aside: words may be looked for in every row."""
        wanted: Wanted = asked
        needs_a_person = wanted.filter is Filter.NEEDS_A_PERSON
        found = self._store.outbox.find(
            FOUND, wanted.query, states=wanted.filter.states, ours=wanted.filter.ours, not_again=needs_a_person
        )
        if needs_a_person and self.left_over:
            queued = self._store.outbox.find(FOUND, wanted.query, states=(DeliveryState.QUEUED,))
            found = sorted({*found, *(set(queued) & set(self.left_over))}, reverse=True)[:FOUND]
        return found
