"""An answer in place: a line to type in, and below it by which way it goes and how it will be cut."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from console.domain.link import LinkPhase
from console.domain.messages import Via
from console.protocol.text.safe import safe
from console.ui.compose.addressees import read_to
from console.ui.compose.letter import Letter, lacking, usual_via
from console.ui.compose.preview import plan_line, price_words
from console.ui.compose.send_off import send_off, trouble_told
from console.ui.keys.actions import bindings
from console.ui.keys.keymap import keymap_of
from console.ui.kit.filter_line import SafeInput
from console.ui.kit.format import content

if TYPE_CHECKING:
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.widgets import Input

    from console.config.records import SendingConfig
    from console.domain.backend import Backend
    from console.domain.link import GatewaySnapshot
    from console.store import LiveReader
    from console.ui.context.correspondent import Correspondent
    from console.ui.context.gateways import Gateways


class ReplyInput(SafeInput):
    """The line itself. The key that sends is the screen's."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("lines", "reply.leave")]

    class Left(Message):
        """The operator is done with the line for now; what is in it stays."""

    def __init__(self, key: str) -> None:
        """`key` sends."""
        super().__init__(id="reply-text", placeholder=f"your reply; {key} sends it")

    def action_leave(self) -> None:
        self.post_message(self.Left())


class ReplyLine(Vertical):
    """Sends by the rules of the form. A refused answer stays in the line, with the reason; a queued one leaves it."""

    def __init__(self, backend: Backend, gateways: Gateways, rules: SendingConfig, store: LiveReader) -> None:
        super().__init__(id="reply")
        self._backend = backend
        self._gateways = gateways
        self._rules = rules
        self._store = store
        self._who: Correspondent | None = None
        self._called = ""

    def compose(self) -> ComposeResult:
        yield ReplyInput(keymap_of(self).name("thread.send"))
        yield Static(id="reply-way")

    @property
    def to(self) -> str:
        """The number that was answered last; empty where none was."""
        return "" if self._who is None else self._who.number

    @property
    def text(self) -> str:
        """What was begun and not sent."""
        return self._line.value

    @property
    def is_sending(self) -> bool:
        """Whether what is in the line is about to leave it: until then nothing else can be written there."""
        return any(line.is_frozen for line in self.query(ReplyInput))

    @property
    def _line(self) -> ReplyInput:
        return self.query_one(ReplyInput)

    def begin(self, who: Correspondent, text: str = "", *, called: str = "") -> None:
        """Answer somebody, by the gateway and port of `who`; `called` is their name here, if any.

        What is in the line stays; `text` is for an empty one.
        """
        self._who, self._called = who, called
        self.display = True
        if text and not self.text:
            self._line.value = text
            self._line.cursor_position = len(text)
        self.screen.set_focus(self._line)
        self._preview()

    def put_away(self) -> str:
        """Empty the line and hide it; what was in it."""
        text = self.text
        self._line.value = ""
        self.display = False
        return text

    def send(self) -> None:
        """Send what is in the line."""
        if self._who is None or self.is_sending:
            return
        letter = self._letter(self._who)
        if (lack := lacking(letter)) is not None:
            self._say(lack.words)
            return
        self._line.is_frozen = True
        self._send(letter)

    @work(exit_on_error=False)
    async def _send(self, letter: Letter) -> None:
        """What is safely in the outbox leaves the line; what is refused stays."""
        gateway, above = self._gateway(letter.gateway), self._rules.confirm_above
        line, sent = self._line, None
        try:
            with trouble_told(self._say):
                sent = await send_off(self, self._store, self._backend, letter, gateway, confirm_above=above)
            if sent is not None and line.value == letter.text:
                with self.prevent(ReplyInput.Changed):
                    line.value = ""
                self._preview()
        finally:
            line.is_frozen = False

    def _letter(self, who: Correspondent) -> Letter:
        gateway = self._gateway(who.gateway)
        region = self._store.regions.of(who.gateway)
        reading = read_to(who.number, region, self._store.contacts, in_use=(who.number,))
        return Letter(who.gateway, usual_via(gateway), who.port, self.text, reading)

    def _gateway(self, name: str) -> GatewaySnapshot | None:
        return next((gateway for gateway in self._gateways.all() if gateway.name == name), None)

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._preview()

    def _preview(self) -> None:
        """By which way it goes, and how it will be cut there."""
        if self._who is None:
            return
        letter = self._letter(self._who)
        gateway = self._gateway(letter.gateway)
        previewed = letter.previewed()
        planned = self._backend.plan(previewed.draft)
        price = price_words(gateway, len(planned.segments)) if gateway and planned.text else ""
        is_down = letter.via is Via.AMI and (gateway is None or gateway.link.phase is not LinkPhase.UP)
        port = "any port" if self._who.port is None else f"port {self._who.port}"
        way = content(
            [
                (f"to {safe(f'{self._who.number} {self._called}'.rstrip())}  ", "accent"),
                (f"{safe(letter.gateway)} ", self._gateways.ink(letter.gateway)),
                (f"{port} by {letter.via.value.upper()}  ", "plain"),
                ("AMI is down  " if is_down else "", "warn"),
            ]
        )
        self.query_one("#reply-way", Static).update(
            way + plan_line(planned, 1, price, trouble=previewed.trouble or previewed.remark)
        )

    def _say(self, words: str) -> None:
        self.query_one("#reply-way", Static).update(Content.assemble((safe(words), "$error")))
