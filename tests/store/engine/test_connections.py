"""Connections for reading: one a thread, none left behind."""

from __future__ import annotations

import subprocess
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from console.errors import StoreError
from console.store.engine.connections import Connections
from tests.support.terminal import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path

    from console.store import Store


def test_a_dead_thread_s_connection_is_closed(store: Store, path: Path) -> None:
    connections = Connections(path, busy_timeout=1)
    for _ in range(20):
        thread = threading.Thread(target=connections.rows, args=("SELECT 1",))
        thread.start()
        thread.join()
    assert connections.rows("SELECT 1") == [(1,)]
    assert len(connections._opened) <= 2
    connections.close()


def test_nothing_can_be_written(store: Store, path: Path) -> None:
    connections = Connections(path, busy_timeout=1)
    with pytest.raises(StoreError, match="reading the database"):
        connections.rows("DELETE FROM inbox")
    connections.close()


def test_closed_is_closed(store: Store, path: Path) -> None:
    connections = Connections(path, busy_timeout=1)
    connections.rows("SELECT 1")
    connections.close()
    with pytest.raises(StoreError, match="closed"):
        connections.rows("SELECT 1")


ENDLESS = "WITH RECURSIVE number(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM number) SELECT max(n) FROM number"

BEING_READ = f"""
import sys, threading
from pathlib import Path
from console.errors import StoreError
from console.store.engine.connections import Connections

connections = Connections(Path(sys.argv[1]), busy_timeout=1)
begun = threading.Event()
def read():
    connections.rows("SELECT 1")
    begun.set()
    try:
        connections.rows("{ENDLESS}")
    except StoreError as error:
        print(error)
thread = threading.Thread(target=read, daemon=True)
thread.start()
begun.wait()
reading = connections._opened[0]._reading
while not reading.locked():
    pass
connections.close()
thread.join()
"""


def test_what_is_being_read_is_broken_off_by_closing(store: Store, path: Path) -> None:
    """In a process of its own, which was gone with SIGSEGV when it closed what another thread read with."""
    told = subprocess.run(
        [sys.executable, "-c", BEING_READ, path], capture_output=True, text=True, cwd=REPOSITORY, timeout=60
    )
    assert (told.returncode, told.stdout) == (0, f"the database {path} is closed\n"), told.stderr


def test_a_thread_that_comes_after_closing_leaves_no_connection(store: Store, path: Path) -> None:
    connections = Connections(path, busy_timeout=1)
    connections.close()
    with pytest.raises(StoreError, match="closed"):
        connections.rows("SELECT 1")
    assert not connections._opened
