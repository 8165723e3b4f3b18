"""Marking what the inbox shows as read: it is so for all colleagues, so more than a few are asked about."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from console.protocol.query.inbox import UNREAD
from console.protocol.text.safe import safe
from console.ui.keys.keymap import keymap_of
from console.ui.kit.explain import explained
from console.ui.kit.format import FEW, plural
from console.ui.kit.questions import Question

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.widget import Widget

    from console.domain.backend import Backend
    from console.protocol.query.inbox import Searched
    from console.protocol.query.table import Query
    from console.store import LiveReader
    from console.ui.kit.search_line import SearchLine


class ReadingAll:
    """The conversation behind the key. What comes while it is asked is not marked: nobody saw it."""

    def __init__(self, widget: Widget, store: LiveReader, backend: Backend, line: SearchLine) -> None:
        """`widget` is any that stays on its screen, `line` says what is looked for."""
        self._widget = widget
        self._store = store
        self._backend = backend
        self._line = line

    def read_all(self, query: Query[Searched], found: Sequence[int] | None) -> None:
        """Mark what is shown: what `query` asks for, of which the rows show `found`; None: all. Returns at once."""
        which = self._which(query)
        with explained(self._widget):
            number, ids = self._unread(found)
            if not number:
                self._widget.notify(f"Nothing {safe(which) or 'in the inbox'} is unread.", markup=False)
            elif number <= FEW:
                self._mark(ids, which)
            else:
                self._ask(number, ids, which)

    def read_marked(self, ids: Sequence[int]) -> None:
        """Mark these as read: each was marked by hand, or their number was told."""
        with explained(self._widget):
            unread = [message.id for message in self._store.inbox_messages(ids) if not message.read]
            if unread:
                self._mark(lambda: unread, "marked")
            else:
                self._widget.notify(f"{plural(len(ids), 'message')} read already.", markup=False)

    def _unread(self, found: Sequence[int] | None) -> tuple[int, Callable[[], Sequence[int]]]:
        """How many of them, and which: that may take its time."""
        store = self._store
        if found is not None:
            unread = [message.id for message in store.inbox_messages(found) if not message.read]
            return len(unread), lambda: unread
        newest = store.mark().entry
        return store.unread_count(), lambda: [each for each in store.search_ids(UNREAD) if each <= newest]

    def _which(self, query: Query[Searched]) -> str:
        """Which of the inbox are shown; empty for all."""
        words = self._line.value.strip()
        return " ".join(
            filter(None, (f"found by {words}" if words else "", f"of {query.within}" if query.within else ""))
        )

    def _ask(self, number: int, ids: Callable[[], Sequence[int]], which: str) -> None:
        from console.ui.kit.dialogs import ConfirmScreen

        def go(confirmed: bool | None) -> None:
            if confirmed:
                self._mark(ids, which)

        words = f"Mark {plural(number, 'message')} {safe(which)}".rstrip()
        self._widget.app.push_screen(ConfirmScreen(Question.READ_ALL, f"{words} as read for all users?"), go)

    def _mark(self, ids: Callable[[], Sequence[int]], which: str) -> None:
        self._widget.app.run_worker(self._marked(ids, which), exit_on_error=False)

    async def _marked(self, ids: Callable[[], Sequence[int]], which: str) -> None:
        marks, operator = self._backend.read_marks, self._backend.operator()
        with explained(self._widget):
            unread = await asyncio.to_thread(ids)
            marked = await asyncio.wrap_future(marks.mark_all_read(unread, operator, which))
            undo = keymap_of(self._widget).name("app.undo")
            self._widget.notify(f"{plural(marked, 'message')} marked as read; {undo} undoes that.", markup=False)
