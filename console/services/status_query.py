"""Asks a gateway's `/smsstatus` what became of a message. A question changes nothing, so it may be asked again."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from console.errors import ActionRefused, GatewayError, NotConnected
from console.protocol.gsm_commands import check_destination, check_id
from console.protocol.http_status import build_query, read_status

if TYPE_CHECKING:
    import httpx

    from console.config import GatewayConfig, HttpConfig
    from console.protocol.http_status import SmsStatus

ANSWER_LIMIT = 64 * 1024
"""Bytes read of an answer; a row of the gateway's outbox has a few hundred."""

_NOT_THERE = frozenset({401, 403, 404})
"""Said by the web server where the page is not offered, or not to this address."""


class StatusQuery:
    """Asks one gateway, over its HTTP interface. No account is needed for it, and none is sent."""

    def __init__(
        self, gateway: GatewayConfig, http: HttpConfig, *, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        host = f"[{gateway.host}]" if ":" in gateway.host else gateway.host
        self._address = f"{http.scheme}://{host}:{http.tcp_port}/smsstatus"
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
            # The read time-out starts anew with every packet; this one does not.
            async with asyncio.timeout(self._http.connect_timeout + self._http.answer_timeout):
                status, body = await self._get(query)
        except (httpx.ConnectError, httpx.ConnectTimeout, httpx.UnsupportedProtocol) as error:
            raise NotConnected(
                f"{self._name} can't be reached at {self._address} ({_words(error)}).",
                hint="Check host, scheme and tcp_port of [gateways.http].",
            ) from error
        except (httpx.HTTPError, TimeoutError) as error:
            raise GatewayError(
                f"{self._name} did not answer /smsstatus ({_words(error)}).", hint="Ask again; asking changes nothing."
            ) from error
        if status in _NOT_THERE:
            raise ActionRefused(
                f"{self._name} does not offer /smsstatus (HTTP {status}).",
                hint="On the gateway's pages switch on HTTP to SMS, and the storing of sent SMS.",
            )
        if status != 200:
            raise GatewayError(f"{self._name} answered /smsstatus with HTTP {status}.", hint="Ask again in a moment.")
        return read_status(body, wire_id)

    async def _get(self, query: str) -> tuple[int, bytes]:
        import httpx

        # It logs each request with the number in its address.
        logging.getLogger("httpx").setLevel(logging.WARNING)
        body = bytearray()
        async with (
            httpx.AsyncClient(
                transport=self._transport,
                verify=self._http.verify_tls,
                trust_env=False,
                follow_redirects=False,
                headers={"Accept-Encoding": "identity", "User-Agent": "gsm-console"},
                timeout=httpx.Timeout(self._http.answer_timeout, connect=self._http.connect_timeout),
            ) as client,
            client.stream("GET", f"{self._address}?{query}") as response,
        ):
            async for chunk in response.aiter_raw():
                body += chunk
                if len(body) > ANSWER_LIMIT:
                    raise GatewayError(f"{self._name} answered /smsstatus with more than {ANSWER_LIMIT} bytes.")
            return response.status_code, bytes(body)


def _words(error: Exception) -> str:
    """The kind of an error, and what it says of itself."""
    return f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
