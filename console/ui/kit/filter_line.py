"""A line above a list that says which of its rows are wanted: one language, whatever the list."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from textual.content import Content
from textual.message import Message
from textual.suggester import Suggester
from textual.widgets import Input, Static

from console.domain.views import ALL, View
from console.protocol.query.fields import Asker
from console.protocol.query.grammar import NoQuery
from console.protocol.text.safe import safe
from console.ui.keys.actions import bindings

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.binding import BindingType

    from console.protocol.query.table import Query, Table


class SafeInput(Input):
    """One line; what is pasted may come from anywhere. The cursor does not blink: each blink goes over the wire."""

    def __init__(self, *, id: str, placeholder: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, compact=True, placeholder=placeholder, select_on_focus=False)
        self.cursor_blink = False
        self.is_frozen = False
        """Whether what is in it stays as it is, whatever key comes."""

    def replace(self, text: str, start: int, end: int) -> None:
        """Whatever comes in by key or paste comes through here."""
        if not self.is_frozen:
            super().replace(safe(text), start, end)


class _Fields(Suggester):
    """Completes the field or the value that the line ends in. The key that moves right takes it."""

    def __init__(self, table: Table[Any]) -> None:
        super().__init__(use_cache=False, case_sensitive=True)
        self._table = table

    async def get_suggestion(self, value: str) -> str | None:
        """The line, completed; None where nothing begins so."""
        return self._table.completed(value)


class FilterLine(SafeInput):
    """Words and fields. Enter goes to what was found, and the line stays; Esc clears it. An empty one is not shown.

    What makes no sense changes nothing: the list shows what was last understood, and the reason stands below the line.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("lines", "search.leave", "search.clear")]

    class Asked(Message):
        """Something else is asked for, or the line makes no sense any more."""

    class Left(Message):
        """The operator is done with the line."""

    def __init__(self, table: Table[Any], asker: Callable[[], Asker] = Asker, *, id: str) -> None:  # noqa: A002
        """`asker` says who asks, and when."""
        super().__init__(id=id, placeholder=table.hint)
        self.suggester = _Fields(table)
        self.table = table
        self._asker = asker
        self._within = ""
        self.wanted: Query[Any] = table.ask("")
        """What is asked for: what was last understood."""
        self.problem = ""
        """Why the line makes no sense, and what to type instead; empty while it does."""
        self.view = ALL
        """The view that asks for what is in the line."""

    @property
    def asked_words(self) -> str:
        """`view unread`, or `/port:2` as it was understood; empty where everything is shown."""
        words = str(self.wanted)
        return f"view {self.view.name}" if self.view.name else f"/{words}" if words else ""

    def open(self) -> None:
        """Show the line and type in it from now on."""
        self.display = True
        self.screen.set_focus(self)

    def end(self) -> None:
        """Ask for everything."""
        self.value, self.display = "", False

    def show_view(self, view: View) -> None:
        """Ask for what a view asks for."""
        self.view = view
        self.value = view.query
        self.display = bool(view.query)

    def stay_within(self, gateway: str) -> None:
        """Ask within this gateway only, whatever is in the line; empty: within all."""
        if gateway != self._within:
            self._within = gateway
            self._ask()

    def asks_for(self, query: object) -> bool:
        """Whether this is what the line asks for, to the last letter typed."""
        try:
            return self._read() == query
        except NoQuery:
            return False

    def read_anew(self) -> None:
        """Say again what is asked for: what `1h` and `today` mean changes."""
        self.wanted = replace(self.table.ask(str(self.wanted), self._asker()), within=self._within)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        if event.value != self.view.query:
            self.view = ALL
        self._ask()

    def read_now(self) -> None:
        """Take what stands in the line, before its own word of that comes."""
        try:
            self.wanted, self.problem = self._read(), ""
        except NoQuery as error:
            self.wanted, self.problem = replace(self.wanted, within=self._within), str(error)

    def _ask(self) -> None:
        self.read_now()
        self.post_asked()

    def post_asked(self) -> None:
        """Say that something else is asked for, or that it is to be looked for once more."""
        self.post_message(self.Asked())

    def _read(self) -> Query[Any]:
        return replace(self.table.ask(self.value, self._asker()), within=self._within)

    def action_leave(self, clear: bool) -> None:
        if clear:
            self.value = ""
        self.display = bool(self.value)
        self.post_message(self.Left())


class FilterProblem(Static):
    """Below the line, in full: why it makes no sense. Not there while it does."""

    DEFAULT_CSS = "FilterProblem { display: none; height: auto; max-height: 4; color: $warning; }"

    def __init__(self) -> None:
        super().__init__(classes="problems")
        self._shown = ""

    def tell(self, problem: str) -> None:
        """This one; empty: none."""
        if problem != self._shown:
            self._shown = problem
            self.display = bool(problem)
            self.update(Content(safe(problem)))
