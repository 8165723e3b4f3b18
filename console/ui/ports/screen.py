"""One port over the whole screen: what is known of it, charts, messages, AMI, the gateway's own words. Live."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from console.errors import ConsoleError
from console.protocol.text.safe import safe
from console.ui.context.undoing import undo_last
from console.ui.keys.actions import bindings
from console.ui.keys.key_bar import KeyBar
from console.ui.keys.keymap import keymap_of
from console.ui.kit.format import Cells, content
from console.ui.ports.book import PortBook, PortEvents, read_book
from console.ui.ports.decisions import PortDecisions, PortKeys
from console.ui.ports.facts import state_of
from console.ui.ports.messages import PortMessages
from console.ui.ports.sections import (
    SECTIONS,
    charts_section,
    events_section,
    facts_section,
    raw_section,
)
from console.ui.ports.ussd import UssdScreen
from console.ui.ports.watch import Traffic, facts_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from console.domain.backend import Backend
    from console.domain.clock import Clock
    from console.domain.link import LogRecord
    from console.domain.messages import InboxMessage, OutboxMessage
    from console.store import LiveReader
    from console.store.ami.log import AmiLog
    from console.ui.ports.facts import PortFacts

_MESSAGES = SECTIONS.index("Messages")

LOOK = 0.1
"""Seconds between two looks at what changed."""

SPACING = 2.0
"""Seconds between two reads of the store while something changes."""

IDLE = 60.0
"""Seconds between two while nothing does: hours go by."""


class PortScreen(PortKeys, ModalScreen[None]):
    """Sections by their numbers, or left and right."""

    AUTO_FOCUS = ""  # the list of messages would have it, also while it is not in sight
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("port"), *bindings("everywhere", "app.undo")]

    def __init__(
        self,
        backend: Backend,
        store: LiveReader,
        log: AmiLog,
        clock: Clock,
        facts: PortFacts,
        *,
        open_message: Callable[[InboxMessage | OutboxMessage], None],
        reply: Callable[[InboxMessage | OutboxMessage], None],
    ) -> None:
        """`open_message` shows a message over this screen, `reply` leaves it for the form."""
        super().__init__()
        self._open_message = open_message
        self._reply = reply
        self._backend = backend
        self._store = store
        self._clock = clock
        self._facts = facts
        self._book: PortBook | None = None
        self._events = PortEvents(log, *facts.key)
        self._records: tuple[LogRecord, ...] = ()
        self._log = log
        self._section = 0
        self._by_day = False
        self._reading = False
        self._read_at = -IDLE
        self._read_of: tuple[int, int] = (-1, -1)
        self._drawn: object = None
        self._trouble = ""
        self.decisions = PortDecisions(self, backend, clock)

    def compose(self) -> ComposeResult:
        with Vertical(id="port"):
            yield Static(id="port-sections")
            with VerticalScroll(id="port-body", can_focus=False):
                yield Static(id="port-text")
            yield PortMessages(self._store, self._clock)
        yield KeyBar()

    def on_mount(self) -> None:
        self.sync()
        self.set_interval(LOOK, self.sync)

    @property
    def chosen(self) -> PortFacts:
        return self._facts

    def ask_network(self, facts: PortFacts, begun: str = "") -> None:
        self.app.push_screen(UssdScreen(self._backend, self._store, self._clock, *facts.key, begun))

    def choose_port(self, word: str) -> bool:
        gateway, number = self._facts.key
        if word in {str(number), f"{gateway}:{number}"}:
            return True
        self.notify(f"This is {safe(gateway)} port {number}: go back to choose another one.", markup=False)
        return False

    # ---- what is shown --------------------------------------------------------------------------------------

    def sync(self) -> None:
        """Bring the section up to date; nothing is drawn while it stays the same."""
        now = self._clock.time()
        self._take_snapshot()
        self._read_if_due(now)
        width = self.query_one("#port").size.width
        # Ages are in tens of seconds.
        ages = (int(now) // 10, self._facts.is_old(now))
        state = (self._facts, self._book, self._records, self._section, self._by_day, ages, width, self._trouble)
        if state == self._drawn:
            return
        self._drawn = state
        looks = state_of(self._facts, now)
        frame = self.query_one("#port")
        title = f"{self._facts.gateway} port {self._facts.port.port}  {looks.glyph} {looks.words}"
        frame.border_title = Content(safe(title))  # a str would be read as markup
        frame.border_subtitle = Content(safe(self._trouble))
        self.query_one("#port-sections", Static).update(content(section_cells(self._section)))
        if self._section == _MESSAGES:
            self._messages.show_messages(None if self._book is None else self._book.messages)
        else:
            self.query_one("#port-text", Static).update(self._text(self.query_one("#port-body").size.width, now))

    def _text(self, width: int, now: float) -> Content:
        book = self._book or PortBook()
        match self._section:
            case 0:
                return facts_section(self._facts, book, now)
            case 1:
                key = keymap_of(self).name("port.days")
                return charts_section(book.days if self._by_day else book.hours, width, key, by_day=self._by_day)
            case 3:
                return events_section(self._records)
            case _:
                return raw_section(self._facts)

    def _take_snapshot(self) -> None:
        """What the gateway said last; of a port that is gone from its list what was known last stays."""
        for gateway in self._backend.gateways():
            for port in gateway.ports:
                if (gateway.name, port.port) == self._facts.key:
                    self._facts = facts_of(gateway, port, self._traffic())

    def _traffic(self) -> Traffic:
        book, port = self._book, self._facts.port.port
        if book is None:
            facts = self._facts
            notes = {port: facts.note} if facts.note is not None else {}
            return Traffic({port: facts.today}, {port: facts.hour}, {port: facts.past}, notes)
        notes = {port: book.note} if book.note is not None else {}
        return Traffic({port: book.today}, {port: book.hour}, {port: book.past}, notes)

    # ---- read aside -----------------------------------------------------------------------------------------

    def _read_if_due(self, now: float) -> None:
        now_of = (self._store.revision, self._log.revision)
        spacing = SPACING if now_of != self._read_of else IDLE
        if not self._reading and not 0 <= now - self._read_at < spacing:
            self._reading, self._read_at, self._read_of = True, now, now_of
            self._read(now)

    @work(thread=True, group="port", exit_on_error=False)
    def _read(self, now: float) -> None:
        """Aside: the first look at a long history takes a while."""
        book, trouble = self._book, ""
        try:
            book = read_book(self._store, *self._facts.key, now)
        except ConsoleError as error:
            trouble = f"✗ {error}"
        records = self._events.look()
        self.app.call_from_thread(self._take, book, records, trouble)

    def _take(self, book: PortBook | None, records: tuple[LogRecord, ...], trouble: str) -> None:
        self._reading = False
        self._book, self._records, self._trouble = book, records, trouble
        if self.is_attached:
            self.sync()

    # ---- keys -----------------------------------------------------------------------------------------------

    def action_undo(self) -> None:
        undo_last(self, self._backend)

    def action_section(self, number: int) -> None:
        self._turn_to(number - 1)

    @property
    def _messages(self) -> PortMessages:
        return self.query_one(PortMessages)

    def on_row_list_chosen(self) -> None:
        if (message := self._messages.selected) is not None:
            self._open_message(message)

    def on_port_messages_replied(self, event: PortMessages.Replied) -> None:
        self._reply(event.message)

    def _turn_to(self, section: int) -> None:
        self._section = section
        body, rows = self.query_one("#port-body", VerticalScroll), self._messages
        body.display, rows.display = section != _MESSAGES, section == _MESSAGES
        body.scroll_home(animate=False)
        self.set_focus(rows if rows.display else None)
        self.sync()

    def action_across(self, by: int) -> None:
        self._turn_to((self._section + by) % len(SECTIONS))

    def action_by_day(self) -> None:
        self._by_day = not self._by_day
        self._turn_to(SECTIONS.index("Charts"))

    def action_scroll_by(self, lines: int) -> None:
        self.query_one("#port-body", VerticalScroll).scroll_relative(y=lines, animate=False)

    def action_leave(self) -> None:
        self.dismiss(None)


def section_cells(active: int) -> Cells:
    """`1 Facts  2 Charts  …`, the one that is shown in strong."""
    cells: Cells = []
    for number, name in enumerate(SECTIONS):
        cells += [(f"{number + 1} ", "key"), (f"{name}   ", "strong" if number == active else "quiet")]
    return cells
