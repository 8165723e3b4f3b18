"""Where ports stand: side by side on lines, one a line in a table of pages, or as tiles. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from console.ui.ports import row as port_row
from console.ui.ports import tile as port_tile
from console.ui.ports.row import label_width, port_cells
from console.ui.ports.table import pages, widest_label
from console.ui.ports.tile import LOWEST, TALLEST, tile_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.ui.kit.format import Cells
    from console.ui.ports.facts import PortFacts
    from console.ui.ports.table import Column


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
        narrowest = (port_tile.NARROWEST + 1 if self.tiled else port_row.NARROWEST) + self.label - 3
        return max(1, self.width // narrowest)

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
        self._tiles: dict[tuple[str, int], tuple[PortFacts, int, int, float, list[Cells]]] = {}
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
        made_of = (facts, width, tall, now // 10)
        known = self._tiles.get(facts.key)
        if known is None or known[:4] != made_of:
            known = (*made_of, tile_lines(facts, width, tall, now))
            self._tiles[facts.key] = known
        return known[4][line]
