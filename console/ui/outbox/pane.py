"""The outbox: what was sent, how far it is known to have come, on whose word, and what waits for a person."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from console.domain.messages import OutboxMessage
from console.ui.context.contact_names import known_name
from console.ui.context.copying import CopyKeys
from console.ui.context.correspondent import Correspondent, ThreadWanted
from console.ui.context.lessons import Lesson, of_outbox, of_search
from console.ui.context.searching import CountKeys, KeptViews, ViewKeys, asker
from console.ui.keys.actions import bindings
from console.ui.keys.keymap import keymap_of
from console.ui.kit.explain import explained
from console.ui.kit.filter_line import FilterProblem
from console.ui.kit.format import content, count, plural
from console.ui.kit.paged_list import PagedList
from console.ui.kit.pane import ListPane, Pace
from console.ui.kit.search_line import FOUND
from console.ui.outbox.decisions import Decisions, MessageKeys
from console.ui.outbox.progress import count_cells, progress_cells
from console.ui.outbox.search import Filter, OutboxSearch, Wanted
from console.ui.rows.outbox_row import outbox_cells, successor_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from console.config.records import SendingConfig
    from console.domain.backend import Backend
    from console.domain.clock import Clock
    from console.protocol.query.outbox import Sent
    from console.protocol.query.table import Query
    from console.store import LiveReader
    from console.ui.context.gateways import Gateways
    from console.ui.kit.format import Cells
    from console.ui.outbox.sending_watch import Sending, SendingWatch


class OutboxList(PagedList[OutboxMessage]):
    """What was sent, newest on top."""

    def __init__(self, store: LiveReader, clock: Clock, gateways: Gateways) -> None:
        super().__init__(id="outbox-list")
        self._store = store
        self._clock = clock
        self._gateways = gateways
        self.left_over: frozenset[int] = frozenset()
        """Ids of messages that an earlier run left behind."""

    def show_left_over(self, messages: Sequence[OutboxMessage]) -> bool:
        """These were left behind by an earlier run. Whether they are others than before."""
        before, self.left_over = self.left_over, frozenset(message.id for message in messages)
        if self.left_over != before:
            self.refresh_changed()
        return self.left_over != before

    def total(self) -> int:
        return self._store.outbox_count() if self.found is None else len(self.found)

    def fetch(self, first: int, count: int) -> list[OutboxMessage]:
        if self.found is None:
            return self._store.outbox_slice(first, count)
        return self._store.outbox.messages(self.found[first : first + count])

    def is_there(self, record: OutboxMessage) -> bool:
        return bool(self._store.outbox.messages([record.id]))

    def cells(self, record: OutboxMessage, width: int) -> Cells:
        name = known_name(self._store, record.draft.to, record.draft.gateway)
        return outbox_cells(
            record,
            width,
            self._clock.time(),
            left_over=record.id in self.left_over,
            name=name,
            gateway=self._gateways.cells(record.draft.gateway),
        )


class SendingLines(Vertical):
    """Above the list: what an earlier run left behind, and how far the newest batch has come, or how it ended until
    somebody looks. Not there while there is neither.
    """

    def __init__(self) -> None:
        super().__init__(id="sending")
        self._shown: object = None

    def compose(self) -> ComposeResult:
        yield Static(id="left-over")
        yield Static(id="progress")

    def show(self, seen: Sending) -> None:
        keys = keymap_of(self)
        lines: list[Cells] = []
        told = seen.batches or seen.ended
        if told:
            newest = told[0]
            rate, held = seen.rates.get(newest.id), seen.held.get(newest.id, "")
            lines = [progress_cells(newest, rate, waits=seen.waits(newest), held=held), count_cells(newest)]
            more = f"and {count(len(told) - 1)} more " if len(told) > 1 else ""
            if more or not seen.batches:
                lines[1].append((f"{more}({keys.name('outbox.batches')})", "quiet"))
        if (seen.left_over_words, lines) == self._shown:
            return
        self._shown = (seen.left_over_words, lines)
        left, progress = self.query_one("#left-over", Static), self.query_one("#progress", Static)
        left.display, progress.display = bool(seen.left_over), bool(lines)
        if seen.left_over:
            go_on, drop = keys.name("outbox.release"), keys.name("outbox.cancel-all")
            left.update(Content(f"! {plural(len(seen.left_over), 'message')} held: {go_on} releases, {drop} cancels"))
        if lines:
            progress.update(Content("\n").join([content(line) for line in lines]))
        self.display = bool(lines or seen.left_over)


class OutboxPane(MessageKeys, CopyKeys, ViewKeys, CountKeys, ListPane):
    """The list; Enter shows every step a message took."""

    NAME = "outbox"
    TITLE = "Outbox"
    LIST = OutboxList
    ON_MARKED = ("outbox.resend", "outbox.settle", "outbox.cancel", "outbox.export")
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("outbox")]

    class Again(Message):
        """The operator wants to write this message once more."""

        def __init__(self, message: OutboxMessage) -> None:
            self.message = message
            super().__init__()

    def __init__(
        self,
        store: LiveReader,
        clock: Clock,
        backend: Backend,
        watch: SendingWatch,
        gateways: Gateways,
        *,
        rules: SendingConfig,
    ) -> None:
        super().__init__(id="outbox")
        self._rules = rules
        self._gateways = gateways
        self._store = store
        self._clock = clock
        self._backend = backend
        self._watch = watch
        self.decisions = Decisions(self, backend, clock)
        self._pace = Pace()
        self._search_pace = Pace(spacing=1.0, burst=2)
        self._revision = -1
        self._seen: Sending | None = None
        self._ticked = 0.0
        self._search = OutboxSearch(store, asker(store, clock, backend))
        self.views = KeptViews(self._search, store, backend.views)
        self._shown: Wanted = self._search.asked
        """What the rows were looked for by."""
        self._left_line = False
        """Whether the operator has gone on from the search line to what it finds."""

    def compose(self) -> ComposeResult:
        yield self._search
        yield FilterProblem()
        yield SendingLines()
        yield OutboxList(self._store, self._clock, self._gateways)
        yield Lesson(id="outbox-empty")

    # ---- staying true ---------------------------------------------------------------------------------------

    @property
    def behind(self) -> bool:
        return self._store.revision != self._revision or self._watch.seen is not self._seen

    def sync(self, now: float) -> None:
        rows = self.query_one(OutboxList)
        if self._watch.seen is not self._seen:
            self._seen = self._watch.seen
            self.query_one(SendingLines).show(self._seen)
            if rows.show_left_over(self._seen.left_over):
                self._revision = -1
        revision, search = self._store.revision, self._search
        search.left_over = tuple(sorted(rows.left_over))
        search.pass_time(now)
        if search.filter is Filter.NEEDS_A_PERSON and rows.has_focus and not search.searching:
            self._watch.looked_at_troubled()
        if revision != self._revision and not search.searching and self._pace.due(now):
            if search.asked.is_everything:
                self._reload(None, revision)
            elif self._search_pace.due(now):
                search.look()
        elif not 0 <= now - self._ticked < 1:
            self._ticked = now
            rows.refresh_changed()  # how long results are still waited for

    def _reload(self, found: list[int] | None, revision: int) -> None:
        rows = self.query_one(OutboxList)
        keys, search = keymap_of(self), self._search
        wanted = search.asked
        search_key = keys.name("outbox.search") if search.value.strip() else ""
        filter_key = keys.name("outbox.filter") if wanted.filter is not Filter.ALL else ""
        rows.nothing = "" if found is None else of_search(keys, search_key, wanted.query.within, filter_key)
        rows.show_found(found, anew=self._shown != wanted)
        self._shown, self._revision = wanted, revision
        self.drop_hidden_marks()
        self._go_on()
        self.set_class(not rows.count and found is None, "-empty")
        self.query_one(Lesson).teach(of_outbox(keys))
        self._retitle()

    def _retitle(self) -> None:
        rows, wanted = self.query_one(OutboxList), self._shown
        is_found = rows.found is not None
        words = f"{count(rows.count)}{'+' if rows.count == FOUND else ''}" if rows.count or is_found else ""
        if is_found:
            words += f" of {count(self._store.outbox_count())}"
        only = f"{wanted.query.within} only" if wanted.query.within else ""
        found_by = ", ".join(filter(None, (wanted.filter.value, self._search.asked_words)))
        self.entitle(only, self.marked_words, words, found_by)

    def show_marks(self) -> None:
        with explained(self):
            self._retitle()

    def show_chosen(self) -> None:
        """Show what went by the chosen gateway, or by all."""
        self._search.stay_within(self._gateways.chosen)

    def look_for(self) -> None:
        search = self._search
        with explained(self):
            if search.asked.is_everything:
                self._reload(None, self._store.revision)
            else:
                search.look()

    def on_search_line_found(self, event: OutboxSearch.Found) -> None:
        with explained(self):
            self._reload(event.found, event.revision)

    @property
    def is_found(self) -> bool:
        return self._search.asks_for(self._shown)

    def on_filter_line_left(self) -> None:
        super().on_filter_line_left()
        self._left_line = True
        self._go_on()

    def _go_on(self) -> None:
        """From the search line to what it finds, once that is shown."""
        rows = self.query_one(OutboxList)
        if self._left_line and self.is_found:
            self._left_line = False
            if rows.found is not None:
                rows.settle()

    def on_row_list_moved(self) -> None:
        if self.query_one(OutboxList).has_left_held:
            self._revision = -1  # what was held is looked for anew

    # ---- keys -----------------------------------------------------------------------------------------------

    @property
    def chosen(self) -> OutboxMessage | None:
        return self.query_one(OutboxList).selected

    @property
    def looked_at(self) -> list[OutboxMessage]:
        return [] if self.chosen is None else [self.chosen]

    @property
    def written(self) -> list[OutboxMessage]:
        return self._marked_messages or self.looked_at

    @property
    def _marked_messages(self) -> list[OutboxMessage]:
        marked = self.marked
        return self._store.outbox.messages(marked) if marked else []

    def _of_marked(self, decide: Callable[[list[OutboxMessage]], None]) -> bool:
        """Whether something was marked, about which it is decided."""
        messages: list[OutboxMessage] = []
        with explained(self):
            messages = self._marked_messages
            if messages:
                decide(messages)
        return bool(messages)

    def action_mark_message(self) -> None:
        if not self._of_marked(self.decisions.mark_all):
            super().action_mark_message()

    def action_call_off(self) -> None:
        if not self._of_marked(self.decisions.call_off_all):
            super().action_call_off()

    def action_filter(self) -> None:
        self._search.show_only(self._search.filter.next())

    def counted(self) -> tuple[Query[Sent], Iterator[Sent]]:
        return self._search.asked.query, self._search.records()

    def look_at(self, line: str) -> None:
        """Show what a line asks for, whatever was filtered before."""
        self._search.show_only(Filter.ALL)
        self.action_search(line)

    def on_row_list_chosen(self) -> None:
        if selected := self.chosen:
            self.open_message(selected)

    def open_message(self, message: OutboxMessage) -> None:
        """Every step that it took, over whichever screen is in front."""
        from console.ui.outbox.message_way import MessageScreen

        self.app.push_screen(MessageScreen(message, self._store, self._clock, self._backend, again=self._write_again))

    def action_again(self) -> None:
        if marked := self.marked:
            from console.ui.outbox.resend import Resending, marked_words

            resending = Resending(self._store, self._backend, confirm_above=self._rules.confirm_above)
            resending.begin(self, marked_words(marked), lambda: marked, label=f"{count(len(marked))} marked")
        elif (selected := self.chosen) and self.decisions.may_act_on(selected):
            self.decisions.again(selected, self._write_again)

    def action_thread(self) -> None:
        if selected := self.chosen:
            self.post_message(ThreadWanted(Correspondent.of(selected, self._store.regions)))

    def action_go_on(self) -> None:
        with explained(self):
            self.decisions.go_on(self._store.sending.left_over(), self._clock.time())

    def action_drop_left(self) -> None:
        with explained(self):
            self.decisions.drop(self._store.sending.left_over(), self._clock.time())

    def action_batches(self) -> None:
        from console.ui.outbox.batch import BatchDesk
        from console.ui.outbox.batches import BatchesScreen

        desk = BatchDesk(self._store, self._clock, self._backend, self._watch, self._write_again, self._rules)
        self.app.push_screen(BatchesScreen(desk))

    def action_audit(self) -> None:
        from console.ui.outbox.audit import AuditScreen

        self.app.push_screen(AuditScreen(self._store, self._clock))

    def _write_again(self, message: OutboxMessage) -> None:
        if words := successor_words(message):
            self.notify(f"Message {message.id} was already sent again {words}: resend that one.", markup=False)
        else:
            self.post_message(self.Again(message))
