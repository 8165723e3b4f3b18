"""Ports side by side: as lines in columns, as a table page by page, or as tiles. Only what changed is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, ClassVar

from textual import events, on
from textual.geometry import Region
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from console.ui.keys.actions import bindings
from console.ui.kit.format import content
from console.ui.kit.row_list import RowList, Span
from console.ui.ports import row as port_row
from console.ui.ports import tile as port_tile
from console.ui.ports.row import label_width, port_cells, strip_cells
from console.ui.ports.table import pages, table_cells, widest_label
from console.ui.ports.tile import LOWEST, TALLEST, tile_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import RenderResult
    from textual.binding import BindingType

    from console.ui.context.gateways import Gateways
    from console.ui.kit.format import Cells
    from console.ui.ports.facts import PortFacts
    from console.ui.ports.table import Column


class PortStrip(Widget):
    """Drawn anew only when a port looks otherwise."""

    DEFAULT_CSS = "PortStrip { height: 1; }"

    def __init__(self, gateways: Gateways) -> None:
        super().__init__(id="port-strip")
        self._gateways = gateways
        self._cells: Cells = []

    def sync(self, now: float) -> None:
        cells = strip_cells(self._gateways.shown(), self.size.width, now)
        if cells != self._cells:
            self._cells = cells
            self.refresh()

    def render(self) -> RenderResult:
        return content(self._cells)


@dataclass(frozen=True)
class PortArrangement:
    """These ports in `width` by `height` terminal cells. What is asked for each line is worked out once."""

    ports: Sequence[PortFacts] = ()
    """In their order."""
    width: int = 0
    height: int = 0
    tiled: bool = False
    """Whether ports are tiles."""
    alone: bool = False
    """Whether no other pane is on the screen."""
    page: int = 0
    """Of the table, as far as there are so many."""

    @property
    def is_table(self) -> bool:
        """Whether there is one port a line, with pages of columns: where the pane is alone."""
        return self.alone and not self.tiled

    @cached_property
    def label(self) -> int:
        """Cells of the longest name of a port."""
        return widest_label(self.ports)

    @cached_property
    def columns(self) -> int:
        """Ports side by side."""
        if self.is_table:
            return 1
        narrowest = (port_tile.NARROWEST + self.gap if self.tiled else port_row.NARROWEST) + self.label - 3
        return max(1, self.width // narrowest)

    @property
    def gap(self) -> int:
        """Blank cells behind each port: a tile ends in a number, and the next one begins with one."""
        return 2 if self.tiled else 1

    @cached_property
    def rows(self) -> int:
        """Ports one below the other."""
        return -(-len(self.ports) // self.columns)

    @cached_property
    def tall(self) -> int:
        """Lines of a port: as many as there is room for, of those that a tile may have."""
        if not self.tiled:
            return 1
        return max(LOWEST, min(TALLEST, self.height // max(1, self.rows))) if self.alone else LOWEST

    @cached_property
    def pages(self) -> list[tuple[Column, ...]]:
        """The columns of each page."""
        return pages(self.width, self.label)

    @cached_property
    def shown_page(self) -> tuple[Column, ...]:
        """The columns of the page that is shown; none on the first, nor where there is no table."""
        every = self.pages
        return every[min(self.page, len(every) - 1)] if self.is_table else ()

    def at(self, row: int, column: int) -> PortFacts | None:
        """The port that stands there, if any does."""
        index = row * self.columns + column
        return self.ports[index] if column < self.columns and index < len(self.ports) else None

    def place_of(self, key: tuple[str, int]) -> tuple[int, int] | None:
        """Row and column of a port, by its gateway and number; None where it is not among them."""
        index = next((at for at, facts in enumerate(self.ports) if facts.key == key), None)
        return None if index is None else divmod(index, self.columns)


class PortCells:
    """A port as it is drawn among the others. A tile of the same facts is not made again."""

    def __init__(self) -> None:
        self._tiles: dict[tuple[str, int], tuple[PortFacts, int, int, float, bool, list[Cells]]] = {}
        """What each tile looks like, with what it was drawn of."""

    def keep(self, ports: Sequence[PortFacts]) -> None:
        """There are no other ports any more."""
        kept = {facts.key for facts in ports}
        self._tiles = {key: tile for key, tile in self._tiles.items() if key in kept}

    def line(self, among: PortArrangement, facts: PortFacts, width: int, line: int, now: float) -> Cells:
        """Line `line` of a port, padded so that the columns of a short name stand below those of a long one."""
        if not among.tiled:
            pad = among.label - label_width(facts)
            return [(" " * pad, "plain"), *port_cells(facts, width - pad, now)]
        # Ages are shown in tens of seconds: within them a tile of the same facts looks the same.
        tall = among.tall
        made_of = (facts, width, tall, now // 10, facts.is_old(now))
        known = self._tiles.get(facts.key)
        if known is None or known[:5] != made_of:
            known = (*made_of, tile_lines(facts, width, tall, now))
            self._tiles[facts.key] = known
        return known[5][line]


class PortGrid(RowList):
    """The cursor is on one port, and stays with it whatever moves around it: only a key or a click takes it elsewhere,
    and a filter that hides the port.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("grid")]
    takes_marks = True

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
        self._meant: tuple[str, int] | None = None
        """The port that the operator put the cursor on. A filter may hide it: then the cursor is on a stand-in."""
        self._lit: tuple[str, int] | None = None
        """The port under the cursor."""
        self._laying_out = False
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
    def makes_room(self) -> bool:
        return not self.alone

    @property
    def following(self) -> bool:
        return False

    def show_ports(self, ports: list[PortFacts], now: float) -> None:
        """Show these ports from now on."""
        self._ports, self.now = ports, now
        self._cells.keep(ports)
        self._lay_out()

    def show_as(self, *, tiled: bool | None = None, alone: bool | None = None) -> None:
        """Tiles or not; alone on the screen or not."""
        self.tiled = self.tiled if tiled is None else tiled
        self.alone = self.alone if alone is None else alone
        self._lay_out()

    def settle(self) -> None:
        """The operator goes on with what is under the cursor, also where it only stands in for a hidden port."""
        self._meant = self._lit or self._meant

    def _lay_out(self) -> None:
        """Lay the ports out anew, with the cursor on the port where it was."""
        arranged, lit = self.arranged, self._stand_in()
        place = (0, 0) if lit is None else arranged.place_of(lit) or (0, 0)
        self._meant, self._lit = self._meant or lit, lit
        self._laying_out = True
        self.show_rows(arranged.rows)
        if (self.cursor, self.column) != place:
            self.cursor, self.column = place
            self._bring_cursor_in_sight()
        self._laying_out = False
        self.refresh_changed()

    def _stand_in(self) -> tuple[str, int] | None:
        """The port that was meant, where it is shown; else the next one by gateway and number, in whatever order they
        stand, so that it does not depend on what came first: a letter of the filter, a sort or a change of a port.
        """
        keys = [facts.key for facts in self._ports]
        if self._meant is None or not keys:
            return keys[0] if keys else None
        return self._meant if self._meant in keys else min((k for k in keys if k > self._meant), default=max(keys))

    def on_resize(self) -> None:
        self._lay_out()
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
            lit, sign = facts.key == self._lit, self.mark_cells(row)
            cells = table_cells(facts, arranged.shown_page, width - self.mark_width, self.now)
            return [Span([*sign, *cells], width, lit=lit)]
        each = width // arranged.columns
        spans: list[Span] = []
        for column in range(arranged.columns):
            facts = arranged.at(row, column)
            if facts is None:
                break
            room = each - arranged.gap
            sign = self.mark_cells(row * arranged.columns + column)
            cells = self._cells.line(arranged, facts, room - self.mark_width, line, self.now)
            spans += [Span([*sign, *cells], room, facts.key == self._lit), Span([], arranged.gap)]
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
        return next((facts for facts in self._ports if facts.key == self._lit), None)

    def select(self, gateway: str, port: int) -> bool:
        """Put the cursor on a port; whether it is shown."""
        if self.arranged.place_of((gateway, port)) is None:
            return False
        self._meant = (gateway, port)
        self._lay_out()
        return True

    def validate_column(self, column: int) -> int:
        return max(0, min(column, self.arranged.columns - 1))

    def watch_cursor(self, old: int, new: int) -> None:
        self._come_to()

    def watch_column(self) -> None:
        self._come_to()

    def _come_to(self) -> None:
        """The cursor is on the port of its place; in a last row that ends before, on the last one."""
        index = self.cursor * self.arranged.columns + self.column
        if self._ports and not self._laying_out:
            index = min(index, len(self._ports) - 1)
            self._meant = self._lit = self._ports[index].key
            self.column = index % self.arranged.columns
            self.refresh_changed()
            self.post_message(self.Moved(self))

    # ---- marks: ports in the order of reading, from left to right ---------------------------------------------

    def mark_key(self, place: int) -> tuple[str, int] | None:
        return self._ports[place].key if place < len(self._ports) else None

    def place_of_mark(self, key: Any) -> int | None:
        found = self.arranged.place_of(key)
        return None if found is None else found[0] * self.arranged.columns + found[1]

    @property
    def place(self) -> int:
        return self.cursor * self.arranged.columns + self.column

    @property
    def places(self) -> int:
        return len(self._ports)

    def move_on(self) -> None:
        if self.place + 1 < self.places:
            self.select(*self._ports[self.place + 1].key)
            self._bring_cursor_in_sight()

    def drop_hidden_marks(self) -> None:
        self.keep_marks({facts.key for facts in self._ports})

    # ---- keys -----------------------------------------------------------------------------------------------

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
