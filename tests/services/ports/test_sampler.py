"""Samples by the clock."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from console.domain.ports import SAMPLE_EVERY, PortHealth, PortSample
from console.errors import StoreError
from console.services.ports.sampler import PortSampler
from tests.support.backend import NOON, FixedClock, port

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.domain.ports import PortSnapshot


class Kept:
    """A store that remembers."""

    def __init__(self) -> None:
        self.samples: list[tuple[str, Mapping[int, PortSample]]] = []
        self.broken = False

    def add_all(self, gateway: str, samples: Mapping[int, PortSample]) -> Future[None]:
        done: Future[None] = Future()
        if self.broken:
            done.set_exception(StoreError("the disk is full"))
        else:
            self.samples.append((gateway, samples))
            done.set_result(None)
        return done


async def sampled(kept: Kept, ports: list[PortSnapshot], *wakes: float, start: float = NOON + 17) -> list[float]:
    """Let the sampler wake at these times, however long it wanted to sleep; for how long that was each time."""
    clock = FixedClock(start)
    slept: list[float] = []
    times = iter(wakes)

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        for clock.now in times:
            return
        raise asyncio.CancelledError

    sampler = PortSampler({"gw1": lambda: ports, "gw2": list}, kept, clock, sleep=sleep)
    with suppress(asyncio.CancelledError):
        await sampler.run()
    return slept


def read_at(at: float | None, signal: int | None = 21) -> PortSnapshot:
    known = port(3, PortHealth.BUSY, signal=signal)
    return replace(known, read_at=at)


async def test_it_writes_at_whole_multiples_of_the_period() -> None:
    kept = Kept()
    slept = await sampled(kept, [read_at(NOON + 299)], NOON + 300, NOON + 600.25)
    assert slept == [SAMPLE_EVERY - 17, SAMPLE_EVERY, SAMPLE_EVERY - 0.25]
    assert kept.samples == [("gw1", {3: PortSample(NOON + 300, 21, PortHealth.BUSY)})]


async def test_what_was_not_read_since_the_last_one_is_no_sample() -> None:
    kept = Kept()
    await sampled(kept, [read_at(NOON), read_at(None)], NOON + 300)
    assert kept.samples == []


async def test_woken_early_it_sleeps_on() -> None:
    kept = Kept()
    slept = await sampled(kept, [read_at(NOON + 299)], NOON + 299.9, NOON + 300)
    assert len(kept.samples) == 1
    assert slept[1] < 1


async def test_after_a_pause_of_the_machine_it_writes_once() -> None:
    kept = Kept()
    slept = await sampled(kept, [read_at(NOON + 7300)], NOON + 7320)
    assert [one[3].at for _, one in kept.samples] == [NOON + 7200]
    assert slept[1] == 180


async def test_a_store_that_can_not_be_written_ends_nothing() -> None:
    kept = Kept()
    kept.broken = True
    assert len(await sampled(kept, [read_at(NOON + 299)], NOON + 300, NOON + 600)) == 3
