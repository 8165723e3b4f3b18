"""Textual's terminal driver, for a terminal that may be anything and may vanish.

Two things are added. Columns stay where they are whatever width the terminal gives to a character. And a terminal that
is gone (the SSH line dropped, the window closed) ends the console in good order: stock Textual spins on the dead
terminal's empty reads, and blocks for ever once its thirty queued writes are full.
"""

from __future__ import annotations

import select
import threading
from typing import TYPE_CHECKING, Protocol, TextIO, cast

from textual.drivers.linux_driver import LinuxDriver

from console.ui.steady_columns import steady

if TYPE_CHECKING:
    from collections.abc import Callable
    from io import TextIOWrapper

    from textual.app import App


class TerminalFile:
    """The terminal as a file whose writes never fail: once it is gone they go nowhere."""

    def __init__(self, file: TextIO, on_lost: Callable[[], None]) -> None:
        self._file = file
        self._on_lost = on_lost
        self.lost = False

    def write(self, text: str) -> int:
        if not self.lost:
            try:
                return self._file.write(text)
            except OSError:
                self.lose()
        return len(text)

    def flush(self) -> None:
        if not self.lost:
            try:
                self._file.flush()
            except OSError:
                self.lose()

    def fileno(self) -> int:
        return self._file.fileno()

    def isatty(self) -> bool:
        return self._file.isatty()

    def lose(self) -> None:
        """The terminal is gone. From any thread."""
        if not self.lost:
            self.lost = True
            self._on_lost()


class LosesTerminal(Protocol):
    """What the driver needs of the application."""

    def lose_terminal(self) -> None:
        """Nobody sees it any more: it is to end. On its event loop."""
        ...


class ConsoleDriver(LinuxDriver):
    """Steady columns, and a clean end when the terminal goes."""

    def __init__(
        self,
        app: App[object],
        *,
        debug: bool = False,
        mouse: bool = True,
        size: tuple[int, int] | None = None,
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._terminal = TerminalFile(cast("TextIO", self._file), self._end)
        self._file = cast("TextIOWrapper", self._terminal)
        self._watch: threading.Thread | None = None

    def write(self, data: str) -> None:
        super().write(steady(data))

    def start_application_mode(self) -> None:
        super().start_application_mode()  # type: ignore[no-untyped-call]
        if self._watch is None:
            self._watch = threading.Thread(target=self._wait_for_hangup, name="terminal-watch", daemon=True)
            self._watch.start()

    def _wait_for_hangup(self) -> None:
        """An idle console writes nothing, so a hangup must be looked for."""
        terminal = select.poll()
        terminal.register(self.fileno, 0)  # a hangup is always reported
        if terminal.poll():
            self._terminal.lose()

    def _end(self) -> None:
        self._loop.call_soon_threadsafe(cast("LosesTerminal", self._app).lose_terminal)
