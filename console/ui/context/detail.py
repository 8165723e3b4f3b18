"""A thing shown whole, over the main screen: a port, a received message, an AMI message."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from console.domain.link import Flow, LogRecord
from console.protocol.text.redact import redact
from console.protocol.text.safe import safe, safe_lines
from console.ui.context.copying import CopyKeys
from console.ui.keys.actions import bindings
from console.ui.keys.keymap import keymap_of
from console.ui.kit.format import clock_millis, full_time
from console.ui.rows.message_text import LONGEST, hex_lines, read_message

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType

    from console.domain.link import GatewaySnapshot, ReceiverStatus, RefusedRequest
    from console.domain.messages import InboxMessage, ReceivedCallback


_CALLS = 20
"""Calls behind one message that are shown byte by byte."""


class DetailScreen(ModalScreen[None]):
    """Text in a frame; scrolls, and closes on Esc, Enter or q."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("detail")]

    def __init__(self, title: str, body: Content) -> None:
        super().__init__()
        self._title = title
        self._body = body

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog") as dialog:
            dialog.border_title = Content(safe(self._title))  # a str would be read as markup
            dialog.border_subtitle = Content(f"{keymap_of(self).name('detail.leave')} closes")
            with VerticalScroll(id="detail"):
                yield Static(self._body)

    def on_mount(self) -> None:
        self.query_one("#detail", VerticalScroll).can_focus = False

    def action_leave(self) -> None:
        self.dismiss(None)

    def action_scroll(self, lines: int) -> None:
        self.query_one("#detail", VerticalScroll).scroll_relative(y=lines, animate=False)


def facts(pairs: list[tuple[str, str]]) -> Content:
    """Names and values below each other; what has no value is left out. Values may come from outside."""
    width = max(len(name) for name, _ in pairs)
    return Content("\n").join(
        [Content.assemble((name.ljust(width + 2), "$quiet"), safe(value)) for name, value in pairs if value]
    )


class MessageDetail(CopyKeys, DetailScreen):
    """A received message, whole."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("inbox", "inbox.copy", "inbox.code", "inbox.export")]

    def __init__(self, message: InboxMessage, body: Content) -> None:
        super().__init__(f"Message {message.id}", body)
        self._message = message

    @property
    def looked_at(self) -> list[InboxMessage]:
        return [self._message]


def inbox_detail(message: InboxMessage, calls: list[ReceivedCallback], called: str = "") -> DetailScreen:
    """A received message: the text, then every call that brought it or a part of it, as received."""
    parts = [read_message(message, raw=False, called=called)]
    for call in calls[:_CALLS]:
        which = f", part {call.part}" if message.parts + message.missing > 1 else ""
        again = f", repetition {call.copy}" if call.copy else ""
        parts.append(Content.assemble((f"\nAs received {full_time(call.received_at)}{which}{again}", "$quiet")))
        parts += [Content(line) for line in hex_lines(call.raw[:LONGEST])]
    if len(calls) > _CALLS:
        parts.append(Content(f"\nand {len(calls) - _CALLS} more calls"))
    return MessageDetail(message, Content("\n").join(parts))


UNMATCHED = 50
"""Results and reports of no message of ours that are shown."""


def calls_detail(receiver: ReceiverStatus, unmatched: list[InboxMessage]) -> DetailScreen:
    """Which calls could not be kept or were refused and why, and which results and reports belong to no message of
    ours.
    """
    parts: list[Content] = []
    if receiver.unkept:
        parts.append(
            Content.assemble(
                (f"Not kept since the start, answered 503: {receiver.unkept}", "bold"),
                "\nThese callbacks are lost unless the gateway calls again; the gateway's own inbox may have them.",
            )
        )
        parts += [*_calls(receiver.unkept_calls), Content("")]
    parts.append(Content.assemble((f"Refused since the start: {receiver.refused}", "bold")))
    parts += _calls(receiver.refusals)
    parts.append(Content.assemble(("\nUnmatched results and reports", "bold")))
    for notice in unmatched:
        call = notice.callback
        words = " ".join(f"port {call.port}  {call.number} {call.kind} {call.status} {call.cause} {call.id}".split())
        parts.append(Content.assemble((f"{full_time(notice.received_at)}  ", "$quiet"), safe(words)))
    if not unmatched:
        parts.append(Content("None."))
    return DetailScreen("Calls", Content("\n").join(parts))


def _calls(found: tuple[RefusedRequest, ...]) -> list[Content]:
    """A line for each address and reason, the last first."""
    lines = []
    for call in reversed(found):
        times = f" x{call.count}" if call.count > 1 else ""
        words = f"{safe(call.address)}{times}  {safe(redact(call.reason))}"
        lines.append(Content.assemble((f"{full_time(call.at)}  ", "$quiet"), words))
    return lines


def log_detail(record: LogRecord) -> DetailScreen:
    """One entry of the AMI log: headers in order, output, then the bytes as received."""
    title = f"{record.gateway} {clock_millis(record.at)}"
    message = record.message
    if message is None:
        kind = "note" if record.flow is Flow.NOTE else "sent"
        return DetailScreen(f"{title} {kind}", Content("\n".join(safe_lines(record.text))))
    # The gateway tells of the URL that it calls, and that may hold a token.
    parts = [Content(safe(redact(f"{name}: {value}"))) for name, value in message.headers]
    parts += [Content(safe(redact(line))) for line in message.output or ()]
    raw = redact(message.raw.decode("utf-8", "backslashreplace"))
    shown = "\n".join(safe(line) for line in raw.split("\n"))
    return DetailScreen(
        f"{title} {message.name or message.kind}",
        Content("\n").join([*parts, Content.assemble(("\nAs received\n", "$quiet"), shown)]),
    )


def account_detail(gateways: tuple[GatewaySnapshot, ...]) -> DetailScreen:
    """What each gateway's AMI account may do, and the lines of manager.conf to ask for."""
    parts: list[Content] = []
    for gateway in gateways:
        lines = [Content.assemble((safe(gateway.name), "bold"))]
        rights = gateway.rights
        if rights is None:
            lines.append(Content("Not known yet: the account is checked after each login."))
        else:
            lines += [Content.assemble(("! ", "$warning"), safe(finding)) for finding in rights.findings]
            if not rights.findings:
                lines.append(
                    Content.assemble(("✓ ", "$success"), "The account has every permission this console needs.")
                )
            if rights.remark:
                lines.append(Content.assemble(("  ", ""), safe(rights.remark)))
            if rights.manager_conf:
                lines.append(Content.assemble(("\nPermissions to request, in manager.conf:\n", "$quiet")))
                lines += [Content(safe(line)) for line in rights.manager_conf]
        parts.append(Content("\n").join(lines))
    return DetailScreen("AMI accounts", Content("\n\n").join(parts))


def wire_detail(forms: list[str], more: int = 0) -> DetailScreen:
    """What will go to the gateway, a line each, to the letter; for `more` recipients it is not shown."""
    parts = [Content.assemble((f"{number:>3} ", "$quiet"), safe(form)) for number, form in enumerate(forms, 1)]
    if more > 0:
        parts.append(Content.assemble((f"    and to {more} more recipients", "$quiet")))
    remark = "\n\nThe id, and the reference of a long message, are assigned when it is queued. Secrets are masked."
    return DetailScreen("Raw command", Content("\n").join(parts) + Content.assemble((remark, "$quiet")))
