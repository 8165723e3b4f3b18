from __future__ import annotations

import asyncio
import os
import signal
import sys
from typing import TYPE_CHECKING, Any

import pytest

from console.terminal import signals

if TYPE_CHECKING:
    from types import FrameType


@pytest.mark.parametrize("ignored", [(), (signal.SIGINT,), (signal.SIGINT, signal.SIGHUP)])
def test_what_came_ignored_ends_nothing(ignored: tuple[signal.Signals, ...]) -> None:
    before = {number: signal.signal(number, signal.SIG_IGN) for number in ignored}
    try:
        assert set(signals.that_end()) == {signal.SIGTERM, signal.SIGINT, signal.SIGHUP} - set(ignored)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


async def test_the_first_signal_is_the_cause() -> None:
    stop = signals.Stop()
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        stop.listen()
        os.kill(os.getpid(), signal.SIGHUP)
        assert not stop.is_set()
        os.kill(os.getpid(), signal.SIGTERM)
        await stop.wait()
        os.kill(os.getpid(), signal.SIGINT)
        assert stop.cause == "SIGTERM"
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            asyncio.get_running_loop().remove_signal_handler(number)
        signal.signal(signal.SIGHUP, before)


class _SignalAtStep:
    """Traces lines, and has a signal come at one of them."""

    def __init__(self, step: int) -> None:
        self.left = step

    def __call__(self, frame: FrameType, event: str, _argument: object) -> Any:
        if event == "line" and self.left >= 0:
            self.left -= 1
            if self.left < 0:
                signal.raise_signal(signal.SIGTERM)
        return self

    @property
    def has_come(self) -> bool:
        return self.left < 0


def test_a_signal_at_any_step_of_the_wait_ends_it_and_hangs_nothing() -> None:
    def hangs(_number: int, _frame: object) -> None:
        raise AssertionError("the wait hangs")

    before = {number: signal.getsignal(number) for number in (*signals.that_end(), signal.SIGALRM)}
    tracing, step, came = sys.gettrace(), 0, True
    try:
        signal.signal(signal.SIGALRM, hangs)
        while came:
            ending = signals.Ending()
            ending.listen()
            at = _SignalAtStep(step)
            signal.alarm(10)
            sys.settrace(at)
            waited = ending.wait(0.001)
            sys.settrace(tracing)
            came, step = at.has_come, step + 1
            assert ending.wait(0.001) is came or not waited
            assert ending.wait(0.001) is came
    finally:
        sys.settrace(tracing)
        signal.alarm(0)
        for number, handler in before.items():
            signal.signal(number, handler)
    assert step > 2
