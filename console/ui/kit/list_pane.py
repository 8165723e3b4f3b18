"""A pane that is a list, with a line above it that says which of its rows are wanted."""

from __future__ import annotations

from typing import ClassVar

from console.ui.kit.filter_line import FilterLine
from console.ui.kit.pane import Pane
from console.ui.kit.row_list import RowList


class ListPane(Pane):
    """A subclass composes a list of type `LIST` and one `FilterLine`."""

    LIST: ClassVar[type[RowList]] = RowList

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """In the line letters are text, so the keys of this pane rest."""
        focused = self.screen.focused
        return not (isinstance(focused, FilterLine) and focused.parent is self)

    def focus_first(self) -> None:
        self.focus_list()

    def focus_list(self) -> None:
        """Go to the rows."""
        self.give_focus(self.query_one(self.LIST))

    def action_search(self) -> None:
        self.query_one(FilterLine).open()

    def on_filter_line_left(self) -> None:
        self.focus_list()
