"""Views: searches worth a name, of whichever list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.domain.views import BUILT_IN, LONGEST_NAME, View, is_built_in
from console.errors import ConsoleError

if TYPE_CHECKING:
    import sqlite3
    from concurrent.futures import Future

    from console.store.engine.writer import Submit
    from console.store.inbox.search import Rows


class ViewsReader:
    """Reads the views, from any thread. Every read raises StoreError when the database can't be read."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def all(self, of: str) -> list[View]:
        """Those of a list: that are always there, then that were kept, by name."""
        kept = self._rows("SELECT name, query, list FROM view WHERE list = ? ORDER BY name", (of,))
        return [*(view for view in BUILT_IN if view.of == of), *(View(*row) for row in kept)]

    def query_of(self, name: str, of: str) -> str | None:
        """What a view of a list asks for; None when there is none of that name."""
        return next((view.query for view in self.all(of) if view.name == name), None)


class Views(ViewsReader):
    """Reads the views, keeps and removes them."""

    def __init__(self, rows: Rows, submit: Submit) -> None:
        super().__init__(rows)
        self._submit = submit

    def set(self, view: View) -> Future[None]:
        """Keep a search under its name, in place of what had it before; resolves once that is durable.

        Raises ConsoleError for a name that can't be one: empty, too long, or that of a view that is always there.
        """
        if not view.name.strip() or len(view.name) > LONGEST_NAME:
            raise ConsoleError("That is not a valid name for a view.", hint=f"It has 1 to {LONGEST_NAME} characters.")
        _refuse_built_in(view)

        def keep(connection: sqlite3.Connection) -> None:
            connection.execute("INSERT OR REPLACE INTO view (name, query, list) VALUES (?, ?, ?)", view)

        return self._submit(keep)

    def remove(self, view: View) -> Future[None]:
        """Forget a view; nothing happens when there is none. Raises ConsoleError for one that is always there."""
        _refuse_built_in(view)

        def forget(connection: sqlite3.Connection) -> None:
            connection.execute("DELETE FROM view WHERE name = ? AND list = ?", (view.name, view.of))

        return self._submit(forget)


def _refuse_built_in(view: View) -> None:
    if is_built_in(view):
        raise ConsoleError(f"The view `{view.name}` is built in.", hint="Choose another name.")
