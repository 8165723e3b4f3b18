"""A new database is made by its migrations once, and copied from then on: they take longer than most tests of one."""

from __future__ import annotations

import functools
import sqlite3
import threading
from typing import TYPE_CHECKING

from console.store.engine import opening
from console.store.engine.schema import APPLICATION_ID, MIGRATIONS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

migrate = opening._migrate
"""The real one: what tests of the engine itself go through, and every process that they start."""

_LOCK = threading.Lock()


@functools.cache
def _made() -> sqlite3.Connection:
    connection = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    for statements in MIGRATIONS:
        for statement in statements:
            connection.execute(statement)
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {len(MIGRATIONS)}")
    return connection


def fill(connection: sqlite3.Connection) -> None:
    """Give an empty database all tables."""
    with _LOCK:
        _made().backup(connection)


def fill_or_migrate(
    connection: sqlite3.Connection, path: Path, migrations: Sequence[Sequence[str]], *, keep_copy: bool
) -> None:
    """In place of `migrate`."""
    if migrations is MIGRATIONS and connection.execute("PRAGMA user_version").fetchone() == (0,):
        fill(connection)
    else:
        migrate(connection, path, migrations, keep_copy=keep_copy)
