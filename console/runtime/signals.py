"""Which signals end the program in good order."""

from __future__ import annotations

import signal


def that_end() -> list[signal.Signals]:
    """SIGTERM, SIGINT and SIGHUP, but for those that came ignored.

    Whoever starts a program so (`nohup`, or `&` in a script) wants it to outlive the ctrl+c or the line of others.
    """
    ends = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
    return [number for number in ends if signal.getsignal(number) is not signal.SIG_IGN]
