"""A line above a list that says which of its rows are wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.content import Content
from textual.message import Message
from textual.widgets import Input, Static

from console.protocol.text.safe import safe
from console.ui.keys.actions import bindings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.binding import BindingType


class SafeInput(Input):
    """One line; what is pasted may come from anywhere. The cursor does not blink: each blink goes over the wire."""

    def __init__(self, *, id: str, placeholder: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, compact=True, placeholder=placeholder, select_on_focus=False)
        self.cursor_blink = False
        self.is_frozen = False
        """Whether what is in it stays as it is, whatever key comes."""

    def replace(self, text: str, start: int, end: int) -> None:
        """Whatever comes in by key or paste comes through here."""
        if not self.is_frozen:
            super().replace(safe(text), start, end)


class FilterLine(SafeInput):
    """Words and filters. Enter goes to what was found, and the line stays; Esc clears it. An empty one is not shown."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("lines", "search.leave", "search.clear")]

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


class FilterProblems(Static):
    """Below the line, in full: what in it makes no sense. Not there while all does."""

    DEFAULT_CSS = "FilterProblems { display: none; height: auto; max-height: 3; color: $warning; }"

    def __init__(self) -> None:
        super().__init__(classes="problems")
        self._shown: tuple[str, ...] = ()

    def tell(self, problems: Sequence[str]) -> None:
        """These, a line each."""
        if tuple(problems) != self._shown:
            self._shown = tuple(problems)
            self.display = bool(problems)
            self.update(Content("\n".join(safe(words) for words in problems)))
