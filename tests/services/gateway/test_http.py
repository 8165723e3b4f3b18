"""Asking a gateway by HTTP: where, how, for how long, and what trouble says."""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING

import httpx
import pytest

from console.config import GatewayConfig, HttpConfig, Secret
from console.services.gateway.http import error_words, new_client, page_address, read_body, time_limit
from tests.support.sending import FakeSendsms

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

HTTP = HttpConfig("smsuser", Secret("sesame"), tcp_port=8080, connect_timeout=3, answer_timeout=7)


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("192.0.2.1", "http://192.0.2.1:8080/sendsms"),
        ("gw1.example", "http://gw1.example:8080/sendsms"),
        ("2001:db8::1", "http://[2001:db8::1]:8080/sendsms"),
    ],
)
def test_a_page_has_an_address(host: str, address: str) -> None:
    assert page_address(GatewayConfig("gw1", host), HTTP, "sendsms") == address


async def test_a_request_asks_for_the_plain_bytes_and_is_not_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    gateway = FakeSendsms(b"answer")
    async with new_client(HTTP, gateway) as client:
        await client.get("http://192.0.2.1:8080/sendsms?password=sesame")
    assert gateway.requests[0].headers["Accept-Encoding"] == "identity"
    assert caplog.text == ""


async def test_a_redirection_is_not_followed() -> None:
    elsewhere = httpx.Response(302, headers={"Location": "http://192.0.2.66/"}, content=b"")
    gateway = FakeSendsms(elsewhere)
    async with new_client(HTTP, gateway) as client:
        answer = await client.get("http://192.0.2.1:8080/sendsms?password=sesame")
    assert answer.status_code == 302
    assert len(gateway.requests) == 1


def test_the_client_has_the_time_outs_of_the_configuration() -> None:
    timeout = new_client(HTTP).timeout
    assert (timeout.connect, timeout.read) == (3, 7)


async def test_all_of_a_request_has_a_limit_too() -> None:
    loop = asyncio.get_running_loop()
    before = loop.time()
    async with time_limit(HTTP) as limit:
        assert before + 10 <= (limit.when() or 0) <= loop.time() + 10


class Endless(httpx.AsyncByteStream):
    """A body that never ends; counts what was taken of it."""

    def __init__(self) -> None:
        self.taken = 0

    async def __aiter__(self) -> AsyncIterator[bytes]:
        while True:
            self.taken += 1
            yield b"x" * 10


async def test_a_body_is_read_as_it_came() -> None:
    answer = httpx.Response(200, headers={"Content-Encoding": "gzip"}, stream=httpx.ByteStream(b"no gzip"))
    assert await read_body(answer, 7) == b"no gzip"


async def test_of_an_endless_body_no_more_is_read_than_tells_so() -> None:
    body = Endless()
    assert len(await read_body(httpx.Response(200, stream=body), 25)) == 30
    assert body.taken == 3


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (httpx.ConnectError("connection refused"), "ConnectError: connection refused"),
        (TimeoutError(), "TimeoutError"),
        (
            httpx.UnsupportedProtocol("no protocol in gw1/sendsms?username=u&password=sesame"),
            "UnsupportedProtocol: no protocol in gw1/sendsms?username=u&password=***",
        ),
    ],
)
def test_an_error_says_what_it_is_and_no_secret(error: Exception, words: str) -> None:
    assert error_words(error) == words
