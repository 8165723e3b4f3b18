"""Writing a message: what is typed, how it will be cut on the path it will really take, and Send."""

from __future__ import annotations

import asyncio
import re
import unicodedata
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Input, Static, TextArea

from console.domain.messages import Draft, Via
from console.errors import ConsoleError
from console.protocol.look_alikes import Change, replace
from console.protocol.safe_text import safe
from console.ui.actions import bindings
from console.ui.format import HEALTH, fit, plural
from console.ui.panes.base import Pane
from console.ui.screens.detail import wire_detail
from console.ui.widgets.choice import Choice
from console.ui.widgets.segment_area import SegmentArea

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from console.domain.backend import Backend
    from console.domain.link import GatewaySnapshot
    from console.domain.plan import SegmentPlan

PREVIEWED = 6
"""Segments listed below the text; the line above them counts all."""


class Recipient(Input):
    """The number. Enter goes on to the text at once, so that what is typed ahead lands there."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "submit", "To the text", show=False, priority=True)]

    def __init__(self) -> None:
        super().__init__(id="to", compact=True, placeholder="number, e.g. +8613632919026", select_on_focus=False)
        self.cursor_blink = False

    async def action_submit(self) -> None:
        self.screen.set_focus(self.screen.query_one("#text"))


class ComposePane(Pane):
    """The form. A refused message stays in it, with the reason; a queued one leaves it empty."""

    NAME = "compose"
    TITLE = "Compose"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("compose")]

    class Left(Message):
        """The operator leaves the form."""

    def __init__(self, backend: Backend) -> None:
        super().__init__(id="compose")
        self._backend = backend
        self._ports: object = None
        self._sending = False

    def compose(self) -> ComposeResult:
        names = [gateway.name for gateway in self._backend.gateways()] or [""]
        with Horizontal(classes="field", id="field-gateway"):
            yield Static("At", classes="label")
            yield Choice([(name, name) for name in names], id="gateway")
        with Horizontal(classes="field"):
            yield Static("To", classes="label")
            yield Recipient()
        with Horizontal(classes="field"):
            yield Static("From", classes="label")
            yield Choice[int | None]([("auto", None)], id="port")
            yield Static("By", classes="label -short")
            yield Choice([("AMI", Via.AMI), ("HTTP", Via.HTTP)], id="via")
        yield SegmentArea(id="text")
        yield Static(id="plan")
        yield Static(id="segments")
        with Horizontal(id="send-line"):
            yield Button("Send ^t", id="send", compact=True, variant="primary")
            yield Static(id="notice")

    def on_mount(self) -> None:
        self.query_one("#field-gateway").display = len(self._backend.gateways()) > 1
        self.entitle()
        self._warm_up()
        self._preview()

    @work(thread=True)
    def _warm_up(self) -> None:
        """The first cut inside emoji loads tables for 50 ms: better now, aside, than under a key."""
        self._backend.plan(Draft("", "", "👍🏽" * 40, None, Via.AMI))

    def focus_first(self) -> None:
        empty = not self.query_one("#to", Input).value
        self.give_focus(self.query_one("#to" if empty else "#text"))

    def sync(self, now: float) -> None:
        """Keep the ports on offer true."""
        gateway = self._gateway()
        if gateway is None or gateway.ports is self._ports:
            return
        self._ports = gateway.ports
        options: list[tuple[str, int | None]] = [("auto", None)]
        for port in gateway.ports:
            look = HEALTH[port.health]
            operator = f" {safe(port.report.operator)}" if port.report.operator else ""
            options.append((f"port {port.port}{operator} {look.glyph} {look.word}", port.port))
        self.query_one("#port", Choice).show_options(options)

    def write_to(self, number: str, *, gateway: str = "", port: int | None = None, text: str | None = None) -> None:
        """Start a message to `number`; a `text` replaces what is in the form."""
        self.query_one("#to", Input).value = number
        if gateway:
            self.query_one("#gateway", Choice).value = gateway
            self.sync(0)
        if port is not None:
            self.query_one("#port", Choice).value = port
        if text is not None:
            self.query_one(SegmentArea).text = text
        self._say("")
        self.give_focus(self.query_one("#text"))

    @property
    def recipients(self) -> list[str]:
        """The numbers in To: one, or several with commas, semicolons or blanks between; each once."""
        return list(dict.fromkeys(re.split(r"[,;\s]+", self.query_one("#to", Input).value.strip(" ,;"))))

    @property
    def drafts(self) -> list[Draft]:
        """The form as it stands: a draft for each recipient."""
        return [
            Draft(
                gateway=self.query_one("#gateway", Choice).value,
                to=number,
                text=self.query_one(SegmentArea).text,
                port=self.query_one("#port", Choice).value,
                via=self.query_one("#via", Choice).value,
            )
            for number in self.recipients
        ]

    def _gateway(self) -> GatewaySnapshot | None:
        name = self.query_one("#gateway", Choice).value
        return next((gateway for gateway in self._backend.gateways() if gateway.name == name), None)

    def _preview(self) -> None:
        drafts = self.drafts
        planned = self._backend.plan(drafts[0])
        gateway = self._gateway()
        price = price_words(gateway, len(planned.segments) * len(drafts)) if gateway else ""
        self.query_one(SegmentArea).show_plan(planned)
        self.query_one("#plan", Static).update(plan_line(planned, len(drafts), price))
        self.query_one("#segments", Static).update(segment_lines(planned, self.size.width - 4))

    def on_resize(self) -> None:
        self._preview()

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        event.stop()
        self._say("")
        self._preview()

    def on_input_changed(self) -> None:
        self._say("")
        self._preview()

    def on_choice_changed(self, event: Choice.Changed) -> None:
        event.stop()
        self.sync(0)
        self._preview()

    def on_button_pressed(self) -> None:
        self.action_send()

    def action_leave(self) -> None:
        self.post_message(self.Left())

    def action_plain(self) -> None:
        area = self.query_one(SegmentArea)
        text, changes = replace(area.text, ascii_only=True)
        if not changes:
            self._say("There is nothing to replace.", "$quiet")
            return
        area.text = text
        area.move_cursor(area.document.end)
        # Changing the text clears what was said, a moment later.
        self.call_after_refresh(self._say, changes_words(changes), "$success")

    def action_wire(self) -> None:
        try:
            forms = [line for draft in self.drafts for line in self._backend.wire_form(draft)]
        except ConsoleError as error:
            self._say(f"{error} {error.hint}".strip())
        else:
            self.app.push_screen(wire_detail(forms))

    def action_send(self) -> None:
        if self._sending:
            return
        if not self.recipients[0]:
            self._say("Who is it for? Type a number in To.")
            self.give_focus(self.query_one("#to"))
        elif not self.query_one(SegmentArea).text:
            self._say("There is no text yet.")
            self.give_focus(self.query_one("#text"))
        else:
            self._sending = True
            self._say("")
            self._submit(self.drafts)

    @work(exit_on_error=False)
    async def _submit(self, drafts: list[Draft]) -> None:
        """Queue the messages; what is safely in the outbox leaves the form, what is refused stays with the reason."""
        refused: list[str] = []
        try:
            for draft in drafts:
                try:
                    await asyncio.wrap_future(self._backend.submit(draft))
                except ConsoleError as error:
                    refused.append(draft.to)
                    self._say(f"{draft.to}: {error} {error.hint}".strip())
        finally:
            self._sending = False
        if self.drafts != drafts:
            return
        if not refused:
            self.query_one(SegmentArea).text = ""
        elif len(refused) < len(drafts):
            self.query_one("#to", Input).value = ", ".join(refused)

    def _say(self, words: str, style: str = "$error") -> None:
        self.query_one("#notice", Static).update(Content.assemble((safe(words), style)))


def price_words(gateway: GatewaySnapshot, segments: int) -> str:
    """`1.20 EUR` for so many segments; empty where no price is configured."""
    if gateway.price_per_segment is None:
        return ""
    return f"{gateway.price_per_segment * segments:.2f} {gateway.currency}".strip()


def changes_words(changes: tuple[Change, ...]) -> str:
    """`3 replaced: ’ by ', – by -`."""
    pairs = dict.fromkeys((change.found, change.put) for change in changes)
    named = [f"{safe(found) or unicodedata.name(found, '?')} by {put or 'nothing'}" for found, put in pairs]
    return f"{len(changes)} replaced: {', '.join(named)}"


def plan_line(planned: SegmentPlan, recipients: int = 1, price: str = "") -> Content:
    """`UCS-2 because of ’ at 14 · 2 segments x 12 recipients = 24 · 31 left`, and what to beware of."""
    cause = ""
    if planned.forced_by:
        first = planned.forced_by[0]
        cause = f" because of {safe(first.char) or first.name} at {first.index + 1}"
    count = len(planned.segments)
    segments = plural(count, "segment")
    if recipients > 1:
        segments += f" x {recipients} recipients = {count * recipients}"
    line = Content.assemble(
        (planned.encoding, "bold $warning" if cause else "bold $success"),
        cause,
        (" · ", "$quiet"),
        (segments, "bold" if count > 1 else ""),
        (" · ", "$quiet"),
        f"{planned.left} left",
        (f" · {safe(price)}" if price else "", "$quiet"),
    )
    return Content("\n").join(
        [line, *(Content.assemble((f"! {safe(warning)}", "$warning")) for warning in planned.warnings)]
    )


def segment_lines(planned: SegmentPlan, width: int) -> Content:
    """`1 ▏152 The first…` for each segment, when there are several."""
    if len(planned.segments) < 2:
        return Content("")
    lines = [
        Content.assemble(
            (f"{number:>2} ", "bold"),
            (f"▏{segment.units:>3} ", "$quiet"),
            fit(safe(segment.text), max(8, width - 8)).rstrip(),
        )
        for number, segment in enumerate(planned.segments[:PREVIEWED], 1)
    ]
    if len(planned.segments) > PREVIEWED:
        lines.append(Content.assemble((f"   and {len(planned.segments) - PREVIEWED} more", "$quiet")))
    return Content("\n").join(lines)
