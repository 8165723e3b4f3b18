"""Setting up a first gateway, step by step: asked for, tried out, written."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal, NamedTuple, Protocol

from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import Input, Static

from console.config.writer import as_toml, write_private
from console.errors import ConfigError, ConsoleError
from console.protocol.dialects.known import DIALECTS
from console.protocol.text.redact import redact
from console.protocol.text.safe import safe
from console.ui.keys.actions import bindings
from console.ui.keys.key_bar import KeyBar
from console.ui.keys.keymap import keymap_of
from console.ui.kit.choice import Choice
from console.ui.kit.filter_line import SafeInput
from console.ui.kit.format import Cells, content
from console.ui.kit.toasts import ToastingApp
from console.ui.setup.steps import STEPS, Answers, Field, Step, initial_answers, matters, needs_test, read, values

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.widget import Widget

    from console.config import Config
    from console.terminal.appearance import Appearance
    from console.terminal.theme import Ink
    from console.ui.keys.keymap import Keymap


_HEADER = """\
# gsm-console configuration, as it was set up on the screen.
# `gsm-console config init --path FILE` writes an example with everything else that can be set.

"""

_LOOKS: dict[str, tuple[str, Ink]] = {"ok": ("✓", "good"), "warning": ("!", "warn"), "failed": ("✗", "bad")}


class CheckLine(NamedTuple):
    """What one look at one thing brought. Texts may come from the gateway."""

    verdict: Literal["ok", "warning", "failed"]
    subject: str
    words: str
    hint: str = ""


class SetupChecks(Protocol):
    """What can be tried out. Trouble is a line, never an error."""

    async def ami(self, config: Config) -> Sequence[CheckLine]:
        """Log in, run a command, look at the account."""
        ...

    async def http(self, config: Config) -> Sequence[CheckLine]:
        """Ask `/sendsms` in a way that sends nothing."""
        ...

    async def receiver(self, config: Config) -> Sequence[CheckLine]:
        """Listen for a moment."""
        ...

    async def to_enter(self, config: Config) -> Sequence[tuple[str, str]]:
        """What to type on the gateway's page SMS to HTTP: name of the field, value."""
        ...


@dataclass(frozen=True, slots=True)
class Setup:
    """What a setup is told."""

    checks: SetupChecks
    path: Path
    """Where the configuration will be."""
    token: str
    """For a gateway that can't be told by its address."""


class SetupEnding(NamedTuple):
    """How it was left."""

    wrote: bool = False
    wants_demo: bool = False


class SecretInput(Input):
    """A line whose characters are not shown; what is typed or pasted is taken as it is."""

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(id=id, password=True, compact=True)
        self.cursor_blink = False


class StepChoice(Choice[str], inherit_bindings=False):
    """One of a few, by left and right: Enter goes on."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("choice", "choice.before", "choice.next")]


class StepForm(Vertical):
    """The fields of one step. What was typed stays while another step is looked at."""

    def __init__(self, step: Step) -> None:
        super().__init__(id=f"step-{step.name}", classes="step")
        self._step = step

    def compose(self) -> ComposeResult:
        for field in self._step.fields:
            with Horizontal(classes="field"):
                yield Static(field.label, classes="label")
                yield _line(field)


def _line(field: Field) -> Input | StepChoice:
    if field.options:
        return StepChoice(field.label, [(option, option) for option in field.options], id=field.id)
    if field.is_secret:
        return SecretInput(id=field.id)
    line = SafeInput(id=field.id, placeholder=field.placeholder)
    line.value = field.initial
    line.select_on_focus = True  # what is typed takes the place of what was offered
    return line


class SetupScreen(Screen[None]):
    """Welcome, the steps, and what to enter on the gateway's page; Enter goes on, Esc goes back."""

    AUTO_FOCUS = ""
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("setup")]

    class Ended(Message):
        """The operator is through with it."""

        def __init__(self, ending: SetupEnding) -> None:
            self.ending = ending
            super().__init__()

    def __init__(self, setup: Setup) -> None:
        super().__init__()
        self._setup = setup
        self._at = 0
        """0 is the welcome, then the steps, then the end."""
        self._tested: dict[str, Answers] = {}
        """Name of a step -> the answers it was tried out with."""
        self._asking = False

    def compose(self) -> ComposeResult:
        with Vertical(id="setup") as frame:
            frame.border_title = Content("gsm-console  first setup")
            yield Static(id="setup-title")
            yield Static(id="setup-words")
            for step in STEPS:
                yield StepForm(step)
            yield Static(id="setup-found")
            yield Static(id="setup-next")
        yield KeyBar()

    def on_mount(self) -> None:
        self._show()

    # ---- what is shown --------------------------------------------------------------------------------------

    @property
    def _step(self) -> Step | None:
        return STEPS[self._at - 1] if 1 <= self._at <= len(STEPS) else None

    @property
    def _next(self) -> str:
        """The key that goes on."""
        return keymap_of(self).name("setup.next")

    def _show(self) -> None:
        """The page that is turned to, without what was found on another."""
        step = self._step
        for each in STEPS:
            self.query_one(f"#step-{each.name}").display = each is step
        self._asking = False
        self._tell([])
        if step is not None:
            what_next = "continues" if step is STEPS[0] else "tests this step, then continues"
            self._page(f"{self._at} of {len(STEPS)}  {step.title}", step.words, Content(f"{self._next} {what_next}."))
            self.set_focus(self.query_one(f"#{step.fields[0].id}"))
        else:
            self.set_focus(None)
            if self._at == 0:
                self._page(
                    "Welcome",
                    f"There is no configuration yet at {self._setup.path}.",
                    content(_welcome(keymap_of(self))),
                )
            else:
                self._end_page()
        self.refresh_bindings()

    def _page(self, title: str, words: str, what_next: Content) -> None:
        self.query_one("#setup-title", Static).update(content([(title, "strong")]))
        self.query_one("#setup-words", Static).update(Content(safe(words)))
        self.query_one("#setup-next", Static).update(what_next)

    def _end_page(self) -> None:
        words = f"Type these on the gateway's page {DIALECTS['openvox'].pages.callbacks}, with SMS Received on:"
        after = f"{self._next} writes {safe(str(self._setup.path))}, readable only by you, and opens the console.\n"
        after += "`gsm-console check` shows these values again."
        self._page("Last step: the gateway's own page", words, Content(after))
        self.run_worker(self._show_values(), group="setup", exclusive=True, exit_on_error=False)

    async def _show_values(self) -> None:
        named = await self._setup.checks.to_enter(self._config(STEPS[-1]))
        if self._at > len(STEPS):
            width = max(len(name) for name, _ in named) + 2
            self._tell([[(name.ljust(width), "quiet"), (safe(value), "strong")] for name, value in named])

    def _tell(self, lines: Sequence[Cells]) -> None:
        found = self.query_one("#setup-found", Static)
        found.display = bool(lines)
        found.update(Content("\n").join([content(line) for line in lines]))

    # ---- answers --------------------------------------------------------------------------------------------

    @property
    def answers(self) -> Answers:
        """What stands in the fields now; blanks around it are no part of anything but a secret."""
        return {name: self._answer(name) for name in initial_answers()}

    def _answer(self, name: str) -> str:
        line = self.query_one(f"#{name}")
        if isinstance(line, Input):
            return line.value if line.password else line.value.strip()
        return self.query_one(f"#{name}", StepChoice).value

    def _config(self, upto: Step) -> Config:
        return read(self.answers, upto.name, self._setup.path, token=self._setup.token)

    async def _try_out(self, step: Step) -> None:
        """Look whether the answers work, say so, and go on where all is well; else the next Enter goes on."""
        answers = self.answers
        checks = self._setup.checks
        look = {"ami": checks.ami, "http": checks.http, "receiver": checks.receiver}[step.name]
        found = await look(self._config(step))
        if self._step is not step or self.answers != answers:
            return
        self._asking = False
        self._tested[step.name] = matters(answers, step.name)
        verdicts = {line.verdict for line in found}
        if verdicts <= {"ok"}:
            self._turn(1)
        else:
            key = self._next
            again = f"Fix it and press {key}, or press {key} again to continue anyway."
            self.query_one("#setup-next", Static).update(
                Content(again if "failed" in verdicts else f"{key} continues.")
            )
        self._tell([cells for line in found for cells in _finding(line)])

    # ---- keys -----------------------------------------------------------------------------------------------

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """In the fields letters are text; before the welcome there is nothing."""
        if action == "go_back":
            return self._at > 0
        return self._at == 0 if action in {"try_demo", "leave_setup"} else True

    def action_go_on(self) -> None:
        step, focused = self._step, self.focused
        if step is None:
            self._turn(1) if self._at == 0 else self._write()
        elif focused is not None and focused.id != step.fields[-1].id:
            self.focus_next()
        elif focused is not None:
            # Behind every key that was typed before and has not reached the line yet; none after it shall.
            self.set_focus(None)
            focused.call_later(self._submit, step, focused)

    def _submit(self, step: Step, last: Widget) -> None:
        if self._step is not step:
            return
        self.set_focus(last)
        if self._asking:
            return
        answers = self.answers
        try:
            self._config(step)
        except ConfigError as error:
            self._tell([[("✗ ", "bad"), (safe(str(error)), "plain")]])
            self.query_one("#setup-next", Static).update(Content(f"Fix it and press {self._next}."))
            return
        if not needs_test(answers, step.name) or self._tested.get(step.name) == matters(answers, step.name):
            self._turn(1)
            return
        self._asking = True
        self._tell([[("… testing", "busy")]])
        self.run_worker(self._try_out(step), group="setup", exclusive=True, exit_on_error=False)

    def on_choice_changed(self) -> None:
        self.on_input_changed()

    def on_input_changed(self) -> None:
        """Another answer than the one that is being tried out: what that finds is of no use any more."""
        if self._asking:
            self._asking = False
            self._tell([])

    def action_go_back(self) -> None:
        if self._at:
            self._turn(-1)

    def _turn(self, by: int) -> None:
        self._at += by
        self._show()

    def action_step_field(self, by: int) -> None:
        if self._step is not None:
            names = [field.id for field in self._step.fields]
            at = names.index(self.focused.id) if self.focused is not None and self.focused.id in names else 0
            self.set_focus(self.query_one(f"#{names[(at + by) % len(names)]}"))

    def action_try_demo(self) -> None:
        self.post_message(self.Ended(SetupEnding(wants_demo=True)))

    def action_leave_setup(self) -> None:
        self.post_message(self.Ended(SetupEnding()))

    def _write(self) -> None:
        text = _HEADER + as_toml(values(self.answers, token=self._setup.token))
        try:
            write_private(self._setup.path, text)
        except ConsoleError as error:
            self.notify(safe(error.in_full), severity="error", timeout=15, markup=False)
        else:
            self.post_message(self.Ended(SetupEnding(wrote=True)))


_WELCOME: dict[str, tuple[str, ...]] = {
    "setup.next": (
        "sets up your gateway in four steps: its address, AMI, HTTP, and",
        "where it calls this machine. Each step is tested. No SMS is",
        "sent, and nothing is written until the end.",
    ),
    "setup.demo": ("opens the demo: a simulated gateway, nothing left behind.",),
    "setup.leave": ("quits. `gsm-console config init` writes an example instead.",),
}
"""Action -> what it does, line by line."""


def _welcome(keymap: Keymap) -> Cells:
    """Each key, with what it does beside it."""
    cells: Cells = []
    for action, lines in _WELCOME.items():
        cells.append((f"{keymap.name(action):<7}", "key"))
        cells.append((("\n" + " " * 7).join(lines), "plain"))
        cells.append(("\n", "plain"))
    return cells[:-1]


def _finding(line: CheckLine) -> list[Cells]:
    """✓ or ✗, what it is about and what was found; below it what to do."""
    glyph, ink = _LOOKS[line.verdict]
    found: list[Cells] = [[(f"{glyph} {line.subject}  ", ink), (safe(redact(line.words)), "plain")]]
    return [*found, [("  ", "plain"), (safe(redact(line.hint)), "quiet")]] if line.hint else found


class SetupApp(ToastingApp[SetupEnding]):
    """Returns how it was left; None where it was ended from outside."""

    TITLE = "gsm-console"
    ENABLE_COMMAND_PALETTE = False

    def __init__(self, setup: Setup, *, appearance: Appearance | None = None) -> None:
        super().__init__(appearance=appearance)
        self._setup = setup

    def get_default_screen(self) -> SetupScreen:
        return SetupScreen(self._setup)

    def on_setup_screen_ended(self, event: SetupScreen.Ended) -> None:
        self.exit(event.ending)

    def action_help_quit(self) -> None:
        """ctrl+c is what many hands do to get out; nothing was written."""
        self.exit(SetupEnding())
