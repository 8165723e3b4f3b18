"""Noticing that the files under a connection are not those of its name any more, or not whole; and nothing else."""

from __future__ import annotations

import contextlib
import os
import struct
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from console.store.engine.guard import Changed, Guard, What
from console.store.engine.opening import connect, open_database
from tests.support import damage as d
from tests.support.damage import DAMAGE, SAME_FILES

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Iterator
    from pathlib import Path

HOW: dict[Callable[[Path], None], What] = {
    d.written_over: What.WRITTEN_OVER,
    d.cut: What.WRITTEN_OVER,
    d.emptied: What.WRITTEN_OVER,
    d.wal_cut: What.CUT,
    d.wal_emptied: What.CUT,
    d.wal_written_over: What.CUT,
}


@pytest.fixture
def writing(path: Path) -> Iterator[sqlite3.Connection]:
    with contextlib.closing(open_database(path, busy_timeout=1)) as connection:
        connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        d.copy(path, path.with_name("older.db"))
        for _ in range(3):
            add(connection)
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
        add(connection)
        yield connection


@pytest.fixture
def guard(path: Path, writing: sqlite3.Connection) -> Iterator[Guard]:
    guard = Guard(path, writing)
    yield guard
    guard.close()


def add(connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN IMMEDIATE")
    connection.execute("INSERT INTO view (name, query, list) SELECT count(*), hex(randomblob(2000)), 'inbox' FROM view")
    connection.execute("UPDATE tally SET value = value + 1 WHERE name = 'revision'")
    connection.execute("COMMIT")


@pytest.mark.parametrize("mode", ["PASSIVE", "FULL", "RESTART", "TRUNCATE"])
def test_what_sqlite_does_is_nothing_to_tell(path: Path, writing: sqlite3.Connection, guard: Guard, mode: str) -> None:
    for _ in range(3):
        add(writing)
        guard.look()
        with contextlib.closing(connect(path, busy_timeout=1)) as other:
            add(other)
            guard.look()
            other.execute(f"PRAGMA wal_checkpoint({mode})")
        guard.look()


def test_what_another_process_does_is_nothing_to_tell(path: Path, guard: Guard) -> None:
    program = f"import sqlite3; one = sqlite3.connect({str(path)!r}); "
    program += (
        "one.execute('CREATE TABLE more (x)'); one.execute('PRAGMA wal_checkpoint(TRUNCATE)'); one.execute('VACUUM')"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
    guard.look()


def test_a_touch_a_mode_and_a_second_name_are_nothing_to_tell(path: Path, guard: Guard) -> None:
    path.touch()
    guard.look()
    path.chmod(0o660)
    path.with_name("second.db").hardlink_to(path)
    guard.look()


def test_a_copy_of_the_same_is_nothing_to_tell_where_nothing_was_written_before(path: Path) -> None:
    open_database(path, busy_timeout=1).close()
    with contextlib.closing(connect(path, busy_timeout=1)) as writing:
        guard = Guard(path, writing)
        add(writing)
        guard.look()
        d.copy(path, d.older(path))
        d.written_over(path)
        guard.look()
        guard.close()


@pytest.mark.parametrize("damage", DAMAGE)
def test_what_somebody_else_does_is_told(
    path: Path, writing: sqlite3.Connection, guard: Guard, damage: Callable[[Path], None]
) -> None:
    guard.look()
    damage(path)
    with pytest.raises(Changed) as caught:
        guard.look()
    assert caught.value.what is (What.NAMES if damage in SAME_FILES else HOW.get(damage, What.MAIN))
    assert caught.value.strerror


def test_a_wal_that_was_cut_and_written_on_is_told(path: Path, writing: sqlite3.Connection, guard: Guard) -> None:
    """Cut while a transaction was under way: its own frames stand where they belong, those before are zeros."""
    guard.look()
    writing.execute("BEGIN IMMEDIATE")
    guard.look()
    os.truncate(path.with_name("console.db-wal"), 5_000)
    writing.execute("INSERT INTO view (name, query, list) VALUES ('last', '', 'inbox')")
    writing.execute("COMMIT")
    with pytest.raises(Changed) as caught:
        guard.look()
    assert caught.value.what is What.CUT


def count(connection: sqlite3.Connection) -> None:
    """Write, and need no more room."""
    connection.execute("UPDATE tally SET value = value + 1 WHERE name = 'revision'")


@pytest.mark.parametrize("counts", [1, 2, 40])
def test_what_is_written_over_it_together_with_a_checkpoint_is_told(
    path: Path, writing: sqlite3.Connection, guard: Guard, counts: int
) -> None:
    writing.execute("PRAGMA wal_checkpoint(PASSIVE)")
    guard.look()
    d.copy(path, d.older(path))
    for _ in range(counts):
        count(writing)
    writing.execute("PRAGMA wal_checkpoint(PASSIVE)")
    d.written_over(path)
    with pytest.raises(Changed) as told:
        guard.look()
    assert told.value.what is What.WRITTEN_OVER


@pytest.mark.parametrize("is_written_over", [False, True])
def test_while_a_checkpoint_is_under_way_nothing_is_judged_yet(
    path: Path, writing: sqlite3.Connection, guard: Guard, is_written_over: bool
) -> None:
    add(writing)
    with contextlib.closing(connect(path, busy_timeout=1)) as other:
        other.execute("BEGIN")
        other.execute("SELECT count(*) FROM view").fetchall()
        add(writing)
        writing.execute("PRAGMA wal_checkpoint(PASSIVE)")  # as far as the reader lets it
        guard.look()
    writing.execute("PRAGMA wal_checkpoint(PASSIVE)")
    attempted = guard.index()
    assert attempted is not None
    if is_written_over:
        d.written_over(path)
    with _as_if_not_done(guard, attempted.written_back - 1):
        guard.look()
    if is_written_over:
        with pytest.raises(Changed):
            guard.look()
    else:
        guard.look()


@contextlib.contextmanager
def _as_if_not_done(guard: Guard, written_back: int) -> Iterator[None]:
    """The wal-index as it is while a checkpoint writes."""
    held = guard._held["-shm"]
    done = os.pread(held, 4, 96)
    os.pwrite(held, struct.pack("=I", written_back), 96)
    yield
    os.pwrite(held, done, 96)


def test_a_look_is_cheap_enough_for_each_commit(guard: Guard) -> None:
    """It opens nothing: to close one of the files again would let go of the locks that this process has."""
    opened: list[str] = []
    sys.addaudithook(lambda event, found: opened.append(str(found[0])) if event == "open" else None)
    guard.look()
    assert [name for name in opened if "console.db" in name] == []
