"""Figures: how many were sent, how far they came and how long that took, by whatever is asked for."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from console.config.private_file import write_lines
from console.domain.figures import By, Figure, Figures, median
from console.protocol.query.fields import Asker
from console.protocol.query.figures import FIGURES, Place, line_of
from console.protocol.sms.figure_rows import COLUMNS, fields, words_of
from console.protocol.text.safe import safe
from console.protocol.text.spreadsheet import csv_line
from console.ui.context.copying import ask_file
from console.ui.keys.actions import bindings
from console.ui.keys.key_bar import KeyBar
from console.ui.kit.filter_line import FilterLine, FilterProblem
from console.ui.kit.format import Cells, content, count, fit, title
from console.ui.kit.live import LiveScreen
from console.ui.kit.pane import Searchable
from console.ui.kit.row_list import RowList

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from console.domain.clock import Clock
    from console.protocol.query.table import Query
    from console.store import LiveReader

Prices = dict[str, tuple[float, str]]

_RANGES = (
    ("last 30 days", "after:30d"),
    ("last 365 days", "after:365d"),
    ("all days", ""),
    ("last 7 days", "after:7d"),
)

_COLUMNS = (("sent", 9), ("arrived", 8), ("failed", 8), ("unknown", 8), ("parts", 9), ("air", 7), ("phone", 7))
_FEWEST = 18
"""Cells of a value."""
_PRICE = 14


def _widths(width: int) -> tuple[int, int]:
    """Cells of the value and of the price, which is left out where there is no room for both."""
    free = width - sum(size for _, size in _COLUMNS)
    return (free - _PRICE, _PRICE) if free >= _FEWEST + _PRICE else (free, 0)


def heading(width: int) -> Cells:
    """What stands in which column."""
    value, price = _widths(width)
    names = "".join(f"{name:>{size}}" for name, size in _COLUMNS)
    return [(f"{'':{value}}{names}{'price' if price else '':>{price}}", "quiet")]


def figure_cells(figure: Figure, name: str, width: int, prices: Mapping[str, tuple[float, str]]) -> Cells:
    """One figure on one line; `name` is safe."""
    value, price = _widths(width)
    share = "" if figure.share is None else f"{figure.share:.0%}"
    cells: Cells = [
        (fit(name, value), "plain"),
        (f"{count(figure.sent):>9}", "plain"),
        (f"{share:>8}", "good" if figure.delivered else "quiet"),
        (f"{count(figure.failed):>8}", "bad" if figure.failed else "quiet"),
        (f"{count(figure.unknown):>8}", "warn" if figure.unknown else "quiet"),
        (f"{count(figure.segments):>9}", "plain"),
        (f"{_seconds(median(figure.to_sent)):>7}", "plain"),
        (f"{_seconds(median(figure.to_delivered)):>7}", "plain"),
    ]
    sum_ = figure.price(prices) if price else ""
    return [*cells, (fit(f"  ~{safe(sum_)}" if sum_ else "", price), "quiet")]


def _seconds(seconds: float | None) -> str:
    """`~4s`, `~12m`, `~3h`: a guess within its stretch."""
    if seconds is None:
        return ""
    if seconds < 90:
        return f"~{seconds:.0f}s"
    return f"~{seconds / 60:.0f}m" if seconds < 5_400 else f"~{seconds / 3_600:.0f}h"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is to be read."""

    by: By
    query: Query[Place]
    range: int


class FigureList(RowList):
    """A line each."""

    live_end = "top"

    def __init__(self, prices: Prices) -> None:
        super().__init__(id="figures")
        self._prices = prices
        self._rows: list[Figure] = []

    @property
    def meant(self) -> Figure | None:
        """What is under the cursor."""
        return self._rows[self.cursor] if self._rows else None

    def show_figures(self, rows: list[Figure]) -> None:
        """Show these. The cursor stays on what it is on."""
        self._rows = rows
        self.show_things([(row.by, row.gateway, row.value) for row in rows])

    def row(self, index: int, width: int) -> Cells:
        figure = self._rows[index]
        return figure_cells(figure, safe(words_of(figure)), width, self._prices)


class FiguresScreen(LiveScreen[tuple[Asked, Figures]], Searchable):
    """The list between what its columns are and the sum of it all."""

    LIST = FigureList
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("lines", "search.end"), *bindings("figures")]

    def __init__(
        self,
        store: LiveReader,
        clock: Clock,
        by: By,
        *,
        prices: Prices,
        within: str,
        go_to: Callable[[str], None],
    ) -> None:
        """`prices` as of `Figure.price`; `within` is a gateway, empty for all. `go_to` is called with the line that
        asks the outbox for what the operator chose, once the screen is gone.
        """
        super().__init__(store, clock)
        self._by, self._range = by, 0
        self._prices = prices
        self._go_to = go_to
        self._line = FilterLine(FIGURES, self._asker, id="figures-search")
        self._line.stay_within(within)
        self._found: tuple[Asked, Figures] | None = None

    def _asker(self) -> Asker:
        return Asker(now=self._clock.time())

    def compose(self) -> ComposeResult:
        with Vertical(classes="whole"):
            yield self._line
            yield FilterProblem()
            yield Static(id="figures-heading")
            yield FigureList(self._prices)
            yield Static(id="figures-total")
            yield Static("Nothing was sent in this time.", id="figures-empty")
        yield KeyBar()

    def on_mount(self) -> None:
        super().on_mount()
        self.focus_list()

    # ---- what is asked for ----------------------------------------------------------------------------------

    @property
    def asked(self) -> Asked:
        """The range is left out where the line says when."""
        query: Query[Place] = self._line.wanted
        if not query.tells_time and (words := _RANGES[self._range][1]):
            since = FIGURES.ask(words, self._asker())
            query = replace(query, clauses=(*since.clauses, *query.clauses))
        return Asked(self._by, query, self._range)

    def read(self) -> tuple[Asked, Figures]:
        asked = self.asked
        return asked, self._store.figures.read(asked.by, asked.query)

    def look_for(self) -> None:
        self._revision, self._looked = -1, 0.0
        if self.is_attached:
            self.sync()

    def show(self, found: tuple[Asked, Figures]) -> None:
        asked, figures = found
        now = self.asked
        if (asked.by, asked.query, asked.range) != (now.by, now.query, now.range):
            self.look_for()  # something else was asked for meanwhile
            return
        self._found = found
        rows = self.query_one(FigureList)
        rows.show_figures(list(figures.rows))
        self.set_class(not figures.rows, "-empty")
        when = "" if self._line.wanted.tells_time else _RANGES[asked.range][0]
        left = f"~ still counting earlier messages, {figures.counted:.0%}" if figures.counted < 1 else ""
        within = f"{asked.query.within} only" if asked.query.within else ""
        facts = (
            f"by {asked.by}",
            ", ".join(filter(None, (when, within, self._line.asked_words))),
            left or "days in UTC",
        )
        self.query_one(".whole").border_title = Content(title("Figures", *map(safe, facts)))
        self._draw_ends()

    def on_resize(self) -> None:
        self._draw_ends()

    def _draw_ends(self) -> None:
        width = self.query_one(FigureList).scrollable_content_region.width
        if self._found is None or not width:
            return
        total = self._found[1].total
        name = f"all {count(total.messages)} messages"
        self.query_one("#figures-heading", Static).update(content(heading(width)))
        self.query_one("#figures-total", Static).update(content(figure_cells(total, name, width, self._prices)))

    # ---- keys -----------------------------------------------------------------------------------------------

    def action_by(self, by: str = "") -> None:
        every = list(By)
        self._by = By(by) if by else every[(every.index(self._by) + 1) % len(every)]
        self.look_for()

    def action_range(self) -> None:
        self._range = (self._range + 1) % len(_RANGES)
        self.look_for()

    def on_row_list_chosen(self) -> None:
        figure = self.query_one(FigureList).meant
        if figure is not None and self._found is not None:
            line = line_of(figure, self._found[0].query)
            self.dismiss(None)
            self._go_to(line)

    def action_write_figures(self) -> None:
        if self._found is None:
            return
        asked, figures = self._found
        rows = (list(fields(figure, self._prices).values()) for figure in figures.rows)
        lines = [csv_line(row) for row in chain([COLUMNS], rows)]

        def write(path: Path) -> str:
            write_lines(path, lines)
            return f"Written to {path}."

        name = str(Path.cwd() / f"figures-by-{asked.by}.csv")
        ask_file(self, "Write to", name, "New file, readable only by you; never overwrites.", write)
