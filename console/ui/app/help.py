"""The keys: those that work here first, then those of every other place."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from textual.content import Content

from console.ui.context.detail import DetailScreen
from console.ui.keys.actions import ACTIONS, TITLES

if TYPE_CHECKING:
    from collections.abc import Sequence

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
