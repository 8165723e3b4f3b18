"""Messages that wait for their time: they are nobody's, so that whoever sends then takes them, once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from console.domain.messages import DeliveryState, OutboxMessage
from console.errors import StoreError
from console.protocol.rules.timing import Turn, turn
from console.store import presence
from console.store.audit import write
from console.store.outbox import messages as outbox

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection
    from concurrent.futures import Future

    from console.domain.clock import Clock
    from console.protocol.rules.timing import Now
    from console.store.engine.writer import Submit
    from console.store.inbox.search import Rows

_OF_NOBODY = f"SELECT {outbox.COLUMNS} FROM outbox WHERE owner = '' AND state = 'queued' ORDER BY id"  # noqa: S608
_ENDED = f"SELECT {outbox.COLUMNS} FROM outbox WHERE not_after < ? AND state = 'queued' ORDER BY id"  # noqa: S608


class PlannedBook:
    """Reads and writes, both from any thread. A write resolves once it is durable; both raise StoreError."""

    def __init__(self, rows: Rows, submit: Submit, clock: Clock, process: presence.Process) -> None:
        self._rows = rows
        self._submit = submit
        self._clock = clock
        self._process = process

    def waiting(self) -> list[OutboxMessage]:
        """Those that nobody has yet, oldest first."""
        return [outbox.message_of(row) for row in self._rows(_OF_NOBODY, ())]

    def first_begin(self) -> float | None:
        """When the first of those may leave, Unix seconds UTC; None where there is none."""
        found: float | None = self._rows(
            "SELECT min(coalesce(not_before, 0)) FROM outbox WHERE owner = '' AND state = 'queued'", ()
        )[0][0]
        return found

    def first_end(self) -> float | None:
        """When the first of all queued messages, whoever has them, must not leave any more. Unix seconds UTC."""
        found: float | None = self._rows(
            "SELECT min(not_after) FROM outbox WHERE not_after IS NOT NULL AND state = 'queued'", ()
        )[0][0]
        return found

    def take(self, gateways: Collection[str], now: Now) -> Future[list[OutboxMessage]]:
        """Make those whose time has come, and that go by one of these gateways, this process's own."""
        at = self._clock.time()

        def take(connection: sqlite3.Connection) -> list[OutboxMessage]:
            found = map(outbox.message_of, connection.execute(_OF_NOBODY).fetchall())
            due = [one for one in found if one.draft.gateway in gateways and turn(one.draft, now) is Turn.DUE]
            if due:
                presence.beat(connection, self._process, presence.STORE_ROLE, "", at)
            for message in due:
                connection.execute("UPDATE outbox SET owner = ? WHERE id = ?", (self._process.owner, message.id))
            return due

        return self._submit(take)

    def expire(self, now: Now) -> Future[int]:
        """Call off what waits and is too late, whoever has it; how many that were."""
        at = self._clock.time()

        def expire(connection: sqlite3.Connection) -> int:
            late = [outbox.message_of(row) for row in connection.execute(_ENDED, (now.low,)).fetchall()]
            for message in late:
                outbox.call_off_late(connection, message, at)
            return len(late)

        return self._submit(expire)

    def change(
        self, message_id: int, not_before: float | None, not_after: float | None, operator: str
    ) -> Future[OutboxMessage]:
        """Give a QUEUED message another time. Whoever had it has it no more. Raises StoreError for any other."""
        at = self._clock.time()

        def change(connection: sqlite3.Connection) -> OutboxMessage:
            known = outbox.message(connection, message_id)
            if known.state is not DeliveryState.QUEUED:
                raise StoreError(f"message {message_id} is {known.state}", hint="Only a queued one can be rescheduled.")
            connection.execute(
                "UPDATE outbox SET owner = ?, not_before = ?, not_after = ?, updated_at = ? WHERE id = ?",
                (outbox.NOBODY, not_before, not_after, at, message_id),
            )
            write(connection, at, operator, "time", f"message {message_id}")
            return replace(known, updated_at=at, draft=replace(known.draft, not_before=not_before, not_after=not_after))

        return self._submit(change)
