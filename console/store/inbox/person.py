"""One person's messages in inbox and outbox: all spellings of a number, and nobody else's that ends alike."""

from __future__ import annotations

from functools import cached_property
from heapq import merge
from typing import TYPE_CHECKING

from console.protocol.sms.numbers import filing_keys, identity, lacks_country, resolved
from console.store.outbox import messages

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from console.config import Regions
    from console.domain.messages import OutboxMessage
    from console.store.inbox.search import Rows, Search

_AT_ONCE = 500
_ABOVE_ALL = 2**62

# Column lists are constants of this package; whatever comes from outside is bound.
_OUTBOX = f"SELECT {messages.COLUMNS} FROM outbox WHERE tail = ? AND id < ? ORDER BY id DESC LIMIT ?"  # noqa: S608
_SENT_TO = "SELECT DISTINCT number, gateway FROM outbox WHERE tail = ?"


class Person:
    """Whoever has a number. For one look at what is committed: what comes later is not among what is `known`.

    A number is read by the region of the gateway that it came or went through.
    """

    def __init__(self, number: str, gateway: str, regions: Regions, rows: Rows, search: Search) -> None:
        self._who = identity(number, regions.of(gateway))
        self._regions = regions
        self._rows = rows
        self._search = search
        self._keys = filing_keys(number, regions.of(gateway), regions.all)
        self._theirs: dict[str, bool] = {}

    def has(self, number: str, gateway: str) -> bool:
        """Whether a number that came or went through a gateway is theirs, in whatever spelling."""
        return self._has(identity(number, self._regions.of(gateway)))

    def alike(self) -> list[str]:
        """Numbers of others that may be this person's, too, as far as any was come across that lacks its country."""
        if not any(map(lacks_country, {self._who, *self._theirs})):
            return []
        return sorted(other for other in self._known if not self._has(other) and self._may_be(other))

    def _may_be(self, other: str) -> bool:
        both = (self._who, other)
        return resolved(other, both) == resolved(self._who, both)

    def ids(self) -> Iterator[int]:
        """Entries of the inbox that came from them, newest first."""
        filed = self._search.filed_under(self._keys)
        return (entry for entry, number, gateway in filed if self.has(number, gateway))

    def sent(self) -> Iterator[OutboxMessage]:
        """Messages to them, newest first."""
        filed = merge(*map(self._filed, self._keys), key=lambda message: message.id, reverse=True)
        return (message for message in filed if self.has(message.draft.to, message.draft.gateway))

    def _filed(self, key: str) -> Iterator[OutboxMessage]:
        below = _ABOVE_ALL
        while rows := self._rows(_OUTBOX, (key, below, _AT_ONCE)):
            yield from map(messages.message_of, rows)
            below = rows[-1][0]

    def _has(self, who: str) -> bool:
        if (theirs := self._theirs.get(who)) is None:
            theirs = self._theirs[who] = who == self._who or self._is_same(who)
        return theirs

    def _is_same(self, who: str) -> bool:
        """Whether two identities are one person's though they differ: one of them lacks its country."""
        if not (lacks_country(who) or lacks_country(self._who)):
            return False
        return resolved(who, self._known) == resolved(self._who, self._known)

    @cached_property
    def _known(self) -> set[str]:
        return {self._who, *known_under(self._keys, self._regions, self._rows, self._search)}


def known_under(keys: Sequence[str], regions: Regions, rows: Rows, search: Search) -> set[str]:
    """The identities in inbox and outbox that are filed under one of these keys."""
    found = search.numbers_under(keys)
    for key in keys:
        found |= {(number, gateway) for number, gateway in rows(_SENT_TO, (key,))}
    return {identity(number, regions.of(gateway)) for number, gateway in found}
