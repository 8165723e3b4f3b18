"""The Textual application. It only wires: themes, styles, the main screen, and how it ends."""

from __future__ import annotations

import asyncio
import signal
import threading
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.app import App, SystemCommand

from console.ui.actions import ACTIONS
from console.ui.driver import ConsoleDriver
from console.ui.screens.main import MainScreen, Sources
from console.ui.theme import DARK, LIGHT, SIXTEEN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from textual.dom import DOMNode
    from textual.screen import Screen


def styles_path() -> Path:
    """The folder of `*.tcss`: beside the package in a checkout, inside it in an installed wheel."""
    package = Path(__file__).resolve().parent.parent
    shipped = package / "styles"
    return shipped if shipped.is_dir() else package.parent / "styles"


class ConsoleApp(App[None]):
    """The console. Give it what to show; it never opens a file or a socket of its own."""

    TITLE = "gsm-console"
    CSS_PATH: ClassVar[list[str | Path]] = sorted(styles_path().glob("*.tcss"))  # type: ignore[assignment]
    BINDINGS: ClassVar = []

    def __init__(self, sources: Sources, *, exit_after: float | None = None, theme: str | None = None) -> None:
        super().__init__(driver_class=ConsoleDriver)
        self._sources = sources
        self._exit_after = exit_after
        self.terminal_lost = False
        """It ended because nobody can see it any more: SIGHUP, or a terminal that is dead."""
        self.register_theme(DARK)
        self.register_theme(LIGHT)
        self.register_theme(SIXTEEN)
        self.theme = theme or (SIXTEEN.name if self.console.color_system == "standard" else DARK.name)
        self.animation_level = "none"

    def get_default_screen(self) -> MainScreen:
        return MainScreen(self._sources)

    def on_mount(self) -> None:
        self._end_on_signals()
        if self._exit_after is not None:
            self.set_timer(self._exit_after, self.exit)

    def get_system_commands(self, screen: Screen[object]) -> Iterable[SystemCommand]:
        """The palette offers what the keys offer."""
        if not isinstance(screen, MainScreen):
            return
        for scope in ("everywhere", "inbox", "outbox", "ami"):
            for action in ACTIONS[scope]:
                owner = screen if scope == "everywhere" else screen.pane(scope)
                yield SystemCommand(
                    action.help, f"key {action.key.split(',')[0]}", partial(self._perform, action.run, owner)
                )
        yield SystemCommand("Dark colours", "theme", partial(setattr, self, "theme", DARK.name))
        yield SystemCommand("Light colours", "theme", partial(setattr, self, "theme", LIGHT.name))

    def _perform(self, run: str, owner: DOMNode) -> None:
        self.call_later(self.run_action, run, owner)

    async def action_quit(self) -> None:
        """Textual's own ctrl+q asks as well."""
        main = self.screen_stack[0]
        if isinstance(main, MainScreen):
            main.action_quit()

    def action_help_quit(self) -> None:
        """ctrl+c is what many hands do to get out."""
        self.call_later(self.action_quit)

    def _end_on_signals(self) -> None:
        """Leave in good order on SIGTERM and SIGHUP: the terminal is restored, the exit is clean."""
        if threading.current_thread() is not threading.main_thread():
            return
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self.exit)
        loop.add_signal_handler(signal.SIGHUP, self.lose_terminal)

    def lose_terminal(self) -> None:
        """The terminal is gone: leave, whatever else of SIGHUP may still come."""
        self.terminal_lost = True
        if threading.current_thread() is threading.main_thread():
            # Ours no longer, or its default would come back when the loop closes.
            asyncio.get_running_loop().remove_signal_handler(signal.SIGHUP)
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
        self.exit()
