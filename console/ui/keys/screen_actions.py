"""The keys of the screens that stand over the main one: the other half of the table in `actions`."""

from __future__ import annotations

from console.ui.keys.action import Action, search_acts

SCREEN_ACTIONS: dict[str, tuple[Action, ...]] = {
    "thread": (
        Action("thread.reply", "r", "reply", "Reply", "Answer here, on the port the newest came by", moves_focus=True),
        Action("thread.send", "enter", "send_reply", "Send", "In the reply: send it", moves_focus=True, changes=True),
        Action("thread.form", "n", "to_form", "Form", "Go on in the form, to choose another way", moves_focus=True),
        Action("thread.unread", "u", "next_unread", "Next unread", "The next conversation with something unread"),
        Action("thread.claim", "m", "claim_entry", "Claim", "Look after it, or leave it to others", changes=True),
        Action("thread.done", "d", "finish_entry", "Done", "Say that it is done with", changes=True),
        Action(
            "thread.join", "J", "join_parts", "Join", "Take a long SMS apart, or join it", shown=False, changes=True
        ),
        Action("thread.copy", "y", "copy_text", "Copy", "Copy the last text in sight to the terminal's clipboard"),
        Action("thread.code", "c", "copy_code", "Code", "Copy the newest code in sight"),
        Action("thread.write", "w", "write_text", "Write", "Write it all to a file", shown=False, moves_focus=True),
        Action("thread.leave", "escape,q,t", "leave", "Back", "Back to the list; the reply stays", moves_focus=True),
    ),
    "views": (
        Action(
            "views.delete", "d", "delete", "Forget", "Forget the view under the cursor", moves_focus=True, changes=True
        ),
        Action("views.leave", "escape,q,v", "leave", "Back", "Leave it as it is", moves_focus=True),
    ),
    "batches": (
        Action("batches.pause", "space", "pause_batch", "Pause", "Pause the batch, or let it go on", changes=True),
        Action(
            "batches.cancel",
            "x",
            "cancel_batch",
            "Call off",
            "Call off what waits of the batch",
            moves_focus=True,
            changes=True,
        ),
        Action(
            "batches.again",
            "e",
            "send_again",
            "Again",
            "Send again what failed, was called off or is unknown",
            moves_focus=True,
            changes=True,
        ),
        Action(
            "batches.write", "w", "write_batch", "Write", "Write who got it to a file, CSV or JSON", moves_focus=True
        ),
        Action("batches.leave", "escape,q,b", "leave", "Back", "Back to the outbox", moves_focus=True),
    ),
    "resend": (
        Action(
            "resend.unknown",
            "u",
            "take_unknown",
            "Unknown",
            "Take in those that may have arrived, or leave them out",
            moves_focus=True,
        ),
        Action(
            "resend.any-port", "a", "any_port", "Any port", "By any port that is ready, or as before", moves_focus=True
        ),
    ),
    "summary": (
        Action(
            "summary.send",
            "enter",
            "confirm_send(False)",
            "Send",
            "Send it, where nothing speaks against it",
            moves_focus=True,
            changes=True,
        ),
        Action(
            "summary.anyway",
            "y",
            "confirm_send(True)",
            "Send anyway",
            "Send it all the same",
            moves_focus=True,
            changes=True,
        ),
        Action("summary.down", "down,pagedown", "scroll(5)", "Down", "Down in what there is to say", shown=False),
        Action("summary.up", "up,pageup", "scroll(-5)", "Up", "Up again", shown=False),
        Action("summary.leave", "escape", "leave", "Back", "Back to the form, nothing is sent", moves_focus=True),
    ),
    "recipients": (
        Action("recipients.leave", "escape,q,ctrl+l", "leave", "Back", "Back to the form", moves_focus=True),
    ),
    "templates": (
        Action("templates.take", "enter", "take", "Take", "Take the text under the cursor", moves_focus=True),
        Action("templates.leave", "escape,q,ctrl+y", "leave", "Back", "Leave the text as it is", moves_focus=True),
    ),
    "drafts": (
        Action("drafts.take", "enter", "take", "Take up", "Go on with the draft under the cursor", moves_focus=True),
        Action("drafts.delete", "d", "delete_draft", "Delete", "Delete the draft under the cursor", moves_focus=True),
        Action("drafts.leave", "escape,q,ctrl+g", "leave", "Back", "Back to where you were", moves_focus=True),
    ),
    "audit": (Action("audit.leave", "escape,q,A", "leave", "Back", "Back to the outbox", moves_focus=True),),
    "alarms": (
        Action(
            "alarms.acknowledge",
            "a",
            "acknowledge_alarm",
            "Acknowledge",
            "Say that you have seen the alarm: it is silent on every console",
            changes=True,
        ),
        Action(
            "alarms.acknowledge-all",
            "A",
            "acknowledge_all",
            "All",
            "The same of every alarm that lasts",
            moves_focus=True,
            changes=True,
        ),
        *search_acts("alarms", "kind:no_sim, is:open, gw:north"),
        Action("alarms.leave", "escape,q,l", "leave", "Back", "Back; what was not seen stays so", moves_focus=True),
    ),
    "ussd": (
        Action(
            "ussd.ask",
            "enter",
            "ask_network",
            "Ask",
            "Send the code, or the reply to the menu",
            moves_focus=True,
            changes=True,
        ),
        Action("ussd.earlier", "up", "recall(1)", "Earlier", "An earlier code of this port"),
        Action("ussd.later", "down", "recall(-1)", "Later", "A later one", shown=False),
        Action("ussd.back", "pageup", "scroll_history(-1)", "Up", "Up in the history", shown=False),
        Action("ussd.on", "pagedown", "scroll_history(1)", "Down", "Down in the history", shown=False),
        Action("ussd.leave", "escape", "leave", "Back", "Back; an answer still lands in the history", moves_focus=True),
    ),
}
