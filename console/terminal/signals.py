"""Which signals end the program in good order."""

from __future__ import annotations

import asyncio
import queue
import signal


def that_end() -> list[signal.Signals]:
    """SIGTERM, SIGINT and SIGHUP, but for those that came ignored.

    Whoever starts a program so (`nohup`, or `&` in a script) wants it to outlive the ctrl+c or the line of others.
    """
    ends = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    return [number for number in ends if signal.getsignal(number) is not signal.SIG_IGN]


class Stop(asyncio.Event):
    """Set by the first signal that ends the program. Of the event loop of the main thread."""

    cause = ""
    """Its name; empty while none came."""

    def listen(self) -> None:
        """From now on."""
        for number in that_end():
            asyncio.get_running_loop().add_signal_handler(number, self._came, number)

    def _came(self, number: signal.Signals) -> None:
        self.cause = self.cause or number.name
        self.set()


class Ending:
    """Set by the first signal that ends the program, or by any thread. For a main thread without an event loop, and
    waited for only there.

    It is a queue, since a handler runs between two steps of the main thread: where those are inside `Event.wait`,
    which holds the event's lock, `Event.set` waits for that lock for ever. Only `SimpleQueue.put` may be called so.
    """

    def __init__(self) -> None:
        self._came: queue.SimpleQueue[None] = queue.SimpleQueue()

    def listen(self) -> None:
        """From now on."""
        for number in that_end():
            signal.signal(number, lambda _number, _frame: self.set())

    def set(self) -> None:
        """Once or often."""
        self._came.put(None)

    def wait(self, seconds: float | None = None) -> bool:
        """Whether it was set, at the latest after so many seconds; without them, when it is."""
        try:
            self._came.get(timeout=seconds)
        except queue.Empty:
            return False
        self._came.put(None)  # it stays set
        return True
