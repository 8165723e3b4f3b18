"""Asks the gateway what became of one of our messages, and keeps what it says as evidence."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Protocol

from console.errors import CannotSend
from console.services.sending.outbox import Outbox
from console.services.sending.status_query import StatusQuery

if TYPE_CHECKING:
    from collections.abc import Sequence

    import httpx

    from console.config import GatewayConfig
    from console.domain.clock import Clock
    from console.protocol.http.status import SmsStatus
    from console.services.sending.outbox import OutboxStore

SOURCE = "smsstatus"
"""Who says so, in the evidence."""


class Asking(Protocol):
    """`StatusQuery`, as this needs it."""

    async def ask(self, number: str, wire_id: str) -> SmsStatus: ...


class StatusCheck:
    """Belongs to the services' event loop."""

    def __init__(
        self,
        gateways: Sequence[GatewayConfig],
        store: OutboxStore,
        clock: Clock,
        *,
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._store = store
        self._outbox = Outbox(store, clock)
        self._queries = {
            gateway.name: StatusQuery(gateway, gateway.http, transport=transport)
            for gateway in gateways
            if gateway.http is not None
        }

    async def ask(self, message_id: int) -> str:
        """What the gateway says of the message, in words for the operator. Where it names the message's own id, that is
        kept as evidence and moves it as any word of the gateway does.

        Raises CannotSend where there is nothing to ask about, what `StatusQuery` raises, and StoreError.
        """
        message = await asyncio.to_thread(self._store.outbox_message, message_id)
        if message is None:
            raise CannotSend(f"There is no message {message_id} in the outbox.", hint="It may have been removed.")
        query = self._queries.get(message.draft.gateway)
        if query is None:
            raise CannotSend(
                f"Gateway {message.draft.gateway} has no HTTP interface in the configuration.",
                hint="Add [gateways.http], or look into the outbox on the gateway's own pages.",
            )
        words: list[str] = []
        several = len(message.segments) > 1
        for number in range(1, len(message.segments) + 1) if several else (0,):
            wire_id = await asyncio.to_thread(self._store.wire_id, message_id, number)
            status = await query.ask(message.draft.to, wire_id)
            words.append(f"segment {number}: {status.words}" if several else status.words)
            if status.state is not None:
                await self._outbox.record(message_id, number, status.state, SOURCE, status.words)
        return " ".join(dict.fromkeys(words))
