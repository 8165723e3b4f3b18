"""The fields of a message, in the order in which they are filled in: To, the text, and the way it goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rich.text import Text
from textual import on
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.widgets import Static, TextArea

from console.domain.messages import Via
from console.protocol.sms.guards import again_words
from console.protocol.text.safe import safe
from console.protocol.text.time_words import Window
from console.ui.compose.letter import Letter, usual_via
from console.ui.compose.recipient_field import RecipientField
from console.ui.compose.route_choice import RouteChoice
from console.ui.context.gateways import Gateways
from console.ui.context.when import WhenLine, as_typed, ask_when
from console.ui.keys.keymap import keymap_of
from console.ui.kit.choice import Choice

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from rich.style import Style
    from textual.app import ComposeResult
    from textual.widget import Widget

    from console.domain.backend import Backend
    from console.domain.clock import Clock
    from console.domain.link import GatewaySnapshot
    from console.domain.messages import OutboxMessage
    from console.domain.plan import SegmentPlan
    from console.protocol.sms.recipients import Recipient
    from console.store import LiveReader
    from console.ui.compose.drafts import KeptDraft, KeptDrafts
    from console.ui.compose.letter import Route


TINTS = ("segment--odd", "segment--even")


class SegmentArea(TextArea):
    """A `TextArea` that shows where a message will be cut, in the text itself."""

    COMPONENT_CLASSES = {*TextArea.COMPONENT_CLASSES, *TINTS}  # noqa: RUF012 - Textual's type

    def __init__(self, *, id: str) -> None:  # noqa: A002 - Textual's name
        super().__init__(
            id=id,
            soft_wrap=True,
            tab_behavior="focus",
            show_line_numbers=False,
            highlight_cursor_line=False,
            compact=True,
        )
        self.cursor_blink = False
        self._cuts: list[int] = []

    def show_plan(self, plan: SegmentPlan) -> None:
        """Tint the text by this plan's segments; a single segment needs no tint, nor does a text with other words than
        those that were planned.
        """
        cuts, at = [], 0
        for segment in plan.segments[:-1] if plan.text == self.text else ():
            at += len(segment.text)
            cuts.append(at)
        if cuts != self._cuts:
            self._cuts = cuts
            self.notify_style_update()  # forgets the lines as they were drawn
            self.refresh()

    def get_line(self, line_index: int) -> Text:
        """One line of the text, safe to show, tinted."""
        raw = self.document.get_line(line_index)
        # One mark a character, so that columns and cursor stay true.
        line = Text("".join((safe(char) or "╎")[0] for char in raw), end="", no_wrap=True)
        if not self._cuts:
            return line
        start = self.document.get_index_from_location((line_index, 0))  # type: ignore[attr-defined]
        for number, (begin, end) in enumerate(zip([0, *self._cuts], [*self._cuts, start + len(raw)], strict=True)):
            if begin < start + len(raw) and end > start:
                line.stylize(self._tint(number), max(0, begin - start), end - start)
        return line

    def _tint(self, number: int) -> Style:
        return self.get_component_rich_style(TINTS[number % 2], partial=True)


class AgainLine(Static):
    """A warning as long as one of these messages would go to the same recipient again; else nothing."""

    def __init__(self) -> None:
        super().__init__(id="again")
        self.display = False
        self.messages: Mapping[str, OutboxMessage] = {}
        """Recipient -> the message that goes to them once more."""

    def warn(self, messages: Mapping[str, OutboxMessage], recipients: Iterable[Recipient]) -> None:
        """It is these from now on that go once more."""
        self.messages = messages
        self.tell(recipients)

    def forget(self) -> None:
        """Nothing goes once more."""
        self.warn({}, ())

    def tell(self, recipients: Iterable[Recipient]) -> None:
        """Warn about those among `recipients`."""
        if not self.messages and not self.display:
            return
        again = [self.messages[each.number] for each in recipients if each.number in self.messages]
        warnings = [words for message in again if (words := again_words(message))]
        more = f" And {len(warnings) - 1} more." if len(warnings) > 1 else ""
        self.display = bool(warnings)
        self.update(Content.assemble((f"! {safe(warnings[0])}{more}" if warnings else "", "bold $warning")))


class Form(Vertical):
    """To, the text, From and By. Says when it changed; what is in it is `letter`."""

    class Changed(Message):
        """What would be sent is another."""

    def __init__(self, backend: Backend, store: LiveReader, kept: KeptDrafts, clock: Clock) -> None:
        super().__init__(id="form")
        self._gateways = Gateways(backend)
        self._backend = backend
        self._clock = clock
        self.recipients = RecipientField(lambda: self.query_one("#gateway", Choice).value, self.take_up, store)
        self.area = SegmentArea(id="text")
        self.kept = kept
        """What was laid aside."""
        self._is_template = False
        self._before_template = ""
        """What stood in the text until a template took its place."""
        self._preferred = ""

    def compose(self) -> ComposeResult:
        names = self._names
        yield self.recipients
        yield AgainLine()
        yield self.area
        with Horizontal(classes="field", id="field-gateway") as which:
            which.display = len(names) > 1
            yield Static("At", classes="label")
            yield Choice("Gateway", [(self._gateways.name_content(name), name) for name in names], id="gateway")
        with Horizontal(classes="field"):
            yield Static("From", classes="label")
            yield RouteChoice(self._backend)
            yield Static("By", classes="label -short")
            yield Choice("By", [("AMI", Via.AMI), ("HTTP", Via.HTTP)], id="via")
        yield WhenLine(self._clock)

    @property
    def _names(self) -> list[str]:
        return [gateway.name for gateway in self._backend.gateways()] or [""]

    @property
    def letter(self) -> Letter:
        """The form as it stands."""
        return Letter(
            gateway=self.query_one("#gateway", Choice).value,
            via=self.query_one("#via", Choice).value,
            route=self.query_one(RouteChoice).value,
            text=self.area.text,
            reading=self.recipients.reading,
            is_template=self._is_template,
            again=self.query_one(AgainLine).messages,
            when=self.query_one(WhenLine).window,
        )

    @property
    def gateway(self) -> GatewaySnapshot | None:
        """The chosen one, as last heard."""
        name = self.query_one("#gateway", Choice).value
        return next((gateway for gateway in self._backend.gateways() if gateway.name == name), None)

    @property
    def unsent(self) -> int:
        """Drafts that were begun and not sent."""
        return len(self.kept) + bool(self.area.text)

    def first(self) -> Widget:
        """Where one goes on: to the recipients, or to the text where these are given."""
        return self.area if self.recipients.value else self.query_one("#to")

    def sync(self) -> None:
        """Keep the ports on offer true, and the day that is spoken of."""
        self.query_one(WhenLine).sync()
        gateway = self.gateway
        if gateway is None:
            return
        via, people = self.query_one("#via", Choice).value, self.recipients.reading.listed.recipients
        self.query_one(RouteChoice).offer(gateway, via, len(people))

    def fill(self, to: str, text: str) -> None:
        """Other words in the form. It is a message of its own, not an earlier one once more."""
        self.recipients.value = to
        self._begin_with(text)
        self._is_template = False
        self.query_one(AgainLine).forget()
        self.query_one(WhenLine).take(Window())

    def empty(self) -> None:
        """Nothing written, and the way that messages go where nobody asks for another."""
        self.recipients.in_use = frozenset()
        self.fill("", "")
        self.query_one("#gateway", Choice).value = self._preferred or self._names[0]
        self.query_one("#via", Choice).value = usual_via(self.gateway)
        self._choose(None)

    def lay_aside(self) -> None:
        """Keep the text, where there is one, for those it is written to."""
        to, text = self.recipients.value, self.area.text
        if text:
            self.kept.keep(to, text, self.recipients.in_use)
            key = keymap_of(self).name("compose.drafts")
            self.notify(f"The draft to {safe(to[:60]) or 'no recipient'} is kept: {key} lists drafts.", markup=False)

    def prefer(self, gateway: str) -> None:
        """Write through this gateway from now on; what was begun keeps its own. Empty: no preference."""
        self._preferred = gateway
        if gateway and not self.area.text and not self.recipients.value:
            self.query_one("#gateway", Choice).value = gateway

    def start_anew(self) -> None:
        """An empty form; what was in it is kept for its recipient."""
        self.lay_aside()
        self.empty()

    def write_to(self, number: str, *, gateway: str = "", port: int | None = None) -> None:
        """Go on with the draft kept for `number`, or start one."""
        if number != self.recipients.value:
            self.lay_aside()
            self.recipients.in_use = frozenset((number,))
            self.fill(number, self.kept.take(number))
        if gateway:
            self.query_one("#gateway", Choice).value = gateway
        if port is not None:
            self._choose(port)

    def go_on_with(self, draft: KeptDraft) -> None:
        """Take a draft up again; what is in the form is kept in its turn."""
        self.kept.remove(draft)
        self.start_anew()
        self.recipients.in_use = draft.in_use
        self.fill(draft.to, draft.text)

    def write_again(self, *messages: OutboxMessage) -> None:
        """A message once more, the way it was to go; what was in the form is kept.

        Several must have the same gateway and text.
        """
        draft = messages[0].draft
        self.lay_aside()
        self.recipients.in_use = frozenset(message.draft.to for message in messages)
        self.fill(", ".join(message.draft.to for message in messages), draft.text)
        again = {message.draft.to: message for message in messages}
        self.query_one(AgainLine).warn(again, self.recipients.reading.listed.recipients)
        self.query_one("#gateway", Choice).value = draft.gateway
        self._choose(draft.pool or draft.port)
        self.query_one("#via", Choice).value = draft.via
        if draft.not_before is not None and draft.not_before > self._clock.time():
            self.query_one(WhenLine).take(Window(draft.not_before, draft.not_after))

    def ask_when(self) -> None:
        """Let the operator say when it is to leave."""
        line = self.query_one(WhenLine)

        def take(when: Window) -> None:
            line.take(when)
            self.post_message(self.Changed())

        ask_when(self, self._clock, "When should it be sent?", as_typed(line.window, self._clock.time()), take)

    def take_template(self, text: str) -> None:
        """Another text for the same people. Undone as any other change is."""
        if not self._is_template:
            self._before_template = self.area.text
        self._is_template = True
        self.replace_text(text)

    def replace_text(self, text: str) -> None:
        """Put another text in the place of all that is written, in one step that can be undone."""
        area = self.area
        area.history.checkpoint()
        area.replace(text, (0, 0), area.document.end, maintain_selection_offset=False)

    def _begin_with(self, text: str) -> None:
        """A text that is written on behind its end; what stood there before is not brought back by undo."""
        self.area.text = text
        self.area.move_cursor(self.area.document.end)

    def type(self, text: str) -> None:
        """Into the text, where it is typed on at once."""
        self.screen.set_focus(self.area)
        self.area.insert(text, maintain_selection_offset=False)

    def _choose(self, route: Route) -> None:
        self.sync()
        self.query_one(RouteChoice).value = route

    def take_up(self) -> None:
        """Go on to the text: the draft kept for this recipient, where there is one and nothing else was written."""
        if not self.area.text:
            self._begin_with(self.kept.take(self.recipients.value))
        self.screen.set_focus(self.area)

    @on(RecipientField.Changed)
    @on(Choice.Changed)
    @on(TextArea.Changed)
    def take_note(self, event: Message) -> None:
        """Something is written or chosen otherwise."""
        event.stop()
        if self.area.text in {"", self._before_template}:
            self._is_template = False
        self.query_one(AgainLine).tell(self.recipients.reading.listed.recipients)
        self.recipients.show_line()
        self.sync()
        self.post_message(self.Changed())
