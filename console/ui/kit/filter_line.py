"""A line above a list that says which of its rows are wanted."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from console.ui.kit.safe_input import SafeInput


class FilterLine(SafeInput):
    """Words and filters. Enter goes to what was found, and the line stays; Esc clears it. An empty one is not shown."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,down", "leave(False)", "To the list", priority=True),
        Binding("escape", "leave(True)", "Clear"),
    ]

    class Left(Message):
        """The operator is done with the line."""

    def open(self) -> None:
        """Show the line and type in it from now on."""
        self.display = True
        self.screen.set_focus(self)

    def action_leave(self, clear: bool) -> None:
        if clear:
            self.value = ""
        self.display = bool(self.value)
        self.post_message(self.Left())
