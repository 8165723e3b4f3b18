"""All ports on one line, for screens too small to keep the panel in sight: `1● 2● 3▲`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widget import Widget

from console.ui.kit.format import content
from console.ui.ports.row import strip_cells

if TYPE_CHECKING:
    from textual.app import RenderResult

    from console.ui.context.gateways import Gateways
    from console.ui.kit.format import Cells


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
