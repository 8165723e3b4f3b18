"""What colleagues should know of a port, and whether it is left out of `auto`."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from console.domain.audit import Deed
from console.domain.ports import PortNote
from console.errors import ConsoleError
from console.store import audit
from console.store.undo import Done, Past, Watched

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Mapping, Sequence
    from concurrent.futures import Future

    from console.domain.clock import Clock
    from console.store.inbox.search import Rows

LONGEST_NOTE = 200
"""Characters."""

_COLUMNS = "gateway, port, note, locked_out, operator, at"
_ALL = f"SELECT {_COLUMNS} FROM port_note ORDER BY gateway, port"  # noqa: S608
_NOTE = "SELECT note, locked_out FROM port_note WHERE gateway = ? AND port = ?"
_KEEP = f"INSERT OR REPLACE INTO port_note ({_COLUMNS}) VALUES (?, ?, ?, ?, ?, ?)"  # noqa: S608


class PortNotesReader:
    """Reads the notes, from any thread. Every read raises StoreError when the database can't be read.

    `revision` rises at least when a note may have changed; without it each question looks for itself.
    """

    def __init__(self, rows: Rows, revision: Callable[[], int] | None = None) -> None:
        self._rows = rows
        self._revision = revision
        self._gate = threading.Lock()
        self._seen = -1
        self._notes: Mapping[str, Mapping[int, PortNote]] = {}

    def of(self, gateway: str) -> Mapping[int, PortNote]:
        """The notes of a gateway's ports. Cheap enough for every tick of a screen."""
        revision = self._revision() if self._revision else -1
        with self._gate:
            if revision == -1 or revision != self._seen:
                self._notes = self._read()
                self._seen = revision
            return self._notes.get(gateway, {})

    def locked_out(self, gateway: str) -> frozenset[int]:
        """Ports that are left out where the console chooses."""
        return frozenset(port for port, note in self.of(gateway).items() if note.locked_out)

    def _read(self) -> dict[str, dict[int, PortNote]]:
        found: dict[str, dict[int, PortNote]] = {}
        for gateway, port, note, locked_out, operator, at in self._rows(_ALL, ()):
            found.setdefault(gateway, {})[port] = PortNote(gateway, port, note, bool(locked_out), operator, at)
        return found


class PortNotes(PortNotesReader):
    """Reads the notes, and keeps them."""

    def __init__(self, rows: Rows, past: Past, clock: Clock, revision: Callable[[], int]) -> None:
        super().__init__(rows, revision)
        self._past = past
        self._clock = clock

    def set(self, gateway: str, port: int, note: str, locked_out: bool, operator: str) -> Future[None]:
        """Say this of a port from now on, whatever was said before, and put it in the audit; resolves once that is
        durable. Nothing to say, and not locked out, removes what was said. Raises ConsoleError for a note too long.
        """
        note = note.strip()
        if len(note) > LONGEST_NOTE:
            raise ConsoleError(
                f"A note has at most {LONGEST_NOTE} characters; this one has {len(note)}.", hint="Shorten it."
            )
        kept = PortNote(gateway, port, note, locked_out, operator, self._clock.time())
        return self._past.submit(lambda connection: (None, _write(connection, kept)))

    def lock_all(self, ports: Sequence[tuple[str, int]], locked_out: bool, operator: str) -> Future[None]:
        """Leave ports, each with its gateway, out of what the console chooses from, or let them in again; their notes
        stay as they are then. One write, and one deed to take back.
        """
        at = self._clock.time()

        def lock(connection: sqlite3.Connection) -> tuple[None, Done | None]:
            done: list[Done] = []
            for gateway, port in ports:
                found = connection.execute(_NOTE, (gateway, port)).fetchone()
                kept = PortNote(gateway, port, found[0] if found else "", locked_out, operator, at)
                if (found is not None and bool(found[1])) is not locked_out and (one := _write(connection, kept)):
                    done.append(one)
            if len(done) <= 1:
                return None, done[0] if done else None
            return None, Done(Deed.PORT, "ports", at, [row for one in done for row in one.rows], each=True)

        return self._past.submit(lock)


def _write(connection: sqlite3.Connection, kept: PortNote) -> Done | None:
    target = f"{kept.gateway} port {kept.port}"
    done = Done(Deed.PORT, target, kept.at, [Watched(connection, "port_note", kept.gateway, kept.port)])
    before = connection.execute(_NOTE, (kept.gateway, kept.port)).fetchone()
    was_locked = before is not None and bool(before[1])
    if kept.locked_out != was_locked:
        audit.write(connection, kept.at, kept.operator, "lock out" if kept.locked_out else "let in", target, kept.note)
    if kept.note != (before[0] if before else ""):
        audit.write(connection, kept.at, kept.operator, "note", target, kept.note)
    if kept.note or kept.locked_out:
        row = (kept.gateway, kept.port, kept.note, int(kept.locked_out), kept.operator, kept.at)
        connection.execute(_KEEP, row)
    else:
        connection.execute("DELETE FROM port_note WHERE gateway = ? AND port = ?", (kept.gateway, kept.port))
    return done if done.note(connection) else None
