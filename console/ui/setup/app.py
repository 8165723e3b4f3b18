"""The application of the first setup: one screen, and how it was left."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.terminal.app import TerminalApp
from console.ui.setup.screen import SetupEnding, SetupScreen

if TYPE_CHECKING:
    from console.terminal.appearance import Appearance
    from console.ui.setup.screen import Setup


class SetupApp(TerminalApp[SetupEnding]):
    """Returns how it was left; None where it was ended from outside."""

    TITLE = "gsm-console"
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, setup: Setup, *, theme: str | None = None, appearance: Appearance | None = None) -> None:
        super().__init__(theme=theme, appearance=appearance)
        self._setup = setup

    def get_default_screen(self) -> SetupScreen:
        return SetupScreen(self._setup)

    def on_setup_screen_ended(self, event: SetupScreen.Ended) -> None:
        self.exit(event.ending)

    def action_help_quit(self) -> None:
        """ctrl+c is what many hands do to get out; nothing was written."""
        self.exit(SetupEnding())
