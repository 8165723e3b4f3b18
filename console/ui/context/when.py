"""When a message may leave: asked for in words, and told in words. A seam: the form and the outbox ask alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.content import Content
from textual.widgets import Static

from console.protocol.text.time_words import NoTime, Window, spoken, spoken_window, window

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.widget import Widget

    from console.domain.clock import Clock

_REMARK = (
    "14:30, tomorrow 8:00, 2026-11-22 14:30, in 2h; and how long it may still be sent: tomorrow 8:00 until 12:00.\n"
    "Empty: as soon as possible. A console or `gsm-console receive` must be running then."
)


def ask_when(widget: Widget, clock: Clock, title: str, initial: str, take: Callable[[Window], None]) -> None:
    """Ask until the words say a time, then `take` it; returns at once. Not taken where the operator leaves it."""
    from console.ui.kit.dialogs import AskScreen

    def ask(words: str, trouble: str) -> None:
        widget.app.push_screen(
            AskScreen(title, words, placeholder="as soon as possible", remark=_REMARK, trouble=trouble), read
        )

    def read(words: str | None) -> None:
        if words is None:
            return
        try:
            found = window(words, clock.time())
        except NoTime as error:
            ask(words, str(error))
        else:
            take(found)

    ask(initial, "")


def as_typed(when: Window, now: float) -> str:
    """Words that mean this time, to be changed: `tomorrow 08:00 until tomorrow 12:00`."""
    words = [spoken(when.not_before, now)] if when.not_before is not None else []
    return " ".join(words + ([f"until {spoken(when.not_after, now)}"] if when.not_after is not None else []))


class WhenLine(Static):
    """When what is in the form will leave; not there where that is at once."""

    def __init__(self, clock: Clock) -> None:
        super().__init__(id="when")
        self._clock = clock
        self._shown = ""
        self.display = False
        self.window = Window()

    def take(self, when: Window) -> None:
        """It is this time from now on."""
        self.window = when
        self.sync()

    def sync(self) -> None:
        """Say it in the words of today."""
        when = self.window
        words = spoken_window(when.not_before, when.not_after, self._clock.time()) if when != Window() else ""
        if words != self._shown:
            self._shown = words
            self.display = bool(words)
            self.update(Content.assemble((f"◷ {words}", "$primary")))
