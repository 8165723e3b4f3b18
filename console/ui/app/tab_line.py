"""The panes and their keys in one line, on a screen that shows one pane at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.reactive import reactive
from textual.widget import Widget

from console.ui.keys.actions import PANES
from console.ui.keys.keymap import keymap_of
from console.ui.kit.format import Cells, content
from console.ui.kit.pane import pane_title

if TYPE_CHECKING:
    from textual.app import RenderResult

    from console.terminal.theme import Ink


class TabLine(Widget):
    """Tells which pane has the screen: `active`."""

    DEFAULT_CSS = "TabLine { height: 1; }"

    active: reactive[str] = reactive(PANES[0])

    def render(self) -> RenderResult:
        cells: Cells = [(" ", "plain")]
        keys = keymap_of(self)
        for name in PANES:
            ink: Ink = "strong" if name == self.active else "quiet"
            cells += [(f"{keys.name(f'pane.{name}')} ", "key"), (f"{pane_title(name)}  ", ink)]
        return content(cells)
