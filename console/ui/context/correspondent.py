"""Who a message is from or to, as far as the screen needs it: to show the thread, and to answer."""

from __future__ import annotations

from typing import NamedTuple

from textual.message import Message

from console.domain.messages import InboxMessage, OutboxMessage
from console.protocol.openvox.port_names import port_number


class Correspondent(NamedTuple):
    """A number or name, and the way a message from or to it took."""

    number: str
    """Raw text from outside."""
    gateway: str
    port: int | None

    @classmethod
    def of(cls, message: InboxMessage | OutboxMessage) -> Correspondent:
        """The other party of a message."""
        if isinstance(message, InboxMessage):
            return cls(message.callback.number, message.gateway, port_number(message.callback.port))
        draft = message.draft
        return cls(draft.to, draft.gateway, message.port if draft.port is None else draft.port)


class ThreadWanted(Message):
    """The operator wants to see all that went to and came from somebody."""

    def __init__(self, correspondent: Correspondent) -> None:
        self.correspondent = correspondent
        super().__init__()
