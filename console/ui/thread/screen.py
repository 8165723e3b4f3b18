"""A conversation over the whole screen: all to and from one correspondent, newest at the bottom; the answer below."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual.containers import Vertical
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from console.domain.messages import InboxMessage
from console.protocol.sms.numbers import in_full
from console.protocol.sms.recipients import is_diallable
from console.protocol.text.safe import safe
from console.ui.context.claiming import Claiming, ClaimKeys, claim_line
from console.ui.context.contact_names import opt_in, opt_out
from console.ui.context.correspondent import Correspondent
from console.ui.context.gateways import Gateways
from console.ui.context.parts import PartKeys
from console.ui.context.undoing import undo_last
from console.ui.keys.actions import bindings
from console.ui.keys.key_bar import KeyBar
from console.ui.kit.format import content, plural
from console.ui.thread.list import ThreadList
from console.ui.thread.reading import Reading, ThreadReading
from console.ui.thread.reply_line import ReplyInput, ReplyLine

if TYPE_CHECKING:
    from collections.abc import Callable

    from textual.app import ComposeResult
    from textual.binding import BindingType

    from console.config.records import SendingConfig
    from console.domain.backend import Backend
    from console.domain.clock import Clock
    from console.domain.messages import Claim
    from console.errors import ConsoleError
    from console.store import LiveReader
    from console.ui.thread.rows import ThreadMessage

_NAMED = 3
"""Numbers like this one that are named."""

LOOK = 0.1
"""Seconds between two looks at what changed."""


class Desk(NamedTuple):
    """What a conversation is read from, and what it hands on."""

    store: LiveReader
    clock: Clock
    backend: Backend
    rules: SendingConfig
    mark_read: Callable[..., None]
    """Called with the messages that were shown."""
    to_form: Callable[[Correspondent], None]
    """Called when the operator wants to go on in the form, once the screen is gone."""
    keep: Callable[[str, str], None]
    """Called with a number and the answer to it that was begun and not sent."""
    take_kept: Callable[[str], str]
    """Gives the text that is kept for a number."""


def alike_words(number: str, alike: list[str]) -> str:
    """What to say of numbers that may be this one, too; empty where there are none. Safe."""
    if not alike:
        return ""
    shortest = min((number, *alike), key=len).lstrip("+0")
    named = ", ".join(safe(each) for each in alike[:_NAMED]) + (", …" if len(alike) > _NAMED else "")
    return f"{named} may be the same person: from:{safe(shortest)} in the inbox's search finds them all."


class ThreadScreen(ClaimKeys, PartKeys, ModalScreen[None]):
    """Reads as much of the conversation as is looked at, and more as the operator goes up."""

    AUTO_FOCUS = "#thread-list"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings("thread"), *bindings("everywhere", "app.undo")]

    def __init__(self, who: Correspondent, desk: Desk, *, within: str = "") -> None:
        """`within` is the gateway that the next unread message is looked for at; empty: any."""
        super().__init__()
        self._desk = desk
        self._backend = desk.backend
        self._within = within
        self._gateways = Gateways(desk.backend)
        self._rows = ThreadList(self._gateways)
        self._reading = ThreadReading(self, who, desk.store, desk.clock, show=self._show, fail=self._fail)
        self.claiming = Claiming(self, desk.backend)
        self._called = ""
        self._opened: set[int] = set()
        """Ids of unread messages that were shown."""

    def compose(self) -> ComposeResult:
        with Vertical(id="thread"):
            yield Static(id="thread-claim")
            yield Static(id="thread-alike")
            yield self._rows
            yield Static("No messages with this number yet.", id="thread-empty")
            yield ReplyLine(self._desk.backend, self._gateways, self._desk.rules, self._desk.store)
        yield KeyBar()

    def on_mount(self) -> None:
        self.sync()
        self.set_interval(LOOK, self.sync)

    @property
    def is_ready(self) -> bool:
        """Whether keys have something to act on: an answer that is about to leave is no place to type in."""
        return not any(line.is_sending for line in self.query(ReplyLine))

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:
        """In the answer letters are text, so the keys of this screen rest, and Enter sends; elsewhere it does not."""
        return isinstance(self.focused, ReplyInput) == (action == "send_reply")

    def action_undo(self) -> None:
        undo_last(self, self._backend)

    # ---- what is shown --------------------------------------------------------------------------------------

    def sync(self) -> None:
        """Bring what is shown up to date, read older messages where they come in sight, open those in sight."""
        self._open_in_sight()
        self._reading.look(self._rows)

    def _fail(self, error: ConsoleError) -> None:
        self.query_one("#thread").border_subtitle = Content(safe(f"✗ {error}"))

    def _show(self, reading: Reading) -> None:
        found = reading.messages
        self._rows.title = self._reading.who.number
        self._rows.show_messages(found[::-1], reading.claims)
        meant = self.to_look_after()
        claim = meant[1] if meant else None
        claimed = self.query_one("#thread-claim", Static)
        claimed.display = claim is not None
        if claim:
            claimed.update(content(claim_line(claim)))
        alike = self.query_one("#thread-alike", Static)
        alike.display = bool(reading.alike)
        alike.update(Content(alike_words(self._reading.who.number, reading.alike)))
        frame = self.query_one("#thread")
        frame.set_class(not found, "-empty")
        self._called = reading.name
        # A str would be read as markup.
        out = "opted out" if reading.opted_out else ""
        title = (safe(self._reading.who.number), safe(reading.name), out)
        frame.border_title = Content("  ".join(filter(None, title)))
        shown = plural(len(found), "message")
        frame.border_subtitle = Content(f"the last {shown}, more above" if reading.has_more else shown)

    def _open_in_sight(self) -> None:
        """What the operator sees here is read."""
        shown = [
            message
            for message in self._rows.in_sight
            if isinstance(message, InboxMessage) and not message.read and message.id not in self._opened
        ]
        if shown:
            self._opened.update(message.id for message in shown)
            self._desk.mark_read(*shown)

    @property
    def looked_at(self) -> list[ThreadMessage]:
        return self._rows.in_sight

    @property
    def written(self) -> list[ThreadMessage]:
        return self._rows.messages

    # ---- the answer -----------------------------------------------------------------------------------------

    @property
    def _answered(self) -> Correspondent:
        """Whom an answer goes to: the number in the title, by the way that the newest message came, unless it would be
        another's number there.
        """
        who, newest, regions = self._reading.who, self._rows.newest_received, self._desk.store.regions
        if newest is None or in_full(who.number, regions.of(newest.gateway)) != who.number:
            return who
        return Correspondent.of(newest, regions)._replace(number=who.number)

    def action_reply(self) -> None:
        who = self._answered
        if is_diallable(who.number):
            self.query_one(ReplyLine).begin(who, self._desk.take_kept(who.number), called=self._called)
        else:
            sender = safe(who.number) or "An unknown sender"
            self.notify(f"{sender} takes no replies: that is a name, not a number.", severity="warning", markup=False)

    def action_send_reply(self) -> None:
        self.query_one(ReplyLine).send()

    def on_reply_input_left(self) -> None:
        self.set_focus(self._rows)

    def action_to_form(self) -> None:
        who = self._answered
        self._put_reply_away()
        self.dismiss(None)
        # At once and not as a result, which comes later than a key that is typed ahead.
        self._desk.to_form(who)

    def _put_reply_away(self) -> None:
        """What was begun is kept for who it is written to."""
        line = self.query_one(ReplyLine)
        if text := line.put_away():
            self._desk.keep(line.to, text)

    # ---- who looks after it, and the next -------------------------------------------------------------------

    def to_look_after(self) -> tuple[InboxMessage, Claim | None] | None:
        """The newest message that came stands for the conversation."""
        newest = self._rows.newest_received
        return None if newest is None else (newest, self._rows.claims.get(newest.id))

    def action_opt_out(self) -> None:
        newest = self._rows.newest_received
        wrote = newest.callback.text if newest else ""
        opt_out(self, self._backend, self._desk.store, self._reading.who, wrote)

    def action_opt_in(self) -> None:
        opt_in(self, self._backend, self._reading.who)

    def action_next_unread(self) -> None:
        self._open_in_sight()
        self._reading.find_unread(self._within, self._turn_to)

    def _turn_to(self, message: InboxMessage | None) -> None:
        if message is None:
            self.notify("There are no other unread conversations.")
        elif self.is_attached:
            self._put_reply_away()
            self._opened.clear()
            self._rows.show_messages([], {})
            self._reading.turn_to(Correspondent.of(message, self._desk.store.regions), self._rows)
            self.set_focus(self._rows)

    def action_leave(self) -> None:
        self._put_reply_away()
        self.dismiss(None)
