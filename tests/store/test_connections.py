"""Connections for reading: one a thread, none left behind."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from console.errors import StoreError
from console.store.connections import Connections

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
