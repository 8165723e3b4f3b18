"""Marking as read whatever came, or whatever came by one gateway."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from console.errors import ConsoleError
from console.protocol.search_query import SearchQuery

if TYPE_CHECKING:
    from textual.widget import Widget

    from console.store import Store

AT_ONCE = 1_000
"""Messages that one write marks as read."""


def mark_all_read(widget: Widget, store: Store, gateway: str) -> None:
    """Mark the messages of this gateway; of all, where it is empty. Returns at once, and tells trouble in a toast."""
    if not gateway:
        store.mark_all_read()
        return

    def go() -> None:
        """Aside: there may be many. Many small writes, so that callbacks get in between."""
        try:
            ids = store.search_ids(SearchQuery(read=False, within=gateway))
            while some := list(islice(ids, AT_ONCE)):
                store.mark_read(some).result()
        except ConsoleError as error:
            widget.app.call_from_thread(widget.notify, str(error), severity="error", markup=False)

    widget.run_worker(go, group="all-read", thread=True, exit_on_error=False)
