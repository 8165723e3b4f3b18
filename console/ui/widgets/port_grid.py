"""Ports side by side: as lines in columns, as a table page by page, or as tiles. Only what changed is drawn."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.geometry import Region, Size
from textual.message import Message
from textual.reactive import reactive

from console.ui import port_row, port_tile
from console.ui.port_row import label_width, port_cells
from console.ui.port_table import pages, table_cells, widest_label
from console.ui.port_tile import LOWEST, TALLEST, tile_lines
from console.ui.widgets.row_list import RowList, Span

if TYPE_CHECKING:
    from textual import events

    from console.ui.format import Cells
    from console.ui.port_facts import PortFacts
    from console.ui.port_table import Column


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
        self._tiles: dict[tuple[str, int], tuple[PortFacts, int, int, float, list[Cells]]] = {}
        """What each tile looks like, with what it was drawn of."""
        self.alone = False
        """Whether no other pane is on the screen."""
        self.tiled = False
        """Whether ports are tiles."""
        self.page = 0
        """Of the table."""

    # ---- how it is laid out ---------------------------------------------------------------------------------

    @property
    def is_table(self) -> bool:
        """Whether there is one port a line, with pages of columns: where the pane is alone."""
        return self.alone and not self.tiled

    @property
    def columns(self) -> int:
        """Ports side by side."""
        if self.is_table:
            return 1
        label = widest_label(self._ports) - 3
        narrowest = (port_tile.NARROWEST + 1 if self.tiled else port_row.NARROWEST) + label
        return max(1, self.size.width // narrowest)

    @property
    def tall(self) -> int:
        """Lines of a port: as many as there is room for, of those that a tile may have."""
        if not self.tiled:
            return 1
        rows = max(1, -(-len(self._ports) // self.columns))
        return max(LOWEST, min(TALLEST, self.size.height // rows)) if self.alone else LOWEST

    @property
    def pages(self) -> list[tuple[Column, ...]]:
        """The columns of each page."""
        return pages(self.size.width, widest_label(self._ports))

    @property
    def shown_page(self) -> tuple[Column, ...]:
        """The columns of the page that is shown; none on the first."""
        every = self.pages
        return every[min(self.page, len(every) - 1)] if self.is_table else ()

    @property
    def shown(self) -> list[PortFacts]:
        """The ports that are shown, in their order."""
        return self._ports

    @property
    def following(self) -> bool:
        return False

    def show_ports(self, ports: list[PortFacts], now: float) -> None:
        """Show these ports from now on."""
        selected = self.selected
        self._ports, self.now = ports, now
        kept = {facts.key for facts in ports}
        self._tiles = {key: tile for key, tile in self._tiles.items() if key in kept}
        self._lay_out(selected)

    def show_as(self, *, tiled: bool | None = None, alone: bool | None = None) -> None:
        """Tiles or not; alone on the screen or not."""
        selected = self.selected
        self.tiled = self.tiled if tiled is None else tiled
        self.alone = self.alone if alone is None else alone
        self._lay_out(selected)

    def _lay_out(self, selected: PortFacts | None) -> None:
        """Lay the ports out anew, with the cursor on the port where it was."""
        self.show_rows(-(-len(self._ports) // self.columns))
        self.virtual_size = Size(0, self.count * self.tall)
        place = next((at for at, facts in enumerate(self._ports) if selected and facts.key == selected.key), None)
        if place is not None and (self.cursor, self.column) != divmod(place, self.columns):
            self.cursor, self.column = divmod(place, self.columns)
            self._bring_cursor_in_sight()
        self.refresh_changed()

    def on_resize(self) -> None:
        self._lay_out(self.selected)
        super().on_resize()
        # How many pages there are depends on the width.
        self.post_message(self.Turned())

    # ---- drawing --------------------------------------------------------------------------------------------

    def spans(self, y: int) -> list[Span]:
        row, line = divmod(self.scroll_offset.y + y, self.tall)
        width = self.scrollable_content_region.width
        if self.is_table:
            if row >= len(self._ports):
                return [Span([], width)]
            cells = table_cells(self._ports[row], self.shown_page, width, self.now)
            return [Span(cells, width, lit=row == self.cursor)]
        each = width // self.columns
        spans: list[Span] = []
        for column in range(self.columns):
            index = row * self.columns + column
            if index >= len(self._ports):
                break
            lit = (row, column) == (self.cursor, self.column)
            spans += [Span(self._line(self._ports[index], each - 1, line), each - 1, lit), Span([], 1)]
        return [*spans, Span([], width - sum(span.width for span in spans))]

    def _line(self, facts: PortFacts, width: int, line: int) -> Cells:
        """Line `line` of a port, padded so that the columns of a short name stand below those of a long one."""
        pad = widest_label(self._ports) - label_width(facts)
        if not self.tiled:
            return [(" " * pad, "plain"), *port_cells(facts, width - pad, self.now)]
        # Ages are shown in tens of seconds: within them a tile of the same facts looks the same.
        made_of = (facts, width, self.tall, self.now // 10)
        known = self._tiles.get(facts.key)
        if known is None or known[:4] != made_of:
            known = (*made_of, tile_lines(facts, width, self.tall, self.now))
            self._tiles[facts.key] = known
        return known[4][line]

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
        index = self.cursor * self.columns + min(self.column, self.columns - 1)
        return self._ports[index] if index < len(self._ports) else None

    def select(self, gateway: str, port: int) -> bool:
        """Put the cursor on a port; whether it is shown."""
        place = next((at for at, facts in enumerate(self._ports) if facts.key == (gateway, port)), None)
        if place is None:
            return False
        self.cursor, self.column = divmod(place, self.columns)
        self._bring_cursor_in_sight()
        return True

    def validate_column(self, column: int) -> int:
        return max(0, min(column, self.columns - 1))

    def watch_cursor(self, old: int, new: int) -> None:
        self.refresh_changed()
        self.post_message(self.Moved(self))

    def watch_column(self) -> None:
        self.refresh_changed()

    def action_across(self, by: int) -> None:
        """To the port beside it, or to another page of the table."""
        if not self.is_table:
            self.column += by
            return
        last = len(self.pages) - 1
        self.page = max(0, min(min(self.page, last) + by, last))
        self.refresh_changed()
        self.post_message(self.Turned())

    def action_page(self, pages: int) -> None:
        self.action_move(pages * max(1, self.size.height // self.tall - 1))

    def action_choose(self) -> None:
        if self.selected is not None:
            self.post_message(self.Opened(self.selected))

    def on_click(self, event: events.Click) -> None:
        event.prevent_default()
        self.cursor = (self.scroll_offset.y + event.y) // self.tall
        self.column = event.x // max(1, self.size.width // self.columns)

    def on_focus(self) -> None:
        self.refresh()

    def on_blur(self) -> None:
        self.refresh()

    def _bring_cursor_in_sight(self) -> None:
        height, top, first = self.size.height, self.scroll_offset.y, self.cursor * self.tall
        if height and not top <= first <= top + height - self.tall:
            y = first if first < top else first - height + self.tall
            self.scroll_to(y=y, animate=False, force=True)
