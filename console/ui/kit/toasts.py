"""What is said in passing: one thing at a time, on a row above the last one, for as long as it takes to read."""

from __future__ import annotations

import time
from collections import deque
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from rich.cells import cell_len, chop_cells
from textual.app import ScreenStackError
from textual.events import Key
from textual.message import Message
from textual.widget import Widget

from console.terminal.app import TerminalApp
from console.ui.kit.format import Cells, content, count, fit

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import RenderResult
    from textual.events import Event
    from textual.notifications import SeverityLevel

    from console.terminal.appearance import Appearance
    from console.terminal.line_pace import LinePace
    from console.terminal.theme import Ink

USUAL = 5.0
"""Seconds that it stays where nothing else waits."""

UNTIL_A_KEY = 60.0
"""The same of an error, which goes by a key."""

MOST = 20
"""That wait, the newest: whoever comes back to a bad hour reads a minute of it, and the lists have it all."""

_NOTICED, _READ = 1.5, 15
"""Seconds until the eye is there, and cells that it reads in one more."""

_LOOK = 0.2
"""Seconds between two looks whether it was long enough."""

_LOOKS: dict[SeverityLevel, tuple[str, Ink]] = {
    "information": ("▌ ", "good"),
    "warning": ("▌! ", "warn"),
    "error": ("▌✗ ", "bad"),
}


class Toast(NamedTuple):
    """Something to say."""

    words: str
    """Safe, on one line."""
    severity: SeverityLevel = "information"
    seconds: float = USUAL


def parted(words: str, width: int) -> list[str]:
    """What is longer than `width` cells, in parts that are not; between two words where that can be."""
    parts, part = [], ""
    for word in words.split(" "):
        longer = f"{part} {word}" if part else word
        if part and cell_len(longer) > width:
            parts.append(part)
            longer = word
        *whole, part = chop_cells(longer, max(1, width)) if cell_len(longer) > width else [longer]
        parts += whole
    return [*parts, part]


class Toasts:
    """One at a time, in parts where it is long; none goes before it can have been read."""

    def __init__(self) -> None:
        self._waiting: deque[Toast] = deque(maxlen=MOST)
        self._shown: Toast | None = None
        self._parts: list[str] = []
        """What is still to be read of it, beginning with what is in sight."""
        self._since = 0.0

    def add(self, toast: Toast, now: float, width: int) -> None:
        """Say this as soon as what was said before was read; once, though it be said again meanwhile."""
        if toast == self._shown:
            self._since = now
        elif toast not in self._waiting:
            self._waiting.append(toast)
        self.look(now, width)

    def clear(self) -> None:
        """Say nothing more."""
        self._waiting.clear()
        self._shown, self._parts = None, []

    def look(self, now: float, width: int, *, key: bool = False) -> None:
        """Go on to the next where that is due; `key`: one was pressed. There are `width` cells for words."""
        if self._shown is not None:
            self._since = min(self._since, now)  # a clock may be set back
            lasted = now - self._since
            read = _NOTICED + cell_len(self._parts[0]) / _READ
            more = len(self._parts) > 1
            most = max(read, UNTIL_A_KEY if self._shown.severity == "error" else self._shown.seconds)
            if lasted < (read if key or more or self._waiting else most):
                return
            self._parts, self._since = self._parts[1:], now
        if not self._parts:
            self._shown = self._waiting.popleft() if self._waiting else None
            self._parts = parted(self._shown.words, width) if self._shown else []
            self._since = now

    def cells(self, width: int) -> Cells:
        """A row of so many cells; empty while there is nothing to say."""
        if self._shown is None:
            return []
        mark, ink = _LOOKS[self._shown.severity]
        more = f" +{count(len(self._waiting))} " if self._waiting else " "
        words = self._parts[0] + " …" * (len(self._parts) > 1)
        return [(mark, ink), (fit(words, max(0, width - cell_len(mark + more))), "plain"), (more, "key")]


_BESIDE = len("▌✗ ") + len(" …") + len(" +99 ")
"""Cells of a row that no words stand in."""


class ToastRow(Widget):
    """On whichever screen is in front; not there while there is nothing to say. It lies on the lower edge of what is
    above the last row: no line moves, and none is covered.
    """

    DEFAULT_CSS = """
    ToastRow { layer: toasts; dock: bottom; height: 1; margin-bottom: 1; background: $panel; color: $foreground; }
    """

    def __init__(self, toasts: Toasts) -> None:
        super().__init__()
        self._toasts = toasts
        self._drawn: Cells = []

    def show(self) -> None:
        """What there is to say now."""
        cells = self._toasts.cells(self.screen.size.width)
        if cells != self._drawn:
            self._drawn = cells
            self.display = bool(cells)
            self.refresh()

    def render(self) -> RenderResult:
        return content(self._drawn)


Result = TypeVar("Result")


class ToastingApp(TerminalApp[Result]):
    """Its `notify` says one thing at a time, on a row of its own. `markup` has no meaning: nothing is read as that."""

    class Told(Message):
        """Something is to be said."""

        def __init__(self, toast: Toast) -> None:
            self.toast = toast
            super().__init__()

    def __init__(
        self,
        *,
        line: LinePace | None = None,
        appearance: Appearance | None = None,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(line=line, appearance=appearance)
        self._clock_of_toasts = clock
        self.toasts = Toasts()

    def on_mount(self) -> None:
        self.set_interval(_LOOK, self._go_on)

    def notify(
        self,
        message: str,
        *,
        title: str = "",
        severity: SeverityLevel = "information",
        timeout: float | None = None,
        markup: bool = False,
    ) -> None:
        """Say it as soon as what was said before was read; from whichever thread."""
        lines = [line for line in (title, *message.splitlines()) if line.strip()]
        self.post_message(self.Told(Toast(" · ".join(lines), severity, timeout or USUAL)))

    def on_toasting_app_told(self, event: Told) -> None:
        self.toasts.add(event.toast, self._clock_of_toasts(), self._room)
        self._show_toasts()

    def clear_notifications(self) -> None:
        self.toasts.clear()
        self._show_toasts()

    def screen_came(self) -> None:
        self._show_toasts()

    async def on_event(self, event: Event) -> None:
        if isinstance(event, Key) and not event.is_forwarded:
            self._go_on(key=True)
        await super().on_event(event)

    def _go_on(self, *, key: bool = False) -> None:
        if self.toasts.cells(1):
            self.toasts.look(self._clock_of_toasts(), self._room, key=key)
            self._show_toasts()

    @property
    def _room(self) -> int:
        return max(20, self.size.width - _BESIDE)

    def _show_toasts(self) -> None:
        try:
            front = self.screen
        except ScreenStackError:
            return
        for screen in self.screen_stack:
            row = next((child for child in screen.children if isinstance(child, ToastRow)), None)
            if screen is not front:
                if row is not None:
                    row.display = False
            elif row is not None:
                row.display = bool(self.toasts.cells(1))
                row.show()
            elif self.toasts.cells(1):
                row = ToastRow(self.toasts)
                screen.mount(row)
                row.call_after_refresh(row.show)
