"""What every pane is: a titled frame that brings itself up to date when asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

from textual.containers import Vertical
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Input

from console.protocol.text.safe import safe
from console.ui.keys.actions import BY_ID, bindings
from console.ui.keys.keymap import keymap_of
from console.ui.kit.explain import explained
from console.ui.kit.filter_line import FilterLine, FilterProblem
from console.ui.kit.format import content, count, cut_title, title
from console.ui.kit.marks import MOST
from console.ui.kit.row_list import RowList

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.binding import BindingType


BUSY_SPACING = 0.25
"""Seconds between two repaints of a list that never stops changing: what a slow line bears."""


_CORNERS = len("╭─ ") + len(" ─╮")


def pane_title(name: str) -> str:
    """What the pane of this name is called on the screen."""
    return "AMI" if name == "ami" else name.capitalize()


class Pane(Vertical):
    """A frame of the main screen. The screen's one timer calls `sync`; where nothing changed it returns at once."""

    NAME: ClassVar[str] = ""
    TITLE: ClassVar[str] = ""

    shows_key: reactive[bool] = reactive(False, repaint=False)
    """Whether the frame tells the key that goes to the pane: where panes stand side by side."""

    _shown_title = ""

    @property
    def behind(self) -> bool:
        """Whether something changed that the last `sync` put off, or that was found aside since."""
        return False

    def sync(self, now: float) -> None:
        """Bring what is shown up to date; `now` in Unix seconds."""

    def focus_first(self) -> None:
        """Put the focus where an operator who came to this pane wants it."""
        target = next((widget for widget in self.query("*") if widget.focusable), None)
        self.give_focus(target)

    def give_focus(self, widget: Widget | None) -> None:
        """Focus at once: keys typed ahead already go there, as `Widget.focus` would not make them."""
        self.screen.set_focus(widget)

    def entitle(self, *facts: str) -> None:
        """Put the pane's name and the first three of these facts in its frame; nothing is redrawn while they stay the
        same.
        """
        words = title(self.TITLE, *map(safe, facts))
        if words != self._shown_title:
            self._shown_title = words
            self._show_title()

    def take_settings(self) -> None:
        """Keys, prices or rules may be others."""
        self._show_title()

    def watch_shows_key(self) -> None:
        self._show_title()

    def _show_title(self) -> None:
        key = f"{keymap_of(self).name(f'pane.{self.id}')} " if self.shows_key else ""
        words = self._shown_title
        if width := self.outer_size.width:
            words = cut_title(words, width - _CORNERS - len(key))
        # A str would be read as markup; Content is taken as it is.
        self.border_title = content([(key, "key")]) + Content(words)

    def on_resize(self) -> None:
        self._show_title()


class Pace:
    """Draws a change at once while changes are few, and spaces the frames once they keep coming: a token bucket."""

    def __init__(self, spacing: float = BUSY_SPACING, burst: int = 4) -> None:
        self._spacing = spacing
        self._burst = float(burst)
        self._left = self._burst
        self._at = 0.0

    def due(self, now: float) -> bool:
        """Whether a frame may be drawn now; if so it is counted."""
        # The clock may be set back: then a frame is due.
        gained = (now - self._at) / self._spacing if now >= self._at else self._burst
        self._at = now
        self._left = min(self._burst, self._left + gained)
        if self._left < 1:
            return False
        self._left -= 1
        return True


_MARKING = {"mark_row", "mark_range", "mark_all"}


class Searchable(Widget):
    """What has a list of type `LIST`, one `FilterLine` and one `FilterProblem` below it: a pane, or a screen.

    Rows of the list may be marked. While some are, the actions of `ON_MARKED` are done to all of them, and say so.
    """

    LIST: ClassVar[type[RowList]] = RowList
    ON_MARKED: ClassVar[tuple[str, ...]] = ()
    """Ids of actions."""

    @property
    def line(self) -> FilterLine:
        """Where it is said what is looked for."""
        return self.query_one(FilterLine)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """In the line letters are text, so the keys of this pane rest."""
        if action in _MARKING and not self.LIST.takes_marks:
            return False
        if action in {"end_search", "unmark"}:
            is_there = self.line.value if action == "end_search" else self.query_one(self.LIST).marks
            return bool(is_there) and not isinstance(self.screen.focused, Input)
        focused = self.screen.focused
        return not (isinstance(focused, FilterLine) and focused.parent is self.line.parent)

    def focus_list(self) -> None:
        """Go to the rows."""
        # At once: keys typed ahead already go there, as `Widget.focus` would not make them.
        self.screen.set_focus(self.query_one(self.LIST))

    def look_for(self) -> None:
        """Show what the line asks for now."""

    def action_search(self, words: str = "") -> None:
        """Type in the line; what stands behind a command is looked for at once."""
        line = self.line
        if words:
            line.value = words
            line.action_leave(False)
        else:
            line.open()

    def action_end_search(self) -> None:
        self.line.end()

    def on_filter_line_left(self) -> None:
        self.focus_list()
        self.drop_hidden_marks()

    def on_filter_line_asked(self) -> None:
        self.query_one(FilterProblem).tell(self.line.problem)
        self.look_for()

    # ---- marks ----------------------------------------------------------------------------------------------

    @property
    def marked(self) -> list[Any]:
        """What is marked of what is shown: ids, the oldest first, or ports with their gateways."""
        rows = self.query_one(self.LIST)
        rows.drop_hidden_marks()
        return sorted(rows.marks.keys)

    @property
    def marked_words(self) -> str:
        """`3 marked`, for a title; empty where nothing is."""
        marks = self.query_one(self.LIST).marks
        return f"{count(len(marks))} marked" if marks else ""

    @property
    def key_labels(self) -> Mapping[str, str]:
        """What the keys are called that are for all that is marked, the one that takes the marks off among them."""
        number = len(self.query_one(self.LIST).marks)
        if not number:
            return {}
        return {each: f"{BY_ID[each].label} {count(number)}" for each in ("marks.none", *self.ON_MARKED)}

    def show_marks(self) -> None:
        """Other rows are marked than before: say how many."""

    @property
    def is_found(self) -> bool:
        """Whether what the line asks for, to the last letter typed, is what is shown."""
        return True

    def drop_hidden_marks(self) -> None:
        """Something else may be shown. As long as it is typed, and looked for, what that is to be, marks wait."""
        if self.screen.focused is not self.line and self.is_found:
            self.query_one(self.LIST).drop_hidden_marks()

    def on_row_list_marked(self) -> None:
        self.show_marks()
        self.screen.refresh_bindings()

    def action_mark_row(self, words: str = "") -> None:
        """The row under the cursor, or take its mark off; by a command all of them, or those up to the cursor."""
        if words:
            {"all": self.action_mark_all, "range": self.action_mark_range}[words]()
            return
        with explained(self):
            if not self.query_one(self.LIST).turn_mark():
                self._tell_full("There is nothing here that can be marked.")

    def action_mark_range(self) -> None:
        with explained(self):
            if not self.query_one(self.LIST).mark_range():
                self._tell_full()

    def action_mark_all(self) -> None:
        with explained(self):
            if not self.query_one(self.LIST).mark_all():
                self._tell_full()

    def _tell_full(self, otherwise: str = "") -> None:
        is_full = len(self.query_one(self.LIST).marks) == MOST
        words = f"Not all is marked: {count(MOST)} rows are the most at once." if is_full else otherwise
        self.notify(words, severity="warning", markup=False)

    def action_unmark(self) -> None:
        self.query_one(self.LIST).unmark()


class ListPane(Pane, Searchable):
    """A pane with a list that can be searched."""

    # What takes marks off comes before what ends a search: they share a key.
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("marks"), *bindings("lines", "search.end")]

    def focus_first(self) -> None:
        self.focus_list()
