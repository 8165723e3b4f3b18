"""What tests of several services need."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from console.store import Store
from tests.support.backend import FixedClock
from tests.support.sending import FakeAmi, FakeSendsms, Sending, running

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock()


@pytest.fixture
def store(tmp_path: Path, clock: FixedClock) -> Iterator[Store]:
    store = Store.open(tmp_path / "console.db", clock=clock, busy_timeout=0.01)
    yield store
    store.close()


@pytest.fixture
async def sending(tmp_path: Path) -> AsyncIterator[Sending]:
    """A sender at work, on a store of its own."""
    store = Store.open(tmp_path / "console.db", clock=FixedClock())
    async with running(Sending(store, FakeAmi(), FakeSendsms())) as sending:
        yield sending
    store.close()
