"""The audit: who did what, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from console.domain.audit import AuditEntry
from console.errors import ConsoleError
from console.protocol.text.safe import safe
from console.ui.context.detail import DetailScreen, facts
from console.ui.keys.actions import bindings
from console.ui.keys.key_bar import KeyBar
from console.ui.kit.format import Cells, count, fit, full_time, line_width, when
from console.ui.kit.paged_list import PagedList
from console.ui.kit.pane import Pace

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from console.domain.clock import Clock
    from console.store import LiveReader

LOOK = 0.25
"""Seconds between two looks at what changed."""

_OPERATOR = 22
_ACTION = 9
_TARGET = 14


def audit_cells(entry: AuditEntry, width: int, now: float) -> Cells:
    """One act on one line: when, who, what, to what, and what else is worth knowing."""
    cells: Cells = [
        (f"{when(entry.at, now)}  ", "quiet"),
        (f"{fit(safe(entry.operator), _OPERATOR)}  ", "plain"),
        (f"{fit(safe(entry.action), _ACTION)} ", "accent"),
        (f"{fit(safe(entry.target), _TARGET)}  ", "plain"),
    ]
    return [*cells, (fit(safe(entry.detail), max(1, width - line_width(cells))), "quiet")]


class AuditList(PagedList[AuditEntry]):
    """Every entry, newest on top."""

    def __init__(self, store: LiveReader, clock: Clock) -> None:
        super().__init__(id="audit")
        self._store = store
        self._clock = clock

    def total(self) -> int:
        # Entries are only ever added, so the newest id is their number; counting them would read them all.
        newest = self._store.audit.newest(1)
        return newest[0].id if newest else 0

    def fetch(self, first: int, count: int) -> list[AuditEntry]:
        return self._store.audit.newest(count, first=first)

    def cells(self, record: AuditEntry, width: int) -> Cells:
        return audit_cells(record, width, self._clock.time())


class AuditScreen(ModalScreen[None]):
    """The list; Enter shows an entry whole."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("audit")]

    def __init__(self, store: LiveReader, clock: Clock) -> None:
        super().__init__()
        self._store = store
        self._clock = clock
        self._pace = Pace()
        self._revision = -1

    def compose(self) -> ComposeResult:
        with Vertical(classes="whole"):
            yield AuditList(self._store, self._clock)
            yield Static("Nobody has sent or changed anything yet.", id="audit-empty")
        yield KeyBar()

    def on_mount(self) -> None:
        self.sync()
        self.set_interval(LOOK, self.sync)

    def sync(self) -> None:
        """Bring what is shown up to date."""
        revision = self._store.revision
        if revision == self._revision or not self._pace.due(self._clock.time()):
            return
        rows = self.query_one(AuditList)
        try:
            rows.reload()
        except ConsoleError:
            return  # the main screen's own look at the store tells why
        self._revision = revision
        self.set_class(not rows.count, "-empty")
        self.query_one(".whole").border_title = Content(f"Audit  {count(rows.count)}")

    def on_row_list_chosen(self) -> None:
        if entry := self.query_one(AuditList).selected:
            pairs = [
                ("When", full_time(entry.at)),
                ("Who", entry.operator),
                ("What", entry.action),
                ("Target", entry.target),
                ("Detail", entry.detail),
            ]
            self.app.push_screen(DetailScreen(f"Entry {entry.id}", facts(pairs)))

    def action_leave(self) -> None:
        self.dismiss(None)
