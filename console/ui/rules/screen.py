"""Rules: what each matched and when, what waits, what failed, and what was given up and may be tried again."""

from __future__ import annotations

import asyncio
from functools import partial
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual import work
from textual.containers import Vertical
from textual.content import Content
from textual.widgets import Static

from console.domain.rules import Hit, RuleReport
from console.protocol.rules.telling import headline
from console.protocol.text.safe import safe
from console.store.rules import GRACE, ROLE, subject_of
from console.ui.keys.actions import bindings
from console.ui.keys.key_bar import KeyBar
from console.ui.kit.dialogs import ConfirmScreen
from console.ui.kit.explain import explained
from console.ui.kit.format import Cells, count, fit, full_time, line_width, plural, title, when
from console.ui.kit.live import LiveScreen
from console.ui.kit.questions import Question
from console.ui.kit.row_list import RowList

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from console.domain.backend import Backend
    from console.domain.clock import Clock
    from console.domain.rules import Happening
    from console.store import LiveReader

_NAME = 18
_ABOUT = 7
_HITS = 14


class Letter(NamedTuple):
    """A hit that was given up."""

    hit: Hit
    what: str
    """What it is of: may hold text from outside."""


Row = RuleReport | Letter


class Found(NamedTuple):
    """What is shown."""

    rows: list[Row]
    who: str


def rule_cells(row: Row, width: int, now: float) -> Cells:
    """A rule on one line: what it is about, matches, the last one, what waits or was given up, the last failure. What
    was given up: which rule, when, what, and why.
    """
    if isinstance(row, Letter):
        hit = row.hit
        cells: Cells = [
            (f"  ✗ {when(hit.at, now)}  ", "bad"),
            (f"{fit(safe(hit.rule), _NAME)}  ", "plain"),
            (f"{hit.left[0].value} given up  ", "bad"),
        ]
        return [*cells, (fit(safe(f"{hit.failure}: {row.what}"), max(1, width - line_width(cells))), "quiet")]
    last = "never" if row.hit_at is None else when(row.hit_at, now)
    cells = [
        (f"{fit(safe(row.name), _NAME)}  ", "strong" if row.armed else "quiet"),
        (f"{fit(row.about.value, _ABOUT)} ", "accent"),
        (f"{fit(plural(row.hits, 'match', 'matches'), _HITS)}  {last}  ", "plain" if row.armed else "quiet"),
    ]
    if not row.armed:
        cells.append(("not configured  ", "quiet"))
    if row.backlog:
        cells.append((f"… {count(row.backlog)} waiting  ", "busy"))
    if row.dead:
        cells.append((f"✗ {count(row.dead)} given up  ", "bad"))
    return [*cells, (fit(safe(row.failure), max(1, width - line_width(cells))), "quiet")]


class RuleList(RowList):
    """The rules by name, and below them what was given up, oldest first."""

    live_end = "top"

    def __init__(self, clock: Clock) -> None:
        super().__init__(id="rules")
        self._clock = clock
        self._rows: list[Row] = []

    @property
    def meant(self) -> Row | None:
        """What is under the cursor."""
        return self._rows[self.cursor] if self._rows else None

    def show_found(self, rows: list[Row]) -> None:
        """Show these. The cursor stays on what it is on."""
        self._rows = rows
        self.show_things([row.hit.id if isinstance(row, Letter) else row.name for row in rows])

    def go_to_first_of(self, rule: str) -> bool:
        """To the first thing that the rule gave up, if there is one."""
        places = [at for at, row in enumerate(self._rows) if isinstance(row, Letter) and row.hit.rule == rule]
        if places:
            self.cursor = places[0]
        return bool(places)

    def dead(self, rule: str = "") -> list[int]:
        """Ids of what was given up, by this rule or all of them."""
        letters = (row.hit for row in self._rows if isinstance(row, Letter))
        return [hit.id for hit in letters if not rule or hit.rule == rule]

    def row(self, index: int, width: int) -> Cells:
        return rule_cells(self._rows[index], width, self._clock.time())


class RulesScreen(LiveScreen[Found]):
    """The list, and what is under the cursor in full."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("rules")]

    def __init__(
        self, store: LiveReader, clock: Clock, backend: Backend, *, go_to: Callable[[Happening], None]
    ) -> None:
        """`go_to` is called with what was given up and the operator chose, once the screen is gone."""
        super().__init__(store, clock)
        self._backend = backend
        self._go_to = go_to

    def compose(self) -> ComposeResult:
        with Vertical(classes="whole") as frame:
            frame.border_title = "Rules"
            yield RuleList(self._clock)
            yield Static(id="rule-reader")
            yield Static("No rule has run yet. The manual explains: gsm-console help rules", id="rules-empty")
        yield KeyBar()

    def read(self) -> Found:
        letters: list[Row] = []
        for hit in self._store.rules.dead():
            subject = subject_of(self._store, hit.happening)
            letters.append(Letter(hit, headline(subject.fields) if subject else "deleted"))
        there = self._store.presence(ROLE)
        runs = there is not None and there.is_fresh(self._clock.time(), GRACE)
        who = f"run by PID {there.pid} on {there.host}" if there and runs else "✗ run by no process"
        return Found([*self._store.rules.reports(), *letters], who)

    def show(self, found: Found) -> None:
        rows = self.query_one(RuleList)
        rows.show_found(found.rows)
        self.set_class(not found.rows, "-empty")
        given_up = f"{count(len(rows.dead()))} given up" if rows.dead() else ""
        self.query_one(".whole").border_title = Content(title("Rules", given_up, safe(found.who)))
        self._show_selected()

    def _show_selected(self) -> None:
        row, lines = self.query_one(RuleList).meant, [""]
        if isinstance(row, Letter):
            tried = plural(row.hit.attempts, "attempt")
            lines = [f"{row.hit.rule}, {full_time(row.hit.at)}, {tried}", row.hit.failure, row.what]
        elif row is not None and row.failed_at is not None:
            lines = [f"last failure {full_time(row.failed_at)}", row.failure]
        self.query_one("#rule-reader", Static).update(Content("\n".join(map(safe, lines))))

    def on_row_list_moved(self) -> None:
        self._show_selected()

    def on_row_list_chosen(self) -> None:
        rows = self.query_one(RuleList)
        row = rows.meant
        if isinstance(row, Letter):
            self.dismiss(None)
            self._go_to(row.hit.happening)
        elif row is not None and not rows.go_to_first_of(row.name):
            self.notify("Nothing was given up here.")

    def action_retry_rule(self, words: str = "") -> None:
        """What is under the cursor; of a rule, and by a command with `all` behind it, all that it gave up."""
        rows = self.query_one(RuleList)
        row = rows.meant
        ids = rows.dead() if words else [row.hit.id] if isinstance(row, Letter) else rows.dead(row.name) if row else []
        if not ids:
            self.notify("Nothing was given up here.")
            return
        question = f"Try {plural(len(ids), 'match', 'matches')} again? What it did before may be done twice."
        self.app.push_screen(ConfirmScreen(Question.RETRY, question), partial(self._go_on, ids))

    def _go_on(self, ids: list[int], confirmed: bool | None) -> None:
        if confirmed:
            self._retry(ids)

    @work(exit_on_error=False)
    async def _retry(self, ids: list[int]) -> None:
        with explained(self.query_one(RuleList)):
            number = await asyncio.wrap_future(self._backend.rules.retry(ids, self._backend.operator()))
            self.notify(f"{plural(number, 'match', 'matches')} will be tried again.")
