"""An event loop in a thread of its own, and how it ends."""

from __future__ import annotations

import asyncio
import threading

import pytest

from console.runtime.loop_thread import LoopThread


def test_what_is_called_for_runs_on_its_thread() -> None:
    loop = LoopThread("test loop")
    loop.start()

    async def where() -> str:
        return threading.current_thread().name

    assert loop.call(where()).result(10) == "test loop"
    loop.stop()


def test_an_error_reaches_who_called() -> None:
    loop = LoopThread("test loop")
    loop.start()

    async def broken() -> None:
        raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        loop.call(broken()).result(10)
    loop.stop()


def test_what_runs_may_clean_up_in_its_own_order() -> None:
    """Also where a task waits for its children while it is cancelled, as a task group does."""
    done: list[str] = []
    started = threading.Event()

    async def child() -> None:
        try:
            started.set()
            await asyncio.Event().wait()
        finally:
            for step in ("stop listening", "wait for calls", "close"):
                await asyncio.sleep(0)
                done.append(step)

    async def parent() -> None:
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(child())

    loop = LoopThread("test loop")
    loop.start()
    loop.call(parent())
    assert started.wait(10)
    loop.stop()
    assert done == ["stop listening", "wait for calls", "close"]
