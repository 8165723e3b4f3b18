"""The line behind the colon: a command by its name, with what it is to be done to."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from console.protocol.text.safe import safe
from console.ui.keys.actions import TITLES, bindings
from console.ui.keys.commands import HERE, Command, Meaning, completions, expanded, find, meaning, split
from console.ui.keys.key_bar import KeyBar
from console.ui.keys.keymap import Keymap, keymap_of
from console.ui.kit.filter_line import SafeInput
from console.ui.kit.format import Cells, content, fit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from console.terminal.theme import Ink
    from console.ui.keys.commands import Values

_NAME = 15
"""Cells of a name in a list, with the blank behind it."""

_CALL = 22
"""Those of a name and what it takes."""

_KEYS = 7
"""Those of its key, with the blank behind it."""

_LINES = 9
"""So many commands or fewer stand a line each, with what they do; more by their names alone."""


class CommandInput(SafeInput):
    """The line itself. What is pasted stands in it, and is run by Enter only."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("commands")]

    def __init__(self, screen: CommandScreen) -> None:
        super().__init__(id="command-typed", placeholder="")
        self._commands = screen

    def action_run_line(self) -> None:
        self._commands.run_line()

    def action_complete_line(self, step: int) -> None:
        self._commands.complete(step)

    def action_recall(self, step: int) -> None:
        self._commands.recall(step)

    def action_leave(self) -> None:
        self._commands.dismiss(None)


class CommandScreen(ModalScreen[None]):
    """Lists what the line may mean while it is typed. Enter runs it where that is certain; else it says why not.

    `run` is called with the meaning once the screen is gone.
    """

    def __init__(
        self,
        known: Sequence[Command],
        values: Values,
        run: Callable[[Meaning], None],
        *,
        aliases: Mapping[str, str],
        history: list[str],
        typed: str = "",
    ) -> None:
        """`known` has the nearest first, `history` the newest line first; what is run is added to it. `typed` stands in
        the line to begin with.
        """
        super().__init__()
        self._known = known
        self._values = values
        self._run = run
        self._aliases = aliases
        self._history = history
        self._recalled = -1
        self._typed = typed
        self._stem = ""
        """What was typed before the word was completed."""
        self._turn = -1
        """Which of its completions stands in the line."""

    def compose(self) -> ComposeResult:
        with Vertical(id="command-dialog"):
            yield Static(id="command-found")
            yield Static(id="command-trouble")
            with Horizontal(id="command-typing"):
                yield Static(":", id="command-colon")
                yield CommandInput(self)
        yield KeyBar()

    def on_mount(self) -> None:
        self._put(self._typed)

    @property
    def line(self) -> CommandInput:
        return self.query_one(CommandInput)

    def on_input_changed(self) -> None:
        self._turn = self._recalled = -1
        self._say("")
        self._show()

    def on_resize(self) -> None:
        self._show()

    def run_line(self) -> None:
        """Run what stands in the line, if it is certain what that is."""
        typed = self.line.value.strip()
        meant = meaning(typed, self._known, self._values, self._aliases)
        if meant.command is None:
            if typed:
                self._say(meant.trouble)
            else:
                self.dismiss(None)
            return
        self._history[:] = list(dict.fromkeys([typed, *self._history]))[:100]
        self.dismiss(None)
        self._run(meant)

    def complete(self, step: int) -> None:
        """Go on with the word as far as that is clear; then with each that it may be, one after the other."""
        if self._turn < 0:
            self._stem = self.line.value
        found = completions(self._stem, self._known, self._values, self._aliases)
        if not found:
            return
        common = _common(found)
        if self._turn < 0 and len(common) > len(self._stem):
            self._put(common)
            return
        self._turn = (self._turn + step) % len(found) if self._turn >= 0 else (0 if step > 0 else len(found) - 1)
        self._put(found[self._turn], turn=self._turn)

    def recall(self, step: int) -> None:
        """An earlier line, or a later one."""
        recalled = max(-1, min(self._recalled + step, len(self._history) - 1))
        self._put(self._history[recalled] if recalled >= 0 else "")
        self._recalled = recalled

    def _put(self, text: str, *, turn: int = -1) -> None:
        with self.prevent(SafeInput.Changed):
            self.line.value = safe(text)
        self.line.cursor_position = len(self.line.value)
        self._turn, self._recalled = turn, -1
        self._say("")
        self._show()

    def _say(self, trouble: str) -> None:
        said = self.query_one("#command-trouble", Static)
        said.display = bool(trouble)
        said.update(Content(safe(trouble)))

    def _show(self) -> None:
        """What the line may mean; behind the name of a command, what may stand there."""
        typed = (self._stem if self._turn >= 0 else self.line.value).lstrip(" :")
        width, keys = max(20, self.size.width - 4), keymap_of(self)
        found = find(typed, self._known)
        lines: list[Cells] = []
        if " " in typed and (command := self._begun(typed)) is not None:
            lines = [command_cells(command, width, keys), [(_fitted(self._behind(typed), width), "accent")]]
        elif len(found) > _LINES:
            lines = grid_cells(found, width)
        else:
            lines = [command_cells(each, width, keys) for each in found]
        shown = self.query_one("#command-found", Static)
        shown.update(Content("\n").join([content(line) for line in lines]))

    def _begun(self, typed: str) -> Command | None:
        """The command whose name stands there in full."""
        word, _ = split(expanded(typed, self._aliases))
        return meaning(word, self._known, lambda _: (), {}).command or next(
            (each for each in self._known if each.is_called(word)), None
        )

    def _behind(self, typed: str) -> list[str]:
        found = completions(typed, self._known, self._values, self._aliases)
        return [each.partition(" ")[2].strip() for each in found]


def _fitted(words: Sequence[str], width: int) -> str:
    return fit("  ".join(safe(word) for word in words), width).rstrip()


def _common(lines: Sequence[str]) -> str:
    """With what all of them begin."""
    first, last = min(lines), max(lines)
    same = next((at for at, (one, other) in enumerate(zip(first, last, strict=False)) if one != other), len(first))
    return first[:same]


def command_cells(command: Command, width: int, keys: Keymap) -> Cells:
    """Name and what it takes, key and what it does; of one that works elsewhere, where."""
    action = command.action
    key = keys.names(action).partition(" ")[0]
    where = "" if command.near == HERE else f", in: {TITLES[command.scope]}"
    ink: Ink = "quiet" if command.near != HERE else "plain"
    return [
        (f"{command.name} ", "strong"),
        (fit(action.takes, _CALL - len(command.name) - 1), "accent"),
        (fit(key, _KEYS), "key"),
        (fit(f"{action.help}{where}", max(0, width - _CALL - _KEYS)).rstrip(), ink),
    ]


def grid_cells(found: Sequence[Command], width: int) -> list[Cells]:
    """Their names in columns, each read downwards; those that work elsewhere in quiet ink."""
    columns = max(1, width // _NAME)
    rows = -(-len(found) // columns)
    return [
        [(fit(each.name, _NAME), "plain" if each.near == HERE else "quiet") for each in found[row::rows]]
        for row in range(rows)
    ]
