"""The templates of the configuration, to take a text from."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen

from console.protocol.text.safe import safe, safe_lines
from console.ui.keys.actions import bindings
from console.ui.keys.keymap import keymap_of
from console.ui.kit.format import Cells, fit
from console.ui.kit.row_list import RowList

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.app import ComposeResult
    from textual.binding import BindingType

_NAME = 20
_IN_SIGHT = 14


class TemplateList(RowList):
    """Name and first line of each."""

    live_end = "top"

    def __init__(self, templates: Mapping[str, str]) -> None:
        super().__init__(id="templates")
        self._templates = tuple(templates.items())

    def on_mount(self) -> None:
        self.styles.height = min(len(self._templates), _IN_SIGHT)
        self.show_rows(len(self._templates))

    @property
    def chosen(self) -> str:
        """The text under the cursor."""
        return self._templates[self.cursor][1]

    def row(self, index: int, width: int) -> Cells:
        name, text = self._templates[index]
        return [
            (f"{fit(safe(name), _NAME)}  ", "strong"),
            (fit(safe_lines(text)[0], max(1, width - _NAME - 2)), "plain"),
        ]


class TemplatesScreen(ModalScreen[str | None]):
    """Dismissed with the text of a template, or with None on Esc. There must be one."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("templates")]

    def __init__(self, templates: Mapping[str, str]) -> None:
        super().__init__()
        self._templates = templates

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog", classes="-views") as dialog:
            dialog.border_title = "Templates"
            keys = keymap_of(self)
            dialog.border_subtitle = Content(
                f"{keys.name('templates.take')} takes one, {keys.name('templates.leave')} leaves"
            )
            yield TemplateList(self._templates)

    def action_take(self) -> None:
        self.dismiss(self.query_one(TemplateList).chosen)

    def action_leave(self) -> None:
        self.dismiss(None)
