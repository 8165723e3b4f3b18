"""One batch: how its messages ended, and by name those that did not end well."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from console.domain.messages import DeliveryState, OutboxMessage
from console.domain.sending import Batch
from console.errors import CannotSend
from console.protocol.text.safe import safe
from console.ui.keys.actions import bindings
from console.ui.keys.key_bar import KeyBar
from console.ui.kit.explain import explained
from console.ui.kit.format import DELIVERY, Cells, content, count
from console.ui.kit.live import LiveScreen
from console.ui.kit.row_list import RowList
from console.ui.outbox.message_way import MessageScreen
from console.ui.outbox.progress import count_cells, progress_cells
from console.ui.rows.outbox_row import outbox_cells

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from console.domain.backend import Backend
    from console.domain.clock import Clock
    from console.store import LiveReader

NAMED = 500
"""Messages of one state that are named; the rest is counted."""

_BADLY = (DeliveryState.FAILED, DeliveryState.UNKNOWN)


def failed_of(store: LiveReader, batch_id: int) -> list[OutboxMessage]:
    """The messages of a batch that failed, to be written again. Never an unknown one: it may have been sent.

    Raises CannotSend where there are none or one draft can't stand for all of them; StoreError.
    """
    failed = store.outbox.messages(store.sending.messages_of(batch_id, DeliveryState.FAILED))
    if not failed:
        raise CannotSend(
            f"None of batch {batch_id} failed.", hint="An unknown one can only be sent again by itself, from its row."
        )
    if len({(message.draft.gateway, message.draft.text) for message in failed}) > 1:
        raise CannotSend(
            f"The failed ones of batch {batch_id} have texts of their own.",
            hint="Send each of them again by itself, from its row.",
        )
    return failed


class EndedBadly(RowList):
    """The messages that failed, then those of which nobody knows: each state under a heading."""

    live_end = "top"

    def __init__(self, clock: Clock) -> None:
        super().__init__(id="ended-badly")
        self._clock = clock
        self._rows: list[OutboxMessage | Cells] = []

    def show_messages(self, batch: Batch, messages: list[OutboxMessage]) -> None:
        """Show these, oldest first within each state."""
        self._rows, keys = [], list[object]()
        for state in _BADLY:
            number, look = batch.counts.get(state, 0), DELIVERY[state]
            named: list[OutboxMessage] = [message for message in messages if message.state is state]
            if number or named:
                words = f"{look.glyph} {count(number)} {look.word}"
                more = f", the first {count(len(named))} of them" if number > len(named) else ""
                self._rows += [[(words + more, look.ink)], *named]
                keys += [state, *(message.id for message in named)]
        self.show_things(keys)

    @property
    def selected(self) -> OutboxMessage | None:
        """The message under the cursor; None on a heading."""
        found = self._rows[self.cursor] if self._rows else None
        return found if isinstance(found, OutboxMessage) else None

    def row(self, index: int, width: int) -> Cells:
        found = self._rows[index]
        return outbox_cells(found, width, self._clock.time()) if isinstance(found, OutboxMessage) else found


class BatchScreen(LiveScreen[tuple[Batch, list[OutboxMessage]]]):
    """How far it has come, and below it what ended badly."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("batches", "batches.again", "batches.leave")]

    def __init__(
        self, batch: Batch, store: LiveReader, clock: Clock, backend: Backend, *, again: Callable[..., None]
    ) -> None:
        """`again` is called with the messages to write once more, once the screen is gone."""
        super().__init__(store, clock)
        self._batch = batch
        self._backend = backend
        self._again = again

    def compose(self) -> ComposeResult:
        with Vertical(classes="whole") as frame:
            # A str would be read as markup.
            frame.border_title = Content(f"Batch {self._batch.id}  {safe(self._batch.label)}")
            yield Static(id="batch-counts")
            yield EndedBadly(self._clock)
        yield KeyBar()

    def on_mount(self) -> None:
        self._show_counts()

    def read(self) -> tuple[Batch, list[OutboxMessage]]:
        sending, batch_id = self._store.sending, self._batch.id
        batch = sending.batch(batch_id) or self._batch
        ids = [found for state in _BADLY for found in sending.messages_of(batch_id, state)[:NAMED]]
        return batch, self._store.outbox.messages(ids)

    def show(self, found: tuple[Batch, list[OutboxMessage]]) -> None:
        self._batch, messages = found
        self._show_counts()
        self.query_one(EndedBadly).show_messages(self._batch, messages)

    def _show_counts(self) -> None:
        lines = [content(progress_cells(self._batch, None)), content(count_cells(self._batch))]
        self.query_one("#batch-counts", Static).update(Content("\n").join(lines))

    def on_row_list_chosen(self) -> None:
        if selected := self.query_one(EndedBadly).selected:
            self.app.push_screen(
                MessageScreen(selected, self._store, self._clock, self._backend, again=self._write_again)
            )

    def action_again_failed(self) -> None:
        with explained(self.query_one(EndedBadly)):
            self._write_again(*failed_of(self._store, self._batch.id))

    def _write_again(self, *messages: OutboxMessage) -> None:
        self.dismiss(None)
        # At once and not as a result, which comes later than a key that is typed ahead.
        self._again(*messages)
