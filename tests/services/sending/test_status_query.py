"""Asking a gateway what became of a message."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace
from typing import TYPE_CHECKING

import httpx
import pytest

from console.config import GatewayConfig, HttpConfig, Secret
from console.domain.messages import DeliveryState
from console.errors import ActionRefused, CannotSend, GatewayError, NotConnected
from console.protocol.http import send as http_send
from console.services.sending.status import ANSWER_LIMIT, StatusQuery
from console.simulator.gateway import Gateway
from console.simulator.options import ParameterNames, SimulatorOptions
from tests.support.sending import FakeSendsms

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

OURS = "5f0c1d2e3a4b-17"
NUMBER = "+8613632919026"
PASSWORD = "http-sesame"
HTTP = HttpConfig("smsuser", Secret(PASSWORD))
GATEWAY = GatewayConfig("gw1", "192.0.2.10", http=HTTP)
OPTIONS = SimulatorOptions(ports=3, http_password=PASSWORD, sync_delay=0, login_delay=0)


class Stalled(httpx.AsyncBaseTransport):
    """A gateway that takes the question and never answers."""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        await asyncio.Event().wait()
        raise AssertionError("unreachable")


def playing(*answers: bytes | Exception | httpx.Response) -> tuple[StatusQuery, FakeSendsms]:
    pages = FakeSendsms(*answers)
    return StatusQuery(GATEWAY, HTTP, transport=pages), pages


def row(word: str, id: str = OURS) -> bytes:  # noqa: A002 - as on the wire
    return f'{{"id": "{id}", "phonenumber": "{NUMBER}", "status": "{word}", "cause": ""}}'.encode()


async def test_the_question_names_number_and_id_and_holds_no_secret() -> None:
    query, pages = playing(row("SEND"))
    status = await query.ask(NUMBER, OURS)
    assert status.state is DeliveryState.SENT
    (request,) = pages.requests
    assert request.method == "GET"
    assert request.url.path == "/smsstatus"
    assert dict(request.url.params) == {"phonenumber": NUMBER, "id": OURS}
    assert PASSWORD not in f"{request.url} {request.headers}"
    assert "authorization" not in request.headers


async def test_an_answer_about_another_message_is_no_state() -> None:
    query, _ = playing(row("DELIVERD", "5f0c1d2e3a4b-18"))
    assert (await query.ask(NUMBER, OURS)).state is None


async def test_it_may_be_asked_again() -> None:
    query, pages = playing(b"This SMS is not exist", row("DELIVERD"))
    assert (await query.ask(NUMBER, OURS)).state is None
    assert (await query.ask(NUMBER, OURS)).state is DeliveryState.DELIVERED
    assert len(pages.requests) == 2


@pytest.mark.parametrize(
    ("number", "wire_id"), [("", OURS), ("DHL", OURS), ("1&id=2", OURS), (NUMBER, ""), (NUMBER, "a b")]
)
async def test_what_can_not_be_asked_for_does_not_leave(number: str, wire_id: str) -> None:
    query, pages = playing()
    with pytest.raises(CannotSend):
        await query.ask(number, wire_id)
    assert pages.requests == []


@pytest.mark.parametrize("error", [httpx.ConnectError("connection refused"), httpx.ConnectTimeout("")])
async def test_no_connection(error: Exception) -> None:
    query, _ = playing(error)
    with pytest.raises(NotConnected, match=r"gw1 can't be reached at http://192\.0\.2\.10:80/smsstatus") as raised:
        await query.ask(NUMBER, OURS)
    assert "gateways.http" in raised.value.hint


@pytest.mark.parametrize(
    "error", [httpx.ReadTimeout(""), httpx.ReadError("reset"), httpx.RemoteProtocolError("peer closed connection")]
)
async def test_no_answer(error: Exception) -> None:
    query, _ = playing(error)
    with pytest.raises(GatewayError, match=f"did not answer /smsstatus .{type(error).__name__}"):
        await query.ask(NUMBER, OURS)


async def test_an_answer_that_does_not_come_is_not_waited_for_for_ever() -> None:
    query = StatusQuery(GATEWAY, replace(HTTP, connect_timeout=0.01, answer_timeout=0.01), transport=Stalled())
    with pytest.raises(GatewayError, match="TimeoutError"):
        await query.ask(NUMBER, OURS)


@pytest.mark.parametrize("code", [401, 403, 404])
async def test_a_page_that_is_not_offered(code: int) -> None:
    query, _ = playing(httpx.Response(code, stream=httpx.ByteStream(b"<html>")))
    with pytest.raises(ActionRefused, match=f"HTTP {code}"):
        await query.ask(NUMBER, OURS)


@pytest.mark.parametrize("code", [302, 500])
async def test_any_other_code_is_no_answer(code: int) -> None:
    query, pages = playing(
        httpx.Response(code, headers={"Location": "http://192.0.2.66/"}, stream=httpx.ByteStream(row("SEND")))
    )
    with pytest.raises(GatewayError, match=f"HTTP {code}"):
        await query.ask(NUMBER, OURS)
    assert len(pages.requests) == 1


async def test_an_endless_answer_is_cut() -> None:
    query, _ = playing(b"x" * (ANSWER_LIMIT + 1))
    with pytest.raises(GatewayError, match="more than"):
        await query.ask(NUMBER, OURS)


async def test_no_proxy_of_the_environment_hears_the_question(monkeypatch: pytest.MonkeyPatch) -> None:
    async with Gateway(OPTIONS) as gateway:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, "http://192.0.2.66:3128")
        assert "no record" in (await over_sockets(gateway).ask(NUMBER, OURS)).words


async def test_the_number_is_in_no_log(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    query, _ = playing(row("SEND"))
    await query.ask(NUMBER, OURS)
    assert "13632919026" not in caplog.text


# ---- the simulated gateway, over sockets --------------------------------------------------------------------


def over_sockets(gateway: Gateway, **changes: object) -> StatusQuery:
    http = replace(HTTP, tcp_port=gateway.http_address[1])
    return StatusQuery(replace(GATEWAY, host="127.0.0.1", http=http), replace(http, **changes))  # type: ignore[arg-type]


async def has_sent(gateway: Gateway, to: str, wire_id: str) -> None:
    """Let the gateway send a message, and know what became of it."""
    query = http_send.build_query(username="smsuser", password=PASSWORD, to=to, text="hello", port="1", id=wire_id)
    host, tcp_port = gateway.http_address
    async with httpx.AsyncClient(trust_env=False) as client:
        assert "sending" in (await client.get(f"http://{host}:{tcp_port}/sendsms?{query}")).text
    await gateway.queue.idle()


@pytest.fixture
async def gateway() -> AsyncIterator[Gateway]:
    async with Gateway(OPTIONS) as gateway:
        yield gateway


async def test_a_message_that_was_sent(gateway: Gateway) -> None:
    await has_sent(gateway, NUMBER, OURS)
    status = await over_sockets(gateway).ask(NUMBER, OURS)
    assert (status.state, status.words) == (DeliveryState.SENT, "The gateway says SEND.")


async def test_a_message_that_was_not(gateway: Gateway) -> None:
    gateway.fail_port(1)
    await has_sent(gateway, NUMBER, OURS)
    assert (await over_sockets(gateway).ask(NUMBER, OURS)).state is DeliveryState.FAILED


async def test_names_of_the_gateway_s_own_page() -> None:
    names = ParameterNames(number="num", port="p", time="t", imsi="i", status="Zustand")
    async with Gateway(replace(OPTIONS, parameter_names=names)) as gateway:
        await has_sent(gateway, NUMBER, OURS)
        assert (await over_sockets(gateway).ask(NUMBER, OURS)).state is DeliveryState.SENT


async def test_a_message_that_the_gateway_does_not_know(gateway: Gateway) -> None:
    await has_sent(gateway, NUMBER, OURS)
    for number, wire_id in ((NUMBER, "5f0c1d2e3a4b-18"), ("10086", OURS)):
        status = await over_sockets(gateway).ask(number, wire_id)
        assert status.state is None
        assert "no record" in status.words


async def test_a_gateway_that_is_gone() -> None:
    async with Gateway(OPTIONS) as gateway:
        query = over_sockets(gateway)
    with pytest.raises(NotConnected):
        await query.ask(NUMBER, OURS)
