"""How often each value of a field occurs in a list, as far as it is searched; Enter searches for those that have it."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Any, ClassVar

from textual import work
from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from console.protocol.query import counting
from console.protocol.text.safe import safe
from console.ui.keys.actions import bindings
from console.ui.keys.key_bar import KeyBar
from console.ui.kit.explain import explained
from console.ui.kit.format import Cells, count, fit, plural, title
from console.ui.kit.row_list import RowList

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.dom import DOMNode

    from console.protocol.query.fields import Field
    from console.protocol.query.table import Query

MOST = 100_000
"""Records that are counted, the newest: a second or two."""

_NUMBER = 9
_SHARE = 6
_BAR = 20


class CountList(RowList):
    """A line each: value, how many, what share of all that is."""

    live_end = "top"

    def __init__(self) -> None:
        super().__init__(id="counts")
        self._found = counting.Counted([], 0)

    @property
    def meant(self) -> tuple[str, int] | None:
        """What is under the cursor."""
        return self._found.values[self.cursor] if self._found.values else None

    def show_counted(self, found: counting.Counted) -> None:
        """Show these."""
        self._found = found
        self.show_things([value for value, _ in found.values])

    def row(self, index: int, width: int) -> Cells:
        value, number = self._found.values[index]
        share = number / self._found.records
        bar = round(share * _BAR)
        room = max(1, width - _NUMBER - _SHARE - _BAR - 2)
        return [
            (fit(safe(value[:200]), room) if value else fit("none", room), "plain" if value else "quiet"),
            (f"{count(number):>{_NUMBER}}", "plain"),
            (f"{share:>{_SHARE}.0%}  ", "quiet"),
            (f"{'█' * bar:<{_BAR}}", "accent"),
        ]


class CountScreen(ModalScreen[None]):
    """Counted once: with another field, or opened again, it is counted anew."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("count")]

    def __init__(
        self, counted: Callable[[], tuple[Query[Any], Iterator[Any]]], name: str, go_to: Callable[[str], None]
    ) -> None:
        """`name` is that of a field, empty for the first one. `go_to` is called with what to search for, once the
        screen is gone.
        """
        super().__init__()
        self._counted = counted
        self._query = counted()[0]
        self._fields: list[Field[Any]] = counting.countable(self._query.table)
        self._field = next((field for field in self._fields if field.name == name), self._fields[0])
        self._go_to = go_to
        self.is_ready = False
        """Whether it was counted: keys have something to act on."""

    def compose(self) -> ComposeResult:
        with Vertical(classes="whole") as frame:
            frame.border_title = self._title("counting …")
            yield CountList()
            yield Static(id="count-reader")
        yield KeyBar()

    def on_mount(self) -> None:
        self._count(self._field)

    def _title(self, *words: str) -> Content:
        table = self._query.table.name
        return Content(title(f"{table[0].upper()}{table[1:]} by {self._field.name}", *map(safe, words)))

    @work(thread=True, exclusive=True, group="count", exit_on_error=False)
    def _count(self, field: Field[Any]) -> None:
        app: DOMNode = self.app
        with explained(app):  # type: ignore[arg-type]
            _, records = self._counted()
            found = counting.count(field, islice(records, MOST))
            self.app.call_from_thread(self._show, field, found)

    def _show(self, field: Field[Any], found: counting.Counted) -> None:
        if not self.is_attached or field is not self._field:
            return
        self.query_one(CountList).show_counted(found)
        newest = "newest " if found.records == MOST else ""
        words = f"{plural(len(found.values), 'value')} in {newest}{plural(found.records, 'message')}"
        self.query_one(".whole").border_title = self._title(words, str(self._query))
        self.query_one("#count-reader", Static).update(Content(f"{self._field.name}: {self._field.says}"))
        self.is_ready = True

    def on_row_list_chosen(self) -> None:
        if meant := self.query_one(CountList).meant:
            value, _ = meant
            if not value:
                self.notify("There is no search for those without one.", severity="warning")
                return
            self.dismiss(None)
            self._go_to(counting.narrowed(self._query, self._field, value))

    def action_count_by(self, name: str = "") -> None:
        """Another field, or the next one."""
        named = [field for field in self._fields if field.name == name]
        self._field = (named or [self._fields[(self._fields.index(self._field) + 1) % len(self._fields)]])[0]
        self.is_ready = False
        self._count(self._field)

    def action_leave(self) -> None:
        self.dismiss(None)
