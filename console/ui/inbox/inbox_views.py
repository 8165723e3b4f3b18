"""The views of the inbox at the operator's hands: one is taken, or what is looked for gets a name."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from console.domain.views import ALL_MESSAGES, View, is_built_in
from console.protocol.text.safe import safe
from console.ui.keys.keymap import keymap_of
from console.ui.kit.explain import explained
from console.ui.kit.questions import Question

if TYPE_CHECKING:
    from collections.abc import Callable

    from console.domain.backend.inbox import ViewActs
    from console.store import LiveReader
    from console.ui.inbox.search_line import SearchLine


class InboxViews:
    """The conversations behind the keys. Each returns at once."""

    def __init__(self, line: SearchLine, store: LiveReader, views: ViewActs, turned: Callable[[], None]) -> None:
        """`turned` is called once the view in the line may be another."""
        self._line = line
        self._store = store
        self._views = views
        self._turned = turned

    def choose(self, name: str = "") -> None:
        """Let the operator take a view, or forget one; where it is named already, take that (`all` is no view)."""
        from console.ui.inbox.views import ViewsScreen

        line = self._line
        with explained(line):
            if name:
                self._take(next((view for view in self._store.views.all() if view.name == name), ALL_MESSAGES))
                return
            line.app.push_screen(ViewsScreen(self._store.views, self._views, line.view), self._take)

    def keep(self) -> None:
        """Give what is looked for a name."""
        from console.ui.kit.dialogs import AskScreen

        line = self._line
        if line.wanted.is_empty:
            search, give = map(keymap_of(line).name, ("inbox.search", "inbox.keep-view"))
            words = f"Search for something first ({search}), then {give} gives it a name."
            line.notify(words, severity="warning", markup=False)
            return
        query = line.value

        def keep(name: str | None) -> None:
            if name:
                self._keep_or_ask(View(name, query))

        remark = f"For: {query}"
        line.app.push_screen(AskScreen("Name of this view", line.view.name, remark=remark), keep)

    def _take(self, view: View | None) -> None:
        if view is not None:
            self._line.show_view(view)
            with explained(self._line):
                self._turned()

    def _keep_or_ask(self, view: View) -> None:
        """What colleagues look for by a name is not replaced unasked."""
        from console.ui.kit.dialogs import ConfirmScreen

        def keep(confirmed: bool | None) -> None:
            if confirmed:
                self._line.run_worker(self._keep(view), exit_on_error=False)

        with explained(self._line):
            kept = {each.name: each.query for each in self._store.views.all() if not is_built_in(each.name)}
            if kept.get(view.name, view.query) == view.query:
                keep(True)
                return
            words = f"Replace the view {view.name}, for everybody? It looks for: {kept[view.name]}"
            self._line.app.push_screen(ConfirmScreen(Question.REPLACE_VIEW, safe(words)), keep)

    async def _keep(self, view: View) -> None:
        line = self._line
        with explained(line):
            await asyncio.wrap_future(self._views.set(view.name, view.query))
            if line.value == view.query:
                line.view = view
            self._turned()
