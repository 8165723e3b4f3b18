"""The views of a list, to take one or to forget one."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen

from console.domain.views import ALL, View, is_built_in
from console.protocol.text.safe import safe
from console.ui.keys.actions import bindings
from console.ui.keys.keymap import keymap_of
from console.ui.kit.dialogs import ConfirmScreen
from console.ui.kit.explain import explained
from console.ui.kit.format import Cells, fit
from console.ui.kit.questions import Question
from console.ui.kit.row_list import RowList

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from console.domain.backend.inbox import ViewActs
    from console.store.views import ViewsReader

_NAME = 20
_NUMBERED = 10
"""Views that have a number: one digit."""

_IN_SIGHT = 14


class ViewList(RowList):
    """Everything, then the views: number, name, query."""

    live_end = "top"

    def __init__(self, views: list[View]) -> None:
        super().__init__(id="views")
        self.views = views

    def on_mount(self) -> None:
        self.show_views(self.views)

    def show_views(self, views: list[View]) -> None:
        self.views = views
        self.styles.height = min(len(views), _IN_SIGHT)
        self.show_rows(len(views))

    def row(self, index: int, width: int) -> Cells:
        view = self.views[index]
        number = str(index) if index < _NUMBERED else " "
        if view == ALL:
            return [(f"{number} ", "key"), ("All", "strong")]
        return [(f"{number} ", "key"), (f"{fit(safe(view.name), _NAME)}  ", "strong"), (safe(view.query), "quiet")]


class ViewsScreen(ModalScreen[View | None]):
    """Dismissed with the view to show (`ALL` for none), or with None on Esc."""

    # A digit before the list, so that what is typed behind it goes where it belongs.
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("views")]

    def __init__(self, kept: ViewsReader, acts: ViewActs, shown: View, *, of: str) -> None:
        """`of` names the list. Raises StoreError when the views can't be read."""
        super().__init__()
        self._kept = kept
        self._of = of
        self._acts = acts
        self._views = self._all()
        self._shown = shown

    def _all(self) -> list[View]:
        return [ALL, *self._kept.all(self._of)]

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog", classes="-views") as dialog:
            dialog.border_title = "Views"
            keys = keymap_of(self)
            take, forget, leave = map(keys.name, ("list.open", "views.delete", "views.leave"))
            dialog.border_subtitle = Content(f"{take} or a digit selects, {forget} deletes, {leave} cancels")
            yield ViewList(self._views)

    def on_mount(self) -> None:
        if self._shown in self._views:
            self.query_one(ViewList).cursor = self._views.index(self._shown)

    def on_row_list_chosen(self) -> None:
        self.action_take(self.query_one(ViewList).cursor)

    def action_take(self, number: int) -> None:
        views = self.query_one(ViewList).views
        if number < len(views):
            self.dismiss(views[number])

    def action_leave(self) -> None:
        self.dismiss(None)

    def action_delete(self) -> None:
        rows = self.query_one(ViewList)
        view = rows.views[rows.cursor]
        if view == ALL or is_built_in(view):
            self.notify("This view is built in.", severity="warning")
            return

        def forget(confirmed: bool | None) -> None:
            if confirmed:
                self._forget(view)

        question = f"Delete the view {safe(view.name)} for all users? Its messages are kept."
        self.app.push_screen(ConfirmScreen(Question.FORGET_VIEW, question), forget)

    @work(exit_on_error=False)
    async def _forget(self, view: View) -> None:
        with explained(self.query_one(ViewList)):
            await asyncio.wrap_future(self._acts.remove(view))
            self.query_one(ViewList).show_views(self._all())
