"""A conversation as lines: scrolled by lines, the newest at the bottom."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, ClassVar

from console.domain.messages import InboxMessage
from console.ui.kit.row_list import RowList, Span
from console.ui.thread.rows import ThreadMessage, day_line, gateway_of, identity, message_lines, moment

if TYPE_CHECKING:
    from textual import events
    from textual.binding import BindingType

    from console.domain.messages import Claim
    from console.ui.context.gateways import Gateways
    from console.ui.kit.format import Cells


class ThreadList(RowList):
    """The messages that were read, as lines. It scrolls by lines; the cursor, which is not drawn, is the last in
    sight.
    """

    BINDINGS: ClassVar[list[BindingType]] = []

    def __init__(self, gateways: Gateways) -> None:
        super().__init__(id="thread-list")
        self._gateways = gateways
        self.title = ""
        """The number in the title."""
        self.messages: list[ThreadMessage] = []
        """Oldest first."""
        self.claims: dict[int, Claim] = {}
        """By entry of the inbox."""
        self._lines: list[Cells] = []
        self._begins: list[int] = []
        """The line on which each message begins."""
        self._width = 0
        self._made: dict[tuple[str, int], tuple[ThreadMessage, Claim | None, list[Cells]]] = {}

    @property
    def top(self) -> int:
        """The first line in sight."""
        return max(0, self.cursor + 1 - max(1, self.size.height))

    @property
    def in_sight(self) -> list[ThreadMessage]:
        """Messages of which a line is in sight."""
        if not self.messages or not self.size.height:
            return []
        first = max(0, bisect_right(self._begins, self.top) - 1)
        return self.messages[first : bisect_right(self._begins, self.cursor)]

    @property
    def newest_received(self) -> InboxMessage | None:
        """The last that came, of those that were read."""
        return next((message for message in reversed(self.messages) if isinstance(message, InboxMessage)), None)

    def show_messages(self, messages: list[ThreadMessage], claims: dict[int, Claim]) -> None:
        """Show these from now on, oldest first. What is looked at stays where it is, unless that is the end."""
        anchor = self._anchor()
        self.messages = messages
        self.claims = claims
        self._make_lines()
        self.show_rows(len(self._lines), shift=self._line_of(anchor) - self.top if anchor else 0)
        self._bring_cursor_in_sight()

    def _anchor(self) -> tuple[tuple[str, int], int] | None:
        """The message at the top, and how many of its lines are above."""
        if not self.messages:
            return None
        index = max(0, bisect_right(self._begins, self.top) - 1)
        return identity(self.messages[index]), self.top - self._begins[index]

    def _line_of(self, anchor: tuple[tuple[str, int], int]) -> int:
        wanted, above = anchor
        for message, begin in zip(self.messages, self._begins, strict=True):
            if identity(message) == wanted:
                return begin + above
        return self.top

    def _make_lines(self) -> None:
        self._width = self.scrollable_content_region.width
        before, self._made = self._made, {}
        self._lines, self._begins = [], []
        day: Cells = []
        for message in self.messages:
            if (new_day := day_line(moment(message))) != day:
                day = new_day
                self._lines.append(day)
            key = identity(message)
            claim = self.claims.get(message.id) if isinstance(message, InboxMessage) else None
            known = before.get(key)
            if known and known[:2] == (message, claim):
                lines = known[2]
            else:
                whose = self._gateways.cells(gateway_of(message))
                lines = message_lines(message, self._width, title=self.title, gateway=whose, claim=claim)
            self._made[key] = (message, claim, lines)
            self._begins.append(len(self._lines))
            self._lines += lines

    def row(self, index: int, width: int) -> Cells:
        return self._lines[index]

    def spans(self, y: int) -> list[Span]:
        return [span._replace(lit=False) for span in super().spans(y)]

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """There is nothing to open."""
        return action != "choose"

    def action_move(self, rows: int) -> None:
        # The cursor is the last line in sight, so it never goes above the first screen.
        self.cursor = max(self.cursor + rows, min(self.size.height, self.count) - 1)
        self._bring_cursor_in_sight()

    def action_jump(self, end: str) -> None:
        self.action_move(-self.count if end == "top" else self.count)

    def _bring_cursor_in_sight(self) -> None:
        self.scroll_to(y=self.top, animate=False, force=True)

    def watch_scroll_y(self, old_value: float, new_value: float) -> None:
        """The wheel and the scroll bar move the sight, and the cursor with it."""
        super().watch_scroll_y(old_value, new_value)
        if round(new_value) != self.top:
            self.cursor = round(new_value) + self.size.height - 1

    def on_click(self, event: events.Click) -> None:
        event.prevent_default()  # a click chooses nothing here

    def on_resize(self) -> None:
        if self.scrollable_content_region.width != self._width:
            self._made.clear()
            self.show_messages(self.messages, self.claims)
