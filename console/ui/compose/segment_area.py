"""The editor of the compose pane: each segment of the text stands on its own tint."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual.widgets import TextArea

from console.protocol.text.safe import safe

if TYPE_CHECKING:
    from rich.style import Style

    from console.domain.plan import SegmentPlan

TINTS = ("segment--odd", "segment--even")


class SegmentArea(TextArea):
    """A `TextArea` that shows where a message will be cut, in the text itself."""

    COMPONENT_CLASSES = {*TextArea.COMPONENT_CLASSES, *TINTS}  # noqa: RUF012 - Textual's type

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(
            id=id,
            soft_wrap=True,
            tab_behavior="focus",
            show_line_numbers=False,
            highlight_cursor_line=False,
            compact=True,
        )
        self.cursor_blink = False
        self._cuts: list[int] = []

    def show_plan(self, plan: SegmentPlan) -> None:
        """Tint the text by this plan's segments; a single segment needs no tint, nor does a text with other words than
        those that were planned.
        """
        cuts, at = [], 0
        for segment in plan.segments[:-1] if plan.text == self.text else ():
            at += len(segment.text)
            cuts.append(at)
        if cuts != self._cuts:
            self._cuts = cuts
            self._line_cache.clear()
            self.refresh()

    def get_line(self, line_index: int) -> Text:
        """One line of the text, safe to show, tinted."""
        raw = self.document.get_line(line_index)
        # One mark a character, so that columns and cursor stay true.
        line = Text("".join((safe(char) or "╎")[0] for char in raw), end="", no_wrap=True)
        if not self._cuts:
            return line
        start = self.document.get_index_from_location((line_index, 0))  # type: ignore[attr-defined]
        for number, (begin, end) in enumerate(zip([0, *self._cuts], [*self._cuts, start + len(raw)], strict=True)):
            if begin < start + len(raw) and end > start:
                line.stylize(self._tint(number), max(0, begin - start), end - start)
        return line

    def _tint(self, number: int) -> Style:
        return self.get_component_rich_style(TINTS[number % 2], partial=True)
