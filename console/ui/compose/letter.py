"""A message as it stands in the form: to one or many, and the drafts that it becomes. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from console.domain.link import LinkPhase
from console.domain.messages import Draft, Via
from console.domain.sending import Remark
from console.errors import CannotSend
from console.protocol.sms.fields import fill, is_personal, unfilled
from console.protocol.sms.look_alikes import composed
from console.protocol.text.time_words import Window
from console.ui.compose.addressees import refusals

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from console.domain.link import GatewaySnapshot
    from console.domain.messages import OutboxMessage
    from console.domain.plan import SegmentPlan
    from console.protocol.sms.recipients import Recipient
    from console.ui.compose.addressees import Reading

Route = int | str | None
"""A GSM port, the name of a set of ports, or None to let the console choose."""

_LABEL = 40
"""Characters of a text by which a batch is known."""

_REFUSALS = 3
"""Refused entries that are named."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Into how many segments a text is cut that is not the same for all."""

    fewest: int
    most: int
    total: int
    """Of all recipients together."""


class Preview(NamedTuple):
    """What is shown of a letter before it is sent."""

    draft: Draft
    trouble: str = ""
    """Why it can't be sent, in words."""
    remark: str = ""
    """What goes as it stands though it looks like a field, in words."""


@dataclass(frozen=True, slots=True)
class Letter:
    """The form, filled in or not."""

    gateway: str
    via: Via
    route: Route
    text: str
    """As it was written: with its fields, where it has some."""
    reading: Reading
    is_template: bool = False
    """Whether the text came from the templates."""
    again: Mapping[str, OutboxMessage] = field(default_factory=dict)
    """Recipient -> the message that goes to them once more."""
    when: Window = Window()  # noqa: RUF009 - it can't be changed
    """When it may leave."""

    @property
    def personal(self) -> bool:
        """Whether fields are looked for in the text: somebody means them, as `console.protocol.sms.fields` says."""
        reading = self.reading
        return is_personal(self.text, has_fields=self.is_template or reading.has_fields, has_names=reading.has_names)

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """Why the list or the text should be looked at twice, whoever gets it."""
        guesses = [Remark("guess", words) for words in self.reading.listed.guesses]
        odd = (Remark("time", words) for words in self.when.remarks)
        return (*guesses, *([self._unfilled] if self._unfilled else []), *odd)

    @property
    def _unfilled(self) -> Remark | None:
        return None if self.personal else unfilled(self.text)

    @property
    def label(self) -> str:
        """What a batch of it is called: the file's name, or the beginning of the text."""
        return self.reading.file or " ".join(self.text[: 2 * _LABEL].split())[:_LABEL]

    def draft_to(self, recipient: Recipient) -> Draft:
        """Raises CannotSend for a field of the text that nothing is known for."""
        text = fill(self.text, recipient.values, to=recipient.number) if self.personal else self.text
        return self._draft(recipient.number, text)

    def drafts(self) -> list[Draft]:
        """One for each recipient, in order. Raises CannotSend as `draft_to` does."""
        return [self.draft_to(recipient) for recipient in self.reading.listed.recipients]

    def sample(self) -> Draft:
        """The first of them; to nobody where there is none yet. Raises CannotSend as `draft_to` does."""
        people = self.reading.listed.recipients
        return self.draft_to(people[0]) if people else self.unfilled()

    def previewed(self) -> Preview:
        """What the sample is; where it can't be filled, the text as it was written."""
        remark = self._unfilled if self.reading.listed.recipients else None
        try:
            return Preview(self.sample(), remark=remark.words if remark else "")
        except CannotSend as error:
            return Preview(self.unfilled(), trouble=error.in_full)

    def unfilled(self) -> Draft:
        """The text as it was written, to nobody."""
        return self._draft("", self.text)

    def spread(self, plan: Callable[[Draft], SegmentPlan]) -> Spread:
        """Over all recipients. Raises CannotSend as `draft_to` does."""
        counts = [len(plan(self.draft_to(recipient)).segments) for recipient in self.reading.listed.recipients]
        return Spread(min(counts, default=0), max(counts, default=0), sum(counts))

    def _draft(self, number: str, text: str) -> Draft:
        again = self.again.get(number)
        return Draft(
            gateway=self.gateway,
            to=number,
            text=composed(text),
            port=self.route if isinstance(self.route, int) else None,
            via=self.via,
            pool=self.route if isinstance(self.route, str) else "",
            again_of=None if again is None else again.id,
            not_before=self.when.not_before,
            not_after=self.when.not_after,
        )


def usual_via(gateway: GatewaySnapshot | None) -> Via:
    """The way that messages go where nobody asks for another: by AMI, but where the gateway is configured without."""
    by_ami = gateway is None or gateway.link.phase is not LinkPhase.STOPPED
    return Via.AMI if by_ami else Via.HTTP


class Lack(NamedTuple):
    """What is missing."""

    words: str
    is_text: bool = False
    """Of the text; else of the recipients."""


def lacking(letter: Letter) -> Lack | None:
    """Why there is nothing to send yet; None when there is."""
    reading = letter.reading
    if reading.trouble:
        return Lack(reading.trouble)
    if not reading.listed.recipients:
        if rejected := reading.listed.rejected:
            more = " …" if len(rejected) > _REFUSALS else ""
            return Lack(f"There are no valid recipients: {refusals(rejected[:_REFUSALS], len(rejected))}{more}.")
        if reading.file:
            return Lack(f"There are no recipients in {reading.file}.")
        return Lack("Type a number in To first.")
    return None if letter.text else Lack("Type a text first.", is_text=True)
