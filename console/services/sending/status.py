"""Asking a gateway's `/smsstatus` what became of a message."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from console.errors import ActionRefused, CannotSend, GatewayError, NotConnected
from console.protocol.dialects.dialect import Lack
from console.protocol.dialects.known import DIALECTS
from console.protocol.driver.arguments import check_destination, check_id
from console.protocol.http.status import build_query, read_status
from console.services.gateway.http import error_words, new_client, page_address, read_body, time_limit
from console.services.sending.outbox import Outbox

if TYPE_CHECKING:
    from collections.abc import Sequence

    import httpx

    from console.config import GatewayConfig, HttpConfig
    from console.domain.clock import Clock
    from console.protocol.http.status import SmsStatus
    from console.services.sending.outbox import OutboxStore


ANSWER_LIMIT = 64 * 1024
"""Bytes read of an answer; a row of the gateway's outbox has a few hundred."""

_NOT_THERE = frozenset({401, 403, 404})
"""Said by the web server where the page is not offered, or not to this address."""


class StatusQuery:
    """Asks one gateway, over its HTTP interface. No account is needed for it, and none is sent."""

    def __init__(
        self, gateway: GatewayConfig, http: HttpConfig, *, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        self._address = page_address(gateway, http, "smsstatus")
        self._name = gateway.name
        self._http = http
        self._transport = transport

    async def ask(self, number: str, wire_id: str) -> SmsStatus:
        """What the gateway says of the message that went to `number` with `wire_id`.

        Raises CannotSend for what can't be asked for, NotConnected when there is no connection, ActionRefused when
        the gateway does not offer the page, and GatewayError when no readable answer came in time.
        """
        import httpx

        # Without an id the gateway would tell of its newest message to that number, whichever it is.
        query = build_query(check_destination(number), check_id(wire_id))
        try:
            async with time_limit(self._http):
                status, body = await self._get(query)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol) as error:
            raise NotConnected(
                f"{self._name} can't be reached at {self._address} ({error_words(error)}).",
                hint="Check host, scheme and tcp_port of [gateways.http].",
            ) from error
        except (httpx.HTTPError, TimeoutError) as error:
            raise GatewayError(
                f"{self._name} did not answer /smsstatus ({error_words(error)}).",
                hint="Ask again; asking changes nothing.",
            ) from error
        if status in _NOT_THERE:
            raise ActionRefused(
                f"{self._name} does not offer /smsstatus (HTTP {status}).",
                hint="On the gateway's pages, enable HTTP to SMS and the storing of sent SMS.",
            )
        if status != 200:
            raise GatewayError(f"{self._name} answered /smsstatus with HTTP {status}.", hint="Ask again in a moment.")
        return read_status(body, wire_id)

    async def _get(self, query: str) -> tuple[int, bytes]:
        async with (
            new_client(self._http, self._transport) as client,
            client.stream("GET", f"{self._address}?{query}") as response,
        ):
            body = await read_body(response, ANSWER_LIMIT)
        if len(body) > ANSWER_LIMIT:
            raise GatewayError(f"{self._name} answered /smsstatus with more than {ANSWER_LIMIT} bytes.")
        return response.status_code, body


SOURCE = "smsstatus"
"""Who says so, in the evidence."""


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
            if gateway.http is not None and not isinstance(DIALECTS[gateway.dialect].http, Lack)
        }
        self._silent = {one.name for one in gateways if isinstance(DIALECTS[one.dialect].http, Lack)}
        """Gateways of makes that can't be asked."""

    async def ask(self, message_id: int) -> str:
        """What the gateway says of the message, in words for the operator. Where it names the message's own id, that is
        kept as evidence and moves it as any word of the gateway does.

        Raises CannotSend where there is nothing to ask about, what `StatusQuery` raises, and StoreError.
        """
        message = await asyncio.to_thread(self._store.outbox_message, message_id)
        if message is None:
            raise CannotSend(f"There is no message {message_id} in the outbox.", hint="It may have been removed.")
        if not message.is_ours:
            raise CannotSend(
                f"Message {message_id} was sent by another program.", hint="You can only view such messages."
            )
        query = self._queries.get(message.draft.gateway)
        if message.draft.gateway in self._silent:
            raise CannotSend(
                f"{message.draft.gateway} can't be asked for the outcome of a message.",
                hint="Check the outbox on the gateway's own pages.",
            )
        if query is None:
            raise CannotSend(
                f"Gateway {message.draft.gateway} has no HTTP interface in the configuration.",
                hint="Add [gateways.http], or check the outbox on the gateway's own pages.",
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
