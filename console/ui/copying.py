"""Taking a message elsewhere: its text or the code in it to the clipboard, all of it into a file."""

from __future__ import annotations

from abc import abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING

from console.domain.messages import InboxMessage, OutboxMessage
from console.errors import ConsoleError
from console.protocol.safe_text import safe, safe_lines
from console.store.ami_files import write_private
from console.ui.clipboard import offer
from console.ui.format import DELIVERY, full_time
from console.ui.message_text import hex_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from textual.widget import Widget

    _Base = Widget
else:
    _Base = object


Message = InboxMessage | OutboxMessage


class CopyKeys(_Base):
    """The keys y, c and w, for a pane or a screen that says what is looked at."""

    @property
    @abstractmethod
    def looked_at(self) -> Sequence[Message]:
        """The message under the cursor, or those in sight, the newest last; none where nothing is there."""

    @property
    def written(self) -> Sequence[Message]:
        """What goes into a file."""
        return self.looked_at

    def action_copy_text(self) -> None:
        if messages := self.looked_at:
            offer(self, text_of(messages[-1]), "The text")

    def action_copy_code(self) -> None:
        from console.protocol.codes import find_code

        codes = filter(None, (find_code(text_of(message)) for message in reversed(self.looked_at)))
        if code := next(codes, None):
            offer(self, code, f"Code {code}")
        else:
            self.notify("There is no code in this message.", severity="warning", markup=False)

    def action_write_text(self) -> None:
        if messages := self.written:
            lines = [line for message in messages for line in (*lines_of(message), "")]
            ask_where(self, lines[:-1], Path.cwd() / _file_name(messages))


def text_of(message: Message) -> str:
    """The text as it came or was written; of what could not be read, why."""
    if isinstance(message, InboxMessage):
        return message.callback.text or message.callback.reason
    return message.draft.text


def lines_of(message: Message) -> list[str]:
    """A message for a file: what is known of it, its text, and of one received the bytes that came first. Safe."""
    if isinstance(message, InboxMessage):
        call = message.callback
        head = [
            f"From: {safe(call.number)}",
            f"Received: {full_time(message.received_at)}",
            f"Gateway: {safe(message.gateway) or '?'}, port {safe(call.port) or '?'}",
            f"Time of the gateway: {safe(call.gateway_time) or '?'}",
        ]
        raw = ["", "As received:", *hex_lines(message.raw)]
    else:
        draft, look = message.draft, DELIVERY[message.state]
        head = [
            f"To: {safe(draft.to)}",
            f"Queued: {full_time(message.created_at)}",
            f"Gateway: {safe(draft.gateway)}, port {message.port or '?'}, by {draft.via.value.upper()}",
            f"State: {look.word}  {safe(message.detail)}".rstrip(),
        ]
        raw = []
    return [*head, "", *safe_lines(text_of(message)), *raw]


def _file_name(messages: Sequence[Message]) -> str:
    newest = messages[-1]
    kind = "message" if isinstance(newest, InboxMessage) else "sent"
    return f"{kind}-{newest.id}.txt" if len(messages) == 1 else f"conversation-to-{kind}-{newest.id}.txt"


def ask_where(widget: Widget, lines: Sequence[str], path: Path) -> None:
    """Ask for the name of a new file, then write the lines into it."""
    from console.ui.screens.ask import AskScreen

    def write(name: str | None) -> None:
        if name:
            _write(widget, Path(name).expanduser(), lines)

    remark = "A new file, for you alone; never over an old one."
    widget.app.push_screen(AskScreen("Write to", str(path), placeholder="name of a new file", remark=remark), write)


def _write(widget: Widget, path: Path, lines: Sequence[str]) -> None:
    """Aside: a disk may be slow."""

    def go() -> None:
        try:
            write_private(path, lines)
        except ConsoleError as error:
            words = error.in_full
            widget.app.call_from_thread(widget.notify, safe(words), severity="error", markup=False)
        else:
            widget.app.call_from_thread(widget.notify, safe(f"Written to {path}."), markup=False)

    widget.app.run_worker(go, group="write", thread=True, exit_on_error=False)
