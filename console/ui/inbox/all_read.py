"""Marking as read whatever came, or whatever came by one gateway."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from console.errors import ConsoleError
from console.protocol.text.search_query import SearchQuery
from console.ui.kit.format import plural

if TYPE_CHECKING:
    from textual.widget import Widget

    from console.store import Store

AT_ONCE = 1_000
"""Messages that one write marks as read."""


def mark_all_read(widget: Widget, store: Store, gateway: str) -> None:
    """Mark the messages of this gateway; of all, where it is empty. Returns at once; a toast tells how many, or why
    not, when it is done.
    """

    def go() -> None:
        try:
            marked = _mark(store, gateway)
        except ConsoleError as error:
            widget.app.call_from_thread(widget.notify, str(error), severity="error", markup=False)
        else:
            if marked:
                widget.app.call_from_thread(widget.notify, f"{plural(marked, 'message')} marked as read.")

    widget.run_worker(go, group="all-read", thread=True, exit_on_error=False)


def _mark(store: Store, gateway: str) -> int:
    """Of one gateway there may be many: they are many small writes, so that callbacks get in between."""
    if not gateway:
        unread = store.unread_count()
        store.mark_all_read().result()
        return unread
    ids, marked = store.search_ids(SearchQuery(read=False, within=gateway)), 0
    while some := list(islice(ids, AT_ONCE)):
        store.mark_read(some).result()
        marked += len(some)
    return marked
