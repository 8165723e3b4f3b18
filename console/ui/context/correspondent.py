"""Who a message is from or to, as far as the screen needs it: to show the thread, and to answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textual.message import Message

from console.domain.messages import InboxMessage, OutboxMessage
from console.protocol.sms.numbers import in_full
from console.protocol.text.port_names import port_number

if TYPE_CHECKING:
    from console.config import Regions


class Correspondent(NamedTuple):
    """A number or name, and the way a message from or to it took."""

    number: str
    """In full where its country is known, so that it is the same at every gateway; raw text from outside."""
    gateway: str
    port: int | None

    @classmethod
    def of(cls, message: InboxMessage | OutboxMessage, regions: Regions) -> Correspondent:
        """The other party of a message."""
        if isinstance(message, InboxMessage):
            number, gateway, port = message.callback.number, message.gateway, port_number(message.callback.port)
        else:
            number, gateway = message.draft.to, message.draft.gateway
            port = message.port if message.draft.port is None else message.draft.port
        return cls(in_full(number, regions.of(gateway)), gateway, port)


class ThreadWanted(Message):
    """The operator wants to see all that went to and came from somebody."""

    def __init__(self, correspondent: Correspondent) -> None:
        self.correspondent = correspondent
        super().__init__()
