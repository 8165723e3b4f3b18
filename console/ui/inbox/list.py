"""The messages of the inbox, one on a line: all of them, or what a search found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.domain.messages import CallbackKind, InboxMessage
from console.protocol.query.fields import Asker
from console.protocol.query.inbox import Searched
from console.protocol.rules.judging import query_of
from console.protocol.sms.guards import asks_to_opt_out
from console.ui.context.contact_names import known_name, known_opt_out
from console.ui.kit.paged_list import PagedList
from console.ui.rows.inbox_row import inbox_cells

if TYPE_CHECKING:
    from console.config import RulesConfig, SendingConfig
    from console.config.rule_records import RuleColour
    from console.domain.clock import Clock
    from console.domain.messages import Claim
    from console.protocol.query.table import Query
    from console.store import LiveReader
    from console.terminal.theme import Ink
    from console.ui.context.gateways import Gateways
    from console.ui.kit.format import Cells


_INKS: dict[RuleColour, Ink] = {
    "good": "good",
    "busy": "busy",
    "warning": "warn",
    "bad": "bad",
    "quiet": "quiet",
    "accent": "accent",
}
"""By what a rule calls it."""


class InboxList(PagedList[InboxMessage]):
    """The store's messages."""

    def __init__(
        self, store: LiveReader, clock: Clock, gateways: Gateways, rules: RulesConfig, sending: SendingConfig
    ) -> None:
        super().__init__(id="inbox-list")
        self._store = store
        self._clock = clock
        self._gateways = gateways
        self._rules = rules
        self._sending = sending
        self._asked: tuple[object, list[tuple[Query[Searched], Ink]]] | None = None
        """What the rules that colour ask for, and from which rules and in which minute that was read."""
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
            ink=self._text_ink(record),
            mark=self._opt_out_mark(record),
        )

    def _opt_out_mark(self, record: InboxMessage) -> str:
        callback = record.callback
        if callback.kind is not CallbackKind.SMS or not asks_to_opt_out(callback.text, self._sending.opt_out_words):
            return ""
        return "opted out" if known_opt_out(self._store, callback.number, record.gateway) else "asks to opt out"

    def _text_ink(self, record: InboxMessage) -> Ink:
        """Of the first rule that colours it."""
        rules, now = self._rules.all, self._clock.time()
        key = (rules, now // 60)
        if self._asked is None or self._asked[0] != key:
            asker = Asker(now=now, regions=tuple(self._store.regions.all))
            asked = [(query_of(rule, asker), _INKS[rule.colour]) for rule in rules if rule.colour is not None]
            self._asked = key, asked
        if not self._asked[1] or record.callback.kind is not CallbackKind.SMS:
            return "plain"
        searched = Searched.of(record, self.claims.get(record.id))
        return next((ink for query, ink in self._asked[1] if query.matches(searched)), "plain")
