"""A list over the screen, to take one of its rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen

from console.ui.keys.actions import bindings
from console.ui.keys.keymap import keymap_of
from console.ui.kit.row_list import RowList

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from console.ui.kit.format import Cells

_IN_SIGHT = 14


class PickList(RowList):
    """The rows, as many of them in sight as there is room for."""

    live_end = "top"

    def __init__(self, rows: Sequence[Cells], at: int) -> None:
        super().__init__(id="picks")
        self._rows = rows
        self._at = at

    def on_mount(self) -> None:
        self.show_all(self._rows)
        self.cursor = self._at

    def show_all(self, rows: Sequence[Cells]) -> None:
        """Show these from now on."""
        self._rows = rows
        self.styles.height = min(len(rows), _IN_SIGHT)
        self.show_rows(len(rows))

    def row(self, index: int, width: int) -> Cells:
        return self._rows[index]


class PickScreen(ModalScreen[int | None]):
    """Dismissed with the position of the row that is taken, or with None on Esc."""

    SCOPE: ClassVar[str] = "pick"
    """Whose keys these are: a subclass has its own."""
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("pick")]

    def __init__(self, title: str, rows: Sequence[Cells], *, at: int = 0) -> None:
        """There must be a row. `at` is the one under the cursor to begin with. All text is safe."""
        super().__init__()
        self._title = title
        self._rows = rows
        self._at = at

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog", classes="-views") as dialog:
            dialog.border_title = Content(self._title)
            dialog.border_subtitle = Content(self.hint())
            yield PickList(self._rows, self._at)

    def hint(self) -> str:
        """Which key does what."""
        keys = keymap_of(self)
        return f"{keys.name(f'{self.SCOPE}.take')} selects, {keys.name(f'{self.SCOPE}.leave')} cancels"

    def action_take(self) -> None:
        self.dismiss(self.query_one(PickList).cursor)

    def action_leave(self) -> None:
        self.dismiss(None)
