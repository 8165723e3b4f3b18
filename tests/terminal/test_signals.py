from __future__ import annotations

import asyncio
import os
import signal

import pytest

from console.terminal import signals


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
