"""The last line: what the keys do here, now."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widget import Widget

from console.ui.keys.actions import ACTIONS, CHANGING, key_name

if TYPE_CHECKING:
    from textual.app import RenderResult
    from textual.binding import ActiveBinding, Binding

_PLACES = {action.id: place for place, action in enumerate(each for actions in ACTIONS.values() for each in actions)}


_HELP = ("app.help", "app.commands")
"""How to see the rest: by a letter, or, where letters are text, by name."""


class KeyBar(Widget):
    """Shows the active bindings, the nearest first, as many as fit, and always how to see the rest. Those that send or
    change something are left out where nothing may be changed. Redrawn only when they change.

    A widget whose key does something else now than the table says has `key_labels`: by action, its label until then.
    These stand first, and also those that are not shown else.
    """

    DEFAULT_CSS = "KeyBar { height: 1; }"

    def on_mount(self) -> None:
        self.screen.bindings_updated_signal.subscribe(self, lambda _: self.refresh())

    def render(self) -> RenderResult:
        active = [each for each in self._in_order() if each.enabled and not self._is_barred(each.binding)]
        here = {each.binding.id for each in active}
        way_on = next((name for name in _HELP if name in here), "")
        labels = {node: getattr(node, "key_labels", {}) for node in {each.node for each in active}}
        now: dict[str, tuple[Binding, str]] = {}
        shown: dict[str, tuple[Binding, str]] = {}
        for each in active:
            label = labels[each.node].get(each.binding.id, "")
            if label or each.binding.id == way_on or (each.binding.show and each.binding.id not in _HELP):
                there = now if label else shown
                there.setdefault(each.binding.action, (each.binding, label or each.binding.description))
        shown = now | shown
        pieces = [(binding.id, self._piece(binding, label)) for binding, label in shown.values()]
        free = self.size.width - sum(piece.cell_length for name, piece in pieces if name == way_on)
        fitting: list[Content] = []
        for name, piece in pieces:
            if name == way_on:
                fitting.append(piece)
                continue
            free -= piece.cell_length
            if free >= 0:
                fitting.append(piece)
        return Content("").join(fitting)

    def _piece(self, binding: Binding, label: str) -> Content:
        return Content.assemble((f" {key_name(binding.key)}", "bold $footer-key-foreground"), f" {label} ")

    def _is_barred(self, binding: Binding) -> bool:
        name = binding.action.partition("(")[0].rpartition(".")[2]
        return name in CHANGING and bool(getattr(self.app, "only_looks", False))

    def _in_order(self) -> list[ActiveBinding]:
        """The nearest first, and those of one place as they stand in the table, whichever keys they have."""
        active = list(self.screen.active_bindings.values())
        nodes = list(dict.fromkeys(each.node for each in active))
        return sorted(active, key=lambda each: (nodes.index(each.node), _PLACES.get(each.binding.id or "", 0)))
