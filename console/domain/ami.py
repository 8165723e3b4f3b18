"""One message of the Asterisk Manager Interface."""

from __future__ import annotations

from enum import StrEnum
from typing import Protocol


class AmiKind(StrEnum):
    """Told by the first line of a block."""

    BANNER = "banner"
    RESPONSE = "response"
    EVENT = "event"
    OTHER = "other"
    """A block that begins with neither `Response:` nor `Event:`; kept as it came."""
    TEXT = "text"
    """A block that a stranger may have written, in the text of an SMS: kept as it came, and never acted on."""


class AmiMessage(Protocol):
    """What a server sent: a banner line, a response, an event, or a stray block. Immutable."""

    @property
    def kind(self) -> AmiKind: ...

    @property
    def complete(self) -> bool:
        """False when it was not received whole: the stream ended in it, it was too long, or a text cut it."""
        ...

    @property
    def name(self) -> str:
        """The banner line; the Response word; the Event's name; empty for OTHER and TEXT."""
        ...

    @property
    def headers(self) -> tuple[tuple[str, str], ...]:
        """In order, names repeat. `Output:` headers of a new-form Command are in `output`, not here."""
        ...

    @property
    def output(self) -> tuple[str, ...] | None:
        """Lines of a Command's output, in either form; None when this is no Command answer."""
        ...

    @property
    def raw(self) -> bytes:
        """The bytes as received, whole."""
        ...

    def get(self, name: str, default: str = "") -> str:
        """The first header of that name (any case), or `default`."""
        ...
