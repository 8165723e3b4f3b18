"""A question that one line answers."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from console.protocol.text.safe import safe, safe_lines
from console.ui.kit.safe_input import SafeInput

if TYPE_CHECKING:
    from textual.app import ComposeResult


class AskScreen(ModalScreen[str | None]):
    """Dismissed with the line, without blanks around it, on Enter; with None on Esc.

    `title` says what is asked for, `initial` stands in the line to begin with, `remark` explains below it; `trouble`
    is what was wrong with the answer before. Each may come from outside. What was typed is for the caller to judge: it
    may be empty.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("enter", "answer", "Done", priority=True),
        Binding("escape", "leave", "Leave", priority=True),
    ]

    def __init__(
        self, title: str, initial: str = "", *, placeholder: str = "", remark: str = "", trouble: str = ""
    ) -> None:
        super().__init__()
        self._title = title
        self._initial = initial
        self._placeholder = placeholder
        self._remark = remark
        self._trouble = trouble

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog", classes="-question") as dialog:
            dialog.border_title = Content(safe(self._title))  # a str would be read as markup
            dialog.border_subtitle = "enter takes it, esc leaves"
            line = SafeInput(id="answer", placeholder=self._placeholder)
            line.value = safe(self._initial)
            yield line
            if self._trouble:
                yield Static(Content(f"✗ {safe(self._trouble)}"), id="trouble")
            if self._remark:
                yield Static(Content("\n".join(safe_lines(self._remark))), id="remark")

    def action_answer(self) -> None:
        self.dismiss(self.query_one(SafeInput).value.strip())

    def action_leave(self) -> None:
        self.dismiss(None)
