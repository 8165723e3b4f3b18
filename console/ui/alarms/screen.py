"""Alarms: what is wrong and since when, what was and for how long, and who has seen it."""

from __future__ import annotations

import asyncio
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from console.domain.alarms import Alarm
from console.errors import ConsoleError
from console.protocol.query.alarms import ALARMS
from console.protocol.text.safe import safe
from console.store.alarms import WATCH_GRACE, WATCH_ROLE
from console.ui.context.lessons import of_search
from console.ui.context.searching import KeptViews, ViewKeys, asker
from console.ui.keys.actions import bindings
from console.ui.keys.key_bar import KeyBar
from console.ui.keys.keymap import keymap_of
from console.ui.kit.dialogs import ConfirmScreen
from console.ui.kit.explain import explained
from console.ui.kit.filter_line import FilterProblem
from console.ui.kit.format import FEW, Cells, count, plural, title
from console.ui.kit.marks import share
from console.ui.kit.paged_list import PagedList
from console.ui.kit.pane import Searchable
from console.ui.kit.questions import Question
from console.ui.kit.search_line import FOUND, SearchLine
from console.ui.rows.alarm_row import alarm_cells, alarm_content

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from console.domain.backend import Backend
    from console.domain.clock import Clock
    from console.protocol.query.table import Query
    from console.store import LiveReader
    from console.ui.kit.paged_list import Numbered

LOOK = 0.25
"""Seconds between two looks at what changed."""


class AlarmList(PagedList[Alarm]):
    """Those that last, those that nobody has seen first; below them those that are over, newest first. What a search
    found is shown newest first.
    """

    follows = False  # what is acknowledged goes for all consoles: it is the alarm that was looked at

    def __init__(self, store: LiveReader, clock: Clock) -> None:
        super().__init__(id="alarms")
        self._alarms = store.alarms
        self._clock = clock
        self.open: list[Alarm] = []

    def total(self) -> int:
        self.open = self._alarms.open()
        return len(self.open) + self._alarms.counts()[1] if self.found is None else len(self.found)

    def fetch(self, first: int, count: int) -> list[Alarm]:
        if self.found is not None:
            return self._alarms.with_ids(self.found[first : first + count])
        found = self.open[first : first + count]
        more = count - len(found)
        return found + (self._alarms.history(more, max(0, first - len(self.open))) if more else [])

    def place_of(self, record: Numbered) -> int | None:
        if self.found is not None:
            return super().place_of(record)
        places = [place for place, alarm in enumerate(self.open) if alarm.id == record.id]
        return places[0] if places else len(self.open) + self._alarms.place_in_history(record.id)

    def cells(self, record: Alarm, width: int) -> Cells:
        return alarm_cells(record, width, self._clock.time())


def _why_not(alarm: Alarm) -> str:
    """Why an alarm is not acknowledged."""
    return "over" if not alarm.is_open else "" if alarm.acknowledged_at is None else "acknowledged already"


class AlarmsScreen(ViewKeys, ModalScreen[None], Searchable):
    """The list, and the alarm under the cursor in full."""

    LIST = AlarmList
    ON_MARKED = ("alarms.acknowledge",)
    # What takes marks off, then what ends a search, comes before what leaves: they share a key.
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("marks"),
        *bindings("lines", "search.end"),
        *bindings("alarms"),
    ]

    def __init__(self, store: LiveReader, clock: Clock, backend: Backend, *, go_to: Callable[[Alarm], None]) -> None:
        """`go_to` is called with the alarm that the operator chose, once the screen is gone."""
        super().__init__()
        self._store = store
        self._clock = clock
        self._backend = backend
        self._go_to = go_to
        self._drawn: object = None
        self._line = SearchLine(
            ALARMS, asker(store, clock, backend), self._look_up, lambda: store.revision, id="alarms-search"
        )
        self.views = KeptViews(self._line, store, backend.views)
        self._shown = self._line.wanted
        self._facts: list[str] = []
        """What the title tells beside what is marked."""

    def compose(self) -> ComposeResult:
        with Vertical(classes="whole"):
            yield self._line
            yield FilterProblem()
            yield AlarmList(self._store, self._clock)
            yield Static(id="alarm-reader")
            yield Static("No alarms, active or past.", id="alarms-empty")
        yield KeyBar()

    def on_mount(self) -> None:
        self.sync()
        self.focus_list()
        self.set_interval(LOOK, self.sync)

    def sync(self) -> None:
        """Bring what is shown up to date: when something was committed, and as the alarms grow older."""
        now = self._clock.time()
        self._line.pass_time(now)
        state = (self._store.revision, int(now) // 10)
        if state == self._drawn or self._line.searching:
            return
        if self._line.wanted.is_empty:
            self._show(None)
        else:
            self._line.look()
        self._drawn = state

    def look_for(self) -> None:
        self._drawn = None
        self.sync()

    def _look_up(self, query: Query[Alarm]) -> list[int]:
        """Aside: all that ever was may be looked at. Raises StoreError."""
        return list(islice((alarm.id for alarm in self._store.alarms.every() if query.matches(alarm)), FOUND))

    @property
    def is_found(self) -> bool:
        return self._line.asks_for(self._shown)

    def on_search_line_found(self, event: SearchLine.Found) -> None:
        if event.asked == self._line.wanted:
            self._show(event.found)

    def _show(self, found: list[int] | None) -> None:
        now, rows = self._clock.time(), self.query_one(AlarmList)
        keys = keymap_of(self)
        rows.nothing = "" if found is None else of_search(keys, keys.name("alarms.search"))
        anew, self._shown = self._shown != self._line.wanted, self._line.wanted
        try:
            watch = self._watch_words(now)
            rows.show_found(found, anew=anew)
            still_open, over = len(rows.open), self._store.alarms.counts()[1]
        except ConsoleError:
            return  # the main screen's own look at the store tells why
        self.drop_hidden_marks()
        self.set_class(not rows.count and found is None, "-empty")
        self._facts = [f"{count(still_open)} active", f"{count(over)} over", watch]
        if found is not None:
            self._facts = [self._line.asked_words, f"{count(rows.count)} of {count(still_open + over)}", watch]
        self.show_marks()
        self._show_selected()

    def show_marks(self) -> None:
        self.query_one(".whole").border_title = Content(title("Alarms", *map(safe, (self.marked_words, *self._facts))))

    def _watch_words(self, now: float) -> str:
        """Who raises and clears the alarms."""
        there = self._store.presence(WATCH_ROLE)
        if there is None or not there.is_fresh(now, WATCH_GRACE):
            return "✗ not monitored: no alarm is raised or cleared"
        return f"monitored by PID {there.pid} on {safe(there.host)}"

    def _show_selected(self) -> None:
        if alarm := self.query_one(AlarmList).selected:
            self.query_one("#alarm-reader", Static).update(alarm_content(alarm, self._clock.time()))

    def on_row_list_moved(self) -> None:
        self._show_selected()

    def on_row_list_chosen(self) -> None:
        if alarm := self.query_one(AlarmList).selected:
            self.dismiss(None)
            # At once and not as a result, which comes later than a key that is typed ahead.
            self._go_to(alarm)

    def action_acknowledge_alarm(self, words: str = "") -> None:
        """All that are marked, else the one under the cursor; by a command, with `all` behind it, all of them."""
        if words:
            self._acknowledge_all()
        elif marked := self.marked:
            with explained(self):
                found = share(self._store.alarms.with_ids(marked), _why_not)
                self._acknowledge_many([alarm.id for alarm in found.taken], found.left_words)
        elif alarm := self.query_one(AlarmList).selected:
            if not alarm.is_open:
                self.notify("That alarm is over: there is nothing to acknowledge.", severity="warning")
            elif alarm.acknowledged_at is not None:
                self.notify(f"Already acknowledged by {safe(alarm.acknowledged_by)}.", markup=False)
            else:
                self._acknowledge([alarm.id])

    def _acknowledge_all(self) -> None:
        self._acknowledge_many([alarm.id for alarm in self.query_one(AlarmList).open if not _why_not(alarm)])

    def _acknowledge_many(self, ids: list[int], left_out: str = "") -> None:
        left = f" Left out: {left_out}." if left_out else ""
        if not ids:
            words = left.strip() or "Every active alarm is acknowledged already."
            self.notify(words, markup=False)
        elif len(ids) <= FEW:
            self._acknowledge(ids, left)
        else:
            words = f"Acknowledge {plural(len(ids), 'alarm')}?{left} This silences them on every console."
            self.app.push_screen(ConfirmScreen(Question.ACKNOWLEDGE_ALL, words), partial(self._go_on, ids))

    def _go_on(self, ids: list[int], confirmed: bool | None) -> None:
        if confirmed:
            self._acknowledge(ids)

    @work(exit_on_error=False)
    async def _acknowledge(self, ids: list[int], left_out: str = "") -> None:
        with explained(self.query_one(AlarmList)):
            number = await asyncio.wrap_future(self._backend.alarms.acknowledge(ids, self._backend.operator()))
            if len(ids) > 1 or left_out:
                late = len(ids) - number
                by_others = f" {count(late)} could not be: over or acknowledged a moment ago." if late else ""
                self.notify(f"{plural(number, 'alarm')} acknowledged.{by_others}{left_out}", markup=False)
            self.sync()

    def action_leave(self) -> None:
        self.dismiss(None)
