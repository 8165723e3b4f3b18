"""The last line: what the keys do here, now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.cells import cell_len
from textual.content import Content
from textual.widget import Widget

from console.ui.actions import ACTIONS, key_name

if TYPE_CHECKING:
    from textual.app import RenderResult
    from textual.binding import ActiveBinding

_PLACES = {action.id: place for place, action in enumerate(each for actions in ACTIONS.values() for each in actions)}


class KeyBar(Widget):
    """Shows the active bindings, the nearest first, as many as fit. Redrawn only when they change."""

    DEFAULT_CSS = "KeyBar { height: 1; }"

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, lambda _: self.refresh())

    def render(self) -> RenderResult:
        seen: set[str] = set()
        pieces: list[Content] = []
        free = self.size.width
        for active in self._in_order():
            binding = active.binding
            if not binding.show or not active.enabled or binding.action in seen:
                continue
            seen.add(binding.action)
            key = key_name(binding.key)
            free -= cell_len(key) + cell_len(binding.description) + 3
            if free < 0:
                break
            pieces.append(Content.assemble((f" {key}", "bold $footer-key-foreground"), f" {binding.description} "))
        return Content("").join(pieces)

    def _in_order(self) -> list[ActiveBinding]:
        """The nearest first, and those of one place as they stand in the table, whichever keys they have."""
        active = list(self.screen.active_bindings.values())
        nodes = list(dict.fromkeys(each.node for each in active))
        return sorted(active, key=lambda each: (nodes.index(each.node), _PLACES.get(each.binding.id or "", 0)))
