"""A webhook: JSON, posted to where the operator said, and to nowhere else. A seam: who posts is known here alone."""

from __future__ import annotations

import asyncio
import json
import logging
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from console.protocol.rules.telling import signature

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.config import Secret


async def post(
    url: Secret, fields: Mapping[str, object], *, secret: Secret | None, key: str, at: float, timeout: float
) -> str:
    """Post it once; what went wrong, in words, or nothing. Any 2xx is success; no redirection is followed, and
    no proxy of the environment asked.

    The address may hold a token, so only its host is ever told. `key` is the same at each attempt (`Idempotency-Key`),
    so that who gets it twice can tell. `at` is now, Unix seconds UTC; `timeout` is in seconds, for all of it.
    """
    import httpx

    logging.getLogger("httpx").setLevel(logging.WARNING)  # it logs addresses
    body = json.dumps(fields).encode()
    headers = {"Content-Type": "application/json", "User-Agent": "gsm-console", "Idempotency-Key": key}
    headers["X-Timestamp"] = f"{int(at)}"
    if secret is not None:
        headers["X-Signature"] = signature(secret.reveal(), int(at), body)
    host = urlsplit(url.reveal()).hostname
    try:
        async with (
            asyncio.timeout(timeout),
            httpx.AsyncClient(follow_redirects=False, trust_env=False, timeout=timeout) as client,
            client.stream("POST", url.reveal(), content=body, headers=headers) as response,
        ):
            status = response.status_code
    except TimeoutError:
        return f"webhook: {host} did not answer in {timeout:g} s"
    except (httpx.HTTPError, httpx.InvalidURL, UnicodeError, OSError) as error:
        return f"webhook: {host} can't be reached ({type(error).__name__})"
    return "" if 200 <= status < 300 else f"webhook: {host} answered {status}"
