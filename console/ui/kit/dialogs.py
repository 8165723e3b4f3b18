"""Dialogs: a question that one line answers, one of a few to be chosen, yes or no."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Button, Static

from console.protocol.text.safe import safe, safe_lines
from console.ui.keys.actions import bindings
from console.ui.keys.keymap import keymap_of
from console.ui.kit.filter_line import SafeInput
from console.ui.kit.row_list import RowList

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from console.ui.kit.format import Cells
    from console.ui.kit.questions import Question


class AskScreen(ModalScreen[str | None]):
    """Dismissed with the line, without blanks around it, on Enter; with None on Esc.

    `title` says what is asked for, `initial` stands in the line to begin with, `remark` explains below it; `trouble`
    is what was wrong with the answer before. Each may come from outside. What was typed is for the caller to judge: it
    may be empty.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("dialogs", "ask.take", "ask.leave")]

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
            keys = keymap_of(self)
            dialog.border_subtitle = Content(f"{keys.name('ask.take')} OK, {keys.name('ask.leave')} cancel")
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


T = TypeVar("T")


class _Options(RowList):
    live_end = "top"

    def __init__(self, labels: Sequence[str]) -> None:
        super().__init__(id="options")
        self._labels = labels
        self.styles.height = len(labels)

    def on_mount(self) -> None:
        self.show_rows(len(self._labels))

    def row(self, index: int, width: int) -> Cells:
        return [(f"{index + 1} ", "key"), (safe(self._labels[index]), "plain")]


class ChooseScreen(ModalScreen[T | None], Generic[T]):
    """Dismissed with the value of the option (Enter, or its number), with None on Esc. At most nine options."""

    # A digit before the list, so that what is typed behind it goes where it belongs.
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("dialogs", "choose.take", "choose.leave")]

    def __init__(self, title: str, options: Sequence[tuple[str, T]], *, remark: str = "") -> None:
        super().__init__()
        self._title = title
        self._options = options
        self._remark = remark

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog", classes="-question") as dialog:
            dialog.border_title = Content(safe(self._title))  # a str would be read as markup
            keys = keymap_of(self)
            dialog.border_subtitle = Content(
                f"{keys.name('list.open')} or a digit selects, {keys.name('choose.leave')} cancels"
            )
            yield _Options([label for label, _ in self._options])
            if self._remark:
                yield Static(Content(safe(self._remark)), id="remark")

    def on_row_list_chosen(self) -> None:
        self.action_take(self.query_one(_Options).cursor + 1)

    def action_take(self, number: int) -> None:
        if number <= len(self._options):
            self.dismiss(self._options[number - 1][1])

    def action_leave(self) -> None:
        self.dismiss(None)


class ConfirmScreen(ModalScreen[bool]):
    """Dismissed with True for yes (y), False for no (n, Esc, and Enter: the button of No has the focus)."""

    AUTO_FOCUS = "#no"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("dialogs", "confirm.yes", "confirm.no", "confirm.other")]

    def __init__(self, question: Question, words: str) -> None:
        """`words` ask it, in full: what is meant, and how many. Safe to show."""
        super().__init__()
        self.question = question
        self._words = words

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog", classes="-question"):
            yield Static(Content(self._words), id="question")
            with Horizontal(id="answers"):
                keys = keymap_of(self)
                yield Button(f"{self.question.yes} ({keys.name('confirm.yes')})", id="yes", compact=True)
                yield Button(f"{self.question.no} ({keys.name('confirm.no')})", id="no", compact=True)

    def on_button_pressed(self, event: Button.Pressed) -> None:
        self.dismiss(event.button.id == "yes")

    def action_answer(self, answer: bool) -> None:
        self.dismiss(answer)
