"""What can be done, with which key and by which name: one list, found in by typing, and run from."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen

from console.ui.keys.actions import ACTIONS, TITLES, bindings
from console.ui.keys.commands import HERE, Command, Meaning, is_command, ranked
from console.ui.keys.key_bar import KeyBar
from console.ui.keys.keymap import Keymap, keymap_of
from console.ui.kit.filter_line import SafeInput
from console.ui.kit.format import Cells, fit
from console.ui.kit.row_list import RowList, Span

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

_KEYS = 13
"""Cells of the keys in front, with the blank behind them."""

_NAME = 15
"""Those of the name."""

_TWO_COLUMNS = 130
"""Cells from which what works elsewhere stands beside what works here."""

Row = Command | str
"""An entry, or the title above some of them."""


def arranged(entries: Sequence[Command], here: Sequence[str], typed: str) -> tuple[list[Row], list[Row]]:
    """What works here, and what works elsewhere: under the titles of their places, or, where words are typed, those
    that match, the likeliest first.
    """
    words = typed.lower().replace(":", " ").split()
    near = [each for each in entries if each.near == HERE or each.scope in here]
    far = [each for each in entries if each not in near]
    if words:
        return list[Row](ranked(near, words)), list[Row](ranked(far, words))
    elsewhere = [scope for scope in ACTIONS if any(each.scope == scope for each in far)]
    return _titled(near, [*here, *ACTIONS]), _titled(far, elsewhere)


def _titled(entries: Sequence[Command], scopes: Sequence[str]) -> list[Row]:
    rows: list[Row] = []
    for scope in dict.fromkeys(scopes):
        if those := [each for each in entries if each.scope == scope]:
            rows += [TITLES[scope], *those]
    return rows


class HelpList(RowList):
    """Rows in one column or two. The cursor is on an entry, never on a title."""

    live_end = "top"

    def __init__(self) -> None:
        super().__init__(id="help-list")
        self.can_focus = False
        self._columns: list[list[Row]] = [[]]
        self._column = 0

    def show(self, columns: list[list[Row]]) -> None:
        """These rows, the cursor on the first entry."""
        self._columns = columns
        self._column = next((at for at, rows in enumerate(columns) if rows), 0)
        self.show_rows(max(map(len, columns)), follow=False)
        self._to(0, 1)
        self.scroll_home(animate=False)
        self.refresh_changed()

    @property
    def chosen(self) -> Command | None:
        rows = self._columns[self._column]
        row = rows[self.cursor] if self.cursor < len(rows) else None
        return row if isinstance(row, Command) else None

    def action_move(self, rows: int) -> None:
        self._to(self.cursor + rows, 1 if rows > 0 else -1)

    def across(self) -> None:
        """To the other column, on the same line or the last one."""
        if len(self._columns) > 1 and self._columns[1 - self._column]:
            self._column = 1 - self._column
            self._to(self.cursor, 1)
            self.refresh_changed()

    def _to(self, at: int, step: int) -> None:
        """To the entry at a row, or the next one in this direction; where there is none, the nearest."""
        places = [place for place, row in enumerate(self._columns[self._column]) if isinstance(row, Command)]
        if places:
            ahead = [place for place in places if (place - at) * step >= 0]
            self.cursor = min(ahead or places, key=lambda place: abs(place - at))
        if places and self.cursor == places[0]:
            self.scroll_home(animate=False)  # with the title above it
        self._bring_cursor_in_sight()

    def spans(self, y: int) -> list[Span]:
        if not self.count:
            return super().spans(y)
        width, index = self.scrollable_content_region.width, self.scroll_offset.y + y
        each = width // len(self._columns)
        keys = keymap_of(self)
        found = []
        for at, rows in enumerate(self._columns):
            row = rows[index] if index < len(rows) else ""
            lit = at == self._column and index == self.cursor and isinstance(row, Command)
            room = each if at < len(self._columns) - 1 else width - each * at
            found.append(Span(entry_cells(row, room - 1, keys), room, lit))
        return found


def entry_cells(row: Row, width: int, keys: Keymap) -> Cells:
    """Keys, name and what it does; or a title."""
    if isinstance(row, str):
        return [(row, "accent")]
    action = row.action
    name = f":{row.name}" if is_command(row) else ""
    words = action.help + (f" ({TITLES[row.scope]})" if row.near != HERE else "")
    return [
        (fit(f" {keys.names(action)}", _KEYS), "key"),
        (fit(name, _NAME), "strong"),
        (fit(words, max(1, width - _KEYS - _NAME)), "plain"),
    ]


class HelpLine(SafeInput):
    """What is looked for."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("help")]

    def __init__(self, screen: HelpScreen) -> None:
        super().__init__(id="help-line", placeholder="type to search: a word, a key, a name")
        self._help = screen

    def action_run_entry(self) -> None:
        self._help.run_entry()

    def action_move(self, rows: int) -> None:
        self._help.rows.action_move(rows)

    def action_page(self, pages: int) -> None:
        self._help.rows.action_page(pages)

    def action_across(self) -> None:
        self._help.rows.across()

    def action_leave(self) -> None:
        self._help.dismiss(None)


class HelpScreen(ModalScreen[None]):
    """The list, and above it the line that finds in it."""

    def __init__(
        self,
        entries: Sequence[Command],
        here: Sequence[str],
        run: Callable[[Meaning], None],
        ask: Callable[[str], None],
    ) -> None:
        """`here` are the scopes whose keys work, the nearest first. `run` is called with what is chosen once the screen
        is gone; `ask` with the beginning of a command line, where that is to go on.
        """
        super().__init__()
        self._entries = entries
        self._here = here
        self._run = run
        self._ask = ask

    def compose(self) -> ComposeResult:
        with Vertical(id="help", classes="whole") as frame:
            frame.border_title = Content("Help")
            yield HelpLine(self)
            yield HelpList()
        yield KeyBar()

    def on_mount(self) -> None:
        self._show()

    def on_resize(self) -> None:
        self._show()

    def on_input_changed(self) -> None:
        self._show()

    def on_row_list_moved(self) -> None:
        """What there is no room for on its row is said in the frame."""
        entry, room = self.rows.chosen, self.rows.size.width // (2 if self._is_wide else 1)
        is_cut = entry is not None and cell_len(entry.action.help) > room - _KEYS - _NAME
        self.query_one("#help").border_subtitle = Content(entry.action.help if entry and is_cut else "")

    @property
    def _is_wide(self) -> bool:
        return self.size.width >= _TWO_COLUMNS

    @property
    def rows(self) -> HelpList:
        return self.query_one(HelpList)

    def _show(self) -> None:
        near, far = arranged(self._entries, self._here, self.query_one(HelpLine).value)
        self.rows.nothing = "No match."
        self.rows.show([near, far] if self._is_wide else [[*near, *far]])

    def run_entry(self) -> None:
        """Do what stands under the cursor; what needs a word more goes on in the command line."""
        entry = self.rows.chosen
        if entry is None:
            return
        self.dismiss(None)
        takes = entry.action.takes
        if takes and not takes.startswith("["):
            self._ask(f"{entry.name} ")
        else:
            self._run(Meaning(entry))
