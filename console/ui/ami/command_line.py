"""The gateway's command line in the AMI pane: a line to type in, and the answers as a terminal would show them."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.containers import Horizontal, Vertical
from textual.message import Message
from textual.widgets import Static

from console.errors import CannotSend, ConsoleError
from console.protocol.ami.command_line import Completion, caution, check_line, complete, is_harmless
from console.protocol.dialects.known import DIALECTS
from console.protocol.text.safe import safe
from console.protocol.text.terminal import MOST_LINES, Line, render
from console.ui.keys.actions import bindings
from console.ui.keys.keymap import keymap_of
from console.ui.kit.explain import explained, refused
from console.ui.kit.filter_line import SafeInput
from console.ui.kit.format import Cells, content
from console.ui.kit.questions import Question
from console.ui.kit.row_list import RowList

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from console.domain.backend import Backend
    from console.store import LiveReader
    from console.terminal.theme import Ink

REMEMBERED = 200
"""Lines that can be recalled. They come from the audit, which has every one."""

_AUDIT_SEEN = 1_000
"""Entries of the audit that are looked through for them."""

_ACTION = "command"
"""Of the audit's entries that are command lines."""

_INKS: Mapping[str, Ink] = {
    "red": "bad",
    "green": "good",
    "brown": "warn",
    "blue": "busy",
    "cyan": "busy",
    "magenta": "accent",
    "black": "quiet",
}
"""Colours of a terminal by the theme's few inks."""


def run_ink(colour: str, *, bold: bool) -> Ink:
    """The ink nearest to a colour of a terminal."""
    if colour == "brightblack":
        return "quiet"
    name = colour.removeprefix("bright")
    if name in _INKS:
        return "quiet" if name == "black" and bold else _INKS[name]
    if len(colour) == 6 and (nearest := _nearest(colour)):
        return nearest
    return "strong" if bold else "plain"


def _nearest(colour: str) -> Ink | None:
    """The ink of a colour by six hexadecimal digits; None for greys, and where these are none."""
    try:
        red, green, blue = (int(colour[at : at + 2], 16) for at in (0, 2, 4))
    except ValueError:
        return None
    high, low = max(red, green, blue), min(red, green, blue)
    if high - low < 48:
        return "quiet" if high < 128 else None
    strong = tuple(part > (high + low) / 2 for part in (red, green, blue))
    inks: Mapping[tuple[bool, ...], Ink] = {
        (True, False, False): "bad",
        (False, True, False): "good",
        (True, True, False): "warn",
        (True, False, True): "accent",
    }
    return inks.get(strong, "busy")


def grid_cells(line: Line) -> Cells:
    """A line of the grid, drawn."""
    return [(safe(run.text), run_ink(run.colour, bold=run.bold)) for run in line]


class CommandOutput(RowList):
    """What was run and what came of it, oldest first; bounded."""

    live_end = "bottom"

    def __init__(self) -> None:
        super().__init__(id="command-output")
        self.can_focus = False
        self._lines: list[Cells] = []

    def add(self, lines: Sequence[Cells]) -> None:
        """Add below, and go there."""
        self._lines += lines
        surplus = max(0, len(self._lines) - MOST_LINES)
        del self._lines[:surplus]
        self.show_rows(len(self._lines), shift=-surplus)
        self.action_jump("bottom")

    def scroll_pages(self, pages: int) -> None:
        self.scroll_relative(y=pages * max(1, self.size.height - 1), animate=False)
        self.refresh()

    def row(self, index: int, width: int) -> Cells:
        return self._lines[index] if index < len(self._lines) else [("", "plain")]


class CommandLine(SafeInput):
    """The line itself."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("command")]

    def __init__(self, panel: CommandPanel) -> None:
        complete, earlier, leave = map(keymap_of(panel).name, ("command.complete", "command.earlier", "command.leave"))
        hint = f"such as core show version   {complete} completes, {earlier} recalls, {leave} closes"
        super().__init__(id="command-line", placeholder=hint)
        self._panel = panel

    def action_run_line(self) -> None:
        self._panel.run_line()

    def action_complete_line(self) -> None:
        self._panel.complete_line()

    def action_recall(self, step: int) -> None:
        self._panel.recall(step)

    def action_scroll_output(self, pages: int) -> None:
        self._panel.query_one(CommandOutput).scroll_pages(pages)

    def action_leave(self) -> None:
        self._panel.post_message(CommandPanel.Left())


class CommandPanel(Vertical):
    """One command at a time. It may be closed while an answer is awaited: that is here when it is opened again.

    Where the pane is low the line to type in stays in sight, and what else is there goes behind it.
    """

    SCOPED_CSS = False  # the pane tells whether there is output
    DEFAULT_CSS = """
    CommandPanel { dock: bottom; }
    AmiPane.-answered #command-row { dock: bottom; }
    """

    class Left(Message):
        """The operator goes back to the log."""

    class Answered(Message):
        """There is output to show."""

    def __init__(self, backend: Backend, store: LiveReader) -> None:
        super().__init__(id="ami-command")
        self._backend = backend
        self._store = store
        self._gateway = ""
        self._history: list[str] = []
        """Newest first."""
        self._recalled = -1
        self._awaited = ""
        """The line whose answer is awaited."""

    def compose(self) -> ComposeResult:
        yield CommandOutput()
        yield Static(id="command-hint")
        with Horizontal(id="command-row"):
            yield Static(id="command-prompt")
            yield CommandLine(self)

    @property
    def line(self) -> CommandLine:
        return self.query_one(CommandLine)

    @property
    def has_output(self) -> bool:
        return self.query_one(CommandOutput).count > 0

    def open(self, gateway: str, begun: str = "") -> None:
        """Take lines for this gateway; `begun` stands in the line."""
        self._gateway = gateway
        self._recalled = -1
        with explained(self):
            entries = self._store.audit.newest(_AUDIT_SEEN)
            lines = [one.detail for one in entries if one.action == _ACTION and "***" not in one.detail]
            self._history = list(dict.fromkeys(lines))[:REMEMBERED]
        self.query_one("#command-prompt", Static).update(content([(f"{safe(gateway)}> ", "accent")]))
        if begun:
            self._put(safe(begun))
        self._hint([])

    def on_input_changed(self) -> None:
        self._hint([])

    def recall(self, step: int) -> None:
        """An earlier line, or a later one."""
        self._recalled = max(-1, min(self._recalled + step, len(self._history) - 1))
        self._put(safe(self._history[self._recalled]) if self._recalled >= 0 else "")

    def complete_line(self) -> None:
        """Go on with the line as far as it is clear how, and say what may follow."""
        line = self.line
        gateway = next((one for one in self._backend.gateways() if one.name == self._gateway), None)
        ports = [port.port for port in gateway.ports] if gateway is not None else []
        forms = DIALECTS[gateway.dialect].forms if gateway is not None else ()
        done = complete(line.value, forms, ports)
        if done.line != line.value:
            self._put(done.line)
            done = complete(done.line, forms, ports)
        self._hint(hint_cells(done))

    def run_line(self) -> None:
        """Run it, after a question unless it is known to do no harm."""
        from console.ui.kit.dialogs import ConfirmScreen

        if self._awaited:
            self._hint([("Still waiting for the previous answer.", "warn")])
            return
        try:
            line = check_line(self.line.value)
        except CannotSend as error:
            self._hint([(safe(error.in_full), "bad")])
            return
        gateway = self._gateway
        if is_harmless(line):
            self._run(gateway, line)
            return
        if refused(self, self._backend):
            return

        def run(confirmed: bool | None) -> None:
            if confirmed:
                self._run(gateway, line)

        question = f"Run this on {safe(gateway)}?\n\n{safe(line)}\n\n{caution(line)}".rstrip()
        self.app.push_screen(ConfirmScreen(Question.COMMAND, question), run)

    @work(exit_on_error=False)
    async def _run(self, gateway: str, line: str) -> None:
        self._awaited = line
        self._recalled = -1
        self._history = list(dict.fromkeys([line, *self._history]))[:REMEMBERED]
        self._put("")
        self._hint([])
        self._show([[(f"{safe(gateway)}> ", "accent"), (safe(line), "strong")]])
        try:
            output = await asyncio.wrap_future(self._backend.run_command(gateway, line))
            columns = self.size.width - 1
            lines = await asyncio.to_thread(render, output, columns)
        except ConsoleError as error:
            self._show([[(safe(f"✗ {error.title}: {error.in_full}"), "bad")]])
        else:
            self._show([grid_cells(one) for one in lines] or [[("no output", "quiet")]])
        finally:
            self._awaited = ""
            self._hint([])

    def _show(self, lines: Sequence[Cells]) -> None:
        self.query_one(CommandOutput).add(lines)
        self.post_message(self.Answered())

    def _put(self, text: str) -> None:
        line = self.line
        with self.prevent(SafeInput.Changed):
            line.value = text
        line.cursor_position = len(text)

    def _hint(self, cells: Cells) -> None:
        if self._awaited and not cells:
            cells = [(f"→ waiting for the answer to {safe(self._awaited)}", "busy")]
        hint = self.query_one("#command-hint", Static)
        hint.display = bool(cells)
        hint.update(content(cells))


def hint_cells(done: Completion) -> Cells:
    """What may follow: the words, then what they stand for."""
    cells: Cells = [("  ".join(safe(word) for word in done.candidates), "accent")]
    if done.expected:
        cells.append((("   " if done.candidates else "") + done.expected, "quiet"))
    if not done.candidates and not done.expected:
        cells = [("No options are known for this command; you can run it anyway.", "quiet")]
    return cells
