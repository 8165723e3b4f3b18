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
        Action("search.clear", "escape", "leave(True)", "Clear", "In a search: end it, all is shown again"),
        Action("search.end", "escape", "end_search", "Show all", "In what was found: show all again", moves_focus=True),
        Action(
            "to.leave", "enter,tab,down", "submit", "To the text", "In To: to the text", shown=False, moves_focus=True
        ),
        Action("reply.leave", "escape", "leave", "To the messages", "In the reply: to the messages; it stays"),
    ),
    "dialogs": (
        Action("ask.take", "enter", "answer", "Done", "Take the line", moves_focus=True),
        Action("ask.leave", "escape", "leave", "Leave", "Leave the line", moves_focus=True),
        Action(
            "choose.take", "1-9", "take({})", "Take", "Take the choice of that number", shown=False, moves_focus=True
        ),
        Action("choose.leave", "escape,q", "leave", "Leave", "Leave the choices", moves_focus=True),
        Action("confirm.yes", "y", "answer(True)", "Yes", "Yes"),
        Action("confirm.no", "n,escape,q", "answer(False)", "No", "No"),
        Action("confirm.other", "left,right,h,l", "app.focus_next", "Other", "To the other answer", shown=False),
    ),
    "detail": (
        Action("detail.leave", "escape,enter,q", "leave", "Close", "Close it"),
        Action("detail.down", "down,j", "scroll(1)", "Down", "A line down", shown=False),
        Action("detail.up", "up,k", "scroll(-1)", "Up", "A line up", shown=False),
        Action("detail.on", "pagedown,space", "scroll(15)", "Page down", "A page down", shown=False),
        Action("detail.back", "pageup", "scroll(-15)", "Page up", "A page up", shown=False),
        Action("detail.top", "home,g", "scroll(-100000)", "Top", "To the top", shown=False),
        Action("detail.bottom", "end,G", "scroll(100000)", "Bottom", "To the bottom", shown=False),
    ),
    "grid": (
        Action("grid.right", "right", "across(1)", "Right", "To the port at the right, or more columns", shown=False),
        Action("grid.left", "left", "across(-1)", "Left", "To the port at the left, or back", shown=False),
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
        Action("compose.next", "tab", "step_field(1)", "Next field", "The next field", shown=False, by_name=False),
        Action(
            "compose.before",
            "shift+tab",
            "step_field(-1)",
            "Field before",
            "The field before",
            shown=False,
            by_name=False,
        ),
    ),
    "choice": (
        Action("choice.before", "left", "step(-1)", "Previous", "The choice before"),
        Action("choice.next", "right", "step(1)", "Next", "The next choice"),
        Action("choice.all", "enter", "list_all", "All", "List all choices, to take one", moves_focus=True),
    ),
    "pick": (
        Action("pick.take", "enter", "take", "Take", "Take the choice under the cursor", moves_focus=True),
        Action("pick.leave", "escape,q", "leave", "Back", "Leave the choice as it is", moves_focus=True),
    ),
    "commands": (
        # Not marked as moving the focus: the line must have taken every key typed before it is run.
        Action("commands.run", "enter", "run_line", "Run", "Run the command; what it asks it still asks"),
        Action("commands.next", "tab", "complete_line(1)", "Complete", "Complete the word; again for the next one"),
        Action("commands.before", "shift+tab", "complete_line(-1)", "Back", "The one before", shown=False),
        Action("commands.earlier", "up", "recall(1)", "Earlier", "An earlier line"),
        Action("commands.later", "down", "recall(-1)", "Later", "A later one", shown=False),
        Action("commands.leave", "escape", "leave", "Leave", "Leave; nothing is run", moves_focus=True),
    ),
    "help": (
        Action("help.run", "enter", "run_entry", "Run", "Do what stands under the cursor"),
        Action("help.up", "up", "move(-1)", "Up", "One row up", shown=False),
        Action("help.down", "down", "move(1)", "Down", "One row down", shown=False),
        Action("help.on", "pagedown", "page(1)", "Page down", "A page down", shown=False),
        Action("help.back", "pageup", "page(-1)", "Page up", "A page up", shown=False),
        Action("help.across", "tab", "across", "Other column", "To the other column, where there are two", shown=False),
        Action("help.leave", "escape", "leave", "Close", "Close it", moves_focus=True),
    ),
    "views": (
        Action(
            "views.take",
            "0-9",
            "take({})",
            "Choose",
            "Take the view of that number",
            shown=False,
            moves_focus=True,
            by_name=False,
        ),
    ),
    "setup": (
        Action(
            "setup.next", "enter", "go_on", "Go on", "To the next line; behind the last, try it out", moves_focus=True
        ),
        Action("setup.back", "escape", "go_back", "Back", "A step back; nothing is lost", moves_focus=True),
        Action("setup.up", "up", "step_field(-1)", "Line up", "The line above", shown=False, moves_focus=True),
        Action("setup.down", "down,tab", "step_field(1)", "Line down", "The line below", shown=False, moves_focus=True),
        Action("setup.demo", "d", "try_demo", "Demo", "Open the demo instead", moves_focus=True),
        Action("setup.leave", "q", "leave_setup", "Leave", "Leave; nothing is written", moves_focus=True),
    ),
}
