"""What is kept of numbers, found by whatever spelling: contacts, and who opted out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.protocol.sms.numbers import filing_keys, identity, lacks_country, resolved
from console.store.inbox.person import known_under
from console.store.inbox.search import Search

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.config import Regions
    from console.store.inbox.search import Rows


class Filed:
    """The rows that may be of a number of a region, in a table whose keys are `correspondent` (as `filing_key` has it)
    and `number`. A number there belongs to no gateway, so it is read by the region that is for all.
    """

    def __init__(
        self, rows: Rows, table: str, columns: Sequence[str], number: str, region: str, regions: Regions
    ) -> None:
        self._rows = rows
        self._regions = regions
        self._keys = filing_keys(number, region, regions.all)
        marks = ", ".join("?" * len(self._keys))
        names = ", ".join(("correspondent", "number", *columns))
        self._found = rows(f"SELECT {names} FROM {table} WHERE correspondent IN ({marks})", self._keys)  # noqa: S608
        self._asked = identity(number, region)
        self._whose = [identity(row[1], regions.default) for row in self._found]

    @property
    def lacks_country(self) -> bool:
        """Whether it takes the other numbers that are known to say whose one is."""
        return bool(self._found) and any(map(lacks_country, (self._asked, *self._whose)))

    def same(self) -> list[Any]:
        """Correspondent, number and columns of those that are of it, in whatever spelling. One that lacks its country
        is the only number that it may be, of all that is kept here, inbox and outbox: no name is better than another's.
        """
        known = {self._asked, *self._whose}
        if self.lacks_country:
            known |= known_under(self._keys, self._regions, self._rows, Search(self._rows))
        who = resolved(self._asked, known)
        return [row for row, each in zip(self._found, self._whose, strict=True) if resolved(each, known) == who]
