"""Who asks, and the views of a list at the operator's hands: one is taken, or what is looked for gets a name."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from console.domain.views import ALL, View, is_built_in
from console.protocol.query.fields import Asker
from console.protocol.text.safe import safe
from console.ui.keys.keymap import keymap_of
from console.ui.kit.explain import explained
from console.ui.kit.pane import Searchable
from console.ui.kit.questions import Question

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from console.domain.backend import Backend
    from console.domain.backend.inbox import ViewActs
    from console.domain.clock import Clock
    from console.protocol.query.table import Query
    from console.store import LiveReader
    from console.ui.kit.filter_line import FilterLine


def asker(store: LiveReader, clock: Clock, backend: Backend) -> Callable[[], Asker]:
    """Who asks, now."""
    return lambda: Asker(now=clock.time(), operator=backend.operator(), regions=store.regions.all)


class ViewKeys:
    """What the keys of a list do that can be searched, whichever it is."""

    line: FilterLine
    views: KeptViews

    def action_views(self, name: str = "") -> None:
        self.views.choose(name)

    def action_keep_view(self) -> None:
        self.views.keep()


class CountKeys:
    """What the key of a list does whose values can be counted. It is a `Searchable` as well."""

    def counted(self) -> tuple[Query[Any], Iterator[Any]]:
        """What is looked for, and what a search looks at of each record that is shown; gone through aside."""
        raise NotImplementedError

    def action_count(self, name: str = "") -> None:
        from console.ui.context.counting import CountScreen

        assert isinstance(self, Searchable), "its line is where the operator's choice goes"
        self.app.push_screen(CountScreen(self.counted, name, self.action_search))


class KeptViews:
    """The conversations behind the keys. Each returns at once."""

    def __init__(self, line: FilterLine, store: LiveReader, acts: ViewActs) -> None:
        self._line = line
        self._store = store
        self._acts = acts

    def choose(self, name: str = "") -> None:
        """Let the operator take a view, or forget one; where it is named already, take that (`all` is no view)."""
        from console.ui.context.views import ViewsScreen

        line = self._line
        with explained(line):
            if name:
                self._take(next((view for view in self._store.views.all(line.table.name) if view.name == name), ALL))
                return
            screen = ViewsScreen(self._store.views, self._acts, line.view, of=line.table.name)
            line.app.push_screen(screen, self._take)

    def keep(self) -> None:
        """Give what is looked for a name."""
        from console.ui.kit.dialogs import AskScreen

        line = self._line
        query = line.value.strip()
        if not query or line.problem:
            search, give = map(keymap_of(line).name, (f"{line.table.name}.search", f"{line.table.name}.keep-view"))
            words = line.problem or f"Search for something first ({search}), then {give} saves the search."
            line.notify(words, severity="warning", markup=False)
            return

        def keep(name: str | None) -> None:
            if name:
                self._keep_or_ask(View(name, query, line.table.name))

        remark = f"Search: {query}"
        line.app.push_screen(AskScreen("Name of the saved search", line.view.name, remark=remark), keep)

    def _take(self, view: View | None) -> None:
        if view is not None:
            self._line.show_view(view)

    def _keep_or_ask(self, view: View) -> None:
        """What colleagues look for by a name is not replaced unasked."""
        from console.ui.kit.dialogs import ConfirmScreen

        def keep(confirmed: bool | None) -> None:
            if confirmed:
                self._line.run_worker(self._keep(view), exit_on_error=False)

        with explained(self._line):
            kept = {each.name: each.query for each in self._store.views.all(view.of) if not is_built_in(each)}
            if kept.get(view.name, view.query) == view.query:
                keep(True)
                return
            words = f"Replace the view {view.name} for all users? It now searches for: {kept[view.name]}"
            self._line.app.push_screen(ConfirmScreen(Question.REPLACE_VIEW, safe(words)), keep)

    async def _keep(self, view: View) -> None:
        line = self._line
        with explained(line):
            await asyncio.wrap_future(self._acts.set(view))
            if line.value.strip() == view.query:
                line.show_view(view)
                line.post_asked()
