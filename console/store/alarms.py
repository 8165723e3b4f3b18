"""What is and was wrong: raised once whoever sees it, acknowledged by name, cleared with its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.domain.alarms import Alarm, AlarmKind
from console.store import audit, presence
from console.store.ports import sims

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator, Sequence
    from concurrent.futures import Future

    from console.domain.alarms import Condition
    from console.domain.clock import Clock
    from console.store.engine.writer import Submit
    from console.store.inbox.search import Rows

WATCH_ROLE = "watch"
"""The role of the one process that raises and clears the alarms of this store."""

WATCH_GRACE = 5.0
"""Seconds without a sign of life after which nobody counts on that process, and another takes up the watch."""

_AT_ONCE = 500
_COLUMNS = "id, kind, gateway, port, words, raised_at, cleared_at, acknowledged_at, acknowledged_by"
_SELECT = f"SELECT {_COLUMNS} FROM alarm"  # noqa: S608
_RAISE = (
    "INSERT INTO alarm (kind, gateway, port, words, raised_at) VALUES (?, ?, ?, ?, ?) "
    "ON CONFLICT (kind, gateway, port) WHERE cleared_at IS NULL DO NOTHING"
)


class AlarmsReader:
    """Reads the alarms, from any thread. Every read raises StoreError when the database can't be read."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def open(self) -> list[Alarm]:
        """Those that last: what nobody acknowledged first, the newest of them on top."""
        rows = self._rows(f"{_SELECT} WHERE cleared_at IS NULL ORDER BY acknowledged_at IS NOT NULL, id DESC", ())
        return [_alarm(row) for row in rows]

    def history(self, count: int, first: int = 0) -> list[Alarm]:
        """`count` of those that are over, from position `first`, the newest raised on top."""
        query = f"{_SELECT} WHERE cleared_at IS NOT NULL ORDER BY id DESC LIMIT ? OFFSET ?"
        return [_alarm(row) for row in self._rows(query, (count, first))]

    def every(self) -> Iterator[Alarm]:
        """All that are and were, the newest raised on top; read as far as they are gone through."""
        below = 2**62
        while rows := self._rows(f"{_SELECT} WHERE id < ? ORDER BY id DESC LIMIT ?", (below, _AT_ONCE)):
            yield from map(_alarm, rows)
            below = rows[-1][0]

    def place_in_history(self, alarm_id: int) -> int:
        """How many of those that are over were raised after this one."""
        query = "SELECT count(*) FROM alarm WHERE cleared_at IS NOT NULL AND id > ?"
        return int(self._rows(query, (alarm_id,))[0][0])

    def of_port(self, gateway: str, port: int, count: int) -> list[Alarm]:
        """The last `count` of a port, open or over, newest first. Port 0 is the gateway as a whole."""
        query = f"{_SELECT} WHERE gateway = ? AND port = ? ORDER BY id DESC LIMIT ?"
        return [_alarm(row) for row in self._rows(query, (gateway, port, count))]

    def with_ids(self, ids: Iterable[int]) -> list[Alarm]:
        """The alarms of these ids, in their order. What is not there is left out."""
        found = (self._rows(f"{_SELECT} WHERE id = ?", (alarm_id,)) for alarm_id in ids)
        return [_alarm(rows[0]) for rows in found if rows]

    def counts(self) -> tuple[int, int]:
        """How many last, and how many are over."""
        counted = self._rows("SELECT count(*) FILTER (WHERE cleared_at IS NULL), count(*) FROM alarm", ())[0]
        return counted[0], counted[1] - counted[0]


class Alarms(AlarmsReader):
    """Reads and writes. A write returns a future that resolves once its commit is durable."""

    def __init__(self, rows: Rows, submit: Submit, clock: Clock, process: presence.Process) -> None:
        super().__init__(rows)
        self._submit = submit
        self._clock = clock
        self._process = process

    def raise_(self, condition: Condition) -> Future[Alarm | None]:
        """Write down that it holds from now on; None when that is written down already, by whichever process."""
        at = self._clock.time()

        def keep(connection: sqlite3.Connection) -> Alarm | None:
            added = connection.execute(
                _RAISE, (condition.kind.code, condition.gateway, condition.port, condition.words, at)
            )
            return _read(connection, added.lastrowid) if added.rowcount else None

        return self._submit(keep)

    def clear(self, alarm_id: int) -> Future[Alarm | None]:
        """Write down that it is over, and return it as it is then; None when that is written down already."""
        at = self._clock.time()

        def end(connection: sqlite3.Connection) -> Alarm | None:
            ended = connection.execute(
                "UPDATE alarm SET cleared_at = max(?, raised_at) WHERE id = ? AND cleared_at IS NULL", (at, alarm_id)
            )
            return _read(connection, alarm_id) if ended.rowcount else None

        return self._submit(end)

    def acknowledge(self, ids: Sequence[int], operator: str) -> Future[int]:
        """Write down that an operator has seen those of them that last and that nobody acknowledged before; how many
        these were. Each is in the audit. Of another SIM it says that this is the right one.
        """
        at, wanted = self._clock.time(), tuple(ids)

        def mark(connection: sqlite3.Connection) -> int:
            marked = 0
            for alarm_id in wanted:
                alarm = _read(connection, alarm_id)
                if alarm is None or not alarm.is_open or alarm.acknowledged_at is not None:
                    continue
                place = f"{alarm.gateway} port {alarm.port}" if alarm.port else alarm.gateway
                words = f"{alarm.kind} {place}".strip()
                if alarm.kind is AlarmKind.OTHER_SIM:
                    words += f": IMSI {sims.accept(connection, alarm.gateway, alarm.port)} is the SIM now"
                audit.write(connection, at, operator, "acknowledge", f"alarm {alarm_id}", words)
                connection.execute(
                    "UPDATE alarm SET acknowledged_at = ?, acknowledged_by = ? WHERE id = ?", (at, operator, alarm_id)
                )
                marked += 1
            return marked

        return self._submit(mark)

    # ---- who watches ----------------------------------------------------------------------------------------

    def take_watch(self) -> Future[bool]:
        """Say that this process watches; False when another one does. To be said again and again."""
        at = self._clock.time()
        return self._submit(
            lambda connection: presence.take(connection, self._process, WATCH_ROLE, at, WATCH_GRACE), quiet=True
        )

    def leave_watch(self) -> Future[None]:
        """Say that this process watches no more, so that another may at once."""
        at = self._clock.time()
        return self._submit(
            lambda connection: presence.release(connection, self._process.owner, WATCH_ROLE, at), quiet=True
        )


def _read(connection: sqlite3.Connection, alarm_id: int | None) -> Alarm | None:
    row = connection.execute(f"{_SELECT} WHERE id = ?", (alarm_id,)).fetchone()
    return None if row is None else _alarm(row)


def _alarm(row: Sequence[Any]) -> Alarm:
    alarm_id, kind, *rest = row
    return Alarm(alarm_id, AlarmKind.from_code(kind), *rest)
