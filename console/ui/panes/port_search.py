"""The filter line of the ports: which of them are shown."""

from __future__ import annotations

from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.message import Message

from console.ui.port_order import HINT
from console.ui.widgets.safe_input import SafeInput


class PortSearch(SafeInput):
    """Words. Enter goes to what they leave, and the line stays; Esc clears it."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter,down", "leave(False)", "To the list", priority=True),
        Binding("escape", "leave(True)", "Clear"),
    ]

    class Left(Message):
        """The operator is done with the line."""

    def __init__(self) -> None:
        super().__init__(id="ports-search", placeholder=HINT)

    def action_leave(self, clear: bool) -> None:
        if clear:
            self.value = ""
        self.display = bool(self.value)
        self.post_message(self.Left())
