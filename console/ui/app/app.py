"""The Textual application. It only wires: the main screen, keys and commands."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.actions import parse

from console.errors import ConsoleError
from console.protocol.text.safe import safe
from console.ui.app.calling import Calling, scopes_here
from console.ui.app.main import MainScreen
from console.ui.keys.actions import CHANGING, bindings
from console.ui.keys.commands import commands, everything
from console.ui.keys.keymap import Keymap, takes_text
from console.ui.kit.explain import refused
from console.ui.kit.row_list import RowList
from console.ui.kit.toasts import ToastingApp

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from textual.actions import ActionParseResult
    from textual.dom import DOMNode

    from console.terminal.appearance import Appearance
    from console.ui.context.sources import Sources
    from console.ui.keys.commands import Meaning


_TO_NO_ROW = {"new", "all_read", "undo", "reconnect", "go_on", "drop_left", "keep_view"}
_TO_A_ROW = (CHANGING | {"choose", "reply", "thread", "again"}) - _TO_NO_ROW
"""Names of what is done to the row under the cursor, if any: it stays there then."""


_TOLD = 15.0
"""Seconds for which it is told what became of a configuration."""


class ConsoleApp(ToastingApp[None]):
    """The console. Give it what to show; it never opens a file or a socket of its own."""

    TITLE = "gsm-console"
    ENABLE_COMMAND_PALETTE = False  # there is a command line instead
    BINDINGS: ClassVar = [*bindings("everywhere", "app.reload", "app.help", "app.palette", "app.commands")]

    def __init__(
        self,
        sources: Sources,
        *,
        begin: Callable[[], None] | None = None,
        exit_after: float | None = None,
        appearance: Appearance | None = None,
    ) -> None:
        """`begin` is called in a thread of its own once the first frame stands; what it raises ends the application."""
        super().__init__(line=sources.line, appearance=appearance, clock=sources.clock.time)
        self._sources = sources
        self._begin = begin
        self.keys = Keymap(sources.keys)
        self.aliases = sources.aliases
        self._calling = Calling(self)
        self._history: list[str] = []
        """What was typed behind the colon, the newest first."""
        self._exit_after = exit_after

    def get_default_screen(self) -> MainScreen:
        return MainScreen(self._sources)

    @property
    def only_looks(self) -> bool:
        """Whether nothing may be sent or changed here."""
        return bool(self._sources.backend.read_only())

    def on_mount(self) -> None:
        self.set_keymap(self.keys.own)
        if self._exit_after is not None:
            self.set_timer(self._exit_after, self.exit)

    def on_panes_screen_built(self) -> None:
        if self._begin is not None:
            self.run_worker(self._begin_beside, thread=True, exit_on_error=False)

    def _begin_beside(self) -> None:
        assert self._begin is not None, "asked for where there is something to begin"
        try:
            self._begin()
        except BaseException as error:
            self.broke = error
            self.call_from_thread(self.exit)

    async def run_action(
        self,
        action: str | ActionParseResult,
        default_namespace: DOMNode | None = None,
        namespaces: Mapping[str, DOMNode] | None = None,
    ) -> bool:
        """Every key, command and button comes through here: where nothing may be changed, what changes something is
        refused, and says why.
        """
        main = self.screen_stack[0]
        if isinstance(main, MainScreen) and not main.is_built:
            # A key came before all that it may need is there: it waits, and is not lost.
            await main.until_built()
        _, name, parameters = parse(action) if isinstance(action, str) else action
        owner = default_namespace or self
        if name in CHANGING and owner.check_action(name, parameters) and refused(self, self._sources.backend):
            return True
        if name in CHANGING:
            self.line.lend()
        if name in _TO_A_ROW and isinstance(self.focused, RowList):
            self.focused.settle()
        return await super().run_action(action, default_namespace, namespaces)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """Where text is typed in, the application's own keys are text."""
        if action in {"help", "palette", "reload"} and takes_text(self.focused):
            return False
        return super().check_action(action, parameters)

    def action_help(self) -> None:
        """Every key and command, on whichever screen that asks nothing."""
        from console.ui.app.help import HelpScreen

        calling = self._calling
        if calling.may_open():
            self.push_screen(
                HelpScreen(everything(calling.near), scopes_here(self.screen), self._call, self._go_on_typing)
            )

    def _go_on_typing(self, typed: str) -> None:
        self.call_later(self.action_commands, typed)

    @work(exit_on_error=False)
    async def action_reload(self) -> None:
        """What takes effect is shown at once; what was typed stays."""
        try:
            changes = await asyncio.to_thread(self._sources.reload)
        except ConsoleError as error:
            words = f"{safe(error.in_full)} Nothing was changed."
            self.notify(words, title=error.title, severity="error", timeout=_TOLD, markup=False)
            return
        self.escape_time.fixed = changes.config.escape_seconds
        self.keys = Keymap(changes.config.keys)
        self.set_keymap(self.keys.own)
        self.aliases = changes.config.aliases
        main = self.screen_stack[0]
        if isinstance(main, MainScreen):
            main.take_settings()
        self.notify(safe(changes.words), timeout=_TOLD, markup=False)

    def action_palette(self) -> None:
        self.action_commands()

    def action_commands(self, typed: str = "") -> None:
        """The command line, on whichever screen that asks nothing; `typed` stands there to begin with."""
        from console.ui.app.command_line import CommandScreen

        calling = self._calling
        if calling.may_open():
            known = commands(calling.near)
            line = CommandScreen(
                known, calling.main.values, self._call, aliases=self.aliases, history=self._history, typed=typed
            )
            self.push_screen(line)

    def _call(self, meant: Meaning) -> None:
        """Once the screen that it was called on is gone."""
        self.call_later(self._calling.run, meant)

    def action_theme(self, name: str) -> None:
        self.show_in(name)

    def action_redraw(self) -> None:
        self.redraw()

    async def action_quit(self) -> None:
        """Textual's own ctrl+q asks as well."""
        main = self.screen_stack[0]
        if isinstance(main, MainScreen):
            main.action_quit()

    def action_help_quit(self) -> None:
        """ctrl+c is what many hands do to get out."""
        self.call_later(self.action_quit)
