"""A `RowList` over the store: pages are read as they come in sight, newest row on top."""

from __future__ import annotations

from abc import abstractmethod
from bisect import bisect_left
from typing import TYPE_CHECKING, Any, ClassVar, Generic, NamedTuple, Protocol, TypeVar

from console.errors import ConsoleError
from console.ui.kit.row_list import RowList

if TYPE_CHECKING:
    from console.ui.kit.format import Cells


class Numbered(Protocol):
    """A record of the store."""

    @property
    def id(self) -> int: ...


class _Known(NamedTuple):
    """A record of which nothing is known but its id."""

    id: int


R = TypeVar("R", bound=Numbered)

PAGE = 100
"""Rows fetched at a time."""


class PagedList(RowList, Generic[R]):
    """Rows by position, from the newest (0). A subclass says how to count, fetch and draw them.

    What the operator put the cursor on, or did something to, stays under it: also where it is no longer what was looked
    for. Until then, and again once a key takes the cursor to the newest row, that one is followed.
    """

    live_end = "top"
    takes_marks = True
    follows: ClassVar[bool] = True
    """Whether the newest row is followed."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._pages: dict[int, list[R]] = {}
        self._meant: R | None = None
        """What the operator put the cursor on; None while the newest is followed."""
        self._held: int | None = None
        """Id of a row that is shown only because it was meant."""
        self._reloading = False
        self.found: list[int] | None = None
        """Ids of what a search found, newest first; None while everything is shown."""

    @abstractmethod
    def total(self) -> int:
        """How many rows there are now."""

    @abstractmethod
    def fetch(self, first: int, count: int) -> list[R]:
        """Rows from position `first`."""

    @abstractmethod
    def cells(self, record: R, width: int) -> Cells:
        """One row, drawn."""

    def place_of(self, record: Numbered) -> int | None:
        """Where this record stands now; None where it is not shown. Ids have no gaps, so in the whole list it is the
        distance from the newest.
        """
        if self.found is not None:
            place = bisect_left(self.found, -record.id, key=lambda found: -found)
            return place if self.found[place : place + 1] == [record.id] else None
        newest = self.fetch(0, 1)
        return newest[0].id - record.id if newest else None

    def is_there(self, record: R) -> bool:
        """Whether the store still has it, found or not."""
        return True

    # ---- what the cursor is on ------------------------------------------------------------------------------

    @property
    def following(self) -> bool:
        return self._meant is None and self.follows

    def settle(self) -> None:
        """What is under the cursor is meant from now on."""
        self._meant = self.selected

    def watch_cursor(self, old: int, new: int) -> None:
        if not self._reloading:
            self._come_to()
        super().watch_cursor(old, new)

    def _come_to(self) -> None:
        """A key or a click brought the cursor here."""
        self._meant = None if self.follows and self.cursor == self.live_row else self.selected

    def action_move(self, rows: int) -> None:
        super().action_move(rows)
        self._come_to()

    def action_jump(self, end: str) -> None:
        super().action_jump(end)
        self._come_to()

    @property
    def has_left_held(self) -> bool:
        """Whether a row is shown that was not looked for, and that the cursor has left."""
        return self._held is not None and (self._meant is None or self._meant.id != self._held)

    # ---- what is shown --------------------------------------------------------------------------------------

    def show_found(self, found: list[int] | None, *, anew: bool) -> int:
        """Show these ids, newest first; None: everything. `anew`: something else was asked for, so that what is meant
        is hidden where it is not among them. Otherwise it stays. Returns as `reload`.
        """
        self._held = None
        meant = self._meant
        if found is not None and meant is not None and not anew:
            place = bisect_left(found, -meant.id, key=lambda each: -each)
            if found[place : place + 1] != [meant.id] and self.place_of(meant) is not None and self.is_there(meant):
                found = [*found[:place], meant.id, *found[place:]]
                self._held = meant.id
        self.found = found
        return self.reload()

    def reload(self) -> int:
        """Show what there is now; returns how many rows came above what is meant."""
        self._pages.clear()
        total = self.total()
        if not total and self.found is None:
            self._meant = None  # there is nothing at all any more
        meant, before = self._meant, self.cursor
        place = None if meant is None else self.place_of(meant)
        self._reloading = True
        self.show_rows(total, shift=(place or 0) - before)
        self._reloading = False
        if meant is None and not self.follows:
            self.settle()
        return max(0, place - before) if place is not None else 0

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

    # ---- marks ----------------------------------------------------------------------------------------------

    def can_mark(self, record: R) -> bool:
        """Whether it is something that an act can be done to."""
        return True

    def mark_key(self, place: int) -> int | None:
        record = self.at(place)
        return record.id if record is not None and self.can_mark(record) else None

    def place_of_mark(self, key: Any) -> int | None:
        return self.place_of(_Known(key))

    def drop_hidden_marks(self) -> None:
        if self.found is not None:
            self.keep_marks(frozenset(self.found))

    def row(self, index: int, width: int) -> Cells:
        record = self.at(index)
        return [("", "plain")] if record is None else self.cells(record, width)
