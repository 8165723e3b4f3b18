"""A message of the inbox, whole, below the list."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.containers import VerticalScroll
from textual.content import Content
from textual.widgets import Static

from console.ui.context.claiming import claim_line
from console.ui.kit.format import content
from console.ui.rows.message_text import read_message

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from console.domain.messages import Claim, InboxMessage


class Reader(VerticalScroll):
    """One message, whole: who, when, through which port; the text, or the raw bytes."""

    def __init__(self) -> None:
        super().__init__(id="reader")
        self.can_focus = False
        self._shown: object = None

    def compose(self) -> ComposeResult:
        yield Static(id="reader-text")

    def show(self, message: InboxMessage | None, *, raw: bool, called: str, claim: Claim | None, of: Content) -> None:
        """`called` is the sender's name here, `of` names the gateway where there is more than one."""
        if (message, raw, called, claim, of) == self._shown:
            return
        self._shown = (message, raw, called, claim, of)
        lines = [content(claim_line(claim))] if claim else []
        if message:
            lines.append(of + read_message(message, raw=raw, called=called))
        text, widget = Content("\n").join(lines), self.query_one(Static)
        widget.update(text, layout=text.get_height({}, widget.size.width or 1) != widget.size.height)
        self.scroll_home(animate=False)
