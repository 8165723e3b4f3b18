"""Which signals end the program in good order."""

from __future__ import annotations

import asyncio
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
