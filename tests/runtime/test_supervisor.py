"""Services that break, and those beside them."""

from __future__ import annotations

import asyncio
import logging

import pytest

from console.errors import StoreError
from console.runtime.supervisor import RESTART_DELAY, Supervisor
from tests.support.waiting import until


class Breaking:
    """Breaks so often as there are errors, then runs on."""

    def __init__(self, *errors: Exception) -> None:
        self._errors = list(errors)
        self.began = 0

    async def run(self) -> None:
        self.began += 1
        if self._errors:
            raise self._errors.pop(0)
        await asyncio.Event().wait()


@pytest.fixture
def pauses() -> list[float]:
    return []


@pytest.fixture
def supervisor(pauses: list[float]) -> Supervisor:
    async def sleep(seconds: float) -> None:
        pauses.append(seconds)

    return Supervisor(sleep=sleep)


async def test_one_that_breaks_is_started_again_and_says_why(supervisor: Supervisor, pauses: list[float]) -> None:
    service = Breaking(StoreError("the disk is full"), StoreError("the disk is full"))
    task = asyncio.create_task(supervisor.keep("late results", service.run))
    await until(lambda: service.began == 3)
    assert pauses == [RESTART_DELAY] * 2
    assert supervisor.trouble == "late results: the disk is full"
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()


async def test_a_bug_goes_to_the_log_and_takes_nobody_with_it(
    supervisor: Supervisor, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.ERROR)
    bad, good = Breaking(ZeroDivisionError("by zero")), Breaking()
    tasks = [asyncio.create_task(supervisor.keep(name, each.run)) for name, each in (("bad", bad), ("good", good))]
    await until(lambda: bad.began == 2)
    assert good.began == 1
    assert supervisor.trouble == "bad crashed (ZeroDivisionError) and is restarted"
    assert "ZeroDivisionError: by zero" in caplog.text
    for task in tasks:
        task.cancel()
    await asyncio.wait(tasks)


async def test_one_that_ends_is_not_started_again(supervisor: Supervisor, pauses: list[float]) -> None:
    async def once() -> None:
        return

    await supervisor.keep("once", once)
    assert pauses == []
    assert supervisor.trouble == ""
