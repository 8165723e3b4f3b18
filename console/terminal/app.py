"""What every application of ours is on a terminal: its looks, its line, its clipboard, and how it ends."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections import defaultdict
from contextlib import ExitStack, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, Literal, TypeVar

from rich.console import Console
from textual.app import App
from textual.cache import LRUCache
from textual.css.stylesheet import Stylesheet
from textual.events import Key, Paste
from textual.screen import Screen
from textual.worker import WorkerFailed

from console.terminal import signals
from console.terminal.driver import ConsoleDriver
from console.terminal.escape_time import EscapeTime
from console.terminal.line_pace import LinePace
from console.terminal.osc import notification, osc52, pasteable
from console.terminal.theme import theme_name, themes
from console.terminal.typeahead import KeyPassed, Typeahead

if TYPE_CHECKING:
    from rich.console import RenderableType
    from textual.css.model import RuleSet
    from textual.dom import DOMNode
    from textual.events import Event
    from textual.timer import Timer
    from textual.widget import Widget

    from console.config.rule_records import NotifyBy
    from console.terminal.appearance import Appearance, Colours


_COLOUR_SYSTEMS: dict[Colours, Literal["standard", "256", "truecolor"]] = {
    "16": "standard",
    "256": "256",
    "truecolor": "truecolor",
}
"""Rich's names."""

_KEPT = 1024
"""Sources whose rules are kept; Textual's own 64 are fewer than there are, and then none is found again."""


_PARSED: defaultdict[frozenset[tuple[str, str]], LRUCache[tuple[object, ...], list[RuleSet]]] = defaultdict(
    lambda: LRUCache(_KEPT)
)
"""What was parsed, by the variables it was parsed with: there are as many of these as themes."""


class ThriftyStylesheet(Stylesheet):
    """`reparse` costs what is new, and a theme that was there before nothing."""

    def __init__(self, *, variables: dict[str, str] | None = None) -> None:
        super().__init__(variables=variables)
        self._parse_cache = _PARSED[frozenset(self._variables.items())]

    def set_variables(self, variables: dict[str, str]) -> None:
        if variables != self._variables:
            self._parse_cache = LRUCache(1)  # this one is emptied
            super().set_variables(variables)
            self._parse_cache = _PARSED[frozenset(variables.items())]

    def reparse(self) -> None:
        """What has been parsed with these variables is taken as it is. Raises what `parse` raises."""
        self.parse()


Result = TypeVar("Result")


class ThriftyScreen(Screen[Result]):
    """A change of focus restyles what looks at it. Textual restyles all that stands in a container which does, and that
    is most of the time between a Tab and its frame.
    """

    def _update_focus_styles(self, focused: Widget | None = None, blurred: Widget | None = None) -> None:
        """Of the outermost that looks at it and what stands in it, those that have a rule with `:focus-within`, or a
        part (a component class) that has one. Each knows by its last styles; what it inherits follows by itself.
        """
        found: dict[DOMNode, None] = {}
        for changed in filter(None, (focused, blurred)):
            around = (node for node in reversed(changed.ancestors_with_self) if _looks_at_focus(node))
            if (outermost := next(around, None)) is not None:
                found |= dict.fromkeys(filter(_looks_at_focus, outermost.walk_children(with_self=True)))
        if found:
            self.app.stylesheet.update_nodes(found, animate=True)


def _looks_at_focus(node: DOMNode) -> bool:
    parts = (styles.node for styles in node._component_styles.values())  # noqa: SLF001 - Textual asks each itself
    return any(each is not None and each._has_focus_within for each in (node, *parts))  # noqa: SLF001


LONGEST = 2.0
"""Seconds after which one frame is drawn all the same."""


_SEEN_WITHIN = 3.0
"""Seconds after which what was drawn is taken for seen: a terminal need not answer."""

_LOOK = 0.02
"""Seconds between two looks whether it has."""


class FrameHold:
    """Of one application; on its event loop."""

    def __init__(self, app: App[Any]) -> None:
        self._app = app
        self._held: ExitStack | None = None
        self._timer: Timer | None = None
        self._missed = False

    @property
    def is_held(self) -> bool:
        return self._held is not None

    def hold(self) -> None:
        """Draw nothing until `release`."""
        if self._held is None:
            self._held = ExitStack()
            self._held.enter_context(self._app.batch_update())
            self._timer = self._app.set_timer(LONGEST, self.release)

    def miss(self) -> None:
        """A whole screen was to be drawn in the meantime, and will not be drawn again by itself."""
        self._missed = self._missed or self.is_held

    def release(self) -> None:
        """Draw whatever has changed since `hold`."""
        if self._held is None:
            return
        if self._timer is not None:
            self._timer.stop()
        self._held.close()
        self._held, missed, self._missed = None, self._missed, False
        if missed:
            self._app.screen.refresh(layout=True)
        # Screens draw when they are idle; this one may have been so already.
        self._app.screen.check_idle()


def styles_path() -> Path:
    """The folder of `*.tcss`: beside the package in a checkout, inside it in an installed wheel."""
    package = Path(__file__).resolve().parent.parent
    shipped = package / "styles"
    return shipped if shipped.is_dir() else package.parent / "styles"


class TerminalApp(App[Result]):
    """Themes and styles, and a good end: on SIGTERM, on SIGHUP, and when the terminal is gone."""

    CSS_PATH: ClassVar[list[str | Path]] = sorted(styles_path().glob("*.tcss"))  # type: ignore[assignment]

    def __init__(self, *, line: LinePace | None = None, appearance: Appearance | None = None) -> None:
        super().__init__(driver_class=ConsoleDriver)
        self._appearance = appearance
        self.colours: Colours = "truecolor" if appearance is None else appearance.colours
        # Textual's own has as many colours as Rich reads out of the environment.
        self.console = Console(
            color_system=_COLOUR_SYSTEMS[self.colours], file=self.console.file, force_terminal=True, no_color=False
        )
        self.line = line or LinePace(slow=appearance is not None and appearance.slow)
        self.ascii_only = appearance is not None and appearance.ascii_only
        self.utf8 = appearance is None or appearance.utf8
        self.escape_time = EscapeTime()
        if appearance is not None:
            self.escape_time = EscapeTime(fixed=appearance.escape_time, over_ssh=appearance.over_ssh)
        self._frames = FrameHold(self)
        self.typeahead = Typeahead(self, super().on_event)
        self.broke: BaseException | None = None
        """A fault that ended it."""
        self._told_to_end = False
        """SIGTERM came."""
        self.terminal_lost = False
        """It ended because nobody can see it any more: SIGHUP, or a terminal that is dead."""
        for known in themes(self.colours):
            self.register_theme(known)
        self.show_in("dark" if appearance is None else appearance.theme)
        self.stylesheet = ThriftyStylesheet(variables=self.get_css_variables())
        self.animation_level = "none"

    def show_in(self, theme: str) -> None:
        """In one of `console.terminal.appearance.THEMES`, with the colours that the terminal has."""
        self.theme = theme_name(theme, self.colours)

    def run_until_left(self) -> Result | None:
        """Run on the terminal. Raises what broke it, once the terminal is as it was."""
        result = self.run(mouse=False)
        if self.broke is not None:
            raise self.broke
        return result

    def on_mount(self) -> None:
        self._end_on_signals()
        if self._appearance is not None and self._appearance.remark:
            self.notify(self._appearance.remark, severity="warning", timeout=15, markup=False)

    async def on_event(self, event: Event) -> None:
        if isinstance(event, Key | Paste) and not event.is_forwarded:
            self.line.lend_to_key()
            await self.typeahead.take(event)
        else:
            await super().on_event(event)

    async def on_key_passed(self, passed: KeyPassed) -> None:
        await self.typeahead.passed(passed.number)

    async def until_seen(self) -> None:
        """Wait until the terminal has drawn what was sent to it, as far as it tells; not longer than a while."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_SEEN_WITHIN):
                while self.frames_held or self.line.waits_for_answer:  # noqa: ASYNC110 - asked of another thread
                    await asyncio.sleep(_LOOK)

    def copy_to_clipboard(self, text: str) -> None:
        """To the terminal's clipboard, whatever stands between; and to the lines that are typed in here."""
        self._clipboard = pasteable(text)
        if self._driver is not None:
            self._driver.write(osc52(text, os.environ))

    def show_notification(self, way: NotifyBy, text: str) -> None:
        """By the terminal itself, so that it is seen though the operator looks elsewhere."""
        sequence = notification(way, text, os.environ)
        if sequence and self._driver is not None:
            self._driver.write(sequence)

    def _end_on_signals(self) -> None:
        """Leave in good order on SIGTERM, and on SIGHUP unless it came ignored: the terminal is restored."""
        if threading.current_thread() is not threading.main_thread():
            return
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self._end)
        if signal.SIGHUP in signals.that_end():
            loop.add_signal_handler(signal.SIGHUP, self.lose_terminal)

    def _end(self) -> None:
        """Leave for good, also when the terminal goes at the same time: who stops a session does both at once."""
        self._told_to_end, self.terminal_lost = True, False
        self.exit()

    @property
    def frames_held(self) -> bool:
        """Whether nothing is drawn until the terminal has room again."""
        return self._frames.is_held

    def hold_frames(self) -> None:
        self._frames.hold()

    def release_frames(self) -> None:
        self._frames.release()

    def redraw(self) -> None:
        """Draw everything anew, whatever else may have written on the terminal."""
        if isinstance(self._driver, ConsoleDriver):
            self._driver.forget()
        self.screen.refresh(layout=True)

    def went_on(self, seconds: float) -> None:
        """It was stopped (SIGTSTP) for so long, and goes on (SIGCONT)."""
        self.redraw()
        self.notify(
            f"The console was suspended for {seconds:.0f} s and received nothing meanwhile.",
            severity="warning",
            markup=False,
        )

    def _display(self, screen: Screen[object], renderable: RenderableType | None) -> None:
        self._frames.miss()
        super()._display(screen, renderable)

    def _handle_exception(self, error: Exception) -> None:
        """Once it is left, screens are taken down as they are, half made too: what is missed there harms nobody."""
        if not self._exit:
            self.broke = self.broke or (error.error if isinstance(error, WorkerFailed) else error)
            super()._handle_exception(error)

    def _fatal_error(self) -> None:
        """Whoever ran it tells: Textual would show values of variables, which may be secret, or a stranger's words."""
        self._close_messages_no_wait()

    def _refresh_notifications(self) -> None:
        """Textual asks for this whenever another screen is in front; its own toasts are not in use."""
        self.screen_came()

    def screen_came(self) -> None:
        """Another screen is in front."""

    def fail(self, error: Exception) -> None:
        self._handle_exception(error)

    def lose_terminal(self) -> None:
        """The terminal is gone: leave, whatever else of SIGHUP may still come."""
        self.terminal_lost = not self._told_to_end
        if threading.current_thread() is threading.main_thread():
            # Ours no longer, or its default would come back when the loop closes.
            asyncio.get_running_loop().remove_signal_handler(signal.SIGHUP)
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
        self.exit()
