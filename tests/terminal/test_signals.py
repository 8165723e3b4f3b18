from __future__ import annotations

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
