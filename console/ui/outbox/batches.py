"""Batches: how far each has come, and what can still be decided about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from console.domain.messages import DeliveryState
from console.domain.sending import Batch
from console.protocol.text.safe import safe
from console.ui.keys.actions import bindings
from console.ui.keys.key_bar import KeyBar
from console.ui.kit.format import DELIVERY, Cells, content, count, fit, full_time, line_width, when
from console.ui.kit.live import LiveScreen
from console.ui.outbox.batch import BatchDesk, BatchKeys, BatchScreen
from console.ui.outbox.decisions import Decisions
from console.ui.outbox.progress import DONE, ENDED, STATE, bar, count_cells, look_of, progress_cells

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from console.ui.outbox.sending_watch import Sending

SHOWN = 50
"""Batches that are listed, the newest."""

_BAR = 8
_STATE = 12
_NUMBERS = 13

_SHORT = (*STATE.values(), DONE, ENDED)
"""Looks whose word fits; for what else a batch waits is told below the list."""


def batch_cells(batch: Batch, width: int, now: float, *, waits: bool = False, held: str = "") -> Cells:
    """One batch on one line: when, state, how far, what went wrong, what it is. `waits` and `held` as of `look_of`."""
    look = look_of(batch, waits=waits, held=held)
    word = look.word if look in _SHORT else "waits"
    done = bar(batch.gone / batch.total if batch.total else 1.0, _BAR)
    cells: Cells = [
        (f"{when(batch.created_at, now)}  ", "quiet"),
        (f"{fit(f'{look.glyph} {word}', _STATE)}  ", look.ink),
        (done.rstrip("░"), "busy"),
        (done.lstrip("█"), "quiet"),
        (f"{f'{count(batch.gone)} of {count(batch.total)}':>{_NUMBERS}}  ", "plain"),
    ]
    for state in (DeliveryState.FAILED, DeliveryState.UNKNOWN):
        if number := batch.counts.get(state, 0):
            cells.append((f"{DELIVERY[state].glyph} {count(number)} {DELIVERY[state].word}  ", DELIVERY[state].ink))
    return [*cells, (fit(safe(batch.label), max(1, width - line_width(cells))), "plain")]


class BatchList(BatchKeys):
    """The newest batches, newest on top."""

    live_end = "top"

    def __init__(self, desk: BatchDesk) -> None:
        super().__init__(id="batches")
        self.desk = desk
        self.decisions = Decisions(self, desk.backend, desk.clock)
        self._batches: list[Batch] = []
        self.seen: Sending = desk.watch.seen
        """What is known of those under way."""

    @property
    def meant(self) -> Batch | None:
        """What is under the cursor."""
        return self._batches[self.cursor] if self._batches else None

    def show_batches(self, batches: list[Batch], seen: Sending) -> None:
        """Show these, newest first. The cursor stays on its batch."""
        self._batches, self.seen = batches, seen
        self.show_things([batch.id for batch in batches])
        self.show_labels()

    def row(self, index: int, width: int) -> Cells:
        batch, seen = self._batches[index], self.seen
        waits, held = seen.waits(batch), seen.held.get(batch.id, "")
        return batch_cells(batch, width, self.desk.clock.time(), waits=waits, held=held)


class BatchesScreen(LiveScreen[list[Batch]]):
    """The list, and the batch under the cursor in full."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("batches", "batches.leave")]

    def __init__(self, desk: BatchDesk) -> None:
        super().__init__(desk.store, desk.clock)
        self._desk = desk
        self._found: list[Batch] | None = None

    def compose(self) -> ComposeResult:
        with Vertical(classes="whole") as frame:
            frame.border_title = "Batches"
            yield BatchList(self._desk)
            yield Static(id="batch-reader")
            yield Static("No batch yet. A message to several recipients is one.", id="batches-empty")
        yield KeyBar()

    def read(self) -> list[Batch]:
        return self._store.sending.batches(SHOWN)

    def sync(self) -> None:
        super().sync()
        if self._found is not None and self._desk.watch.seen is not self.query_one(BatchList).seen:
            self.show(self._found)

    def show(self, found: list[Batch]) -> None:
        self._found = found
        self._desk.watch.looked_at_batches()
        self.query_one(BatchList).show_batches(found, self._desk.watch.seen)
        self.set_class(not found, "-empty")
        self._show_selected()

    def _show_selected(self) -> None:
        if batch := self.query_one(BatchList).meant:
            seen, who = self._desk.watch.seen, f"by {safe(batch.operator)}" if batch.operator else ""
            rate, held = seen.rates.get(batch.id), seen.held.get(batch.id, "")
            lines = [
                content(progress_cells(batch, rate, waits=seen.waits(batch), held=held)),
                content(count_cells(batch)),
                Content.assemble(("queued ", "$quiet"), f"{full_time(batch.created_at)} ", who),
                Content(safe(batch.label)),
            ]
            self.query_one("#batch-reader", Static).update(Content("\n").join(lines))

    def on_row_list_moved(self) -> None:
        self.query_one(BatchList).show_labels()
        self._show_selected()

    def on_row_list_chosen(self) -> None:
        if batch := self.query_one(BatchList).meant:
            self.app.push_screen(BatchScreen(batch, self._desk, leave_all=self.action_leave))
