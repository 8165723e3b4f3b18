"""Whole copies of a database."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def aside(path: Path, word: str = "kept") -> Path:
    """A name beside the database that nothing has: `console.db.kept-20261130-160005`, UTC."""
    stamp = time.strftime("%Y%m%d-%H%M%S", time.gmtime())
    names = [f"{path.name}.{word}-{stamp}", *(f"{path.name}.{word}-{stamp}-{number}" for number in range(2, 1_000))]
    return next(found for name in names if not (found := path.with_name(name)).exists())


def copy_into(connection: sqlite3.Connection, target: Path) -> None:
    """A whole copy in one private file, by SQLite's own means; others may write meanwhile. The file must not be there.

    Raises sqlite3.Error and OSError, and leaves nothing then.
    """
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600))
    try:
        with contextlib.closing(sqlite3.connect(target, isolation_level=None)) as copy:
            connection.backup(copy)
            # So that it needs no file beside it, and can be read where nothing can be written.
            copy.execute("PRAGMA journal_mode = DELETE")
        sync(target)
        sync(target.parent)
    except BaseException:
        target.unlink()
        raise


def sync(path: Path) -> None:
    """What is in a file or folder is on the disk."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
