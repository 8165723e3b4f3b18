"""The inbox: newest on top, one line a message; below it the message under the cursor, whole."""

from __future__ import annotations

import asyncio
from bisect import bisect_left
from itertools import islice
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from console.domain.messages import CallbackKind, InboxMessage
from console.domain.views import View
from console.errors import ConsoleError
from console.protocol.search_query import SearchQuery
from console.ui.actions import bindings
from console.ui.claiming import Claiming, claim_line
from console.ui.contact_names import ask_name, known_name
from console.ui.copying import CopyKeys
from console.ui.correspondent import Correspondent, ThreadWanted
from console.ui.explain import explained
from console.ui.format import content, count
from console.ui.inbox_row import TIME_WIDTHS, heading, inbox_cells
from console.ui.message_text import read_message
from console.ui.panes.base import Pace, Pane
from console.ui.panes.search_line import FOUND, SearchLine
from console.ui.screens.ask import AskScreen
from console.ui.screens.views import ViewsScreen
from console.ui.widgets.lesson import InboxLesson
from console.ui.widgets.paged_list import PagedList

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from console.domain.backend import Backend
    from console.domain.clock import Clock
    from console.domain.messages import Claim
    from console.store import Store
    from console.ui.format import Cells
    from console.ui.gateways import Gateways
    from console.ui.lessons import PageValues

_ROOMY = 100
"""Cells from which the pane has room for seconds in both times."""

_MARKED_AT_ONCE = 1_000
"""Messages that one write marks as read."""


class InboxList(PagedList[InboxMessage]):
    """The store's messages."""

    def __init__(self, store: Store, clock: Clock, gateways: Gateways) -> None:
        super().__init__(id="inbox-list")
        self._store = store
        self._clock = clock
        self._gateways = gateways
        self.claims: dict[int, Claim] = {}
        """By entry, of what was read so far."""
        self.found: list[int] | None = None
        """Ids of what a search found, newest first; None while all of the inbox is shown."""
        self.time_width = 0
        """As `inbox_cells` takes it."""

    def total(self) -> int:
        return self._store.inbox_count() if self.found is None else len(self.found)

    def fetch(self, first: int, count: int) -> list[InboxMessage]:
        if self.found is None:
            messages = self._store.inbox_slice(first, count)
        else:
            messages = list(self._store.inbox_messages(self.found[first : first + count]))
        self.claims |= self._store.claims.of(message.id for message in messages)
        return messages

    def reload(self) -> int:
        self.claims.clear()
        return super().reload()

    def first_unread(self) -> int | None:
        """Position of the newest one not read among those that were found."""
        ids = self.found or []
        unread = (message.id for message in self._store.inbox_messages(ids) if not message.read)
        newest = next(unread, None)
        return None if newest is None else ids.index(newest)

    def place_of(self, record: InboxMessage) -> int:
        if self.found is not None:
            return bisect_left(self.found, -record.id, key=lambda found: -found)
        return super().place_of(record)

    def cells(self, record: InboxMessage, width: int) -> Cells:
        name = known_name(self._store.contacts, record.callback.number)
        return inbox_cells(
            record,
            width,
            self._clock.time(),
            time_width=self.time_width,
            name=name,
            gateway=self._gateways.cells(record.gateway),
            claim=self.claims.get(record.id),
        )


class Reader(VerticalScroll):
    """One message, whole: who, when, through which port; the text, or the raw bytes."""

    def __init__(self) -> None:
        super().__init__(id="reader")
        self.can_focus = False
        self._shown: object = None

    def compose(self) -> ComposeResult:
        yield Static(id="reader-text")

    def show(self, message: InboxMessage | None, *, raw: bool, called: str, claim: Claim | None, of: Content) -> None:
        """`called` is the sender's name here, `of` names the gateway where there is more than one."""
        if (message, raw, called, claim, of) == self._shown:
            return
        self._shown = (message, raw, called, claim, of)
        lines = [content(claim_line(claim))] if claim else []
        if message:
            lines.append(of + read_message(message, raw=raw, called=called))
        self.query_one(Static).update(Content("\n").join(lines))
        self.scroll_home(animate=False)


class InboxPane(CopyKeys, Pane):
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

    def __init__(
        self,
        store: Store,
        clock: Clock,
        backend: Backend,
        gateways: Gateways,
        *,
        page_values: Callable[[], PageValues] = tuple,
    ) -> None:
        """`page_values` says what to type on the gateway's page; it may take its time."""
        super().__init__(id="inbox")
        self._page_values = page_values
        self._store = store
        self._clock = clock
        self._backend = backend
        self._gateways = gateways
        self._claiming = Claiming(self, store.claims, backend)
        self._unread = 0
        self._pace = Pace()
        self._revision = -1
        self._raw = False
        self._unseen = 0
        self._both_times = False

    def compose(self) -> ComposeResult:
        yield SearchLine(self._store, self._clock, self._backend.operator())
        yield Static(id="inbox-heading")
        yield InboxList(self._store, self._clock, self._gateways)
        yield InboxLesson(self._backend, self._page_values)
        yield Reader()

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """In the search line letters are text, so the keys of this pane rest."""
        return not isinstance(self.screen.focused, SearchLine)

    def focus_first(self) -> None:
        self.give_focus(self.query_one(InboxList))

    def sync(self, now: float) -> None:
        line = self.query_one(SearchLine)
        line.turn_day()
        if self.has_class("-empty"):
            self.query_one(InboxLesson).sync()
        revision = self._store.revision
        if revision == self._revision or line.searching or not self._pace.due(now):
            return
        if line.wanted.is_empty:
            self._reload(None)
            self._revision = revision
        else:
            line.look()

    def show_chosen(self) -> None:
        """Show what came by the chosen gateway, or by all."""
        self._arrange_times()
        self.query_one(SearchLine).stay_within(self._gateways.chosen)

    def _reload(self, found: list[int] | None, unread: int | None = None) -> None:
        self._unread = self._store.unread_count() if unread is None else unread
        rows = self.query_one(InboxList)
        following = rows.following
        rows.found = found
        came = rows.reload()
        self._unseen = 0 if following else self._unseen + came
        self.set_class(not rows.count and found is None, "-empty")
        self._retitle()
        self._show_selected()

    def on_search_line_found(self, event: SearchLine.Found) -> None:
        if event.query == self.query_one(SearchLine).wanted:
            with explained(self):
                self._reload(event.ids, event.unread)
                self._revision = event.revision

    def on_search_line_asked(self) -> None:
        line = self.query_one(SearchLine)
        self.query_one(InboxList).action_jump("top")
        if line.wanted.is_empty:
            with explained(self):
                self._reload(None)
        else:
            line.look()

    def _retitle(self) -> None:
        rows, unread = self.query_one(InboxList), self._unread
        found = ""
        if rows.found is not None:
            found = f"{count(rows.count)}{'+' if rows.count == FOUND else ''} of "
        line = self.query_one(SearchLine)
        self.entitle(
            f"{self._gateways.chosen} only" if self._gateways.chosen else "",
            f"view {line.view.name}" if line.view.name else "",
            found + count(self._store.inbox_count()),
            *line.wanted.problems,
            f"{count(unread)} unread" if unread else "",
            f"{count(self._unseen)} new above" if self._unseen else "",
        )

    def _show_selected(self) -> None:
        rows = self.query_one(InboxList)
        selected = rows.selected
        called = known_name(self._store.contacts, selected.callback.number) if selected else ""
        claim = rows.claims.get(selected.id) if selected else None
        of = Content("")
        if selected and selected.gateway and self._gateways.several:
            of = self._gateways.name_content(selected.gateway) + "  "
        self.query_one(Reader).show(selected, raw=self._raw, called=called, claim=claim, of=of)

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
        """Tell who shows the message under the cursor, or answers it: there it becomes read."""
        if (selected := self.query_one(InboxList).selected) is not None:
            self.post_message(how(selected))

    def action_search(self) -> None:
        line = self.query_one(SearchLine)
        line.display = True
        self.give_focus(line)

    def on_search_line_left(self) -> None:
        self.give_focus(self.query_one(InboxList))

    def action_next_unread(self) -> None:
        rows = self.query_one(InboxList)
        with explained(self):
            newest = self._store.newest_unread_position() if rows.found is None else rows.first_unread()
            if newest is not None:
                rows.cursor = newest
                rows.action_move(0)

    def action_all_read(self) -> None:
        with explained(self):
            if self._gateways.chosen:
                self._mark_within(SearchQuery(read=False, within=self._gateways.chosen))
            else:
                self._store.mark_all_read()

    @work(thread=True, group="all-read", exit_on_error=False)
    def _mark_within(self, unread: SearchQuery) -> None:
        """Aside: there may be many. Many small writes, so that callbacks get in between."""
        try:
            ids = self._store.search_ids(unread)
            while some := list(islice(ids, _MARKED_AT_ONCE)):
                self._store.mark_read(some).result()
        except ConsoleError as error:
            self.app.call_from_thread(self.notify, str(error), severity="error", markup=False)

    def action_claim_entry(self) -> None:
        if (entry := self._to_look_after()) is not None:
            self._claiming.toggle(entry, self.query_one(InboxList).claims.get(entry))

    def action_finish_entry(self) -> None:
        if (entry := self._to_look_after()) is not None:
            self._claiming.finish(entry, self.query_one(InboxList).claims.get(entry))

    def _to_look_after(self) -> int | None:
        selected = self.query_one(InboxList).selected
        if selected is None or selected.callback.kind is CallbackKind.GAP:
            self.notify("There is no message here to look after.", severity="warning")
            return None
        return selected.id

    @property
    def looked_at(self) -> list[InboxMessage]:
        selected = self.query_one(InboxList).selected
        return [] if selected is None else [selected]

    def action_hex(self) -> None:
        self._raw = not self._raw
        self._show_selected()

    def action_name_sender(self) -> None:
        if (selected := self.query_one(InboxList).selected) is not None:
            ask_name(self, self._store.contacts, selected.callback.number)

    def action_thread(self) -> None:
        if (selected := self.query_one(InboxList).selected) is not None:
            self.post_message(ThreadWanted(Correspondent.of(selected)))

    def action_views(self) -> None:
        line = self.query_one(SearchLine)
        with explained(self):
            self.app.push_screen(ViewsScreen(self._store, self._store.views.all(), line.view), self._take_view)

    def _take_view(self, view: View | None) -> None:
        if view is not None:
            self.query_one(SearchLine).show_view(view)
            with explained(self):
                self._retitle()

    def action_keep_view(self) -> None:
        line = self.query_one(SearchLine)
        if line.wanted.is_empty:
            self.notify("Search for something first (/), then V gives it a name.", severity="warning")
            return
        query = line.value

        def keep(name: str | None) -> None:
            if name:
                self._keep_view(View(name, query))

        remark = f"For: {query}\nA view that has the name already is replaced."
        self.app.push_screen(AskScreen("Name of this view", line.view.name, remark=remark), keep)

    @work(exit_on_error=False)
    async def _keep_view(self, view: View) -> None:
        line = self.query_one(SearchLine)
        with explained(self):
            await asyncio.wrap_future(self._store.views.set(view.name, view.query))
            if line.value == view.query:
                line.view = view
            self._retitle()

    def action_times(self) -> None:
        self._both_times = not self._both_times
        self._arrange_times()

    def on_resize(self) -> None:
        self._arrange_times()

    def _arrange_times(self) -> None:
        """How wide the times are, and the names above them, where there is more than one."""
        width = TIME_WIDTHS[self.size.width >= _ROOMY] if self._both_times else 0
        names = self.query_one("#inbox-heading", Static)
        names.display = bool(width)
        if width:
            names.update(content(heading(width, self._gateways.column)))
        rows = self.query_one(InboxList)
        rows.time_width = width
        rows.refresh_changed()
