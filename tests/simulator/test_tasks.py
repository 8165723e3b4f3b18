"""Work that goes on by itself."""

from __future__ import annotations

import asyncio

import pytest

from console.simulator.tasks import Tasks


async def test_it_goes_on_by_itself_and_is_forgotten_when_done() -> None:
    tasks, happened = Tasks(), asyncio.Event()

    async def happen() -> None:
        happened.set()

    tasks.begin(happen())
    assert len(tasks) == 1
    await happened.wait()
    await tasks.done()
    assert len(tasks) == 0


async def test_done_waits_for_what_the_work_itself_begins() -> None:
    tasks, order = Tasks(), list[str]()

    async def second() -> None:
        await asyncio.sleep(0)
        order.append("second")

    async def first() -> None:
        order.append("first")
        tasks.begin(second())

    tasks.begin(first())
    await tasks.done()
    assert order == ["first", "second"]


@pytest.mark.parametrize("waits", [True, False])
async def test_what_is_broken_off_can_clean_up(waits: bool) -> None:
    tasks, begun, cleaned = Tasks(), asyncio.Event(), asyncio.Event()

    async def wait_for_ever() -> None:
        begun.set()
        try:
            await asyncio.Event().wait()
        finally:
            cleaned.set()

    tasks.begin(wait_for_ever())
    await begun.wait()
    if waits:
        await tasks.close()
        assert cleaned.is_set()
    else:
        tasks.cancel()
        assert not cleaned.is_set()
        await asyncio.wait_for(cleaned.wait(), 10)


async def test_one_that_failed_does_not_keep_the_others_from_being_closed() -> None:
    tasks = Tasks()

    async def fail() -> None:
        raise ValueError("no")

    async def wait_for_ever() -> None:
        await asyncio.Event().wait()

    tasks.begin(fail())
    tasks.begin(wait_for_ever())
    await asyncio.wait_for(tasks.close(), 10)
    assert len(tasks) == 0
