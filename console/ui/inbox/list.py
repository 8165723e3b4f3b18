"""The messages of the inbox, one on a line: all of them, or what a search found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.domain.messages import CallbackKind, InboxMessage
from console.ui.context.contact_names import known_name
from console.ui.kit.paged_list import PagedList
from console.ui.rows.inbox_row import inbox_cells

if TYPE_CHECKING:
    from console.domain.clock import Clock
    from console.domain.messages import Claim
    from console.store import LiveReader
    from console.ui.context.gateways import Gateways
    from console.ui.kit.format import Cells


class InboxList(PagedList[InboxMessage]):
    """The store's messages."""

    def __init__(self, store: LiveReader, clock: Clock, gateways: Gateways) -> None:
        super().__init__(id="inbox-list")
        self._store = store
        self._clock = clock
        self._gateways = gateways
        self.claims: dict[int, Claim] = {}
        """By entry, of what was read so far."""
        self.time_width = 0
        """As `inbox_cells` takes it."""

    def total(self) -> int:
        return self._store.inbox_count() if self.found is None else len(self.found)

    def fetch(self, first: int, count: int) -> list[InboxMessage]:
        if self.found is None:
            messages = self._store.inbox_slice(first, count)
        else:
            messages = list(self._store.inbox_messages(self.found[first : first + count]))
        self.claims |= self._store.claims.of(message.id for message in messages)
        return messages

    def reload(self) -> int:
        self.claims.clear()
        return super().reload()

    def first_unread(self) -> int | None:
        """Position of the newest one not read among those that were found."""
        ids = self.found or []
        unread = (message.id for message in self._store.inbox_messages(ids) if not message.read)
        newest = next(unread, None)
        return None if newest is None else ids.index(newest)

    def is_there(self, record: InboxMessage) -> bool:
        return any(self._store.inbox_messages([record.id]))

    def can_mark(self, record: InboxMessage) -> bool:
        return record.callback.kind is not CallbackKind.GAP

    def cells(self, record: InboxMessage, width: int) -> Cells:
        name = known_name(self._store, record.callback.number, record.gateway)
        return inbox_cells(
            record,
            width,
            self._clock.time(),
            time_width=self.time_width,
            name=name,
            gateway=self._gateways.cells(record.gateway),
            claim=self.claims.get(record.id),
        )
