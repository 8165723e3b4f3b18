"""The outbox: what was sent, how far it is known to have come, and on whose word."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.message import Message
from textual.widgets import Static

from console.domain.messages import DeliveryState, OutboxMessage
from console.protocol.safe_text import safe, safe_lines
from console.ui.actions import bindings
from console.ui.format import DELIVERY, Cells, count, fit, line_width, when
from console.ui.panes.base import Pace, Pane
from console.ui.widgets.paged_list import PagedList

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from console.domain.clock import Clock
    from console.store import Store

_ROOMY = 70
"""Width from which a line also says by which way and port."""


class OutboxList(PagedList[OutboxMessage]):
    """What was sent, newest on top."""

    def __init__(self, store: Store, clock: Clock) -> None:
        super().__init__(id="outbox-list")
        self._store = store
        self._clock = clock

    def total(self) -> int:
        return self._store.outbox_count()

    def fetch(self, first: int, count: int) -> list[OutboxMessage]:
        return self._store.outbox_slice(first, count)

    def cells(self, record: OutboxMessage, width: int) -> Cells:
        return outbox_cells(record, width, self._clock.time())


def outbox_cells(message: OutboxMessage, width: int, now: float) -> Cells:
    """One message on one line: time, state, segments, recipient, way, and why or what."""
    look = DELIVERY[message.state]
    draft = message.draft
    done = sum(state in {DeliveryState.SENT, DeliveryState.DELIVERED} for state in message.segments)
    parts = f" {done}/{len(message.segments)}" if len(message.segments) > 1 else ""
    port = "" if draft.port is None else f" {draft.port}"
    cells: Cells = [
        (f"{when(message.created_at, now)}  ", "quiet"),
        (f"{look.glyph} ", look.ink),
        (fit(look.word + parts, 12), look.ink),
        (f"{fit(safe(draft.to), 14)}  ", "plain"),
    ]
    if width >= _ROOMY:
        cells.append((f"{fit(draft.via.value.upper() + port, 7)} ", "quiet"))
    troubled = message.state in {DeliveryState.FAILED, DeliveryState.UNKNOWN}
    words = message.detail if troubled and message.detail else draft.text
    text = " ".join(line for line in safe_lines(words[: 4 * width]) if line)
    return [*cells, (fit(text, max(1, width - line_width(cells))), look.ink if troubled else "plain")]


class OutboxPane(Pane):
    """The list; Enter shows every step a message took."""

    NAME = "outbox"
    TITLE = "Outbox"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("outbox")]

    class Opened(Message):
        """Enter on a message."""

        def __init__(self, message: OutboxMessage) -> None:
            self.message = message
            super().__init__()

    class Again(Opened):
        """The operator wants to write this message once more."""

    def __init__(self, store: Store, clock: Clock) -> None:
        super().__init__(id="outbox")
        self._store = store
        self._clock = clock
        self._pace = Pace()
        self._revision = -1

    def compose(self) -> ComposeResult:
        yield OutboxList(self._store, self._clock)
        yield Static("Nothing sent yet. Press n to write a message.", id="outbox-empty")

    def sync(self, now: float) -> None:
        revision = self._store.revision
        if revision == self._revision or not self._pace.due(now):
            return
        rows = self.query_one(OutboxList)
        rows.reload()
        self._revision = revision
        self.set_class(not rows.count, "-empty")
        self.entitle(count(rows.count) if rows.count else "")

    def on_row_list_chosen(self) -> None:
        if selected := self.query_one(OutboxList).selected:
            self.post_message(self.Opened(selected))

    def action_again(self) -> None:
        if selected := self.query_one(OutboxList).selected:
            self.post_message(self.Again(selected))
