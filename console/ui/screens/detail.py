"""A thing shown whole, over the main screen: a port, an AMI message, the way a message took, the keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from console.domain.link import Flow, LogRecord
from console.protocol.redact import redact
from console.protocol.safe_text import safe, safe_lines
from console.ui.actions import ACTIONS, TITLES, key_name
from console.ui.format import DELIVERY, HEALTH, age, clock_millis, clock_time, dbm, full_time, signal_bars
from console.ui.message_text import LONGEST, hex_lines, read_message
from console.ui.theme import INKS

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from console.domain.link import GatewaySnapshot, ReceiverStatus
    from console.domain.messages import Evidence, InboxMessage, OutboxMessage, ReceivedCallback
    from console.domain.ports import PortSnapshot


_CALLS = 20
"""Calls behind one message that are shown byte by byte."""


class DetailScreen(ModalScreen[None]):
    """Text in a frame; scrolls, and closes on Esc, Enter or q."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q", "dismiss", "Close"),
        Binding("down,j", "scroll(1)", "Down", show=False),
        Binding("up,k", "scroll(-1)", "Up", show=False),
        Binding("pagedown,space", "scroll(15)", "Page down", show=False),
        Binding("pageup", "scroll(-15)", "Page up", show=False),
        Binding("home,g", "scroll(-100000)", "Top", show=False),
        Binding("end,G", "scroll(100000)", "Bottom", show=False),
    ]

    def __init__(self, title: str, body: Content) -> None:
        super().__init__()
        self._title = title
        self._body = body

    def compose(self) -> ComposeResult:
        with Vertical(id="dialog") as dialog:
            dialog.border_title = Content(safe(self._title))  # a str would be read as markup
            dialog.border_subtitle = "esc closes"
            with VerticalScroll(id="detail"):
                yield Static(self._body)

    def on_mount(self) -> None:
        self.query_one("#detail", VerticalScroll).can_focus = False

    def action_scroll(self, lines: int) -> None:
        self.query_one("#detail", VerticalScroll).scroll_relative(y=lines, animate=False)


def _facts(pairs: list[tuple[str, str]]) -> Content:
    width = max(len(name) for name, _ in pairs)
    return Content("\n").join(
        [Content.assemble((name.ljust(width + 2), "$quiet"), safe(value)) for name, value in pairs if value]
    )


def port_detail(gateway: str, port: PortSnapshot, now: float) -> DetailScreen:
    """All that is known of a port, and the gateway's own words for it."""
    report, look = port.report, HEALTH[port.health]
    signal = (
        "unknown"
        if report.signal is None
        else f"{report.signal} of 31, {dbm(report.signal)} dBm {signal_bars(report.signal)}"
    )
    read = "never" if port.read_at is None else f"{age(now - port.read_at)} ({full_time(port.read_at)})"
    facts = _facts(
        [
            ("State", f"{look.glyph} {look.word}, since {full_time(port.since)}"),
            ("Read", read),
            ("Driver says", report.state),
            ("Status", report.status),
            ("Registration", report.registration),
            ("Operator", report.operator),
            ("Band", report.band),
            ("Signal", signal),
            ("BER", "unknown" if report.ber is None else f"{report.ber} of 7"),
            ("IMSI", report.imsi),
            ("Own number", report.own_number),
            ("SMSC", report.smsc),
            ("Limits", ", ".join(report.limits)),
            ("Module", f"{report.manufacturer} {report.model}".strip()),
            ("IMEI", report.imei),
            ("PDD / ASR / ACD", " / ".join(value or "-" for value in (report.pdd, report.asr, report.acd))),
            ("Last event", report.last_event),
        ]
    )
    raw = Content.assemble(("\n\nThe gateway's own words\n", "$quiet"), "\n".join(safe_lines(port.raw)))
    return DetailScreen(f"{gateway} port {port.port}, as of {clock_time(now)}", facts + raw)


def inbox_detail(message: InboxMessage, calls: list[ReceivedCallback]) -> DetailScreen:
    """A received message: the text, then every call that brought it or a part of it, as received."""
    parts = [read_message(message, raw=False)]
    for call in calls[:_CALLS]:
        which = f", part {call.part}" if message.parts + message.missing > 1 else ""
        again = f", repetition {call.copy}" if call.copy else ""
        parts.append(Content.assemble((f"\nAs received {full_time(call.received_at)}{which}{again}", "$quiet")))
        parts += [Content(line) for line in hex_lines(call.raw[:LONGEST])]
    if len(calls) > _CALLS:
        parts.append(Content(f"\nand {len(calls) - _CALLS} calls more"))
    return DetailScreen(f"Message {message.id}", Content("\n").join(parts))


UNMATCHED = 50
"""Results and reports of no message of ours that are shown."""


def calls_detail(receiver: ReceiverStatus, unmatched: list[InboxMessage]) -> DetailScreen:
    """Which calls were refused and why, and which results and reports belong to no message of ours."""
    parts = [Content.assemble((f"Refused since the start: {receiver.refused}", "bold"))]
    for refusal in reversed(receiver.refusals):
        times = f" x{refusal.count}" if refusal.count > 1 else ""
        words = f"{safe(refusal.address)}{times}  {safe(redact(refusal.reason))}"
        parts.append(Content.assemble((f"{full_time(refusal.at)}  ", "$quiet"), words))
    parts.append(Content.assemble(("\nResults and reports that belong to no message of ours", "bold")))
    for notice in unmatched:
        call = notice.callback
        words = " ".join(f"port {call.port}  {call.number} {call.kind} {call.status} {call.cause} {call.id}".split())
        parts.append(Content.assemble((f"{full_time(notice.received_at)}  ", "$quiet"), safe(words)))
    if not unmatched:
        parts.append(Content("None."))
    return DetailScreen("Calls", Content("\n").join(parts))


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
            lines.append(Content("Nothing is known yet: it is looked at after each login."))
        else:
            lines += [Content.assemble(("! ", "$warning"), safe(finding)) for finding in rights.findings]
            if not rights.findings:
                lines.append(Content.assemble(("✓ ", "$success"), "The account may do all that this console needs."))
            if rights.manager_conf:
                lines.append(Content.assemble(("\nTo ask for, in manager.conf:\n", "$quiet")))
                lines += [Content(safe(line)) for line in rights.manager_conf]
        parts.append(Content("\n").join(lines))
    return DetailScreen("AMI accounts", Content("\n\n").join(parts))


def outbox_detail(message: OutboxMessage, evidence: list[Evidence]) -> DetailScreen:
    """A message and every step it took: when it became known, who says so, in which words."""
    draft, look = message.draft, DELIVERY[message.state]
    port = "port chosen by the gateway" if draft.port is None else f"port {draft.port}"
    head = Content.assemble(
        (f"{look.glyph} {look.word}", f"bold {INKS[look.ink].removeprefix('bold ')}"),
        (f"  {_in_one_line(message.detail)}\n" if message.detail else "\n"),
        f"to {safe(draft.to)}   {safe(draft.gateway)}, {port}, by {draft.via.value.upper()}\n\n",
        "\n".join(safe_lines(draft.text)),
        ("\n\nWhat is known\n", "$quiet"),
    )
    steps = []
    for step in evidence:
        seen = DELIVERY[step.state]
        which = f" segment {step.segment}" if step.segment else ""
        steps.append(
            Content.assemble(
                (f"{clock_millis(step.at)}  ", "$quiet"),
                f"{seen.glyph} {seen.word}{which}",
                (f"  {safe(step.source)}", "$quiet"),
                f"  {_in_one_line(step.raw)}" if step.raw else "",
            )
        )
    return DetailScreen(f"Message {message.id}", head + Content("\n").join(steps))


def _in_one_line(raw: str) -> str:
    """A gateway's answer without its line ends and tabs, which say nothing."""
    return safe(" ".join(raw.split()))


def wire_detail(forms: list[str]) -> DetailScreen:
    """What will go to the gateway, a line each, to the letter."""
    parts = [Content.assemble((f"{number:>3} ", "$quiet"), safe(form)) for number, form in enumerate(forms, 1)]
    remark = "\n\nThe id, and the flag of a long message, are given when it is queued. Secrets are masked."
    return DetailScreen("On the wire", Content("\n").join(parts) + Content.assemble((remark, "$quiet")))


def help_screen() -> DetailScreen:
    """Every key, from the table that binds them."""
    parts: list[Content] = []
    for scope, actions in ACTIONS.items():
        lines = [Content.assemble((TITLES[scope], "bold $primary"))]
        for action in actions:
            keys = " ".join(key_name(key) for key in action.key.split(","))
            lines.append(Content.assemble((f"  {keys:<18}", "bold"), action.help))
        parts.append(Content("\n").join(lines))
    return DetailScreen("Keys", Content("\n\n").join(parts))
