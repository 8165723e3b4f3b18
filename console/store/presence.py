"""Signs of life of the processes on one store: who is there in which role, and who is really gone."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console.domain.presence import Presence

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

STORE_ROLE = "store"
"""The role of every Store that sends: by it is known whose half-sent messages are left behind."""

GRACE = 120.0
"""Seconds without a sign of life after which a process elsewhere is taken for gone. No send is silent for so
long.
"""

COLUMNS = "role, owner, pid, host, address, since, at, released, space, started"
"""In the order that `presence_of` reads."""

_KEPT = 7 * 86_400.0
"""Seconds after which the row of a role that nobody has any more is forgotten."""

_HANDOVER = 10.0
"""Seconds that one may have been silent, and still be the one rather than one that just left."""

_UNTOLD = 1.0
"""Seconds between giving up a role and taking it up that are no gap to speak of."""


@dataclass(frozen=True, slots=True)
class Process:
    """This process, so that another can tell whether it is still there."""

    owner: str
    pid: int
    host: str
    space: str
    """The namespace that `pid` is counted in; two containers may share a host's name. Empty when not known."""
    started: str
    """When the process started, in the kernel's own count: a number is given again. Empty when not known."""

    @classmethod
    def own(cls, owner: str) -> Process:
        """The one that calls."""
        pid = os.getpid()
        return cls(owner, pid, os.uname().nodename, _space(), _started(pid))


def beat(connection: sqlite3.Connection, process: Process, role: str, address: str, at: float) -> None:
    """Note that `process` is there in `role`; every role that it has is heard with it."""
    connection.execute(
        "INSERT INTO presence (role, owner, pid, host, address, since, at, released, space, started) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, 0, ?, ?) ON CONFLICT (role, owner) DO UPDATE SET address = excluded.address, "
        "pid = excluded.pid, started = excluded.started, at = excluded.at, released = 0, "
        "since = CASE released WHEN 0 THEN since ELSE excluded.since END",
        (role, process.owner, process.pid, process.host, address, at, at, process.space, process.started),
    )
    hear(connection, process.owner, at)
    connection.execute(
        "DELETE FROM presence WHERE at < ? AND owner <> ? AND role = ?", (at - _KEPT, process.owner, role)
    )


def take(connection: sqlite3.Connection, process: Process, role: str, at: float, grace: float) -> bool:
    """Note that `process` has a role that one process has at a time; False where another has it. To be said again and
    again: who is silent for `grace` seconds loses it.
    """
    others = set(those_there(connection, role, at, grace)) - {process.owner}
    if not others:
        beat(connection, process, role, "", at)
    return not others


def hear(connection: sqlite3.Connection, owner: str, at: float) -> None:
    """The process did something: it is there, in every role it has."""
    connection.execute("UPDATE presence SET at = ? WHERE owner = ? AND released = 0", (at, owner))


def release(connection: sqlite3.Connection, owner: str, role: str, at: float) -> None:
    """Note that `owner` gave `role` up just now."""
    connection.execute(
        "UPDATE presence SET at = ?, released = 1 WHERE role = ? AND owner = ? AND released = 0", (at, role, owner)
    )


def release_all(connection: sqlite3.Connection, owner: str) -> None:
    """Note that `owner` gave up what it still had, some time after its last beat."""
    connection.execute("UPDATE presence SET released = 1 WHERE owner = ? AND released = 0", (owner,))


def presence_of(row: Sequence[Any]) -> Presence:
    """A row of COLUMNS as a record; looks whether the process exists."""
    role, owner, pid, host, address, since, at, released, space, started = row
    alive = not _is_dead(pid, host, space, started)
    return Presence(role, owner, pid, host, address, since, at, bool(released), alive)


def stale_since(connection: sqlite3.Connection, role: str, now: float, grace: float) -> float | None:
    """Since when nobody has had `role`; None when somebody may still have it, nobody ever had, or nobody knows."""
    rows = connection.execute(f"SELECT {COLUMNS} FROM presence WHERE role = ?", (role,))  # noqa: S608
    last = last_of([found for found in map(presence_of, rows) if found.alive or not found.is_from_the_future(now)])
    if last is None:
        return None
    # Of one that is certainly gone the last word is the truth, however short ago that was.
    is_over = last.released or not last.alive
    return last.at if now - last.at > (min(grace, _UNTOLD) if is_over else grace) else None


def last_of(found: Sequence[Presence]) -> Presence | None:
    """The one that has the role, else the one that had it last. While one hands over to another both were
    heard just now: then it is the one that stays.
    """

    def heard(one: Presence) -> float:
        return one.at + (_HANDOVER if one.alive and not one.released else 0.0)

    return max(found, key=heard, default=None)


def those_there(connection: sqlite3.Connection, role: str, now: float, grace: float) -> list[str]:
    """Owners that have `role` and are not known to be gone."""
    rows = connection.execute(f"SELECT {COLUMNS} FROM presence WHERE role = ?", (role,))  # noqa: S608
    return [found.owner for found in map(presence_of, rows) if found.is_fresh(now, grace)]


def _is_dead(pid: int, host: str, space: str, started: str) -> bool:
    """True only when it is certain: a process of this machine that does not exist, or whose number another
    has.
    """
    if host != os.uname().nodename or space != _space():
        return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    except OSError:
        pass  # There, and another user's.
    return bool(started) and _started(pid) != started


def _space() -> str:
    try:
        return str(Path("/proc/self/ns/pid").readlink())
    except OSError:
        return ""


def _started(pid: int) -> str:
    """Field 22 of `/proc/PID/stat`, counted behind the name, which may hold blanks and brackets. Empty for
    one that has died and only waits for its parent.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_bytes().rpartition(b")")[2].split()
    except OSError:
        return ""
    if len(fields) <= 19 or fields[0] == b"Z":
        return ""
    return fields[19].decode("ascii", "replace")
