"""What is done where somebody changed the database's files under us: what was acknowledged is brought to where it is
found, and nothing that is left behind may spoil the database that is there now.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import sqlite3

from console.store.engine.copies import aside, copy_into
from console.store.engine.guard import COMPANIONS, Changed, Guard, What

_AGAIN = "Restart the console; `gsm-console receive` continues by itself."


def rescue(connection: sqlite3.Connection, guard: Guard, changed: Changed) -> None:
    """Do what can be done; `connection` writes by the files that we hold. Returns where the same database can be opened
    anew at once. Raises Changed with words for the operator where it is another one now, or lacks something.
    """
    try:
        if changed.what is What.NAMES:
            _bring_home(connection, guard)
            if guard.is_held(""):
                return
            changed = Changed(What.MAIN, "the file was moved or removed while it was in use")
        said = _DONE[changed.what](connection, guard)
    except (sqlite3.Error, OSError) as error:
        said = f"what was not yet in its main file could not be saved ({error})"
    failed = Changed(changed.what, f"{changed.strerror}: {said}" if said else str(changed.strerror))
    failed.hint = _AGAIN
    raise failed


def _bring_home(connection: sqlite3.Connection, guard: Guard) -> None:
    """All that was written is in files without a name: bring it into the main file, which has one."""
    index = guard.index()
    companion = guard.path.with_name(f"{guard.path.name}-wal")
    is_begun = not guard.is_held("-wal") and companion.exists() and companion.stat().st_size > 0
    if index is not None and is_begun and index.written_back == index.frames:
        return  # Another process of ours did it, and went on.
    if index is None or is_begun:
        kept = aside(guard.path)
        copy_into(connection, kept)
        raise OSError(0, f"another program wrote to it; what was received before is in {kept}")
    _write_back(connection, "FULL")
    if guard.is_held("-wal"):
        companion.unlink()


def _write_back(connection: sqlite3.Connection, how: str) -> None:
    """Bring all of the `-wal` that we hold into the main file that we hold."""
    busy, frames, written = connection.execute(f"PRAGMA wal_checkpoint({how})").fetchone()
    if busy or frames != written:
        raise sqlite3.OperationalError("it is being read all the time")


def _leave_main(connection: sqlite3.Connection, guard: Guard) -> str:
    """The name belongs to another file, or to none. Ours is made whole; a `-wal` of it must not be taken for that of
    the file which is there now.
    """
    is_ours = guard.is_held("-wal")
    said = ""
    if guard.is_removed():
        kept = aside(guard.path)
        copy_into(connection, kept)
        said = f"what was received before is in {kept}"
    _write_back(connection, "TRUNCATE" if is_ours else "FULL")
    if is_ours:
        _remove_companions(guard)
    return said


def _leave_wal(connection: sqlite3.Connection, guard: Guard) -> str:
    """The main file is not the one that the `-wal` belongs to: together they would be neither."""
    if not guard.is_held("-wal"):
        return ""
    companion = guard.path.with_name(f"{guard.path.name}-wal")
    kept = aside(guard.path)
    kept = kept.with_name(f"{kept.name}-wal")
    shutil.copyfile(companion, kept)
    kept.chmod(0o600)
    # Empty, nobody who still holds it can bring its pages into the main file.
    os.truncate(companion, 0)
    _forget_index(connection, guard)
    _remove_companions(guard)
    return f"the last seconds of the old database are in {kept}"


def _leave_what_was_cut(connection: sqlite3.Connection, guard: Guard) -> str:
    """What is sound at the start of the `-wal` belongs to the main file."""
    _forget_index(connection, guard)
    if guard.is_held("-shm"):
        guard.path.with_name(f"{guard.path.name}-shm").unlink()
    return "what was received in the last seconds may be lost"


def _forget_index(connection: sqlite3.Connection, guard: Guard) -> None:
    """While nobody else writes, who would write it again."""
    with contextlib.suppress(sqlite3.Error):
        connection.execute("BEGIN IMMEDIATE")
    try:
        guard.forget_index()
    finally:
        if connection.in_transaction:
            connection.execute("ROLLBACK")


def _remove_companions(guard: Guard) -> None:
    for name in COMPANIONS:
        if guard.is_held(name):
            guard.path.with_name(guard.path.name + name).unlink()


_DONE = {What.MAIN: _leave_main, What.WRITTEN_OVER: _leave_wal, What.CUT: _leave_what_was_cut}
