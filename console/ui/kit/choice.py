"""One of a few: left and right (or space) go through them, a number goes to the one that has it, nothing pops up."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from console.ui.keys.actions import bindings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual import events
    from textual.binding import BindingType

T = TypeVar("T")


class Choice(Widget, Generic[T], can_focus=True):
    """A line `◂ label ▸`. `value` is the chosen option's; options may be replaced while the choice stays."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("choice")]
    DEFAULT_CSS = "Choice { height: 1; width: 1fr; }"

    index: reactive[int] = reactive(0)

    class Changed(Message):
        """Another option was chosen."""

    def __init__(self, options: Sequence[tuple[str | Content, T]], *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._options = options
        self._typed = ""

    @property
    def value(self) -> T:
        return self._options[self.index][1]

    @value.setter
    def value(self, value: T) -> None:
        for index, (_, candidate) in enumerate(self._options):
            if candidate == value:
                self.index = index

    def show_options(self, options: Sequence[tuple[str | Content, T]]) -> None:
        """Replace the options; the chosen value stays chosen if it is still there."""
        if options == self._options:
            return
        chosen = self.value
        self._options = options
        self.index = next((i for i, (_, value) in enumerate(options) if value == chosen), 0)
        self.refresh()

    def watch_index(self, old: int, new: int) -> None:
        if old != new:
            self.post_message(self.Changed())

    def on_key(self, event: events.Key) -> None:
        """Digits choose the option of that number: `1`, then `2` for 12."""
        if event.character is None or event.character not in "0123456789":
            self._typed = ""
            return
        event.stop()
        for typed in (self._typed + event.character, event.character):
            for index, (_, value) in enumerate(self._options):
                if str(value) == typed:
                    self.index, self._typed = index, typed
                    return
        self._typed = ""

    def action_step(self, by: int) -> None:
        self.index = (self.index + by) % len(self._options)

    def render(self) -> Content:
        label = self._options[self.index][0]
        return Content.assemble(("◂ ", "$quiet"), label, (" ▸", "$quiet"))
