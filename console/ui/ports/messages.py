"""What came in and went out through one port, in one list."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.message import Message as Told

from console.domain.messages import InboxMessage
from console.ui.context.contact_names import known_name
from console.ui.context.copying import CopyKeys
from console.ui.keys.actions import bindings
from console.ui.kit.row_list import RowList
from console.ui.rows.inbox_row import inbox_cells
from console.ui.rows.outbox_row import outbox_cells

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.binding import BindingType

    from console.domain.clock import Clock
    from console.domain.messages import OutboxMessage
    from console.store import LiveReader
    from console.ui.kit.format import Cells


class PortMessages(CopyKeys, RowList):
    """Both directions, newest on top: `↓` came in, `↑` went out. The cursor stays with the message that it is on."""

    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings("inbox", "inbox.reply", "inbox.copy", "inbox.code", "inbox.export"),
    ]
    live_end = "top"

    class Replied(Told):
        """The operator wants to write to the other party of this message."""

        def __init__(self, message: InboxMessage | OutboxMessage) -> None:
            self.message = message
            super().__init__()

    def __init__(self, store: LiveReader, clock: Clock) -> None:
        super().__init__(id="port-messages")
        self._store = store
        self._clock = clock
        self._messages: Sequence[InboxMessage | OutboxMessage] = ()

    def show_messages(self, messages: Sequence[InboxMessage | OutboxMessage] | None) -> None:
        """Show these from now on; None: they are still looked up."""
        self.nothing = "No messages on this port in 14 days."
        if messages is None:
            self.nothing = "Loading…"
        self._messages = messages or ()
        self.show_things([(type(message), message.id) for message in self._messages])

    @property
    def selected(self) -> InboxMessage | OutboxMessage | None:
        """What is under the cursor."""
        return self._messages[self.cursor] if self.cursor < len(self._messages) else None

    @property
    def looked_at(self) -> Sequence[InboxMessage | OutboxMessage]:
        return [] if self.selected is None else [self.selected]

    def row(self, index: int, width: int) -> Cells:
        message, now = self._messages[index], self._clock.time()
        if isinstance(message, InboxMessage):
            name = known_name(self._store, message.callback.number, message.gateway)
            return [("↓ ", "good"), *inbox_cells(message, width - 2, now, name=name)]
        name = known_name(self._store, message.draft.to, message.draft.gateway)
        return [("↑ ", "busy"), *outbox_cells(message, width - 2, now, name=name)]

    def action_reply(self) -> None:
        if self.selected is not None:
            self.post_message(self.Replied(self.selected))
