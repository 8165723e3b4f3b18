"""Commands called by name, from the command line or the help: which of them work where, and how they are run.

A seam: what stands over the screen names a command, and knows no pane; who has it, and the way there, is known here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.ui.app.main import MainScreen
from console.ui.keys.actions import PANES, SCOPES, TITLES
from console.ui.keys.commands import BESIDE, ELSEWHERE, HERE, Command, Meaning
from console.ui.keys.keymap import takes_text

if TYPE_CHECKING:
    from textual.dom import DOMNode
    from textual.screen import Screen

    from console.ui.app.app import ConsoleApp
    from console.ui.keys.actions import Action

_ASKING = {"dialogs", "summary", "resend", "setup", "commands", "help"}
"""Scopes of screens that wait for an answer, over which nothing else opens."""

_ROOMS = {
    "alarms": ("", "alarms"),
    "rules": ("", "rules"),
    "figures": ("", "figures"),
    "batches": ("outbox", "batches"),
}
"""Scope of a screen that can be opened from the main one -> the pane that opens it, and how."""


def scopes_here(screen: Screen[object]) -> list[str]:
    """Where the operator is: the scopes whose keys work now, the nearest first, `everywhere` last."""
    found = dict.fromkeys(
        scope
        for active in screen.active_bindings.values()
        if active.enabled and (scope := SCOPES.get(active.binding.id or ""))
    )
    common = ("marks", "lists", "everywhere")
    return [*(scope for scope in found if scope not in common), *(scope for scope in common if scope in found)]


class Calling:
    """Of one application."""

    def __init__(self, app: ConsoleApp) -> None:
        self._app = app

    @property
    def main(self) -> MainScreen:
        main = self._app.screen_stack[0]
        assert isinstance(main, MainScreen), "it is the first of all"
        return main

    def may_open(self) -> bool:
        """Whether a command line or the help opens over what is there."""
        return not _ASKING & set(scopes_here(self._app.screen))

    def near(self, action: Action, scope: str) -> int:
        """How near an action is to where the operator is."""
        if self._owner(action, scope) is not None:
            return HERE
        return BESIDE if scope == "everywhere" or scope in PANES or scope in _ROOMS else ELSEWHERE

    def _owner(self, action: Action, scope: str) -> DOMNode | None:
        """What performs an action where the operator is."""
        screen, name = self._app.screen, _method(action)
        if scope == "everywhere" and hasattr(self._app, name):
            return self._app
        active = [each for each in screen.active_bindings.values() if each.enabled]
        places = [each.node for each in active if each.binding.id == action.id]
        if screen is self.main:  # where letters are text, keys rest; names do not
            places += [self.main] if scope == "everywhere" else []
            places += [self.main.pane(scope)] if scope == self.main.active else []
        return next((place for place in places if hasattr(place, name)), None)

    async def run(self, meant: Meaning) -> None:
        """Do what was called; of what works elsewhere, go there first. What is done to a row that was not in sight is
        not done: the operator looks, and says it again.
        """
        command = meant.command
        assert command is not None, "something was called"
        owner = self._owner(command.action, command.scope)
        if owner is not None:
            await self._perform(meant, owner)
        elif self.near(command.action, command.scope) == ELSEWHERE:
            self._tell(command)
        elif self._go_to(command.scope):
            if command.action.changes and not meant.words and command.scope != "everywhere":
                self._app.notify(f"{command.action.label}: check the row, then give the command again.", markup=False)
            else:  # a screen that has just been opened has to be built
                self._app.screen.call_after_refresh(self._perform_here, meant)

    async def _perform_here(self, meant: Meaning) -> None:
        assert meant.command is not None, "something was called"
        owner = self._owner(meant.command.action, meant.command.scope)
        if owner is not None:
            await self._perform(meant, owner)

    async def _perform(self, meant: Meaning, owner: DOMNode) -> None:
        assert meant.command is not None, "something was called"
        app, action = self._app, meant.command.action
        screen, here = app.screen, app.screen.focused
        if takes_text(here):
            screen.set_focus(None)
        method = _method(action).removeprefix("action_")
        await app.run_action(("", method, (meant.words,)) if meant.words else action.run, owner)
        if app.screen is screen and screen.focused is None:
            screen.set_focus(here)

    def _go_to(self, scope: str) -> bool:
        """To the main screen, and there to the pane or the screen; whether that could be."""
        while (screen := self._app.screen) is not self.main:
            leave = getattr(screen, "action_leave", None)
            if leave is not None:
                leave()
            if self._app.screen is screen:
                self._app.notify("Close this first.", severity="warning")
                return False
        pane, name = _ROOMS.get(scope, (scope, ""))
        if pane in PANES:
            self.main.action_pane(pane)
        if name:
            getattr(self.main.pane(pane) if pane else self.main, f"action_{name}")()
        return True

    def _tell(self, command: Command) -> None:
        keys = self._app.keys.names(command.action)
        where = f"in {TITLES[command.scope]}" + (f", key {keys}" if keys else "")
        self._app.notify(f"{command.action.help}: {where}.", markup=False)


def _method(action: Action) -> str:
    return f"action_{action.run.partition('(')[0].rpartition('.')[2]}"
