"""A line to type in, fit for what people paste."""

from __future__ import annotations

from textual.widgets import Input

from console.protocol.text.safe import safe


class SafeInput(Input):
    """One line; what is pasted may come from anywhere. The cursor does not blink: each blink goes over the wire."""

    def __init__(self, *, id: str, placeholder: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, compact=True, placeholder=placeholder, select_on_focus=False)
        self.cursor_blink = False

    def replace(self, text: str, start: int, end: int) -> None:
        """Whatever comes in by key or paste comes through here."""
        super().replace(safe(text), start, end)
