"""Opening: what a new file is like, what is refused, what a migration leaves behind."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from typing import TYPE_CHECKING, Any

import pytest

from console.domain.messages import Joined
from console.errors import StoreError
from console.store import Reader, Store
from console.store.engine.opening import open_database, refuse_foreign
from console.store.engine.schema import APPLICATION_ID, MIGRATIONS
from tests.support.backend import FixedClock
from tests.support.messages import sms

if TYPE_CHECKING:
    from pathlib import Path

NEXT = (*MIGRATIONS, ("ALTER TABLE inbox ADD COLUMN colour TEXT",))


def pragma(path: Path, name: str) -> object:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return connection.execute(f"PRAGMA {name}").fetchone()[0]


def make(path: Path) -> None:
    """A database of the present version with one message."""
    store = Store.open(path, clock=FixedClock())
    store.add_callback("gw1", sms("kept"), b"raw").result()
    store.close()


def test_file_and_directories_are_private_whatever_the_umask(tmp_path: Path) -> None:
    path = tmp_path / "state" / "gsm-console" / "console.db"
    before = os.umask(0)
    try:
        store = Store.open(path, clock=FixedClock())
        store.add_callback("gw1", sms(), b"").result()
        modes = {file.name: file.stat().st_mode & 0o777 for file in path.parent.iterdir()}
        store.close()
    finally:
        os.umask(before)
    assert modes == {"console.db": 0o600, "console.db-wal": 0o600, "console.db-shm": 0o600}
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert path.parent.parent.stat().st_mode & 0o777 == 0o700


def test_a_file_that_others_could_read_is_closed_to_them(path: Path) -> None:
    path.touch(0o644)
    make(path)
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_commit_is_on_the_disk_before_it_counts(path: Path) -> None:
    connection = open_database(path, busy_timeout=1)
    with contextlib.closing(connection):
        assert connection.execute("PRAGMA synchronous").fetchone() == (2,)
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("wal",)


def test_the_file_says_whose_it_is(path: Path) -> None:
    make(path)
    assert pragma(path, "application_id") == APPLICATION_ID
    assert pragma(path, "user_version") == len(MIGRATIONS)


def test_a_migration_runs_forward_and_leaves_a_copy(path: Path) -> None:
    make(path)
    with contextlib.closing(open_database(path, busy_timeout=1, migrations=NEXT)) as connection:
        assert connection.execute("SELECT text, colour FROM inbox").fetchall() == [("kept", None)]
    copy = path.with_name(f"console.db.v{len(MIGRATIONS)}")
    assert pragma(copy, "user_version") == len(MIGRATIONS)
    assert copy.stat().st_mode & 0o777 == 0o600
    with contextlib.closing(sqlite3.connect(copy)) as connection:
        assert connection.execute("SELECT text FROM inbox").fetchall() == [("kept",)]


def test_a_database_of_version_1_is_brought_forward(path: Path) -> None:
    with contextlib.closing(open_database(path, busy_timeout=1, migrations=MIGRATIONS[:1])) as connection:
        connection.execute(
            "INSERT INTO outbox (id, created_at, updated_at, gateway, number, tail, text, draft_port, port, via, "
            "state, segments, unsettled, detail, token, owner) VALUES "
            "(1, 5, 6, 'gw1', '10086', '10086', 'hi', NULL, 3, 'ami', 'sent', 'sent sent', 0, 'ok', 'abc', 'x')"
        )
    store = Store.open(path, clock=FixedClock())
    message = store.outbox_message(1)
    assert message is not None
    assert (message.port, message.parts, message.operator, message.batch) == (3, 2, "", None)
    assert store.sending.batches(10) == []
    assert store.audit.count() == 0
    store.close()


def test_what_version_2_joined_is_a_guess(path: Path) -> None:
    parts = ("я" * 67, "ж" * 5)
    with contextlib.closing(open_database(path, busy_timeout=1, migrations=MIGRATIONS[:2])) as connection:
        row = "1, 'gw1', 5, 'sms', '10086', '{}', '3', '', '', '', '', '', '', '', x''"
        connection.execute(f"INSERT INTO inbox VALUES ({row.format(parts[0])}, 0, 1, 2, 0, '{''.join(parts)}', NULL)")
        connection.execute(f"INSERT INTO attached VALUES ({row.format(parts[1])}, 1, 2, 0)")
    reader = Reader.open_existing(path)
    (message,) = reader.inbox_slice(0, 1)
    assert (message.joined, message.pieces) == (Joined.GUESSED, parts)
    reader.close()


def test_nothing_is_copied_when_nothing_is_to_be_migrated(path: Path) -> None:
    make(path)
    make(path)
    assert [file.name for file in path.parent.iterdir()] == ["console.db"]


def test_a_migration_that_fails_changes_nothing(path: Path) -> None:
    make(path)
    broken = (*MIGRATIONS, ("CREATE TABLE extra (id)", "CREATE TABLE inbox (id)"))
    with pytest.raises(StoreError, match="opening the database"):
        open_database(path, busy_timeout=1, migrations=broken)
    assert pragma(path, "user_version") == len(MIGRATIONS)
    make(path)
    with contextlib.closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT name FROM sqlite_schema WHERE name = 'extra'").fetchall() == []


def test_a_newer_version_is_refused_and_left_alone(path: Path) -> None:
    make(path)
    open_database(path, busy_timeout=1, migrations=NEXT).close()
    before = path.read_bytes()
    with pytest.raises(StoreError, match="newer gsm-console") as caught:
        Store.open(path, clock=FixedClock())
    assert caught.value.hint
    assert path.read_bytes() == before


def test_another_program_s_database_is_refused(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("CREATE TABLE bookmarks (id)")
    with pytest.raises(StoreError, match="another program's"):
        Store.open(path, clock=FixedClock())


@pytest.mark.parametrize("after", range(3))
def test_one_that_another_process_makes_meanwhile_is_no_other_program_s(path: Path, after: int) -> None:
    class Raced(sqlite3.Connection):
        """Another process makes the tables after so many of its statements."""

        done = 0

        def execute(self, *arguments: Any) -> sqlite3.Cursor:
            if self.done == after:
                open_database(path, busy_timeout=5).close()
            self.done += 1
            return super().execute(*arguments)

    with contextlib.closing(sqlite3.connect(path, factory=Raced)) as connection:
        refuse_foreign(connection, path)


def test_a_file_that_is_no_database_is_refused(path: Path) -> None:
    path.write_text("dear diary " * 100)
    with pytest.raises(StoreError, match="not a database") as caught:
        Store.open(path, clock=FixedClock())
    assert str(path) in str(caught.value)
    assert path.read_text().startswith("dear diary")


def test_a_place_that_can_t_be_written_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.touch()
    with pytest.raises(StoreError, match="Not a directory"):
        Store.open(blocked / "console.db", clock=FixedClock())


def test_reading_makes_nothing(path: Path) -> None:
    with pytest.raises(StoreError, match="there is no database") as caught:
        Reader.open_existing(path)
    assert caught.value.hint
    assert not path.exists()


def test_reading_what_is_there(path: Path) -> None:
    make(path)
    reader = Reader.open_existing(path)
    assert reader.inbox_slice(0, 1)[0].callback.text == "kept"
    reader.close()


def test_reading_brings_an_earlier_version_up_to_date(path: Path) -> None:
    path.touch(0o600)
    reader = Reader.open_existing(path)
    assert reader.inbox_count() == 0
    reader.close()
    assert pragma(path, "user_version") == len(MIGRATIONS)


def test_reading_a_newer_version_is_refused(path: Path) -> None:
    make(path)
    open_database(path, busy_timeout=1, migrations=NEXT).close()
    with pytest.raises(StoreError, match="newer gsm-console"):
        Reader.open_existing(path)
