"""Every key in one table: bindings, the key bar, the help screen and the palette all follow it.

Keys are plain: nothing on F-keys or on what terminals, tmux and screen keep for themselves (ctrl+s, q, z, b, a).
Each has an `id`, by which it can be rebound.
"""

from __future__ import annotations

from dataclasses import dataclass

from textual.binding import Binding


@dataclass(frozen=True, slots=True)
class Action:
    """One thing the operator can do."""

    id: str
    key: str
    """Textual's spelling, several separated by commas."""
    run: str
    """The `action_…` method to call, with its arguments."""
    label: str
    """One or two words, for the key bar."""
    help: str
    """One line, for the help screen."""
    shown: bool = True
    """Whether the key bar offers it."""
    moves_focus: bool = False
    """Whether the keys behind it belong elsewhere. Such a key is acted on before the next one is looked at (a Textual
    priority binding), so that what is typed ahead on a slow line lands where the operator meant it."""


PANES = ("inbox", "ports", "compose", "ami", "outbox")
"""In the order of their keys, 1 to 5."""

ACTIONS: dict[str, tuple[Action, ...]] = {
    "everywhere": (
        Action("pane.inbox", "1", "pane('inbox')", "Inbox", "Go to the inbox", shown=False, moves_focus=True),
        Action("pane.ports", "2", "pane('ports')", "Ports", "Go to the GSM ports", shown=False, moves_focus=True),
        Action("pane.compose", "3", "pane('compose')", "Draft", "Go on with your draft", shown=False, moves_focus=True),
        Action("compose.new", "n", "new", "New", "Write a new message", moves_focus=True),
        Action("pane.ami", "4", "pane('ami')", "AMI", "Go to the AMI log", shown=False, moves_focus=True),
        Action("pane.outbox", "5", "pane('outbox')", "Outbox", "Go to the outbox", shown=False, moves_focus=True),
        Action("app.zoom", "z", "zoom", "Zoom", "Give the whole screen to this pane, and back"),
        Action("app.reconnect", "R", "reconnect", "Reconnect", "Try the AMI link again now", shown=False),
        Action(
            "app.receiver",
            "exclamation_mark",
            "receiver",
            "Calls",
            "Calls refused, results of no message",
            shown=False,
        ),
        Action("app.help", "question_mark", "help", "Keys", "Show every key", moves_focus=True),
        Action(
            "app.palette",
            "colon",
            "palette",
            "Commands",
            "Find a command by name (^p even while typing)",
            shown=False,
            moves_focus=True,
        ),
        Action("app.quit", "q", "quit", "Quit", "Leave the console", moves_focus=True),
    ),
    "lists": (
        Action("list.up", "up,k", "", "Up", "One row up", shown=False),
        Action("list.down", "down,j", "", "Down", "One row down", shown=False),
        Action("list.page", "space,pageup,pagedown", "", "Page", "A page on, back or forth", shown=False),
        Action("list.ends", "g,home,G,end", "", "Ends", "To the first or the last row", shown=False),
        Action("list.open", "enter", "", "Open", "Open the row under the cursor"),
    ),
    "inbox": (
        Action("inbox.reply", "r", "reply", "Reply", "Answer the sender", moves_focus=True),
        Action(
            "inbox.search",
            "slash",
            "search",
            "Search",
            "Search: words, port:2, from:+8613, is:unread",
            moves_focus=True,
        ),
        Action("inbox.unread", "u", "next_unread", "Next unread", "Go to the newest unread message"),
        Action("inbox.all-read", "A", "all_read", "All read", "Mark every message as read", shown=False),
        Action("inbox.hex", "x", "hex", "Raw", "Show the raw bytes of the message, and back", shown=False),
    ),
    "compose": (
        Action("compose.send", "ctrl+t", "send", "Send", "Send the message (t for transmit)"),
        Action("compose.plain", "ctrl+r", "plain", "Plain letters", "Replace look-alikes (’ – …) by GSM-7"),
        Action("compose.wire", "ctrl+o", "wire", "Wire form", "Show exactly what will go to the gateway"),
        Action("compose.next", "tab", "", "Next field", "Next field; shift+tab goes back", shown=False),
        Action("compose.choose", "left,right,0-9", "", "Choose", "In From and By: another choice, or a port's number"),
        Action("compose.leave", "escape", "leave", "Leave", "Leave the form; the draft stays"),
    ),
    "outbox": (
        Action(
            "outbox.again",
            "e",
            "again",
            "Write again",
            "Take the message to the form once more",
            moves_focus=True,
        ),
    ),
    "ami": (
        Action("ami.follow", "f", "follow", "Follow", "Follow the newest line"),
        Action("ami.routine", "p", "routine", "Routine", "Show status questions and dialplan steps too, or hide them"),
        Action("ami.account", "a", "account", "Account", "What the AMI account may do, what to ask for", shown=False),
    ),
}

TITLES = {
    "everywhere": "Everywhere",
    "lists": "In lists",
    "inbox": "Inbox",
    "compose": "Compose",
    "outbox": "Outbox",
    "ami": "AMI log",
}


def bindings(scope: str) -> list[Binding]:
    """The scope's actions as Textual bindings."""
    return [
        Binding(
            action.key,
            action.run,
            action.label,
            show=action.shown,
            id=action.id,
            tooltip=action.help,
            priority=action.moves_focus,
        )
        for action in ACTIONS[scope]
        if action.run
    ]


_KEY_NAMES = {
    "question_mark": "?",
    "slash": "/",
    "exclamation_mark": "!",
    "colon": ":",
    "escape": "esc",
    "pageup": "pgup",
    "pagedown": "pgdn",
}


def key_name(key: str) -> str:
    """A key as the operator reads it: `?`, `^t`, `esc`."""
    return _KEY_NAMES.get(key, key.replace("ctrl+", "^"))
