"""Those of a batch or of what is marked who did not get it, once more: each their own text, all in one summary.

Nothing of a failed or called-off message has reached anybody. An unknown one may have arrived: it is left out until
somebody takes it in, and then the summary wants a yes of its own.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, ClassVar, NamedTuple

from textual.content import Content

from console.domain.messages import DeliveryState, OutboxMessage
from console.domain.sending import Forecast
from console.errors import CannotSend, ConsoleError
from console.protocol.text.safe import safe
from console.ui.compose.preview import price_words
from console.ui.compose.route_choice import ports_words
from console.ui.compose.summary import SummaryScreen, remark_lines, text_words, time_words
from console.ui.keys.actions import bindings
from console.ui.keys.keymap import keymap_of
from console.ui.kit.explain import explained
from console.ui.kit.format import DELIVERY, count, plural
from console.ui.kit.marks import named, share

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from textual.binding import BindingType
    from textual.widget import Widget

    from console.domain.backend import Backend
    from console.domain.link import GatewaySnapshot
    from console.domain.messages import Draft
    from console.domain.sending import Remark, Seen
    from console.store import LiveReader
    from console.ui.kit.marks import Share

SAFE = (DeliveryState.FAILED, DeliveryState.CANCELLED)
"""States of a message that reached nobody."""

_NAMED = 4
"""Recipients that are named."""

_AGAIN = "again: "
"""Stands before the name of a batch that is sent again."""


class Chosen(NamedTuple):
    """What the operator wants of it."""

    unknown: bool = False
    """The unknown ones as well."""
    any_port: bool = False
    """By any port that is ready; else each by the way it was to go."""


@dataclass(frozen=True, slots=True)
class Resend:
    """What would be sent again, before it is."""

    of: str
    """What they are of: `batch 3`, `the 5 marked messages`."""
    found: Share[OutboxMessage]
    """Failed, called off or unknown, and not sent again yet; and why not the others."""
    chosen: Chosen
    confirm_above: int
    forecast: Forecast = Forecast((), 0, 0.0)  # noqa: RUF009 - it can't be changed
    trouble: str = ""
    """Why it can't go so, in words."""
    remarks: tuple[Remark, ...] = ()
    gateway: GatewaySnapshot | None = None
    keys: tuple[str, str] = ("", "")
    """That which takes in the unknown ones, and that which takes any port."""

    @property
    def messages(self) -> Sequence[OutboxMessage]:
        """Those that can be sent again."""
        return self.found.taken

    @property
    def taken(self) -> list[OutboxMessage]:
        """Those that would be sent."""
        return [message for message in self.messages if message.state in SAFE or self.chosen.unknown]

    @property
    def drafts(self) -> list[Draft]:
        """As they would be sent: as soon as they can, for their own time may be past."""
        drafts = [
            replace(message.draft, again_of=message.id, not_before=None, not_after=None) for message in self.taken
        ]
        return [replace(draft, port=None, pool="") for draft in drafts] if self.chosen.any_port else drafts

    @property
    def title(self) -> Content:
        """What is asked."""
        taken = self.taken
        whom = plural(len(taken), "recipient") if taken else "nobody"
        return Content(f"Send again to {whom} of {self.of}?")

    @property
    def facts(self) -> list[tuple[str, str]]:
        """Who, what, by which way."""
        taken, drafts = self.taken, self.drafts
        numbers = [safe(draft.to) for draft in drafts[:_NAMED]] + (["…"] if len(drafts) > _NAMED else [])
        several = len({draft.text for draft in drafts}) > 1
        price = price_words(self.gateway, self.forecast.segments) if self.gateway else ""
        facts = [
            ("Again", states_words(taken, SAFE)),
            ("Unknown", self._unknown_words()),
            ("Left out", self.found.left_words),
            ("To", ", ".join(numbers)),
        ]
        if not drafts:
            return facts
        ports = self.trouble or ports_words(self.forecast)
        ways = dict.fromkeys(f"{safe(draft.gateway)} by {draft.via.value.upper()}" for draft in drafts)
        way = f"{named(ways)}, {safe(ports)}"
        other = f" ({self.keys[1]}: {'the ports as before' if self.chosen.any_port else 'any port that is ready'})"
        return [
            *facts,
            ("First text" if several else "Text", text_words(drafts[0])),
            ("Segments", "" if self.trouble else f"{count(self.forecast.segments)} in all"),
            ("Price", safe(price)),
            ("Through", way + (other if self.may_choose else "")),
            ("When", "as soon as possible, whatever time they had" if self._had_time else ""),
            ("Takes", "" if self.trouble else time_words(self.forecast.seconds)),
        ]

    @property
    def _had_time(self) -> bool:
        return any(message.draft.not_before is not None for message in self.taken)

    @property
    def may_choose(self) -> bool:
        """Whether some of them name a port or a set."""
        return any(message.draft.port is not None or message.draft.pool for message in self.taken)

    @property
    def warnings(self) -> list[Content]:
        """Which of them may have arrived, and what else speaks against it."""
        return remark_lines(self.remarks, len(self.taken))

    def _unknown_words(self) -> str:
        number = sum(message.state is DeliveryState.UNKNOWN for message in self.messages)
        if not number:
            return ""
        how = "included" if self.chosen.unknown else "excluded"
        other = "excludes" if self.chosen.unknown else "includes"
        return f"{count(number)} may have arrived: {how} ({self.keys[0]} {other})"


def states_words(messages: Sequence[OutboxMessage], states: Sequence[DeliveryState]) -> str:
    """`2 failed, 8 called off`; what there is none of is not named."""
    counts = [(sum(message.state is state for message in messages), DELIVERY[state].word) for state in states]
    return ", ".join(f"{count(number)} {word}" for number, word in counts if number)


class ResendScreen(SummaryScreen):
    """Dismissed as its base is; or with False and another `chosen`, about which is to be asked then."""

    BINDINGS: ClassVar[list[BindingType]] = [*bindings("resend")]

    def __init__(self, resend: Resend) -> None:
        super().__init__(resend)
        self._resend = resend
        self.chosen = resend.chosen

    def action_confirm_send(self, anyway: bool) -> None:
        if self.is_ready and self._resend.trouble:
            self._say(f"Nothing was sent: {self._resend.trouble}")
        elif self.is_ready and not self._resend.taken:
            self._say(f"Nothing was sent: {self._resend.keys[0]} includes those that may have arrived.")
        else:
            super().action_confirm_send(anyway)

    def action_take_unknown(self) -> None:
        if any(message.state is DeliveryState.UNKNOWN for message in self._resend.messages):
            self._choose(self.chosen._replace(unknown=not self.chosen.unknown))
        else:
            self._say("None of them is unknown.")

    def action_any_port(self) -> None:
        if self._resend.may_choose:
            self._choose(self.chosen._replace(any_port=not self.chosen.any_port))
        else:
            self._say("They already use any port that is ready.")

    def _choose(self, chosen: Chosen) -> None:
        if self.is_ready:
            self.chosen = chosen
            self.dismiss(False)


class Resending:
    """The conversation behind the key."""

    def __init__(self, store: LiveReader, backend: Backend, *, confirm_above: int) -> None:
        self._store = store
        self._backend = backend
        self._confirm_above = confirm_above

    def begin(self, widget: Widget, of: str, ids: Callable[[], Sequence[int]], *, label: str) -> None:
        """Ask about it over whatever `widget` is on, and do it. Returns at once. `of` says what the messages of these
        `ids` are of, which are read aside.
        """
        # The application's own work: it is done even where the screen it was decided on is gone by then.
        widget.app.run_worker(self._ask(widget, of, ids, label), exit_on_error=False)

    async def _ask(self, widget: Widget, of: str, ids: Callable[[], Sequence[int]], label: str) -> None:
        name = keymap_of(widget).name
        keys, chosen = (name("resend.unknown"), name("resend.any-port")), Chosen()
        with explained(widget):
            while True:
                resend, seen = await asyncio.to_thread(self._look, of, ids, chosen, keys)
                screen = ResendScreen(resend)
                if await widget.app.push_screen_wait(screen):
                    break
                if screen.chosen == chosen:
                    return
                chosen = screen.chosen
            again = f"{_AGAIN}{label.removeprefix(_AGAIN)}"
            batch = await asyncio.wrap_future(self._backend.sending.submit_all(resend.drafts, again, seen))
            words = f"{plural(batch.total, 'message')} queued again, as batch {batch.id}."
            widget.app.notify(words, markup=False)

    def _look(
        self, of: str, ids: Callable[[], Sequence[int]], chosen: Chosen, keys: tuple[str, str]
    ) -> tuple[Resend, Seen]:
        """Reads the store, and there may be many: for a thread of its own. Raises CannotSend where there is nothing to
        send again; StoreError.
        """
        wanted = ids()
        seen = self._store.sending.seen(wanted)
        found = share(self._store.outbox.messages(wanted), _why_not)
        if not found.taken:
            raise CannotSend(f"Nothing to send again in {of}.", hint=_nothing_words(found))
        gateways = {gateway.name: gateway for gateway in self._backend.gateways()}
        gateway = gateways.get(found.taken[0].draft.gateway)
        resend = Resend(of, found, chosen, self._confirm_above, gateway=gateway, keys=keys)
        drafts = resend.drafts
        try:
            forecast = self._backend.forecast(drafts)
        except ConsoleError as error:
            return replace(resend, trouble=error.in_full), seen
        return replace(resend, forecast=forecast, remarks=self._backend.remarks(drafts)), seen


_SENT_AGAIN = "sent again already"


def _why_not(message: OutboxMessage) -> str:
    """Why a message is not sent again."""
    if not message.is_ours:
        return "not ours"
    if message.again_as is not None:
        return _SENT_AGAIN
    return "" if message.state in {*SAFE, DeliveryState.UNKNOWN} else DELIVERY[message.state].word


def _nothing_words(found: Share[OutboxMessage]) -> str:
    """Why none of them is."""
    if not found.left:
        return "None of them failed, is unknown or was cancelled."
    if {why for why, _ in found.left} == {_SENT_AGAIN}:
        return "All of them were sent again already."
    return f"Left out: {found.left_words}."


def marked_words(ids: Sequence[int]) -> str:
    """What messages that are marked are called."""
    return "the marked message" if len(ids) == 1 else f"the {count(len(ids))} marked messages"
