"""The writing thread: sharing commits, failing alone, failing together."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from typing import TYPE_CHECKING

import pytest

from console.errors import StoreError
from console.store.engine.writer import GROUPS_BETWEEN, Witness, Writer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Commits(Witness):
    """Counts what happens."""

    def __init__(self) -> None:
        self.count = 0
        self.stamped = 0
        self.undone = 0
        self.spare = 0
        self.to_do = 0
        self.used = threading.Semaphore(0)

    def before_commit(self, connection: sqlite3.Connection) -> None:
        self.stamped += 1

    def committed(self) -> None:
        self.count += 1

    def rolled_back(self) -> None:
        self.undone += 1

    def spare_time(self, connection: sqlite3.Connection) -> bool:
        self.spare += 1
        try:
            if self.to_do:
                self.to_do -= 1
                connection.execute("INSERT INTO line VALUES ('spare')")
            return self.to_do > 0
        finally:
            self.used.release()


class Gate:
    """Holds the writing thread inside an operation until opened."""

    def __init__(self) -> None:
        self.entered = threading.Event()
        self._open = threading.Event()

    def open(self) -> None:
        self._open.set()

    def __call__(self, connection: sqlite3.Connection) -> None:
        self.entered.set()
        assert self._open.wait(10)


@pytest.fixture
def commits() -> Commits:
    return Commits()


@pytest.fixture
def writer(path: Path, commits: Commits) -> Iterator[Writer]:
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, timeout=0.01)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE line (words TEXT NOT NULL)")
    writer = Writer(connection, path, commits, capacity=10, group=4)
    yield writer
    writer.close()


def lines(path: Path) -> list[str]:
    with contextlib.closing(sqlite3.connect(path)) as connection:
        return [row[0] for row in connection.execute("SELECT words FROM line ORDER BY rowid")]


class Operation:
    """Adds a line."""

    def __init__(self, words: str | None) -> None:
        self._words = words

    def __call__(self, connection: sqlite3.Connection) -> str | None:
        connection.execute("INSERT INTO line VALUES (?)", (self._words,))
        return self._words


def refuse(connection: sqlite3.Connection) -> None:
    connection.execute("INSERT INTO line VALUES ('half done')")
    raise StoreError("no such thing")


def test_a_write_is_committed_when_its_future_resolves(path: Path, writer: Writer) -> None:
    assert writer.submit(Operation("a")).result(10) == "a"
    assert lines(path) == ["a"]


def test_what_waits_shares_a_commit_up_to_the_group(path: Path, writer: Writer, commits: Commits) -> None:
    gate = Gate()
    writer.submit(gate)
    assert gate.entered.wait(10)
    futures = [writer.submit(Operation(str(number))) for number in range(8)]
    gate.open()
    assert [future.result(10) for future in futures] == [str(number) for number in range(8)]
    assert commits.count == 1 + 2  # the gate's own, then two groups of four
    assert lines(path) == [str(number) for number in range(8)]


@pytest.mark.parametrize("bad", [refuse, Operation(None), Operation("\ud800")])
def test_one_that_fails_takes_nothing_with_it(path: Path, writer: Writer, bad: Operation) -> None:
    gate = Gate()
    writer.submit(gate)
    assert gate.entered.wait(10)
    first, middle, last = (
        writer.submit(Operation("a")),
        writer.submit(bad),
        writer.submit(Operation("b")),
    )
    gate.open()
    assert (first.result(10), last.result(10)) == ("a", "b")
    assert isinstance(middle.exception(10), Exception)
    assert lines(path) == ["a", "b"]
    assert writer.trouble == "" or bad is not refuse


def test_a_locked_database_fails_all_and_recovers(path: Path, writer: Writer) -> None:
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        error = writer.submit(Operation("a")).exception(10)
        assert isinstance(error, StoreError)
        assert "another program holds it locked" in str(error)
        assert writer.trouble == str(error)
        other.execute("ROLLBACK")
    assert writer.submit(Operation("b")).result(10) == "b"
    assert writer.trouble == ""
    assert lines(path) == ["b"]


def test_a_full_disk_fails_all_and_recovers(path: Path, writer: Writer) -> None:
    def limit(pages: int) -> None:
        writer.submit(lambda connection: connection.execute(f"PRAGMA max_page_count = {pages}")).result(10)

    limit(4)
    gate = Gate()
    writer.submit(gate)
    assert gate.entered.wait(10)
    futures = [writer.submit(Operation("x" * 9_000)) for _ in range(3)]
    gate.open()
    for future in futures:
        error = future.exception(10)
        assert isinstance(error, StoreError)
        assert "the disk is full" in str(error)
        assert "503" in error.hint
    assert lines(path) == []
    limit(1_000)
    assert writer.submit(Operation("small")).result(10) == "small"
    assert writer.trouble == ""


def test_a_file_that_was_moved_away_is_not_written_to_any_more(path: Path, writer: Writer) -> None:
    path.rename(path.with_name("moved.db"))
    for _ in range(2):
        error = writer.submit(Operation("lost")).exception(10)
        assert isinstance(error, StoreError)
    path.touch()
    error = writer.submit(Operation("lost")).exception(10)
    assert "moved or removed while it was in use" in str(error)


def test_more_than_can_wait_is_refused_at_once(writer: Writer) -> None:
    gate = Gate()
    writer.submit(gate)
    assert gate.entered.wait(10)
    futures = [writer.submit(Operation("a")) for _ in range(11)]
    error = futures[-1].exception(0)
    assert isinstance(error, StoreError)
    assert "waiting already" in str(error)
    gate.open()
    assert [future.result(10) for future in futures[:-1]] == ["a"] * 10


def test_a_cancelled_write_is_left_out(path: Path, writer: Writer) -> None:
    gate = Gate()
    writer.submit(gate)
    assert gate.entered.wait(10)
    kept, withdrawn = writer.submit(Operation("a")), writer.submit(Operation("b"))
    assert withdrawn.cancel()
    gate.open()
    kept.result(10)
    assert lines(path) == ["a"]


def test_closing_finishes_what_waits_and_refuses_the_rest(path: Path, writer: Writer) -> None:
    futures = [writer.submit(Operation(str(number))) for number in range(9)]
    writer.close()
    writer.close()
    assert [future.result(0) for future in futures] == [str(number) for number in range(9)]
    assert isinstance(writer.submit(Operation("late")).exception(0), StoreError)
    assert len(lines(path)) == 9


def test_spare_time_is_used_until_there_is_no_more_to_do(path: Path, writer: Writer, commits: Commits) -> None:
    assert commits.used.acquire(timeout=10)
    commits.to_do = 3
    writer.submit(Operation("a")).result(10)
    for _ in range(3):
        assert commits.used.acquire(timeout=10)
    writer.submit(Operation("b"), quiet=True).result(10)
    assert lines(path) == ["a", "spare", "spare", "spare", "b"]
    assert commits.spare == 4


def test_a_quiet_write_is_no_change(path: Path, writer: Writer, commits: Commits) -> None:
    writer.submit(Operation("a"), quiet=True).result(10)
    assert (commits.count, commits.stamped) == (0, 0)
    writer.submit(Operation("b")).result(10)
    assert (commits.count, commits.stamped) == (1, 1)
    assert lines(path) == ["a", "b"]


@pytest.mark.slow
def test_writes_that_never_pause_leave_some_time(path: Path, writer: Writer, commits: Commits) -> None:
    assert commits.used.acquire(timeout=10)
    commits.to_do = 1
    for number in range(GROUPS_BETWEEN + 1):
        writer.submit(Operation(str(number)), quiet=number > 0).result(10)
    assert commits.used.acquire(timeout=10)
    assert "spare" in lines(path)


def test_what_fails_in_spare_time_troubles_nobody(path: Path, writer: Writer, commits: Commits) -> None:
    assert commits.used.acquire(timeout=10)
    commits.to_do = 1
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("DROP TABLE line")
        writer.submit(lambda connection: None).result(10)
        assert commits.used.acquire(timeout=10)
        other.execute("CREATE TABLE line (words TEXT NOT NULL)")
    assert writer.submit(Operation("a")).result(10) == "a"
    assert writer.trouble == ""


def test_what_is_rolled_back_is_told(writer: Writer, commits: Commits) -> None:
    assert writer.submit(refuse).exception(10) is not None
    assert (commits.count, commits.undone) == (0, 1)
