"""Calls that no gateway makes: `tests/benchmarks/fuzz_wire.py` makes many more of them."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from console.config import GatewayConfig
from console.store import Store
from tests.support.receiving import receiving
from tests.support.wire_fuzz import Called, call, not_kept

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support.backend import FixedClock


async def test_whatever_is_called_what_was_answered_200_is_kept(tmp_path: Path, clock: FixedClock) -> None:
    database, called = tmp_path / "console.db", Called()
    store = Store.open(database, clock=clock)
    async with receiving(store, clock, GatewayConfig("gw1", "127.0.0.1")) as receiver:
        for number in range(150):
            await call(random.Random(number), receiver.address[1], number, called)
        assert receiver.status.listening
    store.close()
    assert called.statuses[200] > 50
    assert called.statuses.keys() - {200} != set()
    assert not_kept(database, called.acknowledged) == set()
