"""Batches: how far each has come, and what can still be decided about it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from console.domain.messages import DeliveryState
from console.domain.sending import Batch
from console.protocol.text.safe import safe
from console.ui.keys.actions import bindings
from console.ui.keys.key_bar import KeyBar
from console.ui.kit.explain import explained
from console.ui.kit.format import DELIVERY, Cells, content, count, fit, full_time, line_width, when
from console.ui.kit.live import LiveScreen
from console.ui.kit.row_list import RowList
from console.ui.outbox.batch import BatchScreen, failed_of
from console.ui.outbox.decisions import Decisions
from console.ui.outbox.progress import bar, count_cells, gone, look_of, progress_cells

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from console.domain.backend import Backend
    from console.domain.clock import Clock
    from console.domain.messages import OutboxMessage
    from console.store import LiveReader
    from console.ui.outbox.sending_watch import SendingWatch

SHOWN = 50
"""Batches that are listed, the newest."""

_BAR = 8
_STATE = 12
_NUMBERS = 13


def batch_cells(batch: Batch, width: int, now: float, *, waits: bool = False) -> Cells:
    """One batch on one line: when, state, how far, what went wrong, what it is."""
    look = look_of(batch, waits=waits)
    word = "waits" if waits else look.word
    done = bar(gone(batch) / batch.total if batch.total else 1.0, _BAR)
    cells: Cells = [
        (f"{when(batch.created_at, now)}  ", "quiet"),
        (fit(f"{look.glyph} {word}", _STATE), look.ink),
        (done.rstrip("░"), "busy"),
        (done.lstrip("█"), "quiet"),
        (f"{f'{count(gone(batch))} of {count(batch.total)}':>{_NUMBERS}}  ", "plain"),
    ]
    for state in (DeliveryState.FAILED, DeliveryState.UNKNOWN):
        if number := batch.counts.get(state, 0):
            cells.append((f"{DELIVERY[state].glyph} {count(number)} {DELIVERY[state].word}  ", DELIVERY[state].ink))
    return [*cells, (fit(safe(batch.label), max(1, width - line_width(cells))), "plain")]


class BatchList(RowList):
    """The newest batches, newest on top."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("batches", "batches.pause", "batches.cancel", "batches.again")]
    live_end = "top"

    class Again(Message):
        """The operator wants to send the failed ones of the batch under the cursor again."""

    def __init__(self, clock: Clock, backend: Backend) -> None:
        super().__init__(id="batches")
        self._clock = clock
        self._decisions = Decisions(self, backend, clock)
        self._batches: list[Batch] = []
        self._waiting: frozenset[int] = frozenset()

    @property
    def selected(self) -> Batch | None:
        """What is under the cursor."""
        return self._batches[self.cursor] if self._batches else None

    def show_batches(self, batches: list[Batch], waiting: frozenset[int]) -> None:
        """Show these, newest first; those in `waiting` wait for a yes. The cursor stays on its batch."""
        before = self._batches[0].id if self._batches else 0
        self._batches, self._waiting = batches, waiting
        came = sum(batch.id > before for batch in batches) if before else 0
        self.show_rows(len(batches), shift=came)

    def waits(self, batch: Batch) -> bool:
        return batch.id in self._waiting

    def row(self, index: int, width: int) -> Cells:
        batch = self._batches[index]
        return batch_cells(batch, width, self._clock.time(), waits=self.waits(batch))

    def action_pause_batch(self) -> None:
        if batch := self.selected:
            self._decisions.pause(batch)

    def action_cancel_batch(self) -> None:
        if batch := self.selected:
            self._decisions.cancel_rest(batch)

    def action_again_failed(self) -> None:
        if self._batches:
            self.post_message(self.Again())


class BatchesScreen(LiveScreen[list[Batch]]):
    """The list, and the batch under the cursor in full."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("batches", "batches.leave")]

    def __init__(
        self, store: LiveReader, clock: Clock, backend: Backend, *, again: Callable[..., None], watch: SendingWatch
    ) -> None:
        """`again` is called with the messages to write once more, once the screen is gone."""
        super().__init__(store, clock)
        self._backend = backend
        self._again = again
        self._watch = watch

    def compose(self) -> ComposeResult:
        with Vertical(classes="whole") as frame:
            frame.border_title = "Batches"
            yield BatchList(self._clock, self._backend)
            yield Static(id="batch-reader")
            yield Static("No batch yet. A message to several recipients is one.", id="batches-empty")
        yield KeyBar()

    def read(self) -> list[Batch]:
        return self._store.sending.batches(SHOWN)

    def show(self, found: list[Batch]) -> None:
        waiting = frozenset(batch.id for batch in found if self._watch.seen.waits(batch))
        self.query_one(BatchList).show_batches(found, waiting)
        self.set_class(not found, "-empty")
        self._show_selected()

    def _show_selected(self) -> None:
        rows = self.query_one(BatchList)
        if batch := rows.selected:
            who = f"by {safe(batch.operator)}" if batch.operator else ""
            rate = self._watch.seen.rates.get(batch.id)
            lines = [
                content(progress_cells(batch, rate, waits=rows.waits(batch))),
                content(count_cells(batch)),
                Content.assemble(("queued ", "$quiet"), f"{full_time(batch.created_at)} ", who),
                Content(safe(batch.label)),
            ]
            self.query_one("#batch-reader", Static).update(Content("\n").join(lines))

    def on_row_list_moved(self) -> None:
        self._show_selected()

    def on_row_list_chosen(self) -> None:
        if batch := self.query_one(BatchList).selected:
            self.app.push_screen(BatchScreen(batch, self._store, self._clock, self._backend, again=self.write_again))

    def on_batch_list_again(self) -> None:
        batch = self.query_one(BatchList).selected
        if batch is None:
            return
        with explained(self.query_one(BatchList)):
            self.write_again(*failed_of(self._store, batch.id))

    def write_again(self, *messages: OutboxMessage) -> None:
        """Leave, and let the messages be written once more."""
        self.dismiss(None)
        # At once and not as a result, which comes later than a key that is typed ahead.
        self._again(*messages)
