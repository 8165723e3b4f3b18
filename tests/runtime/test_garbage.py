from __future__ import annotations

import asyncio
import gc
import weakref

import pytest

from console.runtime import memory


class Cycle:
    def __init__(self) -> None:
        self.itself = self


async def test_what_the_start_left_behind_is_taken_out_once_it_runs() -> None:
    naps: list[float] = []

    async def sleep(seconds: float) -> None:
        naps.append(seconds)
        if len(naps) > 1:
            raise asyncio.CancelledError

    try:
        memory.leave_for_now()
        left = weakref.ref(Cycle())
        memory.look_again()
        gc.collect()
        assert left() is not None
        with pytest.raises(asyncio.CancelledError):
            await memory.keep_trimmed(sleep=sleep)
        assert left() is None
        assert gc.get_freeze_count() > 0
    finally:
        gc.enable()
        gc.unfreeze()


def test_it_is_looked_for_again_but_not_among_what_there_is() -> None:
    try:
        memory.leave_for_now()
        assert not gc.isenabled()
        memory.look_again()
        assert gc.isenabled()
        assert gc.get_freeze_count() > 0
    finally:
        gc.enable()
        gc.unfreeze()
