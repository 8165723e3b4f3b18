"""Every key and command in one table: bindings, the key bar, the help and the command line all follow it.

Keys are plain: nothing on F-keys or on what terminals, tmux and screen keep for themselves (ctrl+s, q, z, b, a).
Each has an `id`, by which it can be rebound, unless it stands in `fixed_actions`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.ui.keys.action import Action, key_name
from console.ui.keys.fixed_actions import FIXED_ACTIONS
from console.ui.keys.main_actions import MAIN_ACTIONS
from console.ui.keys.pane_actions import PANE_ACTIONS
from console.ui.keys.screen_actions import SCREEN_ACTIONS

if TYPE_CHECKING:
    from textual.binding import Binding

__all__ = ["ACTIONS", "BY_ID", "CHANGING", "PANES", "REBINDABLE", "TITLES", "Action", "bindings", "key_name"]


REBINDABLE: dict[str, tuple[Action, ...]] = {**MAIN_ACTIONS, **PANE_ACTIONS, **SCREEN_ACTIONS}
"""Those that can have keys of one's own, by where they work."""

TITLES = {
    "everywhere": "Everywhere",
    "lists": "In lists",
    "marks": "Marks, in inbox, ports, outbox and alarms",
    "lines": "In text fields",
    "dialogs": "In dialogs",
    "detail": "Details",
    "inbox": "Inbox",
    "ports": "Ports",
    "grid": "Port table",
    "port": "Port details",
    "compose": "Compose",
    "choice": "In From and By",
    "pick": "A list of choices",
    "outbox": "Outbox",
    "ami": "AMI log",
    "command": "Asterisk CLI",
    "thread": "Conversation",
    "views": "Views",
    "batches": "Batches",
    "resend": "Batch resend summary",
    "summary": "Send summary",
    "recipients": "Recipients",
    "templates": "Templates",
    "drafts": "Drafts",
    "audit": "Audit",
    "alarms": "Alarms",
    "rules": "Rules",
    "figures": "Figures",
    "count": "Count",
    "ussd": "USSD",
    "commands": "Command palette",
    "help": "Help",
    "setup": "First setup",
}

ACTIONS = {scope: (*REBINDABLE.get(scope, ()), *FIXED_ACTIONS.get(scope, ())) for scope in TITLES}
"""All of them, in the order of the help screen."""

BY_ID = {action.id: action for actions in ACTIONS.values() for action in actions}

SCOPES = {action.id: scope for scope, actions in ACTIONS.items() for action in actions}
"""Id of an action -> where it works."""

PANES = tuple(action.id.removeprefix("pane.") for action in ACTIONS["everywhere"] if action.id.startswith("pane."))
"""In the order of their keys."""

CHANGING = frozenset(action.run.partition("(")[0] for each in ACTIONS.values() for action in each if action.changes)
"""Names of what is run that sends or changes something. What changes nothing has other names."""


def bindings(scope: str, *ids: str) -> list[Binding]:
    """The scope's actions as Textual bindings, also those that have no key until the operator gives them one; where ids
    are given, only those.
    """
    from textual.binding import Binding  # the table itself is read without a screen, too

    return [
        Binding(
            key,
            run,
            action.label,
            show=action.shown and bool(action.key),
            id=action.id,
            tooltip=action.help,
            priority=action.moves_focus,
        )
        for action in ACTIONS[scope]
        if not ids or action.id in ids
        for key, run in action.calls or [(action.id, action.run)]  # no keyboard has a key of that name
    ]
