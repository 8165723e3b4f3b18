"""The inbox: newest on top, one line a message; below it the message under the cursor, whole."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from rich.cells import cell_len
from textual.containers import VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from console.domain.messages import CallbackKind, InboxMessage
from console.protocol.safe_text import safe, safe_lines
from console.ui.actions import bindings
from console.ui.format import Cells, content, count, fit, full_time, when
from console.ui.panes.base import Pace, Pane
from console.ui.widgets.paged_list import PagedList

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from console.domain.clock import Clock
    from console.store import Store

_SENDER_WIDTH = 16


class InboxList(PagedList[InboxMessage]):
    """The store's messages."""

    def __init__(self, store: Store, clock: Clock) -> None:
        super().__init__(id="inbox-list")
        self._store = store
        self._clock = clock

    def total(self) -> int:
        return self._store.inbox_count()

    def fetch(self, first: int, count: int) -> list[InboxMessage]:
        return self._store.inbox_slice(first, count)

    def cells(self, record: InboxMessage, width: int) -> Cells:
        return inbox_cells(record, width, self._clock.time())


def inbox_cells(message: InboxMessage, width: int, now: float) -> Cells:
    """One message on one line: unread mark, time, port, sender, text."""
    callback = message.callback
    unread = not message.read
    cells: Cells = [
        ("● " if unread else "  ", "accent"),
        (f"{when(message.received_at, now)}  ", "quiet"),
        (f"{fit(safe(callback.port), max(2, min(7, cell_len(callback.port))))} ", "quiet"),
        (f"{fit(safe(callback.number), _SENDER_WIDTH)}  ", "strong" if unread else "plain"),
    ]
    if callback.kind is CallbackKind.UNREADABLE:
        return [*cells, ("unreadable: ", "warn"), (safe(callback.reason), "quiet")]
    text = " ".join(line for line in safe_lines(callback.text) if line)
    return [*cells, (fit(text, max(1, width - sum(cell_len(part) for part, _ in cells))), "plain")]


class Reader(VerticalScroll):
    """One message, whole: who, when, through which port; the text, or the raw bytes."""

    def __init__(self) -> None:
        super().__init__(id="reader")
        self.can_focus = False
        self._shown: tuple[InboxMessage | None, bool] | None = None

    def compose(self) -> ComposeResult:
        yield Static(id="reader-text")

    def show(self, message: InboxMessage | None, *, raw: bool) -> None:
        if (message, raw) == self._shown:
            return
        self._shown = (message, raw)
        self.query_one(Static).update(read_message(message, raw=raw) if message else Content(""))
        self.scroll_home(animate=False)


def read_message(message: InboxMessage, *, raw: bool) -> Content:
    """The message as the reader shows it."""
    callback = message.callback
    name = f" ({safe(callback.port_name)})" if callback.port_name else ""
    head: Cells = [
        (safe(callback.number) or "no sender", "strong"),
        (f"  port {safe(callback.port) or '?'}{name}", "plain"),
        (f"  {full_time(message.received_at)}", "quiet"),
    ]
    if callback.gateway_time:
        head.append((f"  gateway says {safe(callback.gateway_time)}", "quiet"))
    if raw:
        body = Content("\n").join([Content(line) for line in hex_lines(message.raw)])
    elif callback.kind is CallbackKind.UNREADABLE:
        why: Cells = [
            ("This call could not be read: ", "warn"),
            (safe(callback.reason), "plain"),
            ("\n", "plain"),
        ]
        body = content(why) + Content(safe(message.raw.decode("utf-8", "backslashreplace")))
    else:
        body = Content("\n".join(safe_lines(callback.text)))
    return Content("\n").join([content(head), body])


def hex_lines(raw: bytes) -> list[str]:
    """`0000  47 45 54 20 …  GET …`, sixteen bytes a line."""
    lines = []
    for start in range(0, len(raw), 16):
        piece = raw[start : start + 16]
        shown = "".join(chr(byte) if 32 <= byte < 127 else "·" for byte in piece)
        lines.append(f"{start:04x}  {piece.hex(' '):<47}  {shown}")
    return lines


class InboxPane(Pane):
    """List and reader. Nothing is marked as read by passing over it: only Enter opens a message."""

    NAME = "inbox"
    TITLE = "Inbox"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("inbox")]

    class Reply(Message):
        """The operator wants to answer this message."""

        def __init__(self, message: InboxMessage) -> None:
            self.message = message
            super().__init__()

    def __init__(self, store: Store, clock: Clock) -> None:
        super().__init__(id="inbox")
        self._store = store
        self._clock = clock
        self._pace = Pace()
        self._revision = -1
        self._raw = False
        self._unseen = 0

    def compose(self) -> ComposeResult:
        yield InboxList(self._store, self._clock)
        yield Static("No messages yet. They appear here the moment the gateway calls.", id="inbox-empty")
        yield Reader()

    def sync(self, now: float) -> None:
        revision = self._store.revision
        if revision == self._revision or not self._pace.due(now):
            return
        self._revision = revision
        rows = self.query_one(InboxList)
        before = rows.count
        following = rows.following
        rows.reload()
        self._unseen = 0 if following else self._unseen + rows.count - before
        self.set_class(not rows.count, "-empty")
        self._retitle()
        self._show_selected()

    def _retitle(self) -> None:
        unread = self._store.unread_count()
        self.entitle(
            count(self._store.inbox_count()),
            f"{count(unread)} unread" if unread else "",
            f"{count(self._unseen)} new above" if self._unseen else "",
        )

    def _show_selected(self) -> None:
        self.query_one(Reader).show(self.query_one(InboxList).selected, raw=self._raw)

    def on_row_list_moved(self) -> None:
        if self._unseen and self.query_one(InboxList).following:
            self._unseen = 0
            self._retitle()
        self._show_selected()

    def on_row_list_chosen(self) -> None:
        selected = self.query_one(InboxList).selected
        if selected is not None and not selected.read:
            self._store.mark_read([selected.id])
        self._show_selected()

    def action_reply(self) -> None:
        selected = self.query_one(InboxList).selected
        if selected is not None:
            self.on_row_list_chosen()
            self.post_message(self.Reply(selected))

    def action_next_unread(self) -> None:
        newest = self._store.newest_unread_position()
        if newest is not None:
            rows = self.query_one(InboxList)
            rows.cursor = newest
            rows.action_move(0)

    def action_all_read(self) -> None:
        self._store.mark_all_read()

    def action_hex(self) -> None:
        self._raw = not self._raw
        self._show_selected()
