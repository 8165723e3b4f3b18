"""The search line of the inbox: what is asked for, what was found, and the view that asks for it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from itertools import islice
from typing import TYPE_CHECKING

from textual import work
from textual.message import Message

from console.domain.views import ALL_MESSAGES, View
from console.errors import ConsoleError
from console.protocol.text.search_query import SearchQuery, parse_search
from console.ui.kit.filter_line import FilterLine

if TYPE_CHECKING:
    from datetime import date

    from textual.widgets import Input

    from console.domain.clock import Clock
    from console.store import LiveReader

FOUND = 1000
"""Messages counted and shown of a search; who looks for one among more adds a word."""

_TRY_AGAIN = 0.5
"""Seconds until a search is made again that the store could not answer."""


class SearchLine(FilterLine):
    """Words and filters. Enter goes to what was found, and the line stays; Esc clears it."""

    class Asked(Message):
        """Something else is asked for."""

    class Found(Message):
        """What is asked for now was looked up."""

        def __init__(self, query: SearchQuery, ids: list[int], revision: int, unread: int) -> None:
            self.query = query
            self.ids = ids
            """Newest first, at most FOUND."""
            self.revision = revision
            """Of the store when it was looked at."""
            self.unread = unread
            """Messages not read of the gateway that is shown, at most FOUND; of all, where all are."""
            super().__init__()

    def __init__(self, store: LiveReader, clock: Clock, operator: str) -> None:
        hint = "words, port:2, from:+8613, gw:NAME, is:unread, is:mine, after:1h, kind:unreadable"
        super().__init__(id="search", placeholder=hint)
        self._store = store
        self._clock = clock
        self._operator = operator
        self._within = ""
        self._today = self._day()
        self._asked_again = False
        self.searching = False
        self.view = ALL_MESSAGES
        """The view that asks for what is in the line."""
        self.wanted = SearchQuery()
        """What is asked for."""

    def show_view(self, view: View) -> None:
        """Ask for what a view asks for."""
        self.view = view
        self.value = view.query
        self.display = bool(view.query)

    def stay_within(self, gateway: str) -> None:
        """Ask for messages of this gateway only, whatever is in the line; empty: of all."""
        if gateway != self._within:
            self._within = gateway
            self._ask()

    def asks_for(self, query: SearchQuery) -> bool:
        """Whether this is what the line asks for, to the last letter typed."""
        return self._read() == query

    def turn_day(self) -> None:
        """Call now and then: what `today` means changes at midnight."""
        if self._day() != self._today:
            self._today = self._day()
            if self._read() != self.wanted:
                self._ask()

    def look(self) -> None:
        """Find what is asked for; `Found` comes when that is done, unless something else is asked for by then."""
        if self.searching:
            self._asked_again = True
            return
        self.searching = True
        self._search(self.wanted, self._store.revision)

    @work(thread=True, group="search", exit_on_error=False)
    def _search(self, query: SearchQuery, revision: int) -> None:
        """Aside: the widest of searches looks at every row."""
        store, unread = self._store, 0
        found: list[int] | None = None
        try:
            found = list(islice(store.search_ids(query), FOUND))
            within = SearchQuery(read=False, within=query.within)
            unread = store.search_count(within, FOUND) if query.within else store.unread_count()
        except ConsoleError:
            pass  # the screen's own look at the store tells why
        self.app.call_from_thread(self._take, query, revision, found, unread)

    def _take(self, query: SearchQuery, revision: int, found: list[int] | None, unread: int) -> None:
        """What was found; None where that could not be read: what is shown stays, and it is tried again."""
        self.searching = False
        again, self._asked_again = self._asked_again, False
        if found is None:
            self.set_timer(_TRY_AGAIN, self._look_again)
        elif query == self.wanted:
            self.post_message(self.Found(query, found, revision, unread))
        elif again and not self.wanted.is_empty:
            self.look()

    def _look_again(self) -> None:
        if not self.wanted.is_empty:
            self.look()

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        if event.value != self.view.query:
            self.view = ALL_MESSAGES
        self._ask()

    def _ask(self) -> None:
        self.wanted = self._read()
        self.post_message(self.Asked())

    def _read(self) -> SearchQuery:
        now, regions = self._clock.time(), self._store.regions.all
        query = parse_search(self.value, now=now, operator=self._operator, regions=regions)
        return replace(query, within=self._within)

    def _day(self) -> date:
        return datetime.fromtimestamp(self._clock.time(), UTC).astimezone().date()
