"""Taking a message elsewhere: its text or the code in it to the clipboard, all of it into a file."""

from __future__ import annotations

from abc import abstractmethod
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from console.config.private_file import write_lines
from console.domain.messages import InboxMessage, OutboxMessage
from console.errors import ConsoleError
from console.protocol.sms.causes import in_words
from console.protocol.sms.joining import parts_words
from console.protocol.text.safe import safe, safe_lines
from console.terminal.osc import LIMIT, pasteable
from console.ui.kit.format import DELIVERY, count, full_time, plural
from console.ui.rows.message_text import hex_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.widget import Widget

    _Base = Widget
else:
    _Base = object


Message = InboxMessage | OutboxMessage

_HONEST = (
    "Sent to the terminal's clipboard (OSC 52). If nothing arrives, your terminal or tmux (set -s set-clipboard on) "
    "does not allow it."
)


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
        from console.protocol.sms.codes import find_code

        codes = filter(None, (find_code(text_of(message)) for message in reversed(self.looked_at)))
        if code := next(codes, None):
            offer(self, code, f"Code {code}")
        else:
            self.notify("There is no code in this message.", severity="warning", markup=False)

    def action_write_text(self) -> None:
        if messages := self.written:
            lines = [line for message in messages for line in (*lines_of(message), "")]
            what = f"{plural(len(messages), 'message')} " if len(messages) > 1 else ""
            ask_where(self, lines[:-1], Path.cwd() / _file_name(messages), title=f"Write {what}to")


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
            f"Gateway time: {safe(call.gateway_time) or '?'}",
        ]
        if words := parts_words(message):
            head.append(f"Joined from {words}")
        text, raw = message.seamed or call.reason, ["", "As received:", *hex_lines(message.raw)]
    else:
        draft, look = message.draft, DELIVERY[message.state]
        head = [
            f"To: {safe(draft.to)}",
            f"Queued: {full_time(message.created_at)}",
            f"Gateway: {safe(draft.gateway)}, port {message.port or '?'}, by {_by(message)}",
            f"State: {look.word}  {safe(in_words(message.detail))}".rstrip(),
        ]
        text, raw = draft.text, []
    return [*head, "", *safe_lines(text), *raw]


def _by(message: OutboxMessage) -> str:
    return message.draft.via.value.upper() if message.is_ours else safe(message.operator)


def _file_name(messages: Sequence[Message]) -> str:
    newest = messages[-1]
    kind = "message" if isinstance(newest, InboxMessage) else "sent"
    if len(messages) == 1:
        return f"{kind}-{newest.id}.txt"
    one = len({_number_of(message) for message in messages}) == 1
    return f"{'conversation' if one else 'messages'}-to-{kind}-{newest.id}.txt"


def _number_of(message: Message) -> str:
    """Of whom it is from, or to."""
    return message.callback.number if isinstance(message, InboxMessage) else message.draft.to


def ask_where(widget: Widget, lines: Sequence[str], path: Path, *, title: str = "Write to") -> None:
    """Ask for the name of a new file, then write the lines into it."""

    def write(path: Path) -> str:
        write_lines(path, lines)
        return f"Written to {path}."

    ask_file(widget, title, str(path), "New file, readable only by you; never overwrites.", write)


def ask_file(
    widget: Widget, title: str, name: str, remark: str, write: Callable[[Path], str], *, trouble: str = ""
) -> None:
    """Ask for the name of a new file, `name` to begin with, and `write` it aside: a disk may be slow. That returns
    what to tell then, or raises ConsoleError; in which case it is asked for again, with what was typed and the reason.
    """
    from console.ui.kit.dialogs import AskScreen

    app = widget.app

    def answered(typed: str | None) -> None:
        if typed:
            app.run_worker(partial(go, typed), group="write", thread=True, exit_on_error=False)

    def go(typed: str) -> None:
        try:
            told = write(_expanded(typed))
        except ConsoleError as error:
            ask = partial(ask_file, widget, title, typed, remark, write, trouble=error.in_full)
            app.call_from_thread(ask)
        else:
            app.call_from_thread(app.notify, safe(told), markup=False)

    screen = AskScreen(title, name, placeholder="name of a new file", remark=remark, trouble=trouble)
    app.push_screen(screen, answered)


def _expanded(name: str) -> Path:
    """With `~` as home; as it is where nobody knows whose."""
    try:
        return Path(name).expanduser()
    except RuntimeError:
        return Path(name)


def offer(widget: Widget, text: str, what: str) -> None:
    """Send it to the clipboard, and say so honestly; say why not where it can't be. `what`: `The text`."""
    size = len(pasteable(text).encode())
    if not size:
        widget.notify(f"{what} is empty: nothing was copied.", severity="warning", markup=False)
    elif size > LIMIT:
        words = f"{what} is too long for a terminal's clipboard: {plural(size, 'byte')}, {count(LIMIT)} at most."
        widget.notify(f"{words} Nothing was copied.", severity="warning", markup=False)
    else:
        widget.app.copy_to_clipboard(text)
        left_out = len(text.replace("\r\n", "\n")) - len(pasteable(text))
        less = f" {plural(left_out, 'control character')} left out." if left_out else ""
        widget.notify(f"{what}: {plural(size, 'byte')}.{less} {_HONEST}", timeout=8, markup=False)
