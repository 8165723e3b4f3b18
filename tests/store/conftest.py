"""A store in a directory of its own, and the time it sees."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from console.store import Store
from tests.support.backend import FixedClock
from tests.support.inbox import Inbox, inbox_at

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "console.db"


@pytest.fixture
def store(path: Path, clock: FixedClock) -> Iterator[Store]:
    store = Store.open(path, clock=clock)
    yield store
    store.close()


@pytest.fixture
def inbox(path: Path) -> Iterator[Inbox]:
    with inbox_at(path) as inbox:
        yield inbox
