"""The inbox: newest on top, one line a message; below it the message under the cursor, whole."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, ClassVar

from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from console.config.records import NO_SENDING, SendingConfig
from console.config.rule_records import NO_RULES, RulesConfig
from console.domain.audit import Deed
from console.domain.messages import CallbackKind, InboxMessage
from console.protocol.query.inbox import INBOX, UNREAD
from console.ui.context.claiming import Claiming, ClaimKeys, claim_line
from console.ui.context.contact_names import ask_name, known_name, known_opt_out, opt_in, opt_out, opt_out_line
from console.ui.context.correspondent import Correspondent, ThreadWanted
from console.ui.context.lessons import InboxLesson, of_search
from console.ui.context.parts import PartKeys
from console.ui.context.searching import CountKeys, KeptViews, ViewKeys, asker
from console.ui.inbox.list import InboxList
from console.ui.inbox.reading_all import ReadingAll
from console.ui.keys.actions import bindings
from console.ui.keys.keymap import keymap_of
from console.ui.kit.explain import explained
from console.ui.kit.filter_line import FilterProblem
from console.ui.kit.format import content, count
from console.ui.kit.pane import ListPane, Pace
from console.ui.kit.search_line import FOUND, SearchLine
from console.ui.rows.inbox_row import TIME_WIDTHS, heading
from console.ui.rows.message_text import read_message

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from console.domain.backend import Backend
    from console.domain.clock import Clock
    from console.domain.messages import Claim, InboxMessage
    from console.protocol.query.inbox import Searched
    from console.protocol.query.table import Query
    from console.store import LiveReader
    from console.ui.context.gateways import Gateways
    from console.ui.context.lessons import PageValues
    from console.ui.kit.format import Cells


def look_up(store: LiveReader, query: Query[Searched]) -> tuple[list[int], int]:
    """What is asked for, newest first, at most FOUND; and how many are unread of the gateway that is shown (at most
    FOUND; of all, where all are). Aside: the widest of searches looks at every row. Raises StoreError.
    """
    found = list(islice(store.search_ids(query), FOUND))
    unread = replace(UNREAD, within=query.within)
    return found, store.search_count(unread, FOUND) if query.within else store.unread_count()


class Reader(VerticalScroll):
    """One message, whole: who, when, through which port; the text, or the raw bytes."""

    def __init__(self) -> None:
        super().__init__(id="reader")
        self.can_focus = False
        self._shown: object = None

    def compose(self) -> ComposeResult:
        yield Static(id="reader-text")

    def show(self, message: InboxMessage | None, above: Cells, *, raw: bool, called: str, of: Content) -> None:
        """`above` is said of it first, `called` is the sender's name here, `of` names the gateway where there is more
        than one.
        """
        if (message, above, raw, called, of) == self._shown:
            return
        self._shown = (message, above, raw, called, of)
        lines = [content([line]) for line in above]
        if message:
            lines.append(of + read_message(message, raw=raw, called=called))
        text, widget = Content("\n").join(lines), self.query_one(Static)
        widget.update(text, layout=text.get_height({}, widget.size.width or 1) != widget.size.height)
        self.scroll_home(animate=False)


_ROOMY = 100
"""Cells from which the pane has room for seconds in both times, and a text needs fewer lines."""

_READER = (7, 6)
"""Lines of the message that is read, with the rule above it: in a narrow pane, and in a roomy one."""


class NewAbove(Static):
    """Says that newer messages stand above what is in sight, and how to get there; else not there."""

    DEFAULT_CSS = "NewAbove { height: 1; display: none; background: $accent; color: $background; text-style: bold; }"

    def tell(self, number: int) -> bool:
        """So many are above, and nobody has seen them. Whether the line comes now."""
        was, self.display = self.display, bool(number)
        if number:
            shows = "shows them" if number > 1 else "shows it"
            self.update(Content(f" ▲ {count(number)} new above  {keymap_of(self).name('list.first')} {shows}"))
        return self.display and not was


class InboxPane(ClaimKeys, PartKeys, ViewKeys, CountKeys, ListPane):
    """List and reader. Nothing is marked as read by passing over it: only Enter opens a message."""

    NAME = "inbox"
    TITLE = "Inbox"
    LIST = InboxList
    ON_MARKED = ("inbox.claim", "inbox.done", "inbox.read-all", "inbox.export")
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
        store: LiveReader,
        clock: Clock,
        backend: Backend,
        gateways: Gateways,
        rules: RulesConfig = NO_RULES,
        sending: SendingConfig = NO_SENDING,
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
        self._rules = rules
        self._sending = sending
        self._line = SearchLine(
            INBOX, asker(store, clock, backend), partial(look_up, store), lambda: store.revision, id="search"
        )
        self.views = KeptViews(self._line, store, backend.views)
        self.claiming = Claiming(self, backend)
        self._reading = ReadingAll(self, store, backend, self._line)
        self._unread = 0
        self._pace = Pace()
        self._revision = -1
        self._raw = False
        self._unseen = 0
        self._both_times = False
        self._shown = self._line.wanted
        """What the rows were looked for by."""
        self._left_line = False
        """Whether the operator has gone on from the search line to what it finds."""

    def compose(self) -> ComposeResult:
        yield self._line
        yield FilterProblem()
        yield Static(id="inbox-heading")
        yield NewAbove()
        yield InboxList(self._store, self._clock, self._gateways, self._rules, self._sending)
        yield InboxLesson(self._backend, self._page_values)
        yield Reader()

    @property
    def behind(self) -> bool:
        return self._store.revision != self._revision

    def sync(self, now: float) -> None:
        line = self._line
        line.pass_time(now)
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
        self._line.stay_within(self._gateways.chosen)

    def _reload(self, found: list[int] | None, unread: int | None = None) -> None:
        self._unread = self._store.unread_count() if unread is None else unread
        rows = self.query_one(InboxList)
        following = rows.following
        keys = keymap_of(self)
        key = keys.name("inbox.search") if self._line.value.strip() else ""
        rows.nothing = "" if found is None else of_search(keys, key, self._gateways.chosen)
        anew, self._shown = self._shown != self._line.wanted, self._line.wanted
        came = rows.show_found(found, anew=anew)
        self.drop_hidden_marks()
        self._tell_new(0 if following or anew else self._unseen + came)
        self._go_on()
        self.set_class(not rows.count and found is None, "-empty")
        self._retitle()
        self._show_selected()

    def on_search_line_found(self, event: SearchLine.Found) -> None:
        if event.asked == self._line.wanted:
            with explained(self):
                self._reload(*event.found)
                self._revision = event.revision

    def look_for(self) -> None:
        line = self._line
        self._retitle()
        if line.wanted.is_empty:
            with explained(self):
                self._reload(None)
        else:
            line.look()

    @property
    def is_found(self) -> bool:
        return self._line.asks_for(self._shown)

    def on_filter_line_left(self) -> None:
        super().on_filter_line_left()
        self._left_line = True
        self._go_on()

    def _go_on(self) -> None:
        """From the search line to what it finds, once that is shown."""
        rows = self.query_one(InboxList)
        if self._left_line and self.is_found:
            self._left_line = False
            if rows.found is not None:
                rows.settle()

    def _retitle(self) -> None:
        rows, unread = self.query_one(InboxList), self._unread
        found = ""
        if rows.found is not None:
            found = f"{count(rows.count)}{'+' if rows.count == FOUND else ''} of "
        line = self._line
        only = f"{self._gateways.chosen} only" if self._gateways.chosen else ""
        view, words = (line.asked_words, "") if line.view.name else ("", line.asked_words)
        told = f"{count(unread)} unread" if unread and not (only and line.asked_words) else ""
        self.entitle(only, self.marked_words, view, found + count(self._store.inbox_count()), told, words)

    def _tell_new(self, number: int) -> None:
        """So many came above what the cursor was put on."""
        self._unseen = number
        if self.query_one(NewAbove).tell(number):
            self.query_one(InboxList).give_way()

    def follow_again(self) -> None:
        """Nobody is there, and nothing is marked: show what came, and what comes."""
        if self._unseen and not self.marked_words:
            self.query_one(InboxList).action_jump("top")

    def _show_selected(self) -> None:
        rows = self.query_one(InboxList)
        selected = rows.selected
        called = known_name(self._store, selected.callback.number, selected.gateway) if selected else ""
        out = known_opt_out(self._store, selected.callback.number, selected.gateway) if selected else None
        claim = rows.claims.get(selected.id) if selected else None
        above = [*(claim_line(claim) if claim else []), *(opt_out_line(out) if out else [])]
        of = Content("")
        if selected and selected.gateway and self._gateways.several:
            of = self._gateways.name_content(selected.gateway) + "  "
        self.query_one(Reader).show(selected, above, raw=self._raw, called=called, of=of)

    def on_row_list_moved(self) -> None:
        if self.query_one(InboxList).has_left_held:
            self._revision = -1  # what was held is looked for anew
        if self.query_one(InboxList).following:
            self._tell_new(0)
        self._show_selected()

    def on_row_list_chosen(self) -> None:
        if (selected := self.query_one(InboxList).selected) is not None:
            self.post_message(self.Opened(selected))

    def action_reply(self) -> None:
        if (selected := self.query_one(InboxList).selected) is not None:
            self.post_message(self.Reply(selected))

    def action_next_unread(self) -> None:
        rows = self.query_one(InboxList)
        with explained(self):
            newest = self._store.newest_unread_position() if rows.found is None else rows.first_unread()
            if newest is not None:
                rows.cursor = newest
                rows.action_move(0)

    def action_all_read(self) -> None:
        if marked := self.marked:
            self._reading.read_marked(marked)
        else:
            self._reading.read_all(self._shown, self.query_one(InboxList).found)

    def action_claim_entry(self) -> None:
        if not self._change_marked(Deed.CLAIM):
            super().action_claim_entry()

    def action_finish_entry(self) -> None:
        if not self._change_marked(Deed.DONE):
            super().action_finish_entry()

    def _change_marked(self, deed: Deed) -> bool:
        """Whether something was marked, to which it is done."""
        marked = self.marked
        if marked:
            with explained(self):
                there = [message.id for message in self._store.inbox_messages(marked)]
                self.claiming.change_all(deed, dict.fromkeys(there) | self._store.claims.of(there))
        return bool(marked)

    def show_marks(self) -> None:
        with explained(self):
            self._retitle()
        self._show_heading()

    def to_look_after(self) -> tuple[InboxMessage, Claim | None] | None:
        rows = self.query_one(InboxList)
        selected = rows.selected
        if selected is None or selected.callback.kind is CallbackKind.GAP:
            self.notify("There is no message here to claim.", severity="warning")
            return None
        return selected, rows.claims.get(selected.id)

    @property
    def looked_at(self) -> list[InboxMessage]:
        selected = self.query_one(InboxList).selected
        return [] if selected is None else [selected]

    @property
    def written(self) -> list[InboxMessage]:
        marked = self.marked
        return list(self._store.inbox_messages(marked)) if marked else self.looked_at

    def action_hex(self) -> None:
        self._raw = not self._raw
        self._show_selected()

    def action_name_sender(self) -> None:
        if (selected := self.query_one(InboxList).selected) is not None:
            who = Correspondent.of(selected, self._store.regions)
            ask_name(self, self._backend, who.number, known_name(self._store, who.number, who.gateway))

    def counted(self) -> tuple[Query[Searched], Iterator[Searched]]:
        query: Query[Searched] = self._line.wanted
        return query, self._store.searched(query)

    def action_opt_out(self) -> None:
        if (selected := self.query_one(InboxList).selected) is not None:
            who = Correspondent.of(selected, self._store.regions)
            opt_out(self, self._backend, self._store, who, selected.callback.text)

    def action_opt_in(self) -> None:
        if (selected := self.query_one(InboxList).selected) is not None:
            opt_in(self, self._backend, Correspondent.of(selected, self._store.regions))

    def action_thread(self) -> None:
        if (selected := self.query_one(InboxList).selected) is not None:
            self.post_message(ThreadWanted(Correspondent.of(selected, self._store.regions)))

    def action_times(self) -> None:
        self._both_times = not self._both_times
        self._arrange_times()

    def on_resize(self) -> None:
        self.query_one(Reader).styles.height = _READER[self.size.width >= _ROOMY]
        self._arrange_times()

    def _arrange_times(self) -> None:
        """How wide the times are, and the names above them, where there is more than one."""
        rows = self.query_one(InboxList)
        rows.time_width = TIME_WIDTHS[self.size.width >= _ROOMY] if self._both_times else 0
        rows.refresh_changed()
        self._show_heading()

    def _show_heading(self) -> None:
        rows, names = self.query_one(InboxList), self.query_one("#inbox-heading", Static)
        names.display = bool(rows.time_width)
        if rows.time_width:
            room: Cells = [(" " * rows.mark_width, "plain")]
            names.update(content([*room, *heading(rows.time_width, self._gateways.column)]))
