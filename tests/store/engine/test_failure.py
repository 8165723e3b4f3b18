"""What the operator reads when the disk or the file is at fault."""

from __future__ import annotations

import errno
import sqlite3
from pathlib import Path

import pytest

from console.errors import StoreError
from console.store.engine.failure import explained, store_error

PATH = Path("/var/lib/console.db")


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (sqlite3.SQLITE_FULL, "the disk is full"),
        (sqlite3.SQLITE_BUSY, "holds it locked"),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, "holds it locked"),
        (sqlite3.SQLITE_IOERR_FSYNC, "the disk fails"),
        (sqlite3.SQLITE_READONLY, "can't be written"),
    ],
)
def test_sqlite_s_codes_in_words(code: int, words: str) -> None:
    error = sqlite3.OperationalError("words of SQLite")
    error.sqlite_errorcode = code
    failure = store_error(PATH, "writing to", error)
    assert str(failure).startswith(f"writing to the database {PATH}: ")
    assert words in str(failure)
    assert failure.hint


def test_other_errors_keep_their_own_words() -> None:
    assert "words of SQLite" in str(store_error(PATH, "reading", sqlite3.DatabaseError("words of SQLite")))
    assert "Permission denied" in str(store_error(PATH, "opening", OSError(errno.EACCES, "Permission denied")))


def test_explained_lets_other_errors_pass() -> None:
    with pytest.raises(StoreError), explained(PATH, "reading"):
        raise sqlite3.OperationalError("x")
    with pytest.raises(KeyError), explained(PATH, "reading"):
        raise KeyError("x")
