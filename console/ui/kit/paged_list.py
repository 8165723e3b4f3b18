"""A `RowList` over the store: pages are read as they come in sight, newest row on top."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from console.errors import ConsoleError
from console.ui.kit.row_list import RowList

if TYPE_CHECKING:
    from console.ui.kit.format import Cells


class Numbered(Protocol):
    """A record of the store."""

    @property
    def id(self) -> int: ...


R = TypeVar("R", bound=Numbered)

PAGE = 100
"""Rows fetched at a time."""


class PagedList(RowList, Generic[R]):
    """Rows by position, from the newest (0). A subclass says how to count, fetch and draw them."""

    live_end = "top"

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._pages: dict[int, list[R]] = {}

    @abstractmethod
    def total(self) -> int:
        """How many rows there are now."""

    @abstractmethod
    def fetch(self, first: int, count: int) -> list[R]:
        """Rows from position `first`."""

    @abstractmethod
    def cells(self, record: R, width: int) -> Cells:
        """One row, drawn."""

    def place_of(self, record: R) -> int:
        """Where this record stands now. Ids have no gaps, so it is the distance from the newest."""
        newest = self.fetch(0, 1)
        return newest[0].id - record.id if newest else 0

    def reload(self) -> int:
        """Show what there is now; returns how many rows came above the cursor.

        The cursor follows the newest row while it is on it; else it stays on its record, wherever that is now.
        """
        kept = None if self.following else self.selected
        before = self.cursor
        self._pages.clear()
        total = self.total()
        shift = 0 if kept is None else self.place_of(kept) - before
        self.show_rows(total, shift=shift)
        return max(0, shift)

    def at(self, index: int) -> R | None:
        page, offset = divmod(index, PAGE)
        if page not in self._pages:
            try:
                self._pages[page] = self.fetch(page * PAGE, PAGE)
            except ConsoleError:
                return None  # the screen's own look at the store tells why
        rows = self._pages[page]
        return rows[offset] if 0 <= offset < len(rows) else None

    @property
    def selected(self) -> R | None:
        """What is under the cursor."""
        return self.at(self.cursor) if self.count else None

    def row(self, index: int, width: int) -> Cells:
        record = self.at(index)
        return [("", "plain")] if record is None else self.cells(record, width)
