"""A `RowList` over the store: pages are read as they come in sight, newest row on top."""

from __future__ import annotations

from abc import abstractmethod
from typing import TYPE_CHECKING, Generic, TypeVar

from console.ui.widgets.row_list import RowList

if TYPE_CHECKING:
    from console.ui.format import Cells

R = TypeVar("R")

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

    def reload(self) -> None:
        """Show what there is now; the row under the cursor stays there unless it was the newest."""
        self._pages.clear()
        total = self.total()
        self.show_rows(total, shift=total - self.count)

    def at(self, index: int) -> R | None:
        page, offset = divmod(index, PAGE)
        if page not in self._pages:
            self._pages[page] = self.fetch(page * PAGE, PAGE)
        rows = self._pages[page]
        return rows[offset] if 0 <= offset < len(rows) else None

    @property
    def selected(self) -> R | None:
        """What is under the cursor."""
        return self.at(self.cursor) if self.count else None

    def row(self, index: int, width: int) -> Cells:
        record = self.at(index)
        return [("", "plain")] if record is None else self.cells(record, width)
