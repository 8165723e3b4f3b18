"""The HTTP side of a gateway: where it is, the client that asks it, the time and bytes it gets, its errors in words."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

from console.protocol.text.redact import redact

if TYPE_CHECKING:
    import httpx

    from console.config import GatewayConfig, HttpConfig


def page_address(gateway: GatewayConfig, http: HttpConfig, page: str) -> str:
    """`http://192.0.2.1:80/sendsms`; an IPv6 address stands in brackets (RFC 3986 3.2.2)."""
    host = f"[{gateway.host}]" if ":" in gateway.host else gateway.host
    return f"{http.scheme}://{host}:{http.tcp_port}/{page}"


def new_client(http: HttpConfig, transport: httpx.AsyncBaseTransport | None = None) -> httpx.AsyncClient:
    """Asks a gateway directly, and as little as can be: no proxy, no redirection, no compression. Close it."""
    import httpx

    # It logs each request with its address, which holds the password or a number.
    logging.getLogger("httpx").setLevel(logging.WARNING)
    return httpx.AsyncClient(
        transport=transport,
        verify=http.verify_tls,
        # A proxy of the environment would see the password, and could send twice.
        trust_env=False,
        follow_redirects=False,
        headers={"Accept-Encoding": "identity", "User-Agent": "gsm-console"},
        # The gateway's server closes after each answer; a kept connection would only be found dead.
        limits=httpx.Limits(max_keepalive_connections=0),
        timeout=httpx.Timeout(http.answer_timeout, connect=http.connect_timeout),
    )


def time_limit(http: HttpConfig) -> asyncio.Timeout:
    """For a request from connecting to its last byte: the client's read time-out starts anew with every packet."""
    return asyncio.timeout(http.connect_timeout + http.answer_timeout)


async def read_body(response: httpx.Response, limit: int) -> bytes:
    """The body as it comes. Of one that is longer than `limit` bytes the beginning only, which is longer, too."""
    body = bytearray()
    async for chunk in response.aiter_raw():
        body += chunk
        if len(body) > limit:
            break
    return bytes(body)


def error_words(error: Exception) -> str:
    """The kind of an error, and what it says of itself, without secrets."""
    return redact(f"{type(error).__name__}: {error}" if str(error) else type(error).__name__)
