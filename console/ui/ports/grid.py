"""Ports side by side: as lines in columns, as a table page by page, or as tiles. Only what changed is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import events, on
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive

from console.ui.kit.row_list import RowList, Span
from console.ui.ports.arrangement import PortArrangement, PortCells
from console.ui.ports.table import table_cells

if TYPE_CHECKING:
    from console.ui.ports.facts import PortFacts


class PortGrid(RowList):
    """The cursor is on one port, and stays with it when the order changes."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("right", "across(1)", "Right", show=False),
        Binding("left", "across(-1)", "Left", show=False),
    ]

    column: reactive[int] = reactive(0, repaint=False)

    class Opened(Message):
        """Enter on a port."""

        def __init__(self, facts: PortFacts) -> None:
            self.facts = facts
            super().__init__()

    class Turned(Message):
        """Another page of the table is shown."""

    def __init__(self) -> None:
        super().__init__(id="port-grid")
        self._ports: list[PortFacts] = []
        self.now = 0.0
        """Of the ages that are shown, Unix seconds UTC."""
        self._cells = PortCells()
        self.alone = False
        """Whether no other pane is on the screen."""
        self.tiled = False
        """Whether ports are tiles."""
        self.page = 0
        """Of the table."""
        self._arranged = PortArrangement()
        self._arranged_so: tuple[int, int, bool, bool, int] | None = None
        """Width, height, tiled, alone and page of that."""

    # ---- how it is laid out ---------------------------------------------------------------------------------

    @property
    def arranged(self) -> PortArrangement:
        """Which port stands where."""
        width, height = self.size
        how = (width, height, self.tiled, self.alone, self.page)
        if self._arranged.ports is not self._ports or self._arranged_so != how:
            self._arranged, self._arranged_so = PortArrangement(self._ports, *how), how
        return self._arranged

    @property
    def lines(self) -> int:
        return self.count * self.arranged.tall or super().lines

    @property
    def following(self) -> bool:
        return False

    def show_ports(self, ports: list[PortFacts], now: float) -> None:
        """Show these ports from now on."""
        selected = self.selected
        self._ports, self.now = ports, now
        self._cells.keep(ports)
        self._lay_out(selected)

    def show_as(self, *, tiled: bool | None = None, alone: bool | None = None) -> None:
        """Tiles or not; alone on the screen or not."""
        selected = self.selected
        self.tiled = self.tiled if tiled is None else tiled
        self.alone = self.alone if alone is None else alone
        self._lay_out(selected)

    def _lay_out(self, selected: PortFacts | None) -> None:
        """Lay the ports out anew, with the cursor on the port where it was."""
        arranged = self.arranged
        self.show_rows(arranged.rows)
        place = arranged.place_of(selected.key) if selected else None
        if place is not None and (self.cursor, self.column) != place:
            self.cursor, self.column = place
            self._bring_cursor_in_sight()
        self.refresh_changed()

    def on_resize(self) -> None:
        self._lay_out(self.selected)
        super().on_resize()
        # How many pages there are depends on the width.
        self.post_message(self.Turned())

    # ---- drawing --------------------------------------------------------------------------------------------

    def spans(self, y: int) -> list[Span]:
        if not self.count:
            return super().spans(y)
        arranged = self.arranged
        row, line = divmod(self.scroll_offset.y + y, arranged.tall)
        width = self.scrollable_content_region.width
        if arranged.is_table:
            facts = arranged.at(row, 0)
            if facts is None:
                return [Span([], width)]
            return [Span(table_cells(facts, arranged.shown_page, width, self.now), width, lit=row == self.cursor)]
        each = width // arranged.columns
        spans: list[Span] = []
        for column in range(arranged.columns):
            facts = arranged.at(row, column)
            if facts is None:
                break
            lit = (row, column) == (self.cursor, self.column)
            cells = self._cells.line(arranged, facts, each - 1, line, self.now)
            spans += [Span(cells, each - 1, lit), Span([], 1)]
        return [*spans, Span([], width - sum(span.width for span in spans))]

    def refresh_changed(self) -> None:
        """Draw the tiles, of each line, that do not show what they should, and only them."""
        for y in range(self.size.height):
            before, after = self._drawn.get(y), self.spans(y)
            if before == after:
                continue
            if before is None or [span.width for span in before] != [span.width for span in after]:
                self.refresh(Region(0, y, self.size.width, 1))
                continue
            x = 0
            for old, new in zip(before, after, strict=True):
                if old != new:
                    self.refresh(Region(x, y, new.width, 1))
                x += new.width

    # ---- the cursor -----------------------------------------------------------------------------------------

    @property
    def selected(self) -> PortFacts | None:
        """The port under the cursor."""
        arranged = self.arranged
        return arranged.at(self.cursor, min(self.column, arranged.columns - 1))

    def select(self, gateway: str, port: int) -> bool:
        """Put the cursor on a port; whether it is shown."""
        place = self.arranged.place_of((gateway, port))
        if place is None:
            return False
        self.cursor, self.column = place
        self._bring_cursor_in_sight()
        return True

    def validate_column(self, column: int) -> int:
        return max(0, min(column, self.arranged.columns - 1))

    def watch_cursor(self, old: int, new: int) -> None:
        self.refresh_changed()
        self.post_message(self.Moved(self))

    def watch_column(self) -> None:
        self.refresh_changed()

    def action_across(self, by: int) -> None:
        """To the port beside it, or to another page of the table."""
        arranged = self.arranged
        if not arranged.is_table:
            self.column += by
            return
        last = len(arranged.pages) - 1
        self.page = max(0, min(min(self.page, last) + by, last))
        self.refresh_changed()
        self.post_message(self.Turned())

    def action_page(self, pages: int) -> None:
        self.action_move(pages * max(1, self.size.height // self.arranged.tall - 1))

    def action_choose(self) -> None:
        if self.selected is not None:
            self.post_message(self.Opened(self.selected))

    def on_click(self, event: events.Click) -> None:
        event.prevent_default()
        arranged = self.arranged
        self.cursor = (self.scroll_offset.y + event.y) // arranged.tall
        self.column = event.x // max(1, arranged.width // arranged.columns)

    @on(events.Focus)
    @on(events.Blur)
    def show_focus(self) -> None:
        self.refresh()

    def _bring_cursor_in_sight(self) -> None:
        height, tall = self.size.height, self.arranged.tall
        top, first = self.scroll_offset.y, self.cursor * tall
        if height and not top <= first <= top + height - tall:
            y = first if first < top else first - height + tall
            self.scroll_to(y=y, animate=False, force=True)
