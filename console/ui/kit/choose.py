"""One of a few, to be chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from console.protocol.text.safe import safe
from console.ui.kit.row_list import RowList

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult

    from console.ui.kit.format import Cells

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
    BINDINGS: ClassVar[list[BindingType]] = [
        *(Binding(str(number), f"take({number - 1})", show=False, priority=True) for number in range(1, 10)),
        Binding("escape,q", "leave", "Leave", priority=True),
    ]

    def __init__(self, title: str, options: Sequence[tuple[str, T]], *, remark: str = "") -> None:
        super().__init__()
        self._title = title
        self._options = options
        self._remark = remark

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog", classes="-question") as dialog:
            dialog.border_title = Content(safe(self._title))  # a str would be read as markup
            dialog.border_subtitle = "enter or a digit takes one, esc leaves"
            yield _Options([label for label, _ in self._options])
            if self._remark:
                yield Static(Content(safe(self._remark)), id="remark")

    def on_row_list_chosen(self) -> None:
        self.action_take(self.query_one(_Options).cursor)

    def action_take(self, index: int) -> None:
        if index < len(self._options):
            self.dismiss(self._options[index][1])

    def action_leave(self) -> None:
        self.dismiss(None)
