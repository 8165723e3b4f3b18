"""How a database file comes to be ours: made, brought to the present version, or refused."""

from __future__ import annotations

import contextlib
import errno
import os
import pwd
import sqlite3
from typing import TYPE_CHECKING

from console.config.private_file import make_file, make_folder
from console.errors import StoreError
from console.store.engine.copies import copy_into, sync
from console.store.engine.failure import explained
from console.store.engine.schema import APPLICATION_ID, MIGRATIONS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def connect(path: Path, *, busy_timeout: float) -> sqlite3.Connection:
    """A connection in autocommit mode, usable from any one thread at a time. `busy_timeout` is in seconds."""
    name, is_uri = (f"{path.absolute().as_uri()}?immutable=1", True) if is_at_rest(path) else (path, False)
    connection = sqlite3.connect(name, timeout=busy_timeout, isolation_level=None, check_same_thread=False, uri=is_uri)
    try:
        # A commit that returned is on the disk: an SMS is answered 200 on the strength of it.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA fullfsync = 1")
    except BaseException:
        connection.close()
        raise
    return connection


def is_at_rest(path: Path) -> bool:
    """Whether it can only be read, and all of it is in this one file, as of a backup: then SQLite reads it without
    locks, and puts nothing beside it. A `-wal` with something in it must be read as well.
    """
    try:
        status = path.stat()
    except OSError:
        return False
    may_write = status.st_mode & 0o222 and _may_write(path) and _may_write(path.parent)
    wal = path.with_name(f"{path.name}-wal")
    return status.st_size > 0 and not may_write and not (wal.exists() and wal.stat().st_size)


def _may_write(path: Path) -> bool:
    return os.access(path, os.W_OK, effective_ids=os.access in os.supports_effective_ids)


def open_database(
    path: Path,
    *,
    busy_timeout: float,
    migrations: Sequence[Sequence[str]] = MIGRATIONS,
    may_make: bool = True,
    keep_copy: bool = True,
) -> sqlite3.Connection:
    """Make the file if it is missing and that may be, bring it to the present version, and return a connection that
    writes. `keep_copy`: of an earlier version, beside it.

    Raises StoreError: a newer version, another program's file, no right, a full disk.
    """
    with explained(path, "opening"):
        if may_make:
            _make_private(path)
        elif not path.exists():
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT))
        connection = connect(path, busy_timeout=busy_timeout)
        try:
            refuse_foreign(connection, path, len(migrations))
            connection.execute("PRAGMA cache_size = -1024")  # KiB: with the default of 2000 nothing is quicker
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA journal_size_limit = 67108864")
            # Pages. `upkeep` is there before; this is where the -wal grows faster than that brings it home.
            connection.execute("PRAGMA wal_autocheckpoint = 8000")
            _migrate(connection, path, migrations, keep_copy=keep_copy)
        except BaseException:
            connection.close()
            raise
    return connection


def bring_up_to_date(path: Path, *, busy_timeout: float = 5.0) -> None:
    """Bring an earlier version to the present one, and refuse a newer one: for those who only read.

    Raises StoreError. Writes nothing when there is nothing to bring.
    """
    at_rest = is_at_rest(path)
    if not at_rest:
        refuse_strange(path)
    with explained(path, "opening"), contextlib.closing(connect(path, busy_timeout=busy_timeout)) as connection:
        refuse_foreign(connection, path)
        version = _pragma(connection, "user_version")
    if version == len(MIGRATIONS):
        return
    if at_rest:
        raise StoreError(
            f"{path} was written by an older gsm-console: its version is {version}, ours is {len(MIGRATIONS)}",
            hint="It can't be updated because it is read-only: copy it elsewhere and open the copy.",
        )
    open_database(path, busy_timeout=busy_timeout).close()


def _make_private(path: Path) -> None:
    """A new file is 0600 and a directory made for it 0700, whatever the umask: it holds other people's messages.

    Of one that is there everybody else's rights are taken away. Its group keeps what somebody gave it.
    """
    make_folder(path.parent)
    try:
        os.close(make_file(path, os.O_RDWR))
    except FileExistsError:
        refuse_strange(path)
        if not path.exists():
            path.resolve().touch(0o600)
        mode = path.stat().st_mode & 0o777
        if mode & 0o007:
            with contextlib.suppress(PermissionError):  # another's, who shares it with us
                path.chmod(mode & 0o770 if mode & 0o020 else 0o600)
        return
    sync(path.parent)  # The file's name must outlive a power cut as its rows do.


def refuse_strange(path: Path) -> None:
    """Raises StoreError where the file, or the link that leads to it, belongs neither to us nor to root nor to a group
    of ours: in a folder that others may write to, they would choose what we read and where our messages go.
    """
    for what, look in (("file", path.stat), ("link", path.lstat)):
        try:
            status = look()
        except FileNotFoundError:
            continue  # A link to a file that is still to be made.
        if _is_trusted(status, path):
            continue
        raise StoreError(
            f"the {what} {path} belongs to {_name(status.st_uid)}: not to you, to root or to a group of yours",
            hint="Set another path under `database`, or have it given to you (chown) or to a group of yours (chgrp).",
        )


def _is_trusted(status: os.stat_result, path: Path) -> bool:
    us = os.geteuid()
    if status.st_uid in (0, us) or status.st_gid in {os.getegid(), *os.getgroups()}:
        return True
    # Root looks after a service's database, in the folder of that service.
    return us == 0 and status.st_uid == path.parent.stat().st_uid


def _name(user: int) -> str:
    try:
        return pwd.getpwuid(user).pw_name
    except KeyError:
        return f"user {user}"


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    value = connection.execute(f"PRAGMA {name}").fetchone()[0]
    assert isinstance(value, int)
    return value


def refuse_foreign(connection: sqlite3.Connection, path: Path, newest: int = len(MIGRATIONS)) -> None:
    """Raises StoreError for another program's database, and one of a newer version."""
    # In this order: another process may be making the tables, and it commits them with their application's id.
    tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    application_id = _pragma(connection, "application_id")
    if application_id != APPLICATION_ID and tables:
        raise StoreError(
            f"{path} is another program's database",
            hint="Set another path under `database` in the configuration.",
        )
    version = _pragma(connection, "user_version")
    if version > newest:
        raise StoreError(
            f"{path} was written by a newer gsm-console: its version is {version}, ours is {newest}",
            hint="Start the newer gsm-console, or set another path under `database` in the configuration.",
        )


def _migrate(
    connection: sqlite3.Connection, path: Path, migrations: Sequence[Sequence[str]], *, keep_copy: bool
) -> None:
    version = _pragma(connection, "user_version")
    if version == len(migrations):
        return
    if version and keep_copy:
        _keep_copy(connection, path, version)
    connection.execute("BEGIN IMMEDIATE")
    try:
        # Another process may have been first.
        for statements in migrations[_pragma(connection, "user_version") :]:
            for statement in statements:
                connection.execute(statement)
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
        connection.execute(f"PRAGMA user_version = {len(migrations)}")
        connection.execute("COMMIT")
    except BaseException:
        if connection.in_transaction:
            connection.execute("ROLLBACK")
        raise


def _keep_copy(connection: sqlite3.Connection, path: Path, version: int) -> None:
    """Leave the database as it is beside itself: `console.db` of version 1 becomes `console.db.v1`."""
    copy = path.with_name(f"{path.name}.v{version}")
    copy.unlink(missing_ok=True)
    copy_into(connection, copy)
