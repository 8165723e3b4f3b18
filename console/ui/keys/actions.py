"""Every key in one table: bindings, the key bar, the help screen and the palette all follow it.

Keys are plain: nothing on F-keys or on what terminals, tmux and screen keep for themselves (ctrl+s, q, z, b, a).
Each has an `id`, by which it can be rebound, unless it stands in `fixed_actions`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.ui.keys.action import Action, key_name, search_acts
from console.ui.keys.fixed_actions import FIXED_ACTIONS
from console.ui.keys.screen_actions import SCREEN_ACTIONS

if TYPE_CHECKING:
    from textual.binding import Binding

__all__ = ["ACTIONS", "CHANGING", "PANES", "REBINDABLE", "TITLES", "Action", "bindings", "key_name"]


def _port_acts(scope: str) -> tuple[Action, ...]:
    """What can be done to a port, be it the one under the cursor or one shown whole."""
    lock = "Leave the port out of auto and sets, or let it in again"
    return (
        Action(
            f"{scope}.ussd",
            "asterisk",
            "ussd",
            "USSD",
            "Ask the network by USSD, such as the balance",
            moves_focus=True,
        ),
        Action(
            f"{scope}.power", "p", "power_port", "Power", "Reset the port, or switch it", moves_focus=True, changes=True
        ),
        Action(f"{scope}.at", "a", "at_command", "AT", "Send an AT command to it", moves_focus=True, changes=True),
        Action(f"{scope}.lock", "x", "lock_out", "Lock out", lock, moves_focus=True, changes=True),
        Action(f"{scope}.note", "N", "note_port", "Note", "A note to colleagues on it", moves_focus=True, changes=True),
    )


REBINDABLE: dict[str, tuple[Action, ...]] = {
    "everywhere": (
        Action("pane.inbox", "1", "pane('inbox')", "Inbox", "Go to the inbox", shown=False, moves_focus=True),
        Action("pane.ports", "2", "pane('ports')", "Ports", "Go to the GSM ports", shown=False, moves_focus=True),
        Action("pane.compose", "3", "pane('compose')", "Draft", "Go on with your draft", shown=False, moves_focus=True),
        Action("compose.new", "n", "new", "New", "Write a new message", moves_focus=True),
        Action("pane.ami", "4", "pane('ami')", "AMI", "Go to the AMI log", shown=False, moves_focus=True),
        Action("pane.outbox", "5", "pane('outbox')", "Outbox", "Go to the outbox", shown=False, moves_focus=True),
        Action("gateway.all", "0", "gateway('')", "All gateways", "Show all gateways", shown=False),
        Action(
            "gateway.previous", "left_square_bracket", "step_gateway(-1)", "Gateway", "The gateway before", shown=False
        ),
        Action("gateway.next", "right_square_bracket", "step_gateway(1)", "Gateway", "The next gateway", shown=False),
        Action(
            "app.undo",
            "U",
            "undo",
            "Undo",
            "Undo what you read, claimed, finished, named or noted last",
            shown=False,
            changes=True,
        ),
        Action("app.zoom", "z", "zoom", "Zoom", "Give the whole screen to this pane, and back"),
        Action("app.reconnect", "R", "reconnect", "Reconnect", "Try the AMI link again now", shown=False, changes=True),
        Action(
            "app.receiver",
            "exclamation_mark",
            "receiver",
            "Calls",
            "Calls refused, results of no message",
            shown=False,
        ),
        Action(
            "alarms.list",
            "l",
            "alarms",
            "Alarms",
            "Alarms: what is wrong and since when, and what was",
            shown=False,
            moves_focus=True,
        ),
        Action(
            "alarms.next",
            "L",
            "next_alarm",
            "Next alarm",
            "Go to what the next alarm is about",
            shown=False,
            moves_focus=True,
        ),
        Action("app.reload", "C", "reload", "Reload", "Reload the configuration", shown=False),
        Action("app.help", "question_mark", "help", "Keys", "Show every key", moves_focus=True),
        Action(
            "app.palette",
            "colon",
            "palette",
            "Commands",
            "Find a command by name",
            shown=False,
            moves_focus=True,
        ),
        Action("app.quit", "q", "quit", "Quit", "Leave the console", moves_focus=True),
    ),
    "lists": (
        Action("list.up", "up,k", "move(-1)", "Up", "One row up", shown=False),
        Action("list.down", "down,j", "move(1)", "Down", "One row down", shown=False),
        Action("list.page-down", "space,pagedown", "page(1)", "Page down", "A page down", shown=False),
        Action("list.page-up", "pageup", "page(-1)", "Page up", "A page up", shown=False),
        Action("list.first", "g,home", "jump('top')", "First row", "To the first row", shown=False),
        Action("list.last", "G,end", "jump('bottom')", "Last row", "To the last row", shown=False),
        Action("list.open", "enter", "choose", "Open", "Open the row under the cursor"),
    ),
    "inbox": (
        Action("inbox.reply", "r", "reply", "Reply", "Answer the sender", moves_focus=True),
        *search_acts("inbox", "port:2, from:+8613, is:unread"),
        Action("inbox.unread", "u", "next_unread", "Unread", "Go to the newest unread message"),
        Action("inbox.thread", "t", "thread", "Thread", "Everything to and from this number", moves_focus=True),
        Action("inbox.claim", "m", "claim_entry", "Claim", "Look after it, or leave it to others", changes=True),
        Action("inbox.done", "d", "finish_entry", "Done", "Say that the message is done with", changes=True),
        Action(
            "inbox.name",
            "N",
            "name_sender",
            "Name",
            "Give the sender's number a name",
            shown=False,
            moves_focus=True,
            changes=True,
        ),
        Action("inbox.times", "T", "times", "Times", "Our UTC beside the gateway's own time, and back", shown=False),
        Action(
            "inbox.all-read",
            "A",
            "all_read",
            "All read",
            "Mark all that is shown as read",
            shown=False,
            moves_focus=True,
            changes=True,
        ),
        Action("inbox.hex", "x", "hex", "Raw", "Show the raw bytes of the message, and back", shown=False),
        Action("inbox.join", "J", "join_parts", "Join", "Take a long SMS apart, or join it", shown=False, changes=True),
        Action("inbox.copy", "y", "copy_text", "Copy", "Copy the text to the terminal's clipboard", shown=False),
        Action("inbox.code", "c", "copy_code", "Code", "Copy the code in the message, such as 4711"),
        Action("inbox.write", "w", "write_text", "Write", "Write the message to a file", shown=False, moves_focus=True),
    ),
    "ports": (
        Action("ports.tiles", "t", "tiles", "Tiles", "Ports as tiles, or as lines again"),
        Action("ports.order", "o", "order", "Sort", "Sort: by port, worst first, weakest first, busiest first"),
        *search_acts("ports", "is:down, port:1-8, operator:beeline"),
        *_port_acts("ports"),
    ),
    "port": (
        Action("port.next", "right", "across(1)", "Section", "Facts, charts, messages, AMI, raw: the next", shown=True),
        Action("port.before", "left", "across(-1)", "Before", "The one before", shown=False),
        Action("port.days", "d", "by_day", "Days", "Charts by day, or by hour again"),
        Action("port.down", "down,j", "scroll_by(1)", "Down", "A line down", shown=False),
        Action("port.up", "up,k", "scroll_by(-1)", "Up", "A line up", shown=False),
        Action("port.on", "pagedown,space", "scroll_by(15)", "Page down", "A page down", shown=False),
        Action("port.back", "pageup", "scroll_by(-15)", "Page up", "A page up", shown=False),
        Action("port.top", "home,g", "scroll_by(-100000)", "Top", "To the top", shown=False),
        Action("port.bottom", "end,G", "scroll_by(100000)", "Bottom", "To the bottom", shown=False),
        *_port_acts("port"),
        Action("port.leave", "escape,q,enter", "leave", "Back", "Back to the ports", moves_focus=True),
    ),
    "compose": (
        Action("compose.send", "ctrl+t", "send", "Send", "Send the message", changes=True),
        Action("compose.leave", "escape", "leave", "Leave", "Leave the form; the draft stays"),
        Action("compose.list", "ctrl+l", "list", "Who", "Show everybody in To, and who is left out", moves_focus=True),
        Action(
            "compose.template", "ctrl+y", "template", "Template", "Take a text from the templates", moves_focus=True
        ),
        Action("compose.drafts", "ctrl+g", "drafts", "Drafts", "Drafts that were kept, to go on", moves_focus=True),
        Action("compose.when", "ctrl+n", "when", "When", "Say when it is to leave, and until when", moves_focus=True),
        Action("compose.plain", "ctrl+r", "plain", "Simplify", "Replace look-alikes (’ – …) by GSM-7"),
        Action("compose.wire", "ctrl+o", "wire", "Wire form", "Show exactly what will go to the gateway"),
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
        Action(
            "outbox.check",
            "c",
            "check_message",
            "Check",
            "Ask the gateway what became of the message",
            changes=True,
        ),
        Action(
            "outbox.mark",
            "m",
            "mark_message",
            "Mark",
            "Say what became of an unknown message",
            moves_focus=True,
            changes=True,
        ),
        Action(
            "outbox.call-off",
            "d",
            "call_off",
            "Call off",
            "Call off a queued message",
            moves_focus=True,
            changes=True,
        ),
        Action(
            "outbox.time",
            "T",
            "put_off",
            "Time",
            "Say when a queued message is to leave",
            shown=False,
            moves_focus=True,
            changes=True,
        ),
        Action("outbox.filter", "F", "filter", "Filter", "Show all, what needs a person, what waits, ours, or others'"),
        *search_acts("outbox", "state:failed, batch:1, to:+8613"),
        Action("outbox.batches", "b", "batches", "Batches", "Batches: how far each has come", moves_focus=True),
        Action("outbox.thread", "t", "thread", "Thread", "Everything to and from this number", moves_focus=True),
        Action(
            "outbox.go-on",
            "o",
            "go_on",
            "Go on",
            "Let the messages of an earlier run go on",
            shown=False,
            moves_focus=True,
            changes=True,
        ),
        Action(
            "outbox.drop",
            "D",
            "drop_left",
            "Call off all",
            "Call off all messages of an earlier run",
            shown=False,
            moves_focus=True,
            changes=True,
        ),
        Action("outbox.copy", "y", "copy_text", "Copy", "Copy the text to the terminal's clipboard", shown=False),
        Action("outbox.write", "w", "write_text", "Write", "Write it to a file", shown=False, moves_focus=True),
        Action("outbox.audit", "A", "audit", "Audit", "Audit: who did what, and when", shown=False, moves_focus=True),
    ),
    "ami": (
        Action("ami.follow", "f", "follow", "Follow", "Follow the newest line"),
        Action("ami.routine", "p", "routine", "Routine", "Show status questions and dialplan steps too, or hide them"),
        *search_acts("ami", "event:SMS*, port:3, dir:in"),
        Action("ami.command", "c", "command", "Command", "Run a command on the gateway's own line", moves_focus=True),
        Action("ami.mark", "m", "mark", "Mark", "Put a mark with a note into the log", shown=False, moves_focus=True),
        Action("ami.earlier-mark", "apostrophe", "to_mark(-1)", "Mark above", "Go to the mark above", shown=False),
        Action("ami.later-mark", "quotation_mark", "to_mark(1)", "Mark below", "Go to the mark below", shown=False),
        Action("ami.times", "T", "times", "Times", "Clock, since the line before, UTC", shown=False),
        Action("ami.copy", "y", "copy", "Copy", "Give the line to the terminal's clipboard", shown=False),
        Action(
            "ami.write",
            "w",
            "write",
            "Write",
            "Write all that the filter shows to a file",
            shown=False,
            moves_focus=True,
        ),
        Action("ami.account", "a", "account", "Account", "What the AMI account may do, what to ask for", shown=False),
    ),
    "command": (
        # Not marked as moving the focus: the line must have taken every key typed before it is run.
        Action("command.run", "enter", "run_line", "Run", "Run it, after a question if need be"),
        Action("command.complete", "tab", "complete_line", "Complete", "Complete the word, or say what may follow"),
        Action("command.earlier", "up", "recall(1)", "Earlier", "An earlier line"),
        Action("command.later", "down", "recall(-1)", "Later", "A later one", shown=False),
        Action("command.back", "pageup", "scroll_output(-1)", "Up", "Up in the answers", shown=False),
        Action("command.on", "pagedown", "scroll_output(1)", "Down", "Down in the answers", shown=False),
        Action("command.leave", "escape", "leave", "Back", "Back to the log; the answers stay", moves_focus=True),
    ),
    **SCREEN_ACTIONS,
}
"""Those that can have keys of one's own, by where they work."""

TITLES = {
    "everywhere": "Everywhere",
    "lists": "In lists",
    "lines": "In lines",
    "dialogs": "In dialogs",
    "detail": "Shown whole",
    "inbox": "Inbox",
    "ports": "Ports",
    "grid": "Ports side by side",
    "port": "A port, whole",
    "compose": "Compose",
    "choice": "In From and By",
    "pick": "A list of choices",
    "outbox": "Outbox",
    "ami": "AMI log",
    "command": "Command line",
    "thread": "Thread",
    "views": "Views",
    "batches": "Batches",
    "resend": "Before sending a batch again",
    "summary": "Before sending",
    "recipients": "Recipients",
    "templates": "Templates",
    "drafts": "Drafts",
    "audit": "Audit",
    "alarms": "Alarms",
    "ussd": "USSD",
    "setup": "First setup",
}

ACTIONS = {scope: (*REBINDABLE.get(scope, ()), *FIXED_ACTIONS.get(scope, ())) for scope in TITLES}
"""All of them, in the order of the help screen."""

PANES = tuple(action.id.removeprefix("pane.") for action in ACTIONS["everywhere"] if action.id.startswith("pane."))
"""In the order of their keys."""

CHANGING = frozenset(action.run.partition("(")[0] for each in ACTIONS.values() for action in each if action.changes)
"""Names of what is run that sends or changes something. What changes nothing has other names."""


def bindings(scope: str, *ids: str) -> list[Binding]:
    """The scope's actions as Textual bindings; where ids are given, only those."""
    from textual.binding import Binding  # the table itself is read without a screen, too

    return [
        Binding(
            key,
            run,
            action.label,
            show=action.shown,
            id=action.id,
            tooltip=action.help,
            priority=action.moves_focus,
        )
        for action in ACTIONS[scope]
        if not ids or action.id in ids
        for key, run in action.calls
    ]
