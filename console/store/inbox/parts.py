"""Whether the parts of a long SMS are shown as one text or apart: what a person says of it stays."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.store.audit import write

if TYPE_CHECKING:
    import sqlite3
    from concurrent.futures import Future

    from console.domain.clock import Clock
    from console.store.engine.writer import Submit


class Parts:
    """Takes the parts of an entry of the inbox apart, and joins them. Each change is in the audit."""

    def __init__(self, submit: Submit, clock: Clock) -> None:
        self._submit = submit
        self._clock = clock

    def set_apart(self, entry: int, operator: str, *, apart: bool) -> Future[bool]:
        """Show the parts apart, or joined; whether that changed anything. Nothing changes for an SMS in one piece."""
        at = self._clock.time()

        def change(connection: sqlite3.Connection) -> bool:
            changed = connection.execute(
                "UPDATE inbox SET apart = ? WHERE id = ? AND parts > 1 AND coalesce(apart, 0) != ?",
                (apart, entry, apart),
            ).rowcount
            if changed:
                write(connection, at, operator, "take apart" if apart else "join", f"inbox entry {entry}")
            return bool(changed)

        return self._submit(change)
