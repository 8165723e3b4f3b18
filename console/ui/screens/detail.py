"""A thing shown whole, over the main screen: a port, an AMI message, the way a message took, the keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from console.domain.link import Flow, LogRecord
from console.protocol.safe_text import safe, safe_lines
from console.ui.actions import ACTIONS, TITLES, key_name
from console.ui.format import DELIVERY, HEALTH, age, clock_millis, dbm, full_time, signal_bars

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from console.domain.messages import Evidence, OutboxMessage
    from console.domain.ports import PortSnapshot


class DetailScreen(ModalScreen[None]):
    """Text in a frame; scrolls, and closes on Esc, Enter or q."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,enter,q", "dismiss", "Close"),
        Binding("down,j", "scroll(1)", "Down", show=False),
        Binding("up,k", "scroll(-1)", "Up", show=False),
        Binding("pagedown,space", "scroll(15)", "Page down", show=False),
        Binding("pageup", "scroll(-15)", "Page up", show=False),
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
    return DetailScreen(f"{gateway} port {port.port}", facts + raw)


def log_detail(record: LogRecord) -> DetailScreen:
    """One entry of the AMI log: headers in order, output, then the bytes as received."""
    title = f"{record.gateway} {clock_millis(record.at)}"
    message = record.message
    if message is None:
        kind = "note" if record.flow is Flow.NOTE else "sent"
        return DetailScreen(f"{title} {kind}", Content("\n".join(safe_lines(record.text))))
    parts = [Content.assemble((f"{safe(name)}: ", "$quiet"), safe(value)) for name, value in message.headers]
    parts += [Content(safe(line)) for line in message.output or ()]
    raw = message.raw.decode("utf-8", "backslashreplace")
    shown = "\n".join(safe(line) for line in raw.split("\n"))
    return DetailScreen(
        f"{title} {message.name or message.kind}",
        Content("\n").join([*parts, Content.assemble(("\nAs received\n", "$quiet"), shown)]),
    )


def outbox_detail(message: OutboxMessage, evidence: list[Evidence]) -> DetailScreen:
    """A message and every step it took: when it became known, who says so, in which words."""
    draft, look = message.draft, DELIVERY[message.state]
    port = "port chosen by the gateway" if draft.port is None else f"port {draft.port}"
    head = Content.assemble(
        (f"{look.glyph} {look.word}", f"bold {_ink(message)}"),
        f"   to {safe(draft.to)}   {safe(draft.gateway)}, {port}, by {draft.via.value.upper()}\n\n",
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
                f"  {safe(step.raw)}" if step.raw else "",
            )
        )
    return DetailScreen(f"Message {message.id}", head + Content("\n").join(steps))


def _ink(message: OutboxMessage) -> str:
    from console.ui.theme import INKS

    return INKS[DELIVERY[message.state].ink].removeprefix("bold ")


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
