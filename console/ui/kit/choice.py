"""One of a few: left and right go through them, Enter lists them all. No letter changes it."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, Generic, TypeVar

from textual.content import Content
from textual.message import Message
from textual.reactive import reactive
from textual.widget import Widget

from console.ui.keys.actions import bindings
from console.ui.kit.pick import PickScreen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.app import RenderResult
    from textual.binding import BindingType

T = TypeVar("T")


class Choice(Widget, Generic[T], can_focus=True):
    """A line `◂ label ▸`. `value` is the chosen option's; options may be replaced while the choice stays."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("choice")]
    DEFAULT_CSS = "Choice { height: 1; width: 1fr; }"

    index: reactive[int] = reactive(0)

    class Changed(Message):
        """Another option was chosen."""

    def __init__(self, title: str, options: Sequence[tuple[str | Content, T]], *, id: str | None = None) -> None:  # noqa: A002
        super().__init__(id=id)
        self._title = title
        self._options = options

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

    def check_consume_key(self, key: str, character: str | None) -> bool:
        """It stands in a form, where letters are text: they are handed on to the form, and no key of the screen."""
        return character is not None and character.isprintable()

    def action_step(self, by: int) -> None:
        self.index = (self.index + by) % len(self._options)

    def action_list_all(self) -> None:
        options = self._options  # others may be on offer when one of these is taken

        def take(index: int | None) -> None:
            if index is not None:
                self.value = options[index][1]

        labels = (label.plain if isinstance(label, Content) else label for label, _ in options)
        self.app.push_screen(PickScreen(self._title, [[(label, "plain")] for label in labels], at=self.index), take)

    def render(self) -> RenderResult:
        label = self._options[self.index][0]
        return Content.assemble(("◂ ", "$quiet"), label, (" ▸", "$quiet"))
