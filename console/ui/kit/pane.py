"""What every pane is: a titled frame that brings itself up to date when asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Vertical
from textual.content import Content
from textual.reactive import reactive
from textual.widget import Widget
from textual.widgets import Input

from console.protocol.text.safe import safe
from console.ui.keys.actions import bindings
from console.ui.keys.keymap import keymap_of
from console.ui.kit.filter_line import FilterLine, FilterProblem
from console.ui.kit.format import content, cut_title, title
from console.ui.kit.row_list import RowList

if TYPE_CHECKING:
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


class Searchable(Widget):
    """What has a list of type `LIST`, one `FilterLine` and one `FilterProblem` below it: a pane, or a screen."""

    LIST: ClassVar[type[RowList]] = RowList

    @property
    def line(self) -> FilterLine:
        """Where it is said what is looked for."""
        return self.query_one(FilterLine)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """In the line letters are text, so the keys of this pane rest."""
        if action == "end_search":
            return bool(self.line.value) and not isinstance(self.screen.focused, Input)
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

    def on_filter_line_asked(self) -> None:
        self.query_one(FilterProblem).tell(self.line.problem)
        self.look_for()


class ListPane(Pane, Searchable):
    """A pane with a list that can be searched."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("lines", "search.end")]

    def focus_first(self) -> None:
        self.focus_list()
