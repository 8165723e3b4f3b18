"""How a database file comes to be ours: made, brought to the present version, or refused."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from typing import TYPE_CHECKING

from console.config.private_file import make_file, make_folder
from console.errors import StoreError
from console.store.engine.failure import explained
from console.store.engine.schema import APPLICATION_ID, MIGRATIONS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def connect(path: Path, *, busy_timeout: float) -> sqlite3.Connection:
    """A connection in autocommit mode, usable from any one thread at a time. `busy_timeout` is in seconds."""
    connection = sqlite3.connect(path, timeout=busy_timeout, isolation_level=None, check_same_thread=False)
    try:
        # A commit that returned is on the disk: an SMS is answered 200 on the strength of it.
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA fullfsync = 1")
    except BaseException:
        connection.close()
        raise
    return connection


def open_database(
    path: Path, *, busy_timeout: float, migrations: Sequence[Sequence[str]] = MIGRATIONS
) -> sqlite3.Connection:
    """Make the file if it is missing, bring it to the present version, and return a connection that writes.

    Raises StoreError: a newer version, another program's file, no right, a full disk.
    """
    with explained(path, "opening"):
        _make_private(path)
        connection = connect(path, busy_timeout=busy_timeout)
        try:
            _refuse_foreign(connection, path, len(migrations))
            connection.execute("PRAGMA cache_size = -1024")  # KiB: with the default of 2000 nothing is quicker
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA journal_size_limit = 67108864")
            _migrate(connection, path, migrations)
        except BaseException:
            connection.close()
            raise
    return connection


def bring_up_to_date(path: Path, *, busy_timeout: float = 5.0) -> None:
    """Bring an earlier version to the present one, and refuse a newer one: for those who only read.

    Raises StoreError. Writes nothing when there is nothing to bring.
    """
    with explained(path, "opening"), contextlib.closing(connect(path, busy_timeout=busy_timeout)) as connection:
        _refuse_foreign(connection, path, len(MIGRATIONS))
        is_present = _pragma(connection, "user_version") == len(MIGRATIONS)
    if not is_present:
        open_database(path, busy_timeout=busy_timeout).close()


def _make_private(path: Path) -> None:
    """The file is 0600 and a directory made for it 0700, whatever the umask: it holds other people's
    messages.
    """
    make_folder(path.parent)
    try:
        descriptor = make_file(path, os.O_RDWR)
    except FileExistsError:
        descriptor = os.open(path, os.O_RDWR | os.O_CLOEXEC)
    try:
        if os.fstat(descriptor).st_mode & 0o077:
            os.fchmod(descriptor, 0o600)
    finally:
        os.close(descriptor)
    # The file's name must outlive a power cut as its rows do.
    folder_descriptor = os.open(path.parent, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(folder_descriptor)
    finally:
        os.close(folder_descriptor)


def _pragma(connection: sqlite3.Connection, name: str) -> int:
    value = connection.execute(f"PRAGMA {name}").fetchone()[0]
    assert isinstance(value, int)
    return value


def _refuse_foreign(connection: sqlite3.Connection, path: Path, newest: int) -> None:
    application_id = _pragma(connection, "application_id")
    tables = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]
    if application_id != APPLICATION_ID and tables:
        raise StoreError(
            f"{path} is another program's database",
            hint="Name another path under `database` in the configuration.",
        )
    version = _pragma(connection, "user_version")
    if version > newest:
        raise StoreError(
            f"{path} was written by a newer gsm-console: its version is {version}, ours is {newest}",
            hint="Start the newer gsm-console, or name another path under `database` in the configuration.",
        )


def _migrate(connection: sqlite3.Connection, path: Path, migrations: Sequence[Sequence[str]]) -> None:
    version = _pragma(connection, "user_version")
    if version == len(migrations):
        return
    if version:
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
    _make_private(copy)
    target = sqlite3.connect(copy)
    try:
        connection.backup(target)
    finally:
        target.close()
