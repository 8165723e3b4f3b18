"""Keys that nobody can rebind: of a line or a dialog, of one choice among few, digits, and of the first setup."""

from __future__ import annotations

from console.ui.keys.action import Action

FIXED_ACTIONS: dict[str, tuple[Action, ...]] = {
    "everywhere": (
        Action(
            "app.commands",
            "ctrl+p",
            "commands",
            "Commands",
            "Type a command, even while writing",
            shown=False,
            moves_focus=True,
            by_name=False,
        ),
    ),
    "lines": (
        Action(
            "search.leave", "enter,down", "leave(False)", "To the list", "In a search: to the list", moves_focus=True
        ),
        Action("search.clear", "escape", "leave(True)", "Clear", "In a search: clear it and show all"),
        Action("search.end", "escape", "end_search", "Show all", "In search results: show all again", moves_focus=True),
        Action(
            "to.leave", "enter,tab,down", "submit", "To the text", "In To: to the text", shown=False, moves_focus=True
        ),
        Action("reply.leave", "escape", "leave", "To the messages", "In the reply: to the messages; the reply is kept"),
    ),
    "dialogs": (
        Action("ask.take", "enter", "answer", "OK", "Accept the line", moves_focus=True),
        Action("ask.leave", "escape", "leave", "Leave", "Leave; the line is not used", moves_focus=True),
        Action(
            "choose.take", "1-9", "take({})", "Choose", "Choose the entry of that number", shown=False, moves_focus=True
        ),
        Action("choose.leave", "escape,q", "leave", "Leave", "Leave; nothing is chosen", moves_focus=True),
        Action("confirm.yes", "y", "answer(True)", "Yes", "Yes"),
        Action("confirm.no", "n,escape,q", "answer(False)", "No", "No"),
        Action("confirm.other", "left,right,h,l", "app.focus_next", "Other", "Go to the other answer", shown=False),
    ),
    "detail": (
        Action("detail.leave", "escape,enter,q", "leave", "Close", "Close it"),
        Action("detail.down", "down,j", "scroll(1)", "Down", "A line down", shown=False),
        Action("detail.up", "up,k", "scroll(-1)", "Up", "A line up", shown=False),
        Action("detail.on", "pagedown,space", "scroll(15)", "Page down", "A page down", shown=False),
        Action("detail.back", "pageup", "scroll(-15)", "Page up", "A page up", shown=False),
        Action("detail.top", "home,g", "scroll(-100000)", "Top", "Go to the top", shown=False),
        Action("detail.bottom", "end,G", "scroll(100000)", "Bottom", "Go to the bottom", shown=False),
    ),
    "grid": (
        Action("grid.right", "right", "across(1)", "Right", "Port on the right, or more columns", shown=False),
        Action("grid.left", "left", "across(-1)", "Left", "Port on the left, or back", shown=False),
    ),
    "port": (
        Action(
            "port.section",
            "1-5",
            "section({})",
            "Section",
            "The section of that number",
            shown=False,
            by_name=False,
        ),
    ),
    "compose": (
        Action("compose.next", "tab", "step_field(1)", "Next field", "Next field", shown=False, by_name=False),
        Action(
            "compose.before",
            "shift+tab",
            "step_field(-1)",
            "Previous field",
            "Previous field",
            shown=False,
            by_name=False,
        ),
    ),
    "choice": (
        Action("choice.before", "left", "step(-1)", "Previous", "Previous choice"),
        Action("choice.next", "right", "step(1)", "Next", "Next choice"),
        Action("choice.all", "enter", "list_all", "All", "List all choices", moves_focus=True),
    ),
    "pick": (
        Action("pick.take", "enter", "take", "Choose", "Choose the entry under the cursor", moves_focus=True),
        Action("pick.leave", "escape,q", "leave", "Back", "Back; the choice stays as it is", moves_focus=True),
    ),
    "commands": (
        # Not marked as moving the focus: the line must have taken every key typed before it is run.
        Action("commands.run", "enter", "run_line", "Run", "Run the command; what it asks it still asks"),
        Action(
            "commands.next", "tab", "complete_line(1)", "Complete", "Complete the word; press again for the next match"
        ),
        Action("commands.before", "shift+tab", "complete_line(-1)", "Back", "Previous match", shown=False),
        Action("commands.earlier", "up", "recall(1)", "Previous", "Previous command"),
        Action("commands.later", "down", "recall(-1)", "Next", "Next command", shown=False),
        Action("commands.leave", "escape", "leave", "Leave", "Leave; nothing is run", moves_focus=True),
    ),
    "help": (
        Action("help.run", "enter", "run_entry", "Run", "Run the entry under the cursor"),
        Action("help.up", "up", "move(-1)", "Up", "One row up", shown=False),
        Action("help.down", "down", "move(1)", "Down", "One row down", shown=False),
        Action("help.on", "pagedown", "page(1)", "Page down", "A page down", shown=False),
        Action("help.back", "pageup", "page(-1)", "Page up", "A page up", shown=False),
        Action("help.across", "tab", "across", "Other column", "Go to the other column", shown=False),
        Action("help.leave", "escape", "leave", "Close", "Close it", moves_focus=True),
    ),
    "views": (
        Action(
            "views.take",
            "0-9",
            "take({})",
            "Choose",
            "Choose the view of that number",
            shown=False,
            moves_focus=True,
            by_name=False,
        ),
    ),
    "setup": (
        Action(
            "setup.next",
            "enter",
            "go_on",
            "Continue",
            "Next line; after the last one, test this step",
            moves_focus=True,
        ),
        Action("setup.back", "escape", "go_back", "Back", "Previous step; nothing is lost", moves_focus=True),
        Action("setup.up", "up", "step_field(-1)", "Line up", "Previous line", shown=False, moves_focus=True),
        Action("setup.down", "down,tab", "step_field(1)", "Line down", "Next line", shown=False, moves_focus=True),
        Action("setup.demo", "d", "try_demo", "Demo", "Open the demo instead", moves_focus=True),
        Action("setup.leave", "q", "leave_setup", "Leave", "Leave; nothing is written", moves_focus=True),
    ),
}
