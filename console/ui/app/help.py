"""What can be done here and with which key: the help screen, and the command palette."""

from __future__ import annotations

from functools import partial
from textwrap import wrap
from typing import TYPE_CHECKING

from textual.app import SystemCommand
from textual.content import Content

from console.ui.app.main import MainScreen
from console.ui.context.detail import DetailScreen
from console.ui.keys.actions import ACTIONS, PANES, REBINDABLE, TITLES, Action

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from textual.dom import DOMNode
    from textual.screen import Screen

    from console.ui.keys.keymap import Keymap


_SCOPES = {action.id: scope for scope, actions in ACTIONS.items() for action in actions}
_KEYS = 15
"""Cells of the keys in front of what they do."""

_WORDS = 53
"""Cells of what they do, in a dialog on 80 columns; the rest stands below it."""


def scopes_here(screen: Screen[object]) -> list[str]:
    """Where the operator is: the scopes whose keys work now, the nearest first, `everywhere` last."""
    found = dict.fromkeys(
        scope
        for active in screen.active_bindings.values()
        if active.enabled and (scope := _SCOPES.get(active.binding.id or ""))
    )
    common = ("lists", "everywhere")
    return [*(scope for scope in found if scope not in common), *(scope for scope in common if scope in found)]


def help_screen(here: Sequence[str], keymap: Keymap) -> DetailScreen:
    """Every key, from the table that binds them; those of `here` on top."""
    elsewhere = [scope for scope in ACTIONS if scope not in here]
    parts = [_section(scope, keymap) for scope in here]
    if here and elsewhere:
        parts.append(Content.assemble(("Elsewhere", "bold $accent")))
    parts += [_section(scope, keymap) for scope in elsewhere]
    return DetailScreen("Keys here, then elsewhere" if here else "Keys", Content("\n\n").join(parts))


def _section(scope: str, keymap: Keymap) -> Content:
    lines = [Content.assemble((TITLES[scope], "bold $primary"))]
    for action in ACTIONS[scope]:
        keys = keymap.names(action)
        first, *more = wrap(action.help, _WORDS)
        lines.append(Content.assemble((f"  {keys:<{_KEYS - 1}} ", "bold"), first))
        lines += [Content(" " * (_KEYS + 2) + words) for words in more]
    return Content("\n").join(lines)


def commands(
    screen: Screen[object], keymap: Keymap, perform: Callable[[str, DOMNode], None]
) -> Iterator[SystemCommand]:
    """Those that work on this screen first. One that works elsewhere tells where, and with which key.

    `perform` runs an action on the node that has it.
    """
    here = dict(_owners(screen))
    for scope, actions in REBINDABLE.items():
        for action in actions:
            key = f"key {keymap.names(action)}"
            if (owner := here.get(action.id)) is not None:
                yield SystemCommand(action.help, key, partial(perform, action.run, owner))
            else:
                words = f"{key}, in: {TITLES[scope]}"
                yield SystemCommand(action.help, words, partial(_tell, screen, action, scope, keymap))


def _owners(screen: Screen[object]) -> Iterator[tuple[str, DOMNode]]:
    """Id of an action -> the node that performs it: of the main screen those of all panes, else what works now."""
    if isinstance(screen, MainScreen):
        for name in PANES:
            yield from ((action.id, screen.pane(name)) for action in ACTIONS[name])
        yield from ((action.id, screen) for action in ACTIONS["everywhere"])
    for active in screen.active_bindings.values():
        if active.binding.id and active.enabled:
            yield active.binding.id, active.node
    for action in ACTIONS["everywhere"]:
        if hasattr(screen.app, f"action_{action.run}"):
            yield action.id, screen.app


def _tell(screen: Screen[object], action: Action, scope: str, keymap: Keymap) -> None:
    screen.app.notify(f"{action.help}: in {TITLES[scope]}, key {keymap.names(action)}.", markup=False)
