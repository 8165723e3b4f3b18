"""A list that draws only the rows in sight, whatever lies behind it: ten rows or a million."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar, NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual import events, on
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive
from textual.scroll_view import ScrollView
from textual.strip import Strip

from console.terminal.app import TerminalApp
from console.terminal.theme import INKS, Ink
from console.ui.keys.actions import bindings
from console.ui.kit.marks import MOST, NO_SIGN, SIGN, Marks, places_between

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Hashable, Sequence

    from rich.style import Style
    from textual.binding import BindingType

    from console.ui.kit.format import Cells


def cell_strip(cells: Cells, width: int, base: Style, ink: Callable[[Ink], Style]) -> Strip:
    """These cells on `base`, cut or filled up to `width` terminal cells; `ink` is how an ink looks."""
    segments: list[Segment] = []
    free = width
    for text, name in cells:
        size = cell_len(text)
        if size > free:
            text, size = set_cell_size(text, free), free
        segments.append(Segment(text, base + ink(name)))
        free -= size
        if free <= 0:
            break
    if free > 0:
        # In one piece with the text, which a terminal that draws it wider may then run into.
        last, style, _ = segments.pop() if segments else Segment("", base)
        segments.append(Segment(last + " " * free, style))
    return Strip(segments, width)


class Span(NamedTuple):
    """A piece of a line: cells in so many terminal cells, lit when the cursor is on it."""

    cells: Cells
    width: int
    lit: bool = False


class RowList(ScrollView, can_focus=True):
    """Rows by position, a cursor, and an end that is followed until the operator moves away from it.

    A subclass says how many rows there are (`show_rows`) and draws one (`row`). `live_end` is the end where new rows
    appear: the list follows it while the cursor is on it, and otherwise stays with the row the operator looks at.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("lists")]
    COMPONENT_CLASSES: ClassVar[set[str]] = {"row--cursor"}
    DEFAULT_CSS = """
    RowList { overflow-x: hidden; overflow-y: auto; scrollbar-size-vertical: 1; }
    """

    live_end: ClassVar[str] = "bottom"
    takes_marks: ClassVar[bool] = False
    """Whether rows can be marked: `mark_key` and `place_of_mark` tell which."""

    cursor: reactive[int] = reactive(0, repaint=False)

    class Moved(Message):
        """The cursor came to another row."""

        def __init__(self, rows: RowList) -> None:
            self.rows = rows
            super().__init__()

        @property
        def control(self) -> RowList:
            return self.rows

    class Chosen(Moved):
        """Enter was pressed on the row under the cursor."""

    class Marked(Moved):
        """Other rows are marked."""

    def __init__(self, *, id: str | None = None) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id)
        self._count = 0
        self._keys: list[Hashable] = []
        """Of a list of things: what stands on each row."""
        self.marks: Marks[Any] = Marks()
        self.nothing = ""
        """What the first line says while there are no rows. Safe."""
        self._laid_out: Size | None = None
        """Of a list that others make room for: the rows it was laid out for."""
        self._drawn: dict[int, list[Span]] = {}
        """What each line showed when it was last drawn."""

    def row(self, index: int, width: int) -> Cells:
        """The pieces of row `index` (0 is the top one) for a line of `width` cells."""
        return [("", "plain")]

    @property
    def count(self) -> int:
        return self._count

    @property
    def lines(self) -> int:
        """Lines of all rows together, or of what stands in their place."""
        return self._count or int(bool(self.nothing))

    @property
    def live_row(self) -> int:
        """Position of the newest row."""
        return 0 if self.live_end == "top" else max(0, self._count - 1)

    @property
    def following(self) -> bool:
        return self.cursor == self.live_row

    def show_things(self, keys: Sequence[Hashable]) -> None:
        """Show a row for each of these, which tell what stands on it. The cursor stays with what it is on, as long as
        that is there.
        """
        before, self._keys = self._keys, list(keys)
        on = before[self.cursor] if self.cursor < len(before) else None
        shift = self._keys.index(on) - self.cursor if on in self._keys else 0
        self.show_rows(len(keys), shift=shift, follow=False)

    def show_rows(self, count: int, *, shift: int = 0, follow: bool = True) -> None:
        """Show `count` rows from now on; the rows known so far moved down by `shift` (up, if negative)."""
        following = follow and self.following
        top = self.scroll_offset.y
        self._count = count
        self._take_room(Size(0, self.lines))
        if following:
            self.cursor = self.live_row
            self._bring_cursor_in_sight()
        else:
            self.cursor = self.cursor + shift
            if shift:
                self.scroll_to(y=top + shift, animate=False, force=True)
        self.refresh_changed()

    @property
    def makes_room(self) -> bool:
        """Whether what stands around it depends on how many rows it has."""
        return False

    def settle(self) -> None:
        """The operator does something to what is under the cursor: it stays there, whatever becomes of it."""

    def _take_room(self, rows: Size) -> None:
        """So much is there to scroll through. As long as the scrollbar neither comes nor goes nothing else moves, and
        the whole screen is not laid out anew; unless others make room for it (`makes_room`).
        """
        scrolls = rows.height > self.size.height
        if self.makes_room:
            self.virtual_size = rows
            if rows != self._laid_out:
                self._laid_out = rows
                # Asked for while it gets its size, it would be taken for the layout that is under way.
                self.call_after_refresh(self.refresh, layout=True)
            return
        self._laid_out = None
        if self.size and self.show_vertical_scrollbar is scrolls:
            self.set_reactive(RowList.virtual_size, rows)
            self.vertical_scrollbar.window_virtual_size = rows.height
        else:
            self.virtual_size = rows

    def give_way(self) -> None:
        """A line comes above the list: the rows stay where they are on the screen, and it covers the first in sight,
        unless the cursor is there.
        """
        if self.cursor > (top := self.scroll_offset.y):
            self.scroll_to(y=top + 1, animate=False, force=True)

    def validate_cursor(self, cursor: int) -> int:
        return max(0, min(cursor, self._count - 1))

    def watch_cursor(self, old: int, new: int) -> None:
        self.refresh_line(old)
        self.refresh_line(new)
        self.post_message(self.Moved(self))

    def spans(self, y: int) -> list[Span]:
        """What stands on line `y` of the widget, from left to right."""
        width, index = self.scrollable_content_region.width, self.scroll_offset.y + y
        if index >= self._count:
            return [Span([(self.nothing, "quiet")] if self.nothing and not index and not self._count else [], width)]
        sign = self.mark_cells(index)
        return [Span([*sign, *self.row(index, width - self.mark_width)], width, lit=index == self.cursor)]

    def render_line(self, y: int) -> Strip:
        spans = self._drawn[y] = self.spans(y)
        base = self.rich_style
        lit = base + self.get_component_rich_style("row--cursor", partial=True)
        strips = [
            cell_strip(span.cells, span.width, lit, self._lit_ink)
            if span.lit
            else cell_strip(span.cells, span.width, base, self._ink)
            for span in spans
        ]
        return strips[0] if len(strips) == 1 else Strip.join(strips)

    def _ink(self, ink: Ink) -> Style:
        return self.app.stylesheet.parse_style(INKS[ink]).rich_style

    def _lit_ink(self, ink: Ink) -> Style:
        """What is quiet is hard to read on the cursor's ground; and of sixteen colours hardly one can be on another."""
        few = isinstance(self.app, TerminalApp) and self.app.colours == "16"
        return self._ink("plain" if ink == "quiet" or (few and ink != "chosen") else ink)

    def refresh_changed(self) -> None:
        """Draw the lines that do not show what they should, and only them: a line not drawn costs nothing."""
        for y in range(self.size.height):
            if self._drawn.get(y) != self.spans(y):
                self.refresh(Region(0, y, self.size.width, 1))

    @on(events.Focus)
    @on(events.Blur)
    def show_focus(self) -> None:
        """The cursor looks otherwise where the keys go."""
        self.refresh_line(self.cursor)

    def on_resize(self) -> None:
        self._bring_cursor_in_sight()

    def on_click(self, event: events.Click) -> None:
        self.cursor = self.scroll_offset.y + event.y

    def action_move(self, rows: int) -> None:
        self.cursor += rows
        self._bring_cursor_in_sight()

    def action_page(self, pages: int) -> None:
        self.action_move(pages * max(1, self.size.height - 1))

    def action_jump(self, end: str) -> None:
        self.cursor = 0 if end == "top" else self._count - 1
        self._bring_cursor_in_sight()

    def action_choose(self) -> None:
        if self._count:
            self.post_message(self.Chosen(self))

    # ---- marks ----------------------------------------------------------------------------------------------

    def mark_key(self, place: int) -> Hashable | None:
        """What the mark of the row at this place is kept by; None where it can't be marked."""
        return None

    def place_of_mark(self, key: Any) -> int | None:
        """Where that stands now; None where it is not shown."""
        return None

    @property
    def place(self) -> int:
        """Where the cursor is, of all that can be marked in its order."""
        return self.cursor

    @property
    def places(self) -> int:
        """How many there are."""
        return self._count

    def move_on(self) -> None:
        """To the place behind the cursor's."""
        self.action_move(1)

    @property
    def mark_width(self) -> int:
        """Cells that the signs of marks take before each row."""
        return len(NO_SIGN) if self.marks else 0

    def mark_cells(self, place: int) -> Cells:
        """The sign of a mark, or its room while another row is marked."""
        if not self.marks:
            return []
        return [(SIGN if self.is_marked(place) else NO_SIGN, "accent")]

    def is_marked(self, place: int) -> bool:
        """Whether what stands at this place is marked."""
        return self.mark_key(place) in self.marks.keys

    def turn_mark(self) -> bool:
        """Mark the row under the cursor, or take its mark off, and move on; whether that could be."""
        key, before = self.mark_key(self.place) if self.places else None, self.marks
        if key is not None:
            self._take_marks(before.turned(key))
        self.move_on()
        return self.marks is not before

    def mark_range(self) -> bool:
        """Mark from the last mark to the cursor; whether there was room for all of them."""
        last = self.marks.last
        self.settle()
        begin = None if last is None else self.place_of_mark(last)
        return not self.places or self._mark(places_between(begin, self.place), self.mark_key(self.place))

    def mark_all(self) -> bool:
        """Mark all that is shown, from the first on; whether there was room for it."""
        return self._mark(range(self.places), None)

    def _mark(self, places: range, last: Hashable | None) -> bool:
        # Only so many are read: a list may have a million.
        keys = [key for key in map(self.mark_key, islice(places, MOST + 1)) if key is not None]
        self._take_marks(self.marks.with_all(keys, last))
        return self.marks.keys.issuperset(keys)

    def unmark(self) -> None:
        """No row is marked any more."""
        self._take_marks(Marks())

    def keep_marks(self, shown: Container[Any]) -> None:
        """What is not shown is not marked any more: an act is done to nothing that could not be seen."""
        self._take_marks(self.marks.among(shown))

    def _take_marks(self, marks: Marks[Any]) -> None:
        before, self.marks = self.marks, marks
        if before.keys != marks.keys:
            self.refresh_changed()
            self.post_message(self.Marked(self))

    def drop_hidden_marks(self) -> None:
        """Take the marks off what is not shown any more."""

    def _bring_cursor_in_sight(self) -> None:
        height, top = self.size.height, self.scroll_offset.y
        if height and not top <= self.cursor < top + height:
            y = self.cursor if self.cursor < top else self.cursor - height + 1
            self.scroll_to(y=y, animate=False, force=True)
