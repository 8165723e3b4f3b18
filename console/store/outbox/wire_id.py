"""The id that a message carries through the gateway, and by which its results find it again."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass

_FORM = re.compile(r"([0-9a-f]{12})-([0-9]{1,10})(?:-([0-9]{1,3}))?")


@dataclass(frozen=True, slots=True)
class WireId:
    """`5f0c1d2e3a4b-17` for message 17 as a whole, `5f0c1d2e3a4b-17-2` for its second segment.

    The token keeps a stranger who can reach the receiver from guessing the id of a message.
    """

    token: str
    """12 hexadecimal digits, drawn by `new_token()`."""
    message_id: int
    segment: int = 0
    """From 1; 0 for the message as a whole."""

    def __str__(self) -> str:
        tail = f"-{self.segment}" if self.segment else ""
        return f"{self.token}-{self.message_id}{tail}"

    @classmethod
    def parse(cls, text: str) -> WireId | None:
        """None when `text` is no id of ours, such as `null`."""
        match = _FORM.fullmatch(text)
        return cls(match[1], int(match[2]), int(match[3] or 0)) if match else None


LONGEST = WireId("0" * 12, 10**10 - 1, 999)
"""Message ids and segments that could be no longer."""


def new_token() -> str:
    """48 random bits."""
    return secrets.token_hex(6)
