"""One person's messages in inbox and outbox: all spellings of a number, and nobody else's that ends alike."""

from __future__ import annotations

from functools import cached_property
from heapq import merge
from typing import TYPE_CHECKING

from console.protocol.sms.numbers import filing_keys, identity, lacks_country, resolved
from console.store.outbox import messages

if TYPE_CHECKING:
    from collections.abc import Iterator

    from console.domain.messages import OutboxMessage
    from console.store.inbox.search import Rows, Search

_AT_ONCE = 500
_ABOVE_ALL = 2**62

# Column lists are constants of this package; whatever comes from outside is bound.
_OUTBOX = f"SELECT {messages.COLUMNS} FROM outbox WHERE tail = ? AND id < ? ORDER BY id DESC LIMIT ?"  # noqa: S608
_SENT_TO = "SELECT DISTINCT number FROM outbox WHERE tail = ?"


class Person:
    """Whoever has a number. For one look at what is committed: what comes later is not among what is `known`."""

    def __init__(self, number: str, region: str, rows: Rows, search: Search) -> None:
        """`region` is the country of numbers without `+`; empty: not known."""
        self._number = number
        self._region = region
        self._rows = rows
        self._search = search
        self._keys = filing_keys(number, region)
        self._theirs: dict[str, bool] = {}

    def has(self, number: str) -> bool:
        """Whether a number is theirs, in whatever spelling."""
        if (theirs := self._theirs.get(number)) is None:
            theirs = self._theirs[number] = number == self._number or self._is_same(number)
        return theirs

    def alike(self) -> list[str]:
        """Numbers of others that may be this person's, too, as far as any was come across that lacks its country."""
        if not any(map(self._lacks_country, {self._number, *self._theirs})):
            return []
        others = sorted(number for number in self._known if not self.has(number))
        return [other for other in others if self._may_be(other)]

    def _may_be(self, other: str) -> bool:
        both = (self._number, other)
        return resolved(other, both, self._region) == resolved(self._number, both, self._region)

    def ids(self) -> Iterator[int]:
        """Entries of the inbox that came from them, newest first."""
        return (entry for entry, number in self._search.filed_under(self._keys) if self.has(number))

    def sent(self) -> Iterator[OutboxMessage]:
        """Messages to them, newest first."""
        filed = merge(*map(self._filed, self._keys), key=lambda message: message.id, reverse=True)
        return (message for message in filed if self.has(message.draft.to))

    def _filed(self, key: str) -> Iterator[OutboxMessage]:
        below = _ABOVE_ALL
        while rows := self._rows(_OUTBOX, (key, below, _AT_ONCE)):
            yield from map(messages.message_of, rows)
            below = rows[-1][0]

    def _is_same(self, number: str) -> bool:
        if not (self._lacks_country(number) or self._lacks_country(self._number)):
            return identity(number, self._region) == self._identity
        return resolved(number, self._known, self._region) == self._identity_among_known

    def _lacks_country(self, number: str) -> bool:
        return lacks_country(identity(number, self._region))

    @cached_property
    def _identity(self) -> str:
        return identity(self._number, self._region)

    @cached_property
    def _identity_among_known(self) -> str:
        return resolved(self._number, self._known, self._region)

    @cached_property
    def _known(self) -> set[str]:
        """Every spelling in inbox and outbox that is filed where theirs may be."""
        found = set(self._search.numbers_under(self._keys))
        for key in self._keys:
            found |= {row[0] for row in self._rows(_SENT_TO, (key,))}
        return found | {self._number}
