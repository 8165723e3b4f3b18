"""The main file is brought up to date while nobody waits, and its files are looked at though nobody writes."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from typing import TYPE_CHECKING

import pytest

from console.store.engine.connections import Connections
from console.store.engine.opening import open_database
from console.store.engine.upkeep import CHECKPOINT_PERIOD, LOOK_PERIOD, Upkeep
from console.store.engine.writer import Witness, Writer
from tests.support import damage
from tests.support.waiting import until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def connections(path: Path) -> Iterator[Connections]:
    connections = Connections(path, busy_timeout=1)
    yield connections
    connections.close()


@pytest.fixture
def writer(path: Path, connections: Connections) -> Iterator[Writer]:
    connection = open_database(path, busy_timeout=1)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    writer = Writer(connection, path, Witness())
    yield writer
    writer.close()


def view(name: str, connection: sqlite3.Connection) -> None:
    connection.execute("INSERT INTO view (name, query, list) VALUES (?, '', 'inbox')", (name,))


def in_a_plain_copy(path: Path) -> list[str]:
    copy = path.with_name("copy.db")
    damage.copy(path, copy)
    with contextlib.closing(sqlite3.connect(copy)) as connection:
        return [row[0] for row in connection.execute("SELECT name FROM view WHERE query = ''")]


def test_it_is_less_than_a_minute_behind() -> None:
    assert CHECKPOINT_PERIOD + 2 * LOOK_PERIOD < 60


async def test_a_plain_copy_soon_has_what_was_committed(path: Path, writer: Writer, connections: Connections) -> None:
    upkeep = Upkeep(writer, connections.rows, every=0.01)
    writer.submit(lambda connection: view("one", connection)).result(10)
    await until(lambda: in_a_plain_copy(path) == ["one"])
    upkeep.close()


def test_a_write_does_not_wait_for_it_nor_it_for_a_write(path: Path, writer: Writer, connections: Connections) -> None:
    upkeep = Upkeep(writer, connections.rows, every=600)
    writer.submit(lambda connection: view("one", connection)).result(10)
    entered, done = threading.Event(), threading.Event()

    def hold(connection: sqlite3.Connection) -> None:
        view("two", connection)
        entered.set()
        assert done.wait(10)

    held = writer.submit(hold)
    assert entered.wait(10)
    upkeep.checkpoint()
    assert in_a_plain_copy(path) == ["one"]
    done.set()
    held.result(10)
    upkeep.close()


async def test_what_is_wrong_is_known_when_nobody_writes(path: Path, writer: Writer, connections: Connections) -> None:
    upkeep = Upkeep(writer, connections.rows, every=0.01)
    damage.moved(path)
    await until(lambda: writer.is_over)
    assert "moved or removed" in writer.trouble
    upkeep.close()
