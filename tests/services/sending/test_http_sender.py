"""Sending by HTTP: what leaves, and what each answer and each loss is taken for."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import TYPE_CHECKING

import httpx
import pytest

from console.config import GatewayConfig, HttpConfig, Secret
from console.domain.messages import DeliveryState
from console.errors import CannotSend
from console.services.sending.http_sender import ANSWER_LIMIT, port_words, query_for, read_outcome
from tests.support.sending import Sending, by_http, report

if TYPE_CHECKING:
    from console.domain.link import HttpTrouble


async def test_one_request_for_each_recipient_with_an_id_of_its_own(sending: Sending) -> None:
    sending.sendsms.answers = [report("sending"), report("sending")]
    first = await sending.send(by_http("a + b & c", port=3))
    second = await sending.send(by_http(to="10086"))
    urls = [request.url for request in sending.sendsms.requests]
    assert urls[0].path == "/sendsms"
    assert dict(urls[0].params) == {
        "username": "smsuser",
        "password": "http-password",
        "phonenumber": "+8613632919026",
        "message": "a + b & c",
        "port": "3",
        "report": "JSON",
        "id": sending.store.wire_id(first.id),
    }
    assert urls[1].params["id"] == sending.store.wire_id(second.id)
    assert "port" not in urls[1].params


async def test_sending_is_accepted_and_not_sent(sending: Sending) -> None:
    sending.sendsms.answers = [report("sending")]
    message = await sending.send(by_http("x" * 500))
    assert message.state is DeliveryState.ACCEPTED
    assert message.segments == (DeliveryState.ACCEPTED,)
    assert '"result":"sending"' in message.detail


async def test_submitting_is_durable_before_the_request_leaves(sending: Sending) -> None:
    seen: list[DeliveryState] = []
    sending.sendsms.on_request = lambda request: seen.append(sending.store.outbox_slice(0, 1)[0].state)
    sending.sendsms.answers = [report("success")]
    message = await sending.send(by_http())
    assert seen == [DeliveryState.SUBMITTING]
    assert message.state is DeliveryState.SENT


@pytest.mark.parametrize(
    "error",
    [httpx.ConnectError("connection refused"), httpx.ConnectTimeout("")],
)
async def test_no_connection_is_failed_and_nothing_left(sending: Sending, error: Exception) -> None:
    sending.sendsms.answers = [error]
    message = await sending.send(by_http())
    assert sending.sendsms.requests == []
    assert message.state is DeliveryState.FAILED
    assert message.detail.startswith("not sent: no connection")


@pytest.mark.parametrize(
    "error",
    [
        httpx.ReadTimeout(""),
        httpx.WriteTimeout(""),
        httpx.WriteError("broken pipe"),
        httpx.ReadError("reset"),
        httpx.RemoteProtocolError("peer closed connection"),
    ],
)
async def test_a_loss_after_the_request_left_is_unknown_and_never_tried_again(
    sending: Sending, error: Exception
) -> None:
    sending.sendsms.answers = [error, report("sending")]
    message = await sending.send(by_http())
    assert message.state is DeliveryState.UNKNOWN
    assert "no readable answer" in message.detail
    await sending.send(by_http("another"))
    assert len(sending.sendsms.requests) == 2


async def test_http_is_in_trouble_until_the_gateway_answers_again(sending: Sending) -> None:
    def trouble() -> HttpTrouble | None:
        return sending.sender.http_trouble("gw1")

    assert trouble() is None
    for broken, words in (
        (httpx.ConnectError("connection refused"), "no connection"),
        (httpx.ReadTimeout(""), "no readable answer"),
        (httpx.Response(404, stream=httpx.ByteStream(b"")), "HTTP 404"),
        (httpx.Response(500, stream=httpx.ByteStream(b"")), "HTTP 500"),
    ):
        sending.sendsms.answers = [broken]
        await sending.send(by_http())
        known = trouble()
        assert known is not None
        assert words in known.words
        assert known.at == sending.clock.time()
        # That a message was refused is the network's word, and not trouble with HTTP.
        sending.sendsms.answers = [report("fail")]
        await sending.send(by_http())
        assert trouble() is None
    assert sending.sender.http_trouble("another") is None


async def test_an_endless_answer_is_cut_and_unknown(sending: Sending) -> None:
    sending.sendsms.answers = [b"x" * (ANSWER_LIMIT + 1)]
    message = await sending.send(by_http())
    assert message.state is DeliveryState.UNKNOWN
    assert "longer than" in message.detail


async def test_no_redirect_is_followed(sending: Sending) -> None:
    sending.sendsms.answers = [httpx.Response(302, headers={"Location": "http://192.0.2.66/"})]
    message = await sending.send(by_http())
    assert len(sending.sendsms.requests) == 1
    assert message.state is DeliveryState.UNKNOWN


async def test_the_password_is_in_no_log_and_no_evidence(sending: Sending, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    echo = b"http://192.0.2.10/sendsms?username=smsuser&password=http-password&x=1"
    sending.sendsms.answers = [report("sending"), echo, httpx.ReadTimeout("")]
    for text in "abc":
        message = await sending.send(by_http(text))
        assert "http-password" not in "".join(sending.story(message))
    assert "http-password" not in caplog.text


@pytest.mark.parametrize(
    ("status", "body", "state"),
    [
        (200, report("sending"), DeliveryState.ACCEPTED),
        (200, report("success"), DeliveryState.SENT),
        (200, report("not ready"), DeliveryState.FAILED),
        (200, report("fail"), DeliveryState.FAILED),
        (200, report("message too long"), DeliveryState.FAILED),
        (200, report(""), DeliveryState.UNKNOWN),
        (200, report("who knows"), DeliveryState.UNKNOWN),
        (200, b"sending", DeliveryState.ACCEPTED),
        (200, b"Authentication Failed: Need valid username and password\nusage", DeliveryState.FAILED),
        (200, b"Function is disable!\nusage", DeliveryState.FAILED),
        (200, b'{"error":"No free port to send sms, please try later"}', DeliveryState.FAILED),
        (200, b"\xff\xfe", DeliveryState.UNKNOWN),
        (200, b"", DeliveryState.UNKNOWN),
        (404, b"<html>", DeliveryState.FAILED),
        (401, b"", DeliveryState.FAILED),
        (500, b"", DeliveryState.UNKNOWN),
    ],
)
def test_what_an_answer_says(status: int, body: bytes, state: DeliveryState) -> None:
    outcome = read_outcome(status, body, "+8613632919026")
    assert outcome.state is state
    assert outcome.raw


def test_a_refusal_is_told_in_the_gateway_s_sentence() -> None:
    body = b"Authentication Failed: Need valid username and password\nUsage: pages and pages"
    assert read_outcome(200, body, "10086").raw == "Authentication Failed: Need valid username and password"


def test_a_port_is_written_as_the_firmware_reads_it() -> None:
    assert port_words(None, "number") is None
    assert port_words(3, "number") == "3"
    assert port_words(3, "board.span") == "gsm-1.3"


def test_the_timeout_is_sent_when_it_is_configured() -> None:
    http = HttpConfig(username="u", password=Secret("p"), send_timeout=20)
    gateway = GatewayConfig("gw1", "192.0.2.1", http=http)
    assert query_for(by_http(), gateway, "id-1").endswith("&id=id-1&timeout=20")


def test_the_dialect_says_how_a_port_is_written_unless_the_configuration_does() -> None:
    http = HttpConfig(username="u", password=Secret("p"))
    old = GatewayConfig("gw1", "192.0.2.1", http=http, dialect="openvox-2014")
    assert "&port=gsm-1.3&" in query_for(by_http(port=3), old, "id-1")
    assert "&port=3&" in query_for(by_http(port=3), replace(old, http=replace(http, port_style="number")), "id-1")
    assert "&port=3&" in query_for(by_http(port=3), replace(old, dialect="openvox"), "id-1")
    with pytest.raises(CannotSend, match="has no /sendsms"):
        query_for(by_http(port=3), replace(old, dialect="yeastar"), "id-1")


@pytest.mark.parametrize(
    ("status", "location", "advice"),
    [
        (301, "https://192.0.2.1/sendsms?username=smsuser&password=secret", "redirect to https: set scheme"),
        (302, "/login", "redirect to another address: check host, scheme"),
        (307, "", "redirect to another address"),
    ],
)
def test_a_redirect_was_not_carried_out(status: int, location: str, advice: str) -> None:
    outcome = read_outcome(status, b"<html>moved</html>", "10086", location)
    assert outcome.state is DeliveryState.FAILED
    assert advice in outcome.raw
    assert "secret" not in outcome.raw


@pytest.mark.parametrize("named", ["+8613632919026", "8613632919026", "13632919026", "008613632919026", "", "(null)"])
def test_an_answer_names_our_number_in_one_of_its_ways_or_none(named: str) -> None:
    assert read_outcome(200, _answer(named), "+8613632919026").state is DeliveryState.ACCEPTED


def test_an_answer_of_another_number_says_nothing_of_ours() -> None:
    outcome = read_outcome(200, _answer("+8613632919027"), "+8613632919026")
    assert outcome.state is DeliveryState.UNKNOWN
    assert outcome.raw.startswith("the answer is about another number, +8613632919027, not about this message: ")


def _answer(number: str) -> bytes:
    return (
        b'{"message":"hi","report":[{"0":[{"port":"1","phonenumber":"%s","id":"x","result":"sending"}]}]}'
        % number.encode()
    )
