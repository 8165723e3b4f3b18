"""A line to type in, fit for what people paste."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.widgets import Input

from console.protocol.safe_text import safe

if TYPE_CHECKING:
    from collections.abc import Callable


class SafeInput(Input):
    """One line; what is pasted may come from anywhere. The cursor does not blink: each blink goes over the wire."""

    def __init__(self, *, id: str, placeholder: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, compact=True, placeholder=placeholder, select_on_focus=False)
        self.cursor_blink = False

    def when_typed(self, then: Callable[[], None]) -> None:
        """Call `then` once every key pressed so far has arrived in the line. A key that is bound with priority is acted
        on at once, while those before it may still be on their way here.
        """
        self.call_later(then)

    def replace(self, text: str, start: int, end: int) -> None:
        """Whatever comes in by key or paste comes through here."""
        super().replace(safe(text), start, end)
