"""Writing a message: what is typed, how it will be cut on the path it will really take, and Send."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

from textual import work
from textual.content import Content
from textual.message import Message
from textual.widgets import Button, Static

from console.errors import ConsoleError
from console.protocol.rules.timing import end_of
from console.protocol.sms import look_alikes
from console.protocol.text.safe import safe
from console.protocol.text.time_words import spoken_window
from console.ui.compose.drafts import DraftsScreen, KeptDrafts
from console.ui.compose.form import Form
from console.ui.compose.letter import lacking
from console.ui.compose.outcome import NoticeLine
from console.ui.compose.preview import changes_words
from console.ui.compose.preview_lines import PreviewLines
from console.ui.compose.route_choice import SuspectLine
from console.ui.context.contact_names import known_name
from console.ui.keys.actions import bindings
from console.ui.keys.keymap import keymap_of
from console.ui.kit.pane import Pane

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual import events
    from textual.app import ComposeResult
    from textual.binding import BindingType
    from textual.widget import Widget

    from console.config.records import SendingConfig
    from console.domain.backend import Backend
    from console.domain.clock import Clock
    from console.domain.messages import InboxMessage, OutboxMessage
    from console.store import LiveReader
    from console.ui.compose.letter import Letter


_ROOMY = 11
"""Rows from which there is room for more than a line to each part of the form."""


class AnsweredLine(Static):
    """What is answered, on one line above the number that it goes to; not there while nothing is."""

    def __init__(self) -> None:
        super().__init__(id="answered")
        self.display = False
        self._whom = ""

    def show(self, message: InboxMessage | None, whom: str, called: str) -> None:
        """What is written to the number `whom`, `called` so here, answers this message; None: nothing."""
        self._whom = whom
        self.display = message is not None
        if message is not None:
            words = safe(" ".join(message.callback.text[:_ANSWERED].split()))
            self.update(
                Content.assemble(("Re    ", "$quiet"), (f"{safe(called)}: " if called else "", "$accent"), f"“{words}”")
            )

    def look(self, to: str) -> None:
        """`to` is what stands in To now."""
        if to != self._whom:
            self.display = False


_ANSWERED = 200
"""Characters of it that are drawn, as far as there is room."""

_WIRE_FORMS = 20
"""Recipients whose wire form is shown."""


class SendButton(Button):
    """Sends on Enter. It stands in a form, where letters are text: no key of the screen."""

    def check_consume_key(self, key: str, character: str | None) -> bool:
        return character is not None and character.isprintable()


class ComposePane(Pane):
    """The form. A refused message stays in it, with the reason; a queued one leaves it empty, and its outcome is told.

    From Send on until the message is queued, or a summary asks, the focus is on the button and nothing in the form can
    be changed; the screen lets keys wait meanwhile (`is_sending`).
    """

    NAME = "compose"
    TITLE = "Compose"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("compose")]

    class Left(Message):
        """The operator leaves the form."""

    class Entered(Message):
        """A draft is to be gone on with: the form is wanted in sight."""

    def __init__(
        self,
        backend: Backend,
        rules: SendingConfig,
        suspects: Callable[[str], frozenset[int]],
        store: LiveReader,
        clock: Clock,
    ) -> None:
        super().__init__(id="compose")
        self._store = store
        self._clock = clock
        self._backend = backend
        self._rules = rules
        self._answered = AnsweredLine()
        self._suspect = SuspectLine(suspects)
        self._notice = NoticeLine(store)
        self.is_sending = False
        """Whether what is in the form is about to leave it."""
        self._read_only = ""

    def compose(self) -> ComposeResult:
        yield self._answered
        yield Form(self._backend, self._store, KeptDrafts(self._clock), self._clock)
        yield self._suspect
        yield PreviewLines(self._backend)
        yield self._notice
        yield SendButton(self._send_label, id="send", compact=True, variant="primary", action="send")

    def on_mount(self) -> None:
        self.entitle()
        self._preview()

    @property
    def form(self) -> Form:
        return self.query_one(Form)

    @property
    def behind(self) -> bool:
        return self._notice.behind

    @property
    def _send_label(self) -> str:
        return f"Send {keymap_of(self).name('compose.send')}"

    def take_settings(self) -> None:
        super().take_settings()
        self.query_one(SendButton).label = self._send_label
        self._preview()

    def focus_first(self) -> None:
        self.give_focus(self.form.first())

    def sync(self, now: float) -> None:
        """Keep true what is on offer, whether anything may be sent, and what became of what was sent last."""
        self.form.sync()
        self._notice.sync(now)
        if self._suspect.look(self.form.gateway, self.form.letter.route):
            self._preview()
        if (reason := self._backend.read_only()) != self._read_only:
            self._read_only = reason
            self.query_one(SendButton).disabled = bool(reason)
            self._say("")

    def write_to(
        self, number: str, *, gateway: str = "", port: int | None = None, answers: InboxMessage | None = None
    ) -> None:
        """Go on with the draft kept for `number`, or start one. It `answers` this message, if any."""
        self._answered.show(answers, number, known_name(self._store, number, gateway))
        self.form.write_to(number, gateway=gateway, port=port)
        self.give_focus(self.form.area)

    def write_again(self, *messages: OutboxMessage) -> None:
        """A message once more, the way it was to go, and what to think of before; what was in the form is kept.

        Several must have the same gateway and text.
        """
        self.form.write_again(*messages)
        self.give_focus(self.form.area)

    def on_form_changed(self) -> None:
        self._say("")
        if self.form.area.text or self.form.recipients.value:
            self._notice.forget_well()
        self._answered.look(self.form.recipients.value)
        self._suspect.look(self.form.gateway, self.form.letter.route)
        self._preview()

    def on_resize(self) -> None:
        for part in self.query("#to-line, #notice"):  # of the pane itself, it would restyle all that stands in it
            part.set_class(self.size.height < _ROOMY, "-tight")
        self._preview()

    def _preview(self) -> None:
        form = self.form
        # The fields, three lines of text, the plan, two of a notice, frame and button come first; the list gets what
        # is left.
        fields = sum(child.size.height for child in form.children if child.display and child is not form.area)
        room = self.size.height - fields - 7 - self._suspect.size.height
        form.area.show_plan(self.query_one(PreviewLines).show(form.letter, form.gateway, room))

    def action_leave(self) -> None:
        self.post_message(self.Left())

    def action_plain(self) -> None:
        if self.is_sending:
            return
        text, changes = look_alikes.replace(self.form.area.text, ascii_only=True)
        if not changes:
            self._say("There is nothing to simplify.", "$quiet")
            return
        self.form.replace_text(text)
        # Changing the text clears what was said, a moment later.
        self.call_after_refresh(self._say, changes_words(changes), "$success")

    def action_wire(self) -> None:
        from console.ui.context.detail import wire_detail

        letter = self.form.letter
        try:
            people = letter.reading.listed.recipients[:_WIRE_FORMS]
            drafts = [letter.draft_to(person) for person in people] or [letter.unfilled()]
            forms = [line for draft in drafts for line in self._backend.wire_form(draft)]
        except ConsoleError as error:
            self._say(error.in_full)
        else:
            self.app.push_screen(wire_detail(forms, len(letter.reading.listed.recipients) - len(drafts)))

    def action_list(self) -> None:
        from console.ui.compose.recipients import RecipientsScreen

        reading = self.form.recipients.reading
        if reading.is_blank:
            self._say("To is empty.", "$quiet")
        elif reading.trouble:
            self._say(reading.trouble)
        else:
            self.app.push_screen(RecipientsScreen(reading))

    def action_when(self) -> None:
        if not self.is_sending:
            self.form.ask_when()

    def action_template(self) -> None:
        from console.ui.compose.templates import TemplatesScreen

        texts = self._rules.templates

        def take(index: int | None) -> None:
            if index is not None:
                self.form.take_template([*texts.values()][index])
                self.give_focus(self.form.area)

        if self.is_sending:
            return
        if texts:
            self.app.push_screen(TemplatesScreen(texts), take)
        else:
            self._say("There are no templates yet: add some under [templates] in the configuration.", "$quiet")

    def action_drafts(self) -> None:
        kept = self.form.kept
        self.post_message(self.Entered())

        def take(index: int | None) -> None:
            if index is not None:
                self.form.go_on_with(kept.newest_first[index])
                self.give_focus(self.form.area)

        if self.is_sending:
            return
        if kept:
            self.app.push_screen(DraftsScreen(kept, self._clock), take)
        else:
            self._say(f"No {'other ' if self.form.unsent else ''}draft is kept.", "$quiet")

    def action_step_field(self, by: int) -> None:
        if not self.is_sending:
            self.screen.focus_next() if by > 0 else self.screen.focus_previous()

    def on_key(self, event: events.Key) -> None:
        """A letter typed where nothing is written, such as on From, belongs to the text."""
        if event.is_printable and event.character is not None:
            event.stop()
            self._type(event.character)

    def on_paste(self, event: events.Paste) -> None:
        """As a letter. What is pasted into the text comes by here, too."""
        event.stop()
        if self.screen.focused is not self.form.area:
            self._type(event.text)

    def _type(self, text: str) -> None:
        if not self.is_sending:
            self.form.type(text)

    def action_send(self, words: str = "") -> None:
        """Send what is written. What stands behind a command, the number and the text, is only put into the form."""
        if self.is_sending:
            return
        form = self.form
        if words:
            number, _, text = words.partition(" ")
            form.start_anew()
            form.fill(number, text.strip())
            self.give_focus(form.area)
            return
        if form.recipients.is_pending:
            self._say("Reading the recipients …", "$quiet")
        elif not self._is_complete(form.letter):
            return
        else:
            self._say("")
        here = self.screen.focused
        self.is_sending = True
        self.give_focus(self.query_one(SendButton))
        self._send(form.letter, here if here in form.walk_children() else form.area)

    def _is_complete(self, letter: Letter) -> bool:
        """Whether there is somebody and something to send; what is missing is told, and gets the focus."""
        lack = lacking(letter)
        if lack is not None:
            self._say(lack.words)
            self.give_focus(self.form.area if lack.is_text else self.query_one("#to"))
        return lack is None

    @work(exit_on_error=False)
    async def _send(self, letter: Letter, back_to: Widget) -> None:
        """What is safely in the outbox leaves the form; what is refused stays, with the reason, and one is back at the
        field where one was.
        """
        from console.ui.compose.send_off import send_off, trouble_told

        form, rules = self.form, self._rules
        sent = None
        try:
            with trouble_told(self._say):
                await form.recipients.settled()
                # Who is meant depends on the gateway: both as they are now.
                letter = replace(form.letter, text=letter.text, is_template=letter.is_template)
                if not self._is_complete(letter):
                    return
                above, when = rules.confirm_above, self._when_words(letter)
                sent = await send_off(
                    self, self._store, self._backend, letter, form.gateway, confirm_above=above, when=when
                )
            if sent is not None:
                if (form.recipients.value, form.area.text) == (letter.reading.typed, letter.text):
                    form.empty()  # else something was taken up meanwhile, such as a reply
                keys = keymap_of(self)
                self._notice.follow(sent, where=f"{keys.name('pane.outbox')} Outbox")
        finally:
            self.is_sending = False
            if self.screen.focused is self.query_one(SendButton):
                self.give_focus(back_to if sent is None else form.first())

    def _when_words(self, letter: Letter) -> str:
        """When it will leave, and until when it is tried."""
        now, when = self._clock.time(), letter.when
        end = end_of(when.not_before, when.not_after, now, self._rules.not_after_hours * 3600)
        return spoken_window(when.not_before, end, now)

    def _say(self, words: str, style: str = "$error") -> None:
        """One notice at a time; where there is nothing else to say, why nothing may be sent."""
        if not words and self._read_only:
            words, style = f"Read only: {self._read_only}", "$warning"
        self._notice.say(words, style)
