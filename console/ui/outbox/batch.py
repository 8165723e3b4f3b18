"""One batch: how far it has come, who got it, and what can still be decided about it."""

from __future__ import annotations

from abc import abstractmethod
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from console.domain.messages import DeliveryState, OutboxMessage
from console.domain.sending import Batch, BatchState
from console.protocol.text.safe import safe
from console.ui.keys.actions import bindings
from console.ui.keys.key_bar import KeyBar
from console.ui.kit.format import DELIVERY, Cells, content, count
from console.ui.kit.live import LiveScreen
from console.ui.kit.row_list import RowList
from console.ui.outbox.decisions import Decisions
from console.ui.outbox.message_way import MessageScreen
from console.ui.outbox.progress import count_cells, progress_cells
from console.ui.rows.outbox_row import outbox_cells

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from console.config.records import SendingConfig
    from console.domain.backend import Backend
    from console.domain.clock import Clock
    from console.store import LiveReader
    from console.ui.outbox.sending_watch import SendingWatch

NAMED = 500
"""Messages of one state that are named; the rest is counted."""

_KEYS = bindings("batches", "batches.pause", "batches.cancel", "batches.resend", "batches.export")

_IN_TURN = (
    DeliveryState.FAILED,
    DeliveryState.UNKNOWN,
    DeliveryState.CANCELLED,
    DeliveryState.SUBMITTING,
    DeliveryState.ACCEPTED,
    DeliveryState.QUEUED,
    DeliveryState.SENT,
    DeliveryState.DELIVERED,
)
"""States as they follow each other: what needs a person, what is on its way, what got there."""


class BatchDesk(NamedTuple):
    """What the screens of batches work with."""

    store: LiveReader
    clock: Clock
    backend: Backend
    watch: SendingWatch
    write_again: Callable[[OutboxMessage], None]
    """Called with a message to write once more, when the screens are gone."""
    rules: SendingConfig


class BatchKeys(RowList):
    """A list with the keys that decide about a batch."""

    BINDINGS: ClassVar[list[BindingType]] = [*_KEYS]
    desk: BatchDesk
    decisions: Decisions
    _labels: Mapping[str, str] = {}

    @property
    @abstractmethod
    def meant(self) -> Batch | None:
        """The batch that is meant; None where there is none."""

    @property
    def key_labels(self) -> Mapping[str, str]:
        """What the keys are called that do something else now."""
        paused = self.meant is not None and self.meant.state is BatchState.PAUSED
        return {"batches.pause": "Resume"} if paused else {}

    def show_labels(self) -> None:
        """The batch may be another, or in another state."""
        if self.key_labels != self._labels:
            self._labels = self.key_labels
            self.screen.refresh_bindings()

    def action_pause_batch(self) -> None:
        if batch := self.meant:
            self.decisions.pause(batch)

    def action_cancel_batch(self) -> None:
        if batch := self.meant:
            self.decisions.cancel_rest(batch)

    def action_send_again(self) -> None:
        from console.ui.outbox.resend import SAFE, Resending

        if batch := self.meant:
            resending = Resending(self.desk.store, self.desk.backend, confirm_above=self.desk.rules.confirm_above)
            ids = partial(self.desk.store.sending.messages_of, batch.id, *SAFE, DeliveryState.UNKNOWN)
            resending.begin(self, f"batch {batch.id}", ids, label=batch.label)

    def action_write_batch(self) -> None:
        from console.ui.context.copying import ask_file

        if batch := self.meant:
            name = str(Path.cwd() / f"batch-{batch.id}.csv")
            remark = "CSV, or JSON if the name ends in .json. New file, readable only by you; never overwrites."
            ask_file(self, "Write the recipients to", name, remark, partial(_write, self.desk.store, batch.id))


def _write(store: LiveReader, batch_id: int, path: Path) -> str:
    """Raises ConsoleError; what to tell."""
    from console.config.private_file import write_lines
    from console.protocol.sms.fate_rows import csv_lines, json_lines

    messages = store.outbox.messages(store.outbox.ids_of_batch(batch_id))
    as_json = path.suffix.casefold() in {".json", ".jsonl"}
    write_lines(path, json_lines(messages) if as_json else csv_lines(messages))
    return f"Batch {batch_id}: {count(len(messages))} rows written to {path}."


class WhoGotIt(BatchKeys):
    """The messages of a batch, each state under a heading."""

    live_end = "top"

    def __init__(self, desk: BatchDesk, batch: Batch) -> None:
        super().__init__(id="who-got-it")
        self.desk = desk
        self.decisions = Decisions(self, desk.backend, desk.clock)
        self._batch = batch
        self._rows: list[OutboxMessage | Cells] = []

    @property
    def meant(self) -> Batch:
        return self._batch

    def show_messages(self, batch: Batch, messages: Iterable[OutboxMessage]) -> None:
        """Show these, oldest first within each state."""
        self._batch, self._rows = batch, []
        keys: list[object] = []
        by_state: dict[DeliveryState, list[OutboxMessage]] = {state: [] for state in _IN_TURN}
        for message in messages:
            by_state[message.state].append(message)
        for state, named in by_state.items():
            number, look = max(batch.counts.get(state, 0), len(named)), DELIVERY[state]
            if number:
                more = f", the first {count(len(named))} of them" if number > len(named) else ""
                self._rows += [[(f"{look.glyph} {count(number)} {look.word}{more}", look.ink)], *named]
                keys += [state, *(message.id for message in named)]
        self.show_things(keys)
        self.show_labels()

    @property
    def selected(self) -> OutboxMessage | None:
        """The message under the cursor; None on a heading."""
        found = self._rows[self.cursor] if self._rows else None
        return found if isinstance(found, OutboxMessage) else None

    def row(self, index: int, width: int) -> Cells:
        found = self._rows[index]
        return outbox_cells(found, width, self.desk.clock.time()) if isinstance(found, OutboxMessage) else found


class BatchScreen(LiveScreen[tuple[Batch, list[OutboxMessage]]]):
    """How far it has come, and below it who got it."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("batches", "batches.leave")]

    def __init__(self, batch: Batch, desk: BatchDesk, *, leave_all: Callable[[], None]) -> None:
        """`leave_all` leaves what this screen stands over, too."""
        super().__init__(desk.store, desk.clock)
        self._batch = batch
        self._desk = desk
        self._leave_all = leave_all
        self._seen: object = None

    def compose(self) -> ComposeResult:
        with Vertical(classes="whole") as frame:
            # A str would be read as markup.
            frame.border_title = Content(f"Batch {self._batch.id}  {safe(self._batch.label)}")
            yield Static(id="batch-counts")
            yield WhoGotIt(self._desk, self._batch)
        yield KeyBar()

    def on_mount(self) -> None:
        self._show_counts()

    def read(self) -> tuple[Batch, list[OutboxMessage]]:
        sending, batch_id = self._store.sending, self._batch.id
        batch = sending.batch(batch_id) or self._batch
        ids = [found for state in _IN_TURN for found in sending.messages_of(batch_id, state)[:NAMED]]
        return batch, self._store.outbox.messages(ids)

    def sync(self) -> None:
        super().sync()
        if self._desk.watch.seen is not self._seen:
            self._show_counts()

    def show(self, found: tuple[Batch, list[OutboxMessage]]) -> None:
        self._batch, messages = found
        self._desk.watch.looked_at_batches()
        self._desk.watch.looked_at_troubled(self._batch.id)
        self._show_counts()
        self.query_one(WhoGotIt).show_messages(self._batch, messages)

    def _show_counts(self) -> None:
        seen, batch = self._desk.watch.seen, self._batch
        self._seen = seen
        progress = progress_cells(
            batch, seen.rates.get(batch.id), waits=seen.waits(batch), held=seen.held.get(batch.id, "")
        )
        self.query_one("#batch-counts", Static).update(
            Content("\n").join([content(progress), content(count_cells(batch))])
        )

    def on_row_list_chosen(self) -> None:
        desk, selected = self._desk, self.query_one(WhoGotIt).selected
        if selected is None:
            self.notify("This is a heading: choose a message below it.", markup=False)
        else:
            screen = MessageScreen(selected, desk.store, desk.clock, desk.backend, again=self._write_again)
            self.app.push_screen(screen)

    def _write_again(self, message: OutboxMessage) -> None:
        self.dismiss(None)
        self._leave_all()
        # At once and not as a result, which comes later than a key that is typed ahead.
        self._desk.write_again(message)
