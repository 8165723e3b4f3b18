"""Writing a message: what is typed, how it will be cut on the path it will really take, and Send."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Input, Static, TextArea

from console.domain.link import LinkPhase
from console.domain.messages import Draft, Via
from console.errors import ConsoleError
from console.protocol.look_alikes import replace
from console.protocol.recipients import is_diallable, recipients
from console.protocol.safe_text import safe
from console.ui.actions import bindings
from console.ui.drafts import KeptDrafts
from console.ui.format import HEALTH
from console.ui.panes.base import Pane
from console.ui.preview import changes_words, plan_line, price_words, segment_lines
from console.ui.screens.detail import wire_detail
from console.ui.widgets.choice import Choice
from console.ui.widgets.safe_input import SafeInput
from console.ui.widgets.segment_area import SegmentArea

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from console.domain.backend import Backend
    from console.domain.link import GatewaySnapshot


class Recipient(SafeInput):
    """The number. Enter goes on to the text at once, so that what is typed ahead lands there."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("enter", "submit", "To the text", show=False, priority=True)]

    def __init__(self) -> None:
        super().__init__(id="to", placeholder="number, e.g. +8613632919026")

    async def action_submit(self) -> None:
        self.screen.query_one(ComposePane).take_up()


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
        self._kept = KeptDrafts()

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
        yield Static(id="notice")
        yield Button("Send ^t", id="send", compact=True, variant="primary")

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
        if gateway is None or (gateway.ports, gateway.link.phase) == self._ports:
            return
        self._ports = (gateway.ports, gateway.link.phase)
        options: list[tuple[str, int | None]] = [("auto", None)]
        for port in gateway.ports:
            look = HEALTH[port.health]
            operator = f" {safe(port.report.operator)}" if port.report.operator else ""
            state = f"{look.glyph} {look.word}" if gateway.link.phase is LinkPhase.UP else "? AMI is down"
            options.append((f"port {port.port}{operator} {state}", port.port))
        self.query_one("#port", Choice).show_options(options)

    def start_anew(self) -> None:
        """An empty form; what was in it is kept for its recipient."""
        self._lay_aside()
        self._fill("", "")
        self.query_one("#port", Choice).value = None

    def write_to(self, number: str, *, gateway: str = "", port: int | None = None) -> None:
        """Go on with the draft kept for `number`, or start one."""
        if number != self.query_one("#to", Input).value:
            self._lay_aside()
            self._fill(number, self._kept.take(number))
        if gateway:
            self.query_one("#gateway", Choice).value = gateway
            self.sync(0)
        if port is not None:
            self.query_one("#port", Choice).value = port
        self.give_focus(self.query_one("#text"))

    def write_again(self, draft: Draft) -> None:
        """A message once more, the way it went; what was in the form is kept."""
        self._lay_aside()
        self._fill(draft.to, draft.text)
        self.query_one("#gateway", Choice).value = draft.gateway
        self.sync(0)
        self.query_one("#port", Choice).value = draft.port
        self.query_one("#via", Choice).value = draft.via
        self.give_focus(self.query_one("#text"))

    def take_up(self) -> None:
        """Go on to the text: the draft kept for this recipient, where there is one and nothing else was written."""
        area = self.query_one(SegmentArea)
        if not area.text:
            area.text = self._kept.take(self.query_one("#to", Input).value)
        self.give_focus(area)

    def _fill(self, number: str, text: str) -> None:
        self.query_one("#to", Input).value = number
        self.query_one(SegmentArea).text = text

    def _lay_aside(self) -> None:
        to, text = self.query_one("#to", Input).value, self.query_one(SegmentArea).text
        if text:
            self._kept.keep(to, text)
            self.notify(f"The draft to {safe(to) or 'nobody yet'} is kept.", markup=False)

    @property
    def unsent(self) -> int:
        """Drafts that were begun and not sent."""
        return len(self._kept) + bool(self.query_one(SegmentArea).text)

    @property
    def recipients(self) -> list[str]:
        """The numbers in To, each once."""
        return recipients(self.query_one("#to", Input).value)

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
        # Fields, three lines of text, plan, notice and button come first; the list gets what is left.
        room = self.size.height - 9 - len(planned.warnings)
        self.query_one("#segments", Static).update(segment_lines(planned, self.size.width - 4, room))

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
        strangers = [safe(number) for number in self.recipients if not is_diallable(number)]
        if not self.recipients[0]:
            self._say("Who is it for? Type a number in To.")
            self.give_focus(self.query_one("#to"))
        elif strangers:
            self._say(f"{', '.join(strangers)} is no number. Use digits, * and #, with a + in front for abroad.")
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
        """Queue the messages; what is safely in the outbox leaves the form, what is refused stays with the reason.

        That holds also where the form was changed meanwhile: nobody stays in To to whom the message is on its way.
        """
        refused: dict[str, str] = {}
        try:
            for draft in drafts:
                try:
                    await asyncio.wrap_future(self._backend.submit(draft))
                except ConsoleError as error:
                    refused[draft.to] = f"{error} {error.hint}".strip()
        except Exception as error:
            self._say(f"{type(error).__name__}: look into the outbox before you send again.")
            raise
        finally:
            self._sending = False
        queued = {draft.to for draft in drafts} - refused.keys()
        with self.prevent(Input.Changed, TextArea.Changed):
            if len(drafts) > 1:
                self.query_one("#to", Input).value = ", ".join(to for to in self.recipients if to not in queued)
            if not refused and self.query_one(SegmentArea).text == drafts[0].text:
                self.query_one(SegmentArea).text = ""
        self._preview()
        reasons = [f"{safe(to)}: {why}" if len(drafts) > 1 else why for to, why in refused.items()]
        if reasons:
            self._say("  ".join(([f"{len(queued)} queued."] if queued else []) + reasons))

    def _say(self, words: str, style: str = "$error") -> None:
        self.query_one("#notice", Static).update(Content.assemble((safe(words), style)))
