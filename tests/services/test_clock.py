"""The machine's clock."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from console.services.clock import SystemClock

if TYPE_CHECKING:
    from console.domain.clock import Clock


def test_both_clocks_run_forward() -> None:
    clock: Clock = SystemClock()
    before = time.time()
    assert before <= clock.time() <= time.time()
    first = clock.monotonic()
    assert clock.monotonic() >= first
