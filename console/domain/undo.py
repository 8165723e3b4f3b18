"""What can be undone, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Deed(StrEnum):
    """What was done."""

    READ = "read"
    CLAIM = "claim"
    DONE = "done"
    RELEASE = "release"
    NAME = "name"
    PORT = "note"
    """The note of a port, or whether it is left out of auto."""


@dataclass(frozen=True, slots=True)
class Undone:
    """The last deed, taken back as far as nobody changed its things since."""

    deed: Deed
    target: str
    """A number, or a port with its gateway; raw text from outside. Empty for messages that were read."""
    restored: int
    """How many things are again as they were; 0: what was done stays, somebody has changed it since."""
    others: int = 0
    """How many stay as they are, because they were changed since."""
    by: str = ""
    """Who changed it since, as far as that is known."""
