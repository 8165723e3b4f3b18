"""When old messages are removed, and when the clock is not believed."""

from __future__ import annotations

import asyncio
import contextlib
from concurrent.futures import Future

import pytest

from console.config import InboxConfig
from console.services.retention import JUMP, PERIOD, QUIET, SHARE, TRUSTED, Retention
from tests.support.backend import NOON, FixedClock

YEAR = 365 * 86_400.0


class Store:
    """Remembers what it was asked to remove."""

    def __init__(self, newest: float | None = NOON) -> None:
        self.asked: list[tuple[float | None, int | None, float]] = []
        self.newest = newest

    def newest_at(self) -> float | None:
        return self.newest

    def prune(
        self, *, days: float | None = None, rows: int | None = None, share: float = 1.0
    ) -> Future[tuple[int, bool]]:
        self.asked.append((days, rows, share))
        done: Future[tuple[int, bool]] = Future()
        done.set_result((3, True))
        return done


class Clock(FixedClock):
    """The wall clock may be set; the other goes on."""

    lead = 0.0

    def time(self) -> float:
        return super().time() + self.lead


async def rounds(retention: Retention, clock: Clock, count: int) -> None:
    slept = list[float]()

    async def sleep(seconds: float) -> None:
        slept.append(seconds)
        clock.now += seconds
        if len(slept) == count:
            raise asyncio.CancelledError

    retention._sleep = sleep
    with contextlib.suppress(asyncio.CancelledError):
        await retention.run()
    assert slept == [PERIOD] * count


async def test_off_unless_it_is_wanted() -> None:
    store, clock = Store(), Clock()
    await rounds(Retention(InboxConfig(), store, clock), clock, 2)
    assert store.asked == []


async def test_at_the_start_and_every_hour(caplog: pytest.LogCaptureFixture) -> None:
    store, clock = Store(), Clock()
    caplog.set_level("INFO")
    await rounds(Retention(InboxConfig(keep_days=30, keep_messages=1000), store, clock), clock, 2)
    assert store.asked == [(None, 1000, 1.0), (30, None, SHARE)] * 2
    assert [record.getMessage() for record in caplog.records][:2] == [
        "3 rows of inbox and outbox were removed (keep_messages = 1000); more is due, and goes in later rounds",
        "3 rows of inbox and outbox were removed (keep_days = 30); more is due, and goes in later rounds",
    ]


async def test_a_clock_far_beyond_the_newest_message_is_believed_after_a_day(
    caplog: pytest.LogCaptureFixture,
) -> None:
    store, clock = Store(), Clock()
    clock.now += 2 * YEAR
    retention = Retention(InboxConfig(keep_days=30), store, clock)
    await rounds(retention, clock, int(TRUSTED / PERIOD))
    assert store.asked == []
    (told,) = [record.getMessage() for record in caplog.records]
    assert told == (
        "nothing is removed by its age (keep_days): by the clock, no message came for 730 days; "
        "it is trusted again after a day."
    )
    await rounds(retention, clock, 1)
    assert store.asked == [(30, None, SHARE)]


@pytest.mark.parametrize("jump", [-2 * YEAR, -JUMP - 1, JUMP + 1, 2 * YEAR])
async def test_a_clock_that_was_set_meanwhile_is_not_believed(jump: float) -> None:
    store, clock = Store(None), Clock()
    retention = Retention(InboxConfig(keep_days=30), store, clock)
    clock.lead = jump
    assert "was changed while" in retention.doubt()
    clock.lead = jump / abs(jump) * JUMP
    assert retention.doubt() == ""


@pytest.mark.parametrize(("newest", "believed"), [(None, True), (NOON - QUIET, True), (NOON - QUIET - 1, False)])
async def test_how_quiet_it_may_be(newest: float | None, believed: bool) -> None:
    assert (Retention(InboxConfig(keep_days=30), Store(newest), Clock()).doubt() == "") is believed
