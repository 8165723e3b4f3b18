"""Looking through the outbox: which states are wanted, which words, and what was found."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from textual import work
from textual.message import Message

from console.domain.messages import DeliveryState
from console.errors import ConsoleError
from console.ui.kit.filter_line import FilterLine

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.widgets import Input

    from console.store import LiveReader

FOUND = 1000
"""Messages counted and shown of what is wanted; who looks for one among more adds a word."""


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
        return _STATES[self]

    @property
    def ours(self) -> bool | None:
        """Whose; None: anybody's. What another program sent needs no person: nothing can be done about it."""
        return None if self is Filter.ALL else self is not Filter.FOREIGN

    def next(self) -> Filter:
        """The one after this, in a circle."""
        every = list(Filter)
        return every[(every.index(self) + 1) % len(every)]


_STATES = {
    Filter.ALL: (),
    Filter.NEEDS_A_PERSON: (DeliveryState.UNKNOWN, DeliveryState.FAILED),
    Filter.WAITING: (DeliveryState.QUEUED, DeliveryState.SUBMITTING, DeliveryState.ACCEPTED),
    Filter.OURS: (),
    Filter.FOREIGN: (),
}
_WHOSE = {"is:ours": True, "is:foreign": False}
"""Words that say whose messages are wanted."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for."""

    filter: Filter = Filter.ALL
    words: tuple[str, ...] = ()
    gateway: str = ""
    """Of this one only; empty: of all."""
    ours: bool | None = None
    """What consoles sent, or what other programs did; None: both."""

    @property
    def is_everything(self) -> bool:
        return self == Wanted()


class OutboxSearch(FilterLine):
    """Words to look for. Enter goes to what was found, and the line stays; Esc clears it."""

    class Asked(Message):
        """Something else is wanted."""

    class Found(Message):
        """What is wanted now was looked up."""

        def __init__(self, ids: list[int], revision: int) -> None:
            self.ids = ids
            """Newest first, at most FOUND."""
            self.revision = revision
            """Of the store when it was looked at."""
            super().__init__()

    def __init__(self, store: LiveReader) -> None:
        super().__init__(id="outbox-search", placeholder="words in number, text, state or reason; is:ours, is:foreign")
        self._store = store
        self._asked_again = False
        self.searching = False
        self.wanted = Wanted()
        self._gateway = ""

    def look(self, left_over: Sequence[int]) -> None:
        """Find what is wanted; `Found` comes when that is done, unless something else is wanted by then.

        `left_over` are ids of messages that need a person whatever their state says.
        """
        if self.searching:
            self._asked_again = True
            return
        self.searching = True
        self._search(self.wanted, tuple(left_over), self._store.revision)

    @work(thread=True, group="search", exit_on_error=False)
    def _search(self, wanted: Wanted, left_over: tuple[int, ...], revision: int) -> None:
        """Aside: words may be looked for in every row."""
        outbox = self._store.outbox
        try:
            found = outbox.find(
                FOUND,
                states=wanted.filter.states,
                words=wanted.words,
                gateway=wanted.gateway,
                ours=wanted.ours,
                not_again=wanted.filter is Filter.NEEDS_A_PERSON,
            )
            if wanted.filter is Filter.NEEDS_A_PERSON and left_over:
                states = (DeliveryState.QUEUED,)
                queued = outbox.find(FOUND, states=states, words=wanted.words, gateway=wanted.gateway)
                found = sorted({*found, *(set(queued) & set(left_over))}, reverse=True)[:FOUND]
        except ConsoleError:
            found = []  # the screen's own look at the store tells why
        self.app.call_from_thread(self._take, wanted, revision, found)

    def _take(self, wanted: Wanted, revision: int, found: list[int]) -> None:
        self.searching = False
        again, self._asked_again = self._asked_again, False
        if wanted == self.wanted:
            self.post_message(self.Found(found, revision))
        elif again:
            self.post_message(self.Asked())

    def asks_for(self, wanted: Wanted) -> bool:
        """Whether this is what is wanted, to the last letter typed."""
        return self._by(self.wanted.filter) == wanted

    def next_filter(self) -> None:
        """Go on to the next filter."""
        self._want(self.wanted.filter.next())

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._want(self.wanted.filter)

    def _by(self, by_state: Filter) -> Wanted:
        words = self.value.split()
        said = [_WHOSE[word.lower()] for word in words if word.lower() in _WHOSE]
        return Wanted(
            by_state,
            tuple(word for word in words if word.lower() not in _WHOSE),
            self._gateway,
            said[-1] if said else by_state.ours,
        )

    def _want(self, by_state: Filter) -> None:
        self.wanted = self._by(by_state)
        self.post_message(self.Asked())

    def stay_within(self, gateway: str) -> None:
        """Look for messages of this gateway only, whatever is in the line; empty: of all."""
        if gateway != self._gateway:
            self._gateway = gateway
            self._want(self.wanted.filter)
