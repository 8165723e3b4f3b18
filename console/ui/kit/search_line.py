"""A search that is made aside, for the widest looks at every row: what is wanted, and what was found of it."""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING, Any

from textual import work
from textual.message import Message

from console.errors import ConsoleError
from console.ui.kit.filter_line import FilterLine

if TYPE_CHECKING:
    from collections.abc import Callable

    from console.protocol.query.fields import Asker
    from console.protocol.query.table import Table

FOUND = 1000
"""Rows counted and shown of a search; who looks for one among more adds a word."""

_TRY_AGAIN = 0.5
"""Seconds until a search is made again that the store could not answer."""


class SearchLine(FilterLine):
    """The line, and the search by what it says."""

    class Found(Message):
        """What is asked for now was looked up."""

        def __init__(self, asked: Any, found: Any, revision: int) -> None:
            self.asked = asked
            """By what it was looked for."""
            self.found = found
            """As `find` returned it."""
            self.revision = revision
            """Of the store when it was looked at."""
            super().__init__()

    def __init__(
        self,
        table: Table[Any],
        asker: Callable[[], Asker],
        find: Callable[[Any], Any],
        revision: Callable[[], int],
        *,
        id: str,  # noqa: A002 - Textual's name
    ) -> None:
        """`find` is called aside with what is `asked`; it may raise ConsoleError. `revision` is that of the store."""
        super().__init__(table, asker, id=id)
        self._find = find
        self._revision = revision
        self._minute = 0
        self._asked_again = False
        self.searching = False

    @property
    def asked(self) -> Any:
        """What is looked for: compared, and given to `find`. A subclass may ask for more than the line does."""
        return self.wanted

    def look(self) -> None:
        """Find what is asked for; `Found` comes when that is done, unless something else is asked for by then."""
        if self.searching:
            self._asked_again = True
            return
        self.searching = True
        self.read_anew()
        self._search(self.asked, self._revision())

    def pass_time(self, now: float) -> None:
        """Call now and then (Unix seconds UTC): what is asked for by a time is looked for again each minute."""
        minute = int(now // 60)
        if minute != self._minute:
            self._minute = minute
            if self.wanted.tells_time:
                self.look()

    @work(thread=True, group="search", exit_on_error=False)
    def _search(self, asked: Any, revision: int) -> None:
        found = None
        with suppress(ConsoleError):  # the screen's own look at the store tells why
            found = self._find(asked)
        self.app.call_from_thread(self._take, asked, revision, found)

    def _take(self, asked: Any, revision: int, found: Any) -> None:
        """What was found; None where that could not be read: what is shown stays, and it is tried again."""
        self.searching = False
        again, self._asked_again = self._asked_again, False
        if found is None:
            self.set_timer(_TRY_AGAIN, self.post_asked)
        elif asked == self.asked:
            self.post_message(self.Found(asked, found, revision))
        elif again:
            self.post_asked()
