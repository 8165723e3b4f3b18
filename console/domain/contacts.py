"""Names for numbers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom a number belongs to, as somebody here wrote it down."""

    number: str
    """As it was given; two writings of a number are the same by `console.protocol.sms.numbers`."""
    name: str
    """May come out of a file from elsewhere."""
