"""What tests of several services need."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from console.store import Store
from tests.support.backend import FixedClock

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def store(tmp_path: Path, clock: FixedClock) -> Iterator[Store]:
    store = Store.open(tmp_path / "console.db", clock=clock, busy_timeout=0.01)
    yield store
    store.close()
