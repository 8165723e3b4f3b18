"""SQLite's errors in words for the operator."""

from __future__ import annotations

import sqlite3
from contextlib import contextmanager
from typing import TYPE_CHECKING

from console.config.private_file import how_to_get
from console.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_SHARED = "A group can share it: `chgrp` both to it, `chmod 0660` the file, `chmod 2770` the directory."

_ADVICE = {
    sqlite3.SQLITE_FULL: (
        "the disk is full",
        "Free some space; until then callbacks are answered 503 and not kept.",
    ),
    sqlite3.SQLITE_BUSY: (
        "another program holds it locked",
        "Find it with `fuser` and let it finish; until then callbacks are answered 503 and not kept.",
    ),
    sqlite3.SQLITE_READONLY: (
        "it can't be written",
        f"Give the console's user the right to write the file. {_SHARED}",
    ),
    sqlite3.SQLITE_CANTOPEN: (
        "it can't be opened",
        f"Give the console's user the right to read and write the file, its -wal and its directory. {_SHARED}",
    ),
    sqlite3.SQLITE_NOTADB: (
        "it is not a database",
        "Set another path under `database`, or move the file away.",
    ),
    sqlite3.SQLITE_CORRUPT: (
        "it is damaged",
        "Stop the console, keep a copy of the file, and recover it with `sqlite3 FILE .recover`.",
    ),
    sqlite3.SQLITE_IOERR: ("the disk fails", "Check the system log for errors of that disk."),
}


def store_error(path: Path, doing: str, error: sqlite3.Error | OSError) -> StoreError:
    """What went wrong with the database at `path` while `doing` (`opening`, `writing to`, `reading`)."""
    code = getattr(error, "sqlite_errorcode", None)
    why, hint = (str(error), getattr(error, "hint", ""))
    if isinstance(code, int):
        why, hint = _ADVICE.get(code & 0xFF, (str(error), ""))
    elif isinstance(error, OSError) and error.strerror:
        why = error.strerror
    companions = (path.with_name(f"{path.name}{end}") for end in ("-wal", "-shm"))
    hint = how_to_get(path.parent, path, *companions) or hint
    return StoreError(f"{doing} the database {path}: {why}", hint=hint)


@contextmanager
def explained(path: Path, doing: str) -> Iterator[None]:
    """Turn what SQLite or the file system raises inside into a StoreError."""
    try:
        yield
    except (sqlite3.Error, OSError) as error:
        raise store_error(path, doing, error) from error
