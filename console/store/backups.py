"""Backups: a whole copy made while others write, and one brought back in the place of what is there."""

from __future__ import annotations

import contextlib
import fcntl
import os
from dataclasses import dataclass
from typing import TYPE_CHECKING

from console.errors import StoreError
from console.store.audit import write
from console.store.engine.copies import aside, copy_into, sync
from console.store.engine.failure import explained
from console.store.engine.guard import COMPANIONS
from console.store.engine.opening import connect, open_database, refuse_foreign

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path

_PATIENCE = 5.0
"""Seconds that a reading waits for whoever holds the database locked."""

_LOCKED_WHILE_OPEN = (510, 0x40000002)
"""Length and start of the bytes of the main file that whoever has it open has locked (sqlite.org/lockingv3.html)."""

_LEFT_BEHIND = "restored"
"""As the owner of a message: a process that is gone."""

_IS_ITS_OWN = "Copy it elsewhere first, and name the copy."


@dataclass(frozen=True, slots=True)
class Held:
    """What a database holds."""

    received: int
    """Entries of the inbox."""
    sent: int
    """Messages of the outbox."""
    newest_at: float | None
    """When the newest of both came or was written, Unix seconds UTC."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What a restore did."""

    held: Held
    before: Path | None
    """Where what was there is now."""
    waiting: int
    """Messages that were still to be sent when the backup was made: they may have been sent since."""


def backup(database: Path, target: Path, *, replace: bool = False) -> Held:
    """Copy a database that may be in use into one private file, which is looked through before it takes its name.

    Raises StoreError, also where there is such a file already, unless it may be replaced.
    """
    if target.exists() and (not replace or target.samefile(database)):
        raise StoreError(f"{target} already exists", hint="Choose another file, or replace it with --replace.")
    with _beside(target, "writing the backup") as made:
        with _opened(database) as source:
            copy_into(source, made)
        held = _looked_through(made)
        made.replace(target)
        sync(target.parent)
    return held


def restore(source: Path, database: Path, *, at: float, operator: str) -> Restored:
    """Put a copy of `source` in the place of the database, and what was there aside, whole. What was still to be sent
    by it waits for a person's yes, and the audit says who did it, when (`at`, Unix seconds UTC).

    Raises StoreError, also where somebody has the database open.
    """
    _looked_through(source)
    with explained(database, "restoring"):
        database = database.resolve()
        if database.exists() and database.samefile(source):
            raise StoreError(f"{source} is the database itself", hint=_IS_ITS_OWN)
        for folder in reversed([one for one in database.parents if not one.exists()]):
            folder.mkdir(mode=0o700)
    with _beside(database, "restoring") as made, _kept_closed(database):
        with _opened(source) as backed_up:
            copy_into(backed_up, made)
        waiting = _left_behind(made, source, at, operator)
        held = _looked_through(made)
        before = _put_aside(database, made)
        made.replace(database)
        sync(database.parent)
    return Restored(held, before, waiting)


@contextlib.contextmanager
def _beside(target: Path, doing: str) -> Iterator[Path]:
    """The name of a file to be made, which is in the same folder and gone afterwards if nobody gave it another."""
    made = target.with_name(f".{target.name}.{os.getpid()}")
    with explained(target, doing):
        try:
            yield made
        finally:
            for name in ("", *COMPANIONS):
                made.with_name(made.name + name).unlink(missing_ok=True)


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[sqlite3.Connection]:
    """To read. Raises StoreError where it is none of ours, or a newer one."""
    if not path.exists():
        raise StoreError(f"there is no database {path}", hint="Check the name of the file.")
    with explained(path, "reading"), contextlib.closing(connect(path, busy_timeout=_PATIENCE)) as connection:
        refuse_foreign(connection, path)
        yield connection


def _looked_through(path: Path) -> Held:
    """Raises StoreError where it is damaged or not ours."""
    with _opened(path) as connection:
        if connection.execute("PRAGMA application_id").fetchone()[0] == 0:
            raise StoreError(f"{path} is empty: it was not written by gsm-console", hint="Check the name of the file.")
        found = [row[0] for row in connection.execute("PRAGMA integrity_check(3)")]
        if found != ["ok"]:
            raise StoreError(
                f"{path} is damaged: {found[0]}", hint="Recover what is in it with `sqlite3 FILE .recover`."
            )
        newest = (
            "SELECT max(at) FROM (SELECT max(received_at) AS at FROM inbox UNION SELECT max(created_at) FROM outbox)"
        )
        return Held(
            connection.execute("SELECT count(*) FROM inbox").fetchone()[0],
            connection.execute("SELECT count(*) FROM outbox").fetchone()[0],
            connection.execute(newest).fetchone()[0],
        )


@contextlib.contextmanager
def _kept_closed(database: Path) -> Iterator[None]:
    """Nobody can open the file meanwhile. Raises StoreError where somebody has."""
    if not database.exists():
        yield
        return
    descriptor = os.open(database, os.O_RDWR | os.O_CLOEXEC)
    try:
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, *_LOCKED_WHILE_OPEN)
    except BlockingIOError:
        os.close(descriptor)
        raise StoreError(
            f"the database {database} is in use",
            hint=f"Quit every console and stop `gsm-console receive` first; `fuser {database}` shows who uses it.",
        ) from None
    try:
        yield
    finally:
        os.close(descriptor)


def _left_behind(made: Path, source: Path, at: float, operator: str) -> int:
    """Bring a copy to the present version, and let nothing leave by itself; how many messages that holds back."""
    with contextlib.closing(open_database(made, busy_timeout=_PATIENCE, keep_copy=False)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        held_back = connection.execute(
            "UPDATE outbox SET owner = ? WHERE state IN ('queued', 'submitting')", (_LEFT_BEHIND,)
        ).rowcount
        write(connection, at, operator, "restore", "database", f"from {source}")
        connection.execute("COMMIT")
        connection.execute("PRAGMA journal_mode = DELETE")
    return held_back


def _put_aside(database: Path, made: Path) -> Path | None:
    """Give what is there another name, with what lies beside it, and its rights to what takes its place."""
    if not database.exists():
        return None
    status, before = database.stat(), aside(database, "before")
    made.chmod(status.st_mode & 0o777)
    if os.geteuid() == 0:
        os.chown(made, status.st_uid, status.st_gid)
    for name in (*COMPANIONS, ""):
        with contextlib.suppress(FileNotFoundError):
            database.with_name(database.name + name).rename(before.with_name(before.name + name))
    return before
