"""A conversation over the whole screen: all to and from one correspondent, newest at the bottom; the answer below."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import work
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from console.domain.messages import CallbackKind, InboxMessage
from console.errors import ConsoleError
from console.protocol.numbers import correspondent
from console.protocol.recipients import is_diallable
from console.protocol.safe_text import safe
from console.protocol.search_query import SearchQuery
from console.ui.actions import bindings
from console.ui.claiming import Claiming, claim_line
from console.ui.copying import CopyKeys
from console.ui.correspondent import Correspondent
from console.ui.format import content, plural
from console.ui.gateways import Gateways
from console.ui.panes.base import Pace
from console.ui.widgets.key_bar import KeyBar
from console.ui.widgets.reply_line import ReplyInput, ReplyLine
from console.ui.widgets.thread_list import ThreadList

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from console.config.records import SendingConfig
    from console.domain.backend import Backend
    from console.domain.clock import Clock
    from console.domain.messages import Claim
    from console.store import Store
    from console.ui.thread_rows import ThreadMessage

LOOK = 0.1
"""Seconds between two looks at what changed."""

PAGE = 100
"""Messages read at a time, at least."""

_UNREAD = 2_000
"""Unread messages that are looked through for one of somebody else."""


class Desk(NamedTuple):
    """What a conversation is read from, and what it hands on."""

    store: Store
    clock: Clock
    backend: Backend
    rules: SendingConfig
    mark_read: Callable[..., None]
    """Called with the messages that were shown."""
    to_form: Callable[[Correspondent], None]
    """Called when the operator wants to go on in the form, once the screen is gone."""
    keep: Callable[[str, str], None]
    """Called with a number and the answer to it that was begun and not sent."""
    take_kept: Callable[[str], str]
    """Gives the text that is kept for a number."""


class _Reading(NamedTuple):
    """What was read aside."""

    messages: list[ThreadMessage]
    """Newest first; one more than `wanted` where there are more."""
    claims: dict[int, Claim]
    name: str
    wanted: int
    revision: int


class ThreadScreen(CopyKeys, ModalScreen[None]):
    """Reads as much of the conversation as is looked at, and more as the operator goes up."""

    AUTO_FOCUS = "#thread-list"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("thread")]

    def __init__(self, who: Correspondent, desk: Desk, *, within: str = "") -> None:
        """`within` is the gateway that the next unread message is looked for at; empty: any."""
        super().__init__()
        self._correspondent = who
        self._desk = desk
        self._store = desk.store
        self._within = within
        self._gateways = Gateways(desk.backend)
        self._claiming = Claiming(self, desk.store.claims, desk.backend)
        self._pace = Pace()
        self._revision = -1
        self._reading = False
        self._more = False
        """Whether there are older messages than those that were read."""
        self._opened: set[int] = set()
        """Ids of unread messages that were shown."""

    def compose(self) -> ComposeResult:
        with Vertical(id="thread"):
            yield Static(id="thread-claim")
            yield ThreadList(self._gateways)
            yield Static("Nothing was sent to this number, and nothing came from it.", id="thread-empty")
            yield ReplyLine(self._desk.backend, self._gateways, self._desk.rules)
        yield KeyBar()

    def on_mount(self) -> None:
        self.sync()
        self.set_interval(LOOK, self.sync)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """In the answer letters are text, so the keys of this screen rest, and Enter sends; elsewhere it does not."""
        return isinstance(self.focused, ReplyInput) == (action == "send_reply")

    @property
    def _rows(self) -> ThreadList:
        return self.query_one(ThreadList)

    # ---- what is shown --------------------------------------------------------------------------------------

    def sync(self) -> None:
        """Bring what is shown up to date, read older messages where they come in sight, open those in sight."""
        rows = self._rows
        self._open_in_sight(rows)
        if self._reading:
            return
        revision = self._store.revision
        if revision != self._revision and self._pace.due(self._desk.clock.time()):
            # Who is at the end needs no more than a few screens; who is not, what was read so far.
            few = max(PAGE, 3 * rows.size.height)
            self._begin_reading(few if rows.following else max(few, len(rows.messages)), revision)
        elif self._more and rows.top < rows.size.height:
            self._begin_reading(len(rows.messages) + PAGE, revision)

    def _begin_reading(self, wanted: int, revision: int) -> None:
        self._reading = True
        self._read(self._correspondent, wanted, revision)

    @work(thread=True, group="thread", exit_on_error=False)
    def _read(self, who: Correspondent, wanted: int, revision: int) -> None:
        """Aside: what the index does not know yet is looked through row by row."""
        store = self._store
        try:
            # One more tells whether there are more.
            found = store.thread(who.number, 0, wanted + 1)
            claims = store.claims.of(message.id for message in found if isinstance(message, InboxMessage))
            reading = _Reading(found, claims, store.contacts.name_of(who.number), wanted, revision)
        except ConsoleError as error:
            self.app.call_from_thread(self._fail, f"✗ {error}")
        else:
            self.app.call_from_thread(self._show, who, reading)

    def _fail(self, why: str) -> None:
        self._reading = False
        if self.is_attached:
            self.query_one("#thread").border_subtitle = Content(safe(why))

    def _show(self, who: Correspondent, reading: _Reading) -> None:
        self._reading = False
        if not self.is_attached or who != self._correspondent:
            return
        found, wanted = reading.messages, reading.wanted
        self._revision = reading.revision
        self._more = len(found) > wanted
        self._rows.show_messages(found[wanted - 1 :: -1] if self._more else found[::-1], reading.claims)
        self._show_claim()
        frame = self.query_one("#thread")
        frame.set_class(not found, "-empty")
        # A str would be read as markup.
        frame.border_title = Content("  ".join(filter(None, (safe(who.number), safe(reading.name)))))
        shown = plural(min(wanted, len(found)), "message")
        frame.border_subtitle = Content(f"the last {shown}, more above" if self._more else shown)

    def _show_claim(self) -> None:
        """Who looks after the newest message that came: it stands for the conversation."""
        newest = self._rows.newest_received
        claim = self._rows.claims.get(newest.id) if newest else None
        line = self.query_one("#thread-claim", Static)
        line.display = claim is not None
        if claim:
            line.update(content(claim_line(claim)))

    def _open_in_sight(self, rows: ThreadList) -> None:
        """What the operator sees here is read."""
        shown = [
            message
            for message in rows.in_sight
            if isinstance(message, InboxMessage) and not message.read and message.id not in self._opened
        ]
        if shown:
            self._opened.update(message.id for message in shown)
            self._desk.mark_read(*shown)

    @property
    def looked_at(self) -> list[ThreadMessage]:
        return self._rows.in_sight

    @property
    def written(self) -> list[ThreadMessage]:
        return self._rows.messages

    # ---- the answer -----------------------------------------------------------------------------------------

    @property
    def _answered(self) -> Correspondent:
        """Whom an answer goes to, and by which way: that of the newest message that came."""
        newest = self._rows.newest_received
        return self._correspondent if newest is None else Correspondent.of(newest)

    def action_reply(self) -> None:
        who = self._answered
        if is_diallable(who.number):
            self.query_one(ReplyLine).begin(who, self._desk.take_kept(who.number))
        else:
            sender = safe(who.number) or "An unknown sender"
            self.notify(f"{sender} takes no replies: that is a name, not a number.", severity="warning", markup=False)

    def action_send_reply(self) -> None:
        self.query_one(ReplyLine).send()

    def on_reply_input_left(self) -> None:
        self.set_focus(self._rows)

    def action_to_form(self) -> None:
        who = self._answered
        self._put_reply_away()
        self.dismiss(None)
        # At once and not as a result, which comes later than a key that is typed ahead.
        self._desk.to_form(who)

    def _put_reply_away(self) -> None:
        """What was begun is kept for who it is written to."""
        line = self.query_one(ReplyLine)
        if text := line.put_away():
            self._desk.keep(line.to, text)

    # ---- who looks after it, and the next -------------------------------------------------------------------

    def action_claim_entry(self) -> None:
        if (newest := self._rows.newest_received) is not None:
            self._claiming.toggle(newest.id, self._rows.claims.get(newest.id))

    def action_finish_entry(self) -> None:
        if (newest := self._rows.newest_received) is not None:
            self._claiming.finish(newest.id, self._rows.claims.get(newest.id))

    def action_next_unread(self) -> None:
        self._open_in_sight(self._rows)
        self._find_unread(correspondent(self._correspondent.number))

    @work(thread=True, group="unread", exclusive=True, exit_on_error=False)
    def _find_unread(self, present: str) -> None:
        """Aside: all that is unread may be of one correspondent."""
        unread = SearchQuery(kinds=(CallbackKind.SMS,), read=False, within=self._within)
        try:
            ids = islice(self._store.search_ids(unread), _UNREAD)
            others = (
                message
                for message in self._store.inbox_messages(ids)
                if correspondent(message.callback.number) != present and message.callback.number.strip()
            )
            found = next(others, None)
        except ConsoleError:
            return  # the next look at the conversation tells why
        self.app.call_from_thread(self._turn_to, found)

    def _turn_to(self, message: InboxMessage | None) -> None:
        if message is None:
            self.notify("Nobody else has written anything that is unread.")
        elif self.is_attached:
            self._put_reply_away()
            self._correspondent = Correspondent.of(message)
            self._opened.clear()
            self._revision = -1
            self._rows.show_messages([], {})
            self._begin_reading(max(PAGE, 3 * self._rows.size.height), self._store.revision)
            self.set_focus(self._rows)

    def action_leave(self) -> None:
        self._put_reply_away()
        self.dismiss(None)
