"""Reading a conversation aside, as far as it is looked at, and finding the next one that has something unread."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from console.domain.messages import InboxMessage
from console.errors import ConsoleError
from console.protocol.query.inbox import INBOX
from console.ui.kit.pane import Pace

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.screen import Screen

    from console.domain.clock import Clock
    from console.domain.messages import Claim
    from console.store import LiveReader
    from console.ui.context.correspondent import Correspondent
    from console.ui.thread.list import ThreadList
    from console.ui.thread.rows import ThreadMessage

PAGE = 100
"""Messages read at a time, at least."""

_UNREAD = 2_000
"""Unread messages that are looked through for one of somebody else."""


class Reading(NamedTuple):
    """What was read."""

    messages: list[ThreadMessage]
    """Newest first."""
    has_more: bool
    """Whether there are older ones."""
    claims: dict[int, Claim]
    name: str
    """Of the correspondent, where it has one."""
    alike: list[str]
    """Numbers of which nobody can tell whether they are the correspondent's, too."""
    opted_out: bool
    """Whether the correspondent wants no more messages."""


class ThreadReading:
    """Reads for one screen. What comes when the screen is gone, or shows another conversation by then, is dropped."""

    def __init__(
        self,
        screen: Screen[None],
        who: Correspondent,
        store: LiveReader,
        clock: Clock,
        *,
        show: Callable[[Reading], None],
        fail: Callable[[ConsoleError], None],
    ) -> None:
        """`show` is called with what was read, `fail` with the reason why nothing was."""
        self.who = who
        """Whose conversation it is."""
        self._screen = screen
        self._store = store
        self._clock = clock
        self._tell = show
        self._fail = fail
        self._pace = Pace()
        self._revision = -1
        self._under_way = False
        self._has_more = False

    def look(self, rows: ThreadList) -> None:
        """Read where something has changed, or where older messages come in sight. `rows` show what was read so far."""
        if self._under_way:
            return
        revision = self._store.revision
        if revision != self._revision and self._pace.due(self._clock.time()):
            # Who is at the end needs no more than a few screens; who is not, what was read so far.
            few = _few(rows)
            self._begin(few if rows.following else max(few, len(rows.messages)), revision)
        elif self._has_more and rows.top < rows.size.height:
            self._begin(len(rows.messages) + PAGE, revision)

    def turn_to(self, who: Correspondent, rows: ThreadList) -> None:
        """Read another conversation from now on."""
        self.who = who
        self._revision = -1
        self._begin(_few(rows), self._store.revision)

    def find_unread(self, within: str, then: Callable[[InboxMessage | None], None]) -> None:
        """Call `then` with the newest unread message of somebody else, through the gateway `within` (empty: any)."""
        find = partial(self._find_unread, self.who, within, then)
        self._screen.run_worker(find, group="unread", thread=True, exclusive=True, exit_on_error=False)

    def _find_unread(self, present: Correspondent, within: str, then: Callable[[InboxMessage | None], None]) -> None:
        """Aside: all that is unread may be of one correspondent."""
        unread = replace(INBOX.ask("kind:sms is:unread"), within=within)
        try:
            person = self._store.person(present.number, present.gateway)
            ids = islice(self._store.search_ids(unread), _UNREAD)
            others = (
                message
                for message in self._store.inbox_messages(ids)
                if not person.has(message.callback.number, message.gateway) and message.callback.number.strip()
            )
            found = next(others, None)
        except ConsoleError:
            return  # the next look at the conversation tells why
        self._screen.app.call_from_thread(then, found)

    def _begin(self, wanted: int, revision: int) -> None:
        self._under_way = True
        read = partial(self._read, self.who, wanted, revision)
        self._screen.run_worker(read, group="thread", thread=True, exit_on_error=False)

    def _read(self, who: Correspondent, wanted: int, revision: int) -> None:
        """Aside: what the index does not know yet is looked through row by row."""
        store, app = self._store, self._screen.app
        try:
            # One more tells whether there are more.
            person = store.person(who.number, who.gateway)
            found = store.thread(person, 0, wanted + 1)
            claims = store.claims.of(message.id for message in found if isinstance(message, InboxMessage))
            name = store.contacts.name_of(who.number, store.regions.of(who.gateway))
            out = store.opt_outs.of(who.number, who.gateway) is not None
            reading = Reading(found[:wanted], len(found) > wanted, claims, name, person.alike(), out)
        except ConsoleError as error:
            app.call_from_thread(self._give_up, error)
        else:
            app.call_from_thread(self._take, who, reading, revision)

    def _take(self, who: Correspondent, reading: Reading, revision: int) -> None:
        self._under_way = False
        if self._screen.is_attached and who == self.who:
            self._revision, self._has_more = revision, reading.has_more
            self._tell(reading)

    def _give_up(self, error: ConsoleError) -> None:
        self._under_way = False
        if self._screen.is_attached:
            self._fail(error)


def _few(rows: ThreadList) -> int:
    return max(PAGE, 3 * rows.size.height)
