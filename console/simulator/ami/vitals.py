"""What Asterisk knows of itself: since when it runs, whether all is loaded, and how many calls it has had."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from console.simulator.options import Pace


class Vitals:
    """One life of Asterisk after the other. It is reloaded by starting anew only."""

    def __init__(self, pace: Pace) -> None:
        self._pace = pace
        self.booted = asyncio.Event()
        """Set while all modules are loaded."""
        self.booted.set()
        self.begin()

    def begin(self) -> None:
        """Asterisk starts (again)."""
        self.started = self._pace.time()
        """Unix seconds."""
        self._since = self._pace.monotonic()
        self.calls = 0
        """Each SMS that came in is one."""

    @property
    def uptime(self) -> int:
        """Seconds."""
        return int(self._pace.monotonic() - self._since)

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """Of the events in which 22 tells its age."""
        return (("Uptime", str(self.uptime)), ("LastReload", str(self.uptime)))
