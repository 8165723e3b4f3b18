"""USSD through one port: a code in, the network's answer out, and what was asked there before."""

from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from console.domain.ussd import UssdRecord, UssdState
from console.errors import ConsoleError
from console.protocol.dialects.ussd import check_code
from console.protocol.text.safe import safe, safe_lines
from console.ui.keys.actions import bindings
from console.ui.keys.keymap import keymap_of
from console.ui.kit.dialogs import ConfirmScreen
from console.ui.kit.explain import explained
from console.ui.kit.filter_line import SafeInput
from console.ui.kit.format import Cells, Look, age, clock_time, content, when
from console.ui.kit.questions import Question

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from console.domain.backend import Backend
    from console.domain.clock import Clock
    from console.store import LiveReader

LOOK = 0.1
"""Seconds between two looks at what changed."""

SHOWN = 50
"""Codes of the history that are shown, and recalled."""

_COST = "It may cost money, or change the tariff."

USSD: dict[UssdState, Look] = {
    UssdState.ASKED: Look("→", "asked", "busy"),
    UssdState.ANSWERED: Look("✓", "answered", "good"),
    UssdState.MENU: Look("≡", "waiting for a reply", "accent"),
    UssdState.FAILED: Look("✗", "failed", "bad"),
    UssdState.UNKNOWN: Look("?", "unknown", "warn"),
}


class UssdScreen(ModalScreen[None]):
    """A line for the code, and below it the history of the port, newest on top. It may be left while an answer is
    awaited: that lands in the history all the same.
    """

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("ussd")]

    def __init__(
        self, backend: Backend, store: LiveReader, clock: Clock, gateway: str, port: int, begun: str = ""
    ) -> None:
        """`begun` is a code that was typed already: it stands in the line, and Enter asks as ever."""
        super().__init__()
        self._begun = begun
        self._backend = backend
        self._store = store
        self._clock = clock
        self._gateway = gateway
        self._port = port
        self._records: list[UssdRecord] = []
        self._drawn: object = None
        self._recalled = -1
        """Which of the earlier codes stands in the line; -1: none."""
        self._asking = False
        self._said = ""

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog", classes="-ussd") as dialog:
            dialog.border_title = Content(safe(f"USSD  {self._gateway} port {self._port}"))  # a str would be markup
            ask, earlier, leave = map(keymap_of(self).name, ("ussd.ask", "ussd.earlier", "ussd.leave"))
            dialog.border_subtitle = Content(f"{ask} sends, {earlier} recalls, {leave} closes")
            line = SafeInput(id="ussd-code", placeholder="*100#")
            line.value = safe(self._begun)
            yield line
            yield Static(id="ussd-notice")
            with VerticalScroll(id="ussd-history", can_focus=False):
                yield Static(id="ussd-records")

    def on_mount(self) -> None:
        self.sync()
        self.set_interval(LOOK, self.sync)

    def sync(self) -> None:
        """Bring history and notice up to date; nothing is drawn while they stay the same."""
        now = self._clock.time()
        # Ages are in tens of seconds.
        state = (self._store.revision, int(now) // 10, self._said)
        if state == self._drawn:
            return
        self._drawn = state
        with explained(self.query_one(SafeInput)):
            self._records = self._store.ussd.history(self._gateway, self._port, SHOWN)
        self.query_one(SafeInput).placeholder = self._placeholder()
        self.query_one("#ussd-notice", Static).update(content(notice_cells(self._records, self._said, now)))
        self.query_one("#ussd-records", Static).update(content(history_cells(self._records, now)))

    def _placeholder(self) -> str:
        if self._menu is not None:
            return "reply to the menu, or a new code"
        return safe(self._codes[0]) if self._records else "*100#"

    @property
    def _menu(self) -> UssdRecord | None:
        """The answer that waits for a reply."""
        newest = self._records[0] if self._records else None
        return newest if newest is not None and newest.state is UssdState.MENU else None

    @property
    def _codes(self) -> list[str]:
        """What was sent before, each once, the last one first."""
        return list(dict.fromkeys(record.code for record in self._records))

    def on_input_changed(self) -> None:
        self._say("")

    def action_recall(self, step: int) -> None:
        codes = self._codes
        self._recalled = max(-1, min(self._recalled + step, len(codes) - 1))
        line = self.query_one(SafeInput)
        line.value = codes[self._recalled] if self._recalled >= 0 else ""
        line.cursor_position = len(line.value)

    def action_scroll_history(self, pages: int) -> None:
        history = self.query_one("#ussd-history", VerticalScroll)
        history.scroll_relative(y=pages * max(1, history.size.height - 1), animate=False)

    def action_leave(self) -> None:
        self.dismiss(None)

    def action_ask_network(self) -> None:
        """Ask, after a question unless this very code was sent here before."""
        if self._asking:
            self._say("Still waiting for the previous reply.")
            return
        menu = self._menu
        try:
            code = check_code(self.query_one(SafeInput).value, menu=menu is not None)
        except ConsoleError as error:
            self._say(error.in_full)
            return
        starts_anew = code.startswith(("*", "#"))
        if starts_anew and code in self._codes:
            self._ask(code)
            return
        question = f"Send {safe(code)} through {safe(self._gateway)} port {self._port}? {_COST}"
        asked = Question.USSD
        if menu is not None and not starts_anew:
            question, asked = reply_question(code, menu), Question.USSD_REPLY

        def ask(confirmed: bool | None) -> None:
            if confirmed:
                self._ask(code)

        self.app.push_screen(ConfirmScreen(asked, question), ask)

    @work(exit_on_error=False)
    async def _ask(self, code: str) -> None:
        """Ask, and take the code back into the line when it could not even be kept."""
        self._asking = True
        self._recalled = -1
        line = self.query_one(SafeInput)
        with self.prevent(SafeInput.Changed):
            line.value = ""
        try:
            await asyncio.wrap_future(self._backend.ussd.ask(self._gateway, self._port, code))
        except ConsoleError as error:
            if not line.value:
                with self.prevent(SafeInput.Changed):
                    line.value = code
            self._say(error.in_full)
        finally:
            self._asking = False

    def _say(self, words: str) -> None:
        self._said = words
        self.sync()


def reply_question(reply: str, menu: UssdRecord) -> str:
    """What the operator is asked before a reply goes out, with the menu's own line for it."""
    meant = re.compile(rf"\s*{re.escape(reply)}(?!\w)")
    line = next((line.strip() for line in safe_lines(menu.answer) if meant.match(line)), "")
    shown = f": “{line}”" if line else ""
    return f"Reply {safe(reply)} to the menu of {safe(menu.code)}{shown}? {_COST}"


def notice_cells(records: list[UssdRecord], said: str, now: float) -> Cells:
    """What is awaited, since when; and what stands in the way."""
    cells: Cells = []
    awaited = next((record for record in records if record.state is UssdState.ASKED), None)
    if awaited is not None:
        look = USSD[awaited.state]
        since = f"since {clock_time(awaited.at)} ({age(now - awaited.at)})"
        cells.append((f"{look.glyph} Waiting for the answer to {safe(awaited.code)} {since}", look.ink))
    if said:
        cells.append((("\n" if cells else "") + safe(said), "bad"))
    return cells


def history_cells(records: list[UssdRecord], now: float) -> Cells:
    """Each code with who sent it when and how it ended, then the answer as it came."""
    if not records:
        return [("No USSD requests on this port yet.", "quiet")]
    cells: Cells = []
    for record in records:
        look = USSD[record.state]
        cells += [
            (f"{when(record.at, now)}  ", "quiet"),
            (f"{safe(record.code)}  ", "strong"),
            (f"{look.glyph} {look.word}", look.ink),
            (f"  {safe(record.operator)}\n", "quiet"),
        ]
        if record.answer:
            cells.append(("\n".join(safe_lines(record.answer)) + "\n", "plain"))
        elif record.state in {UssdState.ANSWERED, UssdState.MENU}:
            cells.append(("(no output)\n", "quiet"))
        cells.append(("\n", "plain"))
    return cells
