"""What the command palette offers: everything that the keys do, with its key, wherever one is."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from textual.app import SystemCommand

from console.ui.app.main import MainScreen
from console.ui.keys.actions import ACTIONS, PANES, REBINDABLE, TITLES, Action

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textual.dom import DOMNode
    from textual.screen import Screen

    from console.ui.keys.keymap import Keymap


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
