"""The inbox: newest on top, one line a message; below it the message under the cursor, whole."""

from __future__ import annotations

from bisect import bisect_left
from itertools import islice
from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual import work
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from console.domain.messages import CallbackKind, InboxMessage
from console.errors import ConsoleError
from console.protocol.safe_text import safe, safe_lines
from console.protocol.search_query import SearchQuery, parse_search
from console.ui.actions import bindings
from console.ui.explain import explained
from console.ui.format import Cells, clock_time, count, fit, line_width, when
from console.ui.message_text import came_words, read_message
from console.ui.panes.base import Pace, Pane
from console.ui.widgets.paged_list import PagedList
from console.ui.widgets.safe_input import SafeInput

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from console.domain.clock import Clock
    from console.store import Store

_SENDER_WIDTH = 16

FOUND = 1000
"""Messages counted and shown of a search; who looks for one among more adds a word."""


class InboxList(PagedList[InboxMessage]):
    """The store's messages."""

    def __init__(self, store: Store, clock: Clock) -> None:
        super().__init__(id="inbox-list")
        self._store = store
        self._clock = clock
        self.found: list[int] | None = None
        """Ids of what a search found, newest first; None while all of the inbox is shown."""

    def total(self) -> int:
        return self._store.inbox_count() if self.found is None else len(self.found)

    def fetch(self, first: int, count: int) -> list[InboxMessage]:
        if self.found is None:
            return self._store.inbox_slice(first, count)
        return list(self._store.inbox_messages(self.found[first : first + count]))

    def place_of(self, record: InboxMessage) -> int:
        if self.found is not None:
            return bisect_left(self.found, -record.id, key=lambda found: -found)
        return super().place_of(record)

    def cells(self, record: InboxMessage, width: int) -> Cells:
        return inbox_cells(record, width, self._clock.time())


def inbox_cells(message: InboxMessage, width: int, now: float) -> Cells:
    """One message on one line: unread mark, time, port, sender, how often and how much of it came, text."""
    callback = message.callback
    if callback.kind is CallbackKind.GAP:
        gap = f"── not listening {clock_time(message.since)} – {clock_time(message.until)} "
        return [("  ", "plain"), (f"{when(message.received_at, now)}  ", "quiet"), (gap, "warn")]
    unread = not message.read
    cells: Cells = [
        ("● " if unread else "  ", "accent"),
        (f"{when(message.received_at, now)}  ", "quiet"),
        (f"{fit(safe(callback.port[:20]), max(2, min(7, cell_len(callback.port[:20]))))} ", "quiet"),
        (f"{fit(safe(callback.number[:40]), _SENDER_WIDTH)}  ", "strong" if unread else "plain"),
        (came_words(message), "busy"),
    ]
    if callback.kind is CallbackKind.UNREADABLE:
        return [*cells, ("unreadable: ", "warn"), (safe(callback.reason[:400]), "quiet")]
    # No line shows more of it, and a text may be very long.
    text = " ".join(line for line in safe_lines(callback.text[: 4 * width]) if line)
    return [*cells, (fit(text, max(1, width - line_width(cells))), "plain")]


class Reader(VerticalScroll):
    """One message, whole: who, when, through which port; the text, or the raw bytes."""

    def __init__(self) -> None:
        super().__init__(id="reader")
        self.can_focus = False
        self._shown: tuple[InboxMessage | None, bool] | None = None

    def compose(self) -> ComposeResult:
        yield Static(id="reader-text")

    def show(self, message: InboxMessage | None, *, raw: bool) -> None:
        if (message, raw) == self._shown:
            return
        self._shown = (message, raw)
        self.query_one(Static).update(read_message(message, raw=raw) if message else Content(""))
        self.scroll_home(animate=False)


class SearchLine(SafeInput):
    """Words and filters. Enter goes to what was found, and the line stays; Esc clears it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,down", "leave(False)", "To the list", priority=True),
        Binding("escape", "leave(True)", "Clear"),
    ]

    class Left(Message):
        """The operator is done with the line."""

        def __init__(self, cleared: bool) -> None:
            self.cleared = cleared
            super().__init__()

    def __init__(self) -> None:
        hint = "words, port:2, from:+8613, gw:NAME, is:unread, after:2026-11-22, kind:unreadable"
        super().__init__(id="search", placeholder=hint)

    def action_leave(self, clear: bool) -> None:
        self.post_message(self.Left(clear))


class InboxPane(Pane):
    """List and reader. Nothing is marked as read by passing over it: only Enter opens a message."""

    NAME = "inbox"
    TITLE = "Inbox"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("inbox")]

    class Opened(Message):
        """Enter on a message."""

        def __init__(self, message: InboxMessage) -> None:
            self.message = message
            super().__init__()

    class Reply(Opened):
        """The operator wants to answer this message."""

    def __init__(self, store: Store, clock: Clock) -> None:
        super().__init__(id="inbox")
        self._store = store
        self._clock = clock
        self._pace = Pace()
        self._revision = -1
        self._raw = False
        self._unseen = 0
        self._query = SearchQuery()
        self._searching = False

    def compose(self) -> ComposeResult:
        yield SearchLine()
        yield InboxList(self._store, self._clock)
        yield Static("No messages yet. They appear here the moment the gateway calls.", id="inbox-empty")
        yield Reader()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """In the search line letters are text, so the keys of this pane rest."""
        return not isinstance(self.screen.focused, SearchLine)

    def focus_first(self) -> None:
        self.give_focus(self.query_one(InboxList))

    def sync(self, now: float) -> None:
        revision = self._store.revision
        if revision == self._revision or self._searching or not self._pace.due(now):
            return
        if self._query.is_empty:
            self._reload(None)
            self._revision = revision
        else:
            self._look_for(self._query, revision)

    def _reload(self, found: list[int] | None) -> None:
        rows = self.query_one(InboxList)
        following = rows.following
        rows.found = found
        came = rows.reload()
        self._unseen = 0 if following else self._unseen + came
        self.set_class(not rows.count and found is None, "-empty")
        self._retitle()
        self._show_selected()

    def _look_for(self, query: SearchQuery, revision: int) -> None:
        self._searching = True
        self._search(query, revision)

    @work(thread=True, group="search", exit_on_error=False)
    def _search(self, query: SearchQuery, revision: int) -> None:
        """Aside: the widest of searches looks at every row."""
        try:
            found = list(islice(self._store.search_ids(query), FOUND))
        except ConsoleError:
            found = []  # the screen's own look at the store tells why
        self.app.call_from_thread(self._show_found, query, revision, found)

    def _show_found(self, query: SearchQuery, revision: int, found: list[int]) -> None:
        self._searching = False
        if query != self._query:
            self._look_again()
            return
        self._reload(found)
        self._revision = revision

    def _look_again(self) -> None:
        if self._searching:
            return  # whoever is at it looks again when it is done
        if self._query.is_empty:
            self._reload(None)
        else:
            self._look_for(self._query, self._store.revision)

    def _retitle(self) -> None:
        unread = self._store.unread_count()
        rows = self.query_one(InboxList)
        found = ""
        if rows.found is not None:
            found = f"{count(rows.count)}{'+' if rows.count == FOUND else ''} of "
        self.entitle(
            found + count(self._store.inbox_count()),
            *self._query.problems,
            f"{count(unread)} unread" if unread else "",
            f"{count(self._unseen)} new above" if self._unseen else "",
        )

    def _show_selected(self) -> None:
        self.query_one(Reader).show(self.query_one(InboxList).selected, raw=self._raw)

    def on_row_list_moved(self) -> None:
        if self._unseen and self.query_one(InboxList).following:
            self._unseen = 0
            with explained(self):
                self._retitle()
        self._show_selected()

    def on_row_list_chosen(self) -> None:
        self._open(self.Opened)

    def action_reply(self) -> None:
        self._open(self.Reply)

    def _open(self, how: type[Opened]) -> None:
        """Mark the message under the cursor as read and tell who shows it, or answers it."""
        if (selected := self.query_one(InboxList).selected) is not None:
            if not selected.read:
                self._store.mark_read([selected.id])
            self.post_message(how(selected))

    def action_search(self) -> None:
        line = self.query_one(SearchLine)
        line.display = True
        self.give_focus(line)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._query = parse_search(event.value)
        self.query_one(InboxList).action_jump("top")
        with explained(self):
            self._look_again()

    def on_search_line_left(self, event: SearchLine.Left) -> None:
        line = self.query_one(SearchLine)
        if event.cleared:
            line.value = ""
        line.display = bool(line.value)
        self.give_focus(self.query_one(InboxList))

    def action_next_unread(self) -> None:
        rows = self.query_one(InboxList)
        with explained(self):
            newest = self._store.newest_unread_position()
            if newest is not None and rows.found is None:
                rows.cursor = newest
                rows.action_move(0)

    def action_all_read(self) -> None:
        with explained(self):
            self._store.mark_all_read()

    def action_hex(self) -> None:
        self._raw = not self._raw
        self._show_selected()
