"""Cells as the strips of a line that Textual draws, in the inks that the style sheet gives to a widget."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from textual.strip import Strip

if TYPE_CHECKING:
    from rich.style import Style
    from textual.widget import Widget

    from console.ui.kit.format import Cells


class CellStrips:
    """Draws for one widget, which has a component class `ink--…` for each ink."""

    def __init__(self, widget: Widget) -> None:
        self._widget = widget
        self._inks: dict[str, Style] = {}

    def forget_inks(self) -> None:
        """The style sheet or the theme may be another."""
        self._inks.clear()

    def strip(self, cells: Cells, width: int, base: Style) -> Strip:
        """These cells on `base`, cut or filled up to `width` terminal cells."""
        segments: list[Segment] = []
        free = width
        for text, ink in cells:
            size = cell_len(text)
            if size > free:
                text, size = set_cell_size(text, free), free
            segments.append(Segment(text, base + self._ink(ink)))
            free -= size
            if free <= 0:
                break
        if free > 0:
            # In one piece with the text, which a terminal that draws it wider may then run into.
            last, style, _ = segments.pop() if segments else Segment("", base)
            segments.append(Segment(last + " " * free, style))
        return Strip(segments, width)

    def _ink(self, ink: str) -> Style:
        if (style := self._inks.get(ink)) is None:
            style = self._inks[ink] = self._widget.get_component_rich_style(f"ink--{ink}", partial=True)
        return style
