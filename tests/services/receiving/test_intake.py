"""Requests over real sockets: what each is answered, and what is in the store by then."""

from __future__ import annotations

import contextlib
import sqlite3
from typing import TYPE_CHECKING

import pytest

from console.config import GatewayConfig
from console.domain.messages import CallbackKind, DeliveryState, Evidence
from console.errors import StoreError
from tests.support.backend import NOON
from tests.support.messages import draft
from tests.support.receiving import Caller, SlowStore, call, receiving, until

if TYPE_CHECKING:
    from console.store import Store
    from tests.support.backend import FixedClock

GW1 = GatewayConfig(name="gw1", host="192.0.2.10", parameter_names={"wer": "number", "was": "text"})
GW2 = GatewayConfig(name="gw2", host="127.0.0.1")


async def test_200_means_that_it_is_in_the_store(store: Store, clock: FixedClock) -> None:
    async with receiving(store, clock, GW1) as receiver:
        caller = await Caller.connect(receiver)
        assert await caller.get("/sms/gw1?num=%2B861&port=3&message=hello&time=2014/09/11%2009:36:47&") == 200
        (message,) = store.inbox_slice(0, 10)
        assert (message.gateway, message.callback.number, message.callback.text) == ("gw1", "+861", "hello")
        assert message.raw == b"/sms/gw1?num=%2B861&port=3&message=hello&time=2014/09/11%2009:36:47&"
        assert message.received_at == NOON
        caller.close()
        status = receiver.status
        assert (status.listening, status.accepted, status.refused, status.detail) == (True, 1, 0, "")
        assert status.address == f"127.0.0.1:{receiver.address[1]}"


async def test_503_when_the_store_fails_and_the_status_says_so(clock: FixedClock) -> None:
    store = SlowStore()
    async with receiving(store, clock) as receiver:
        for outcome in (StoreError("the disk is full"), None):
            caller = await Caller.connect(receiver)
            caller.send(b"GET /?num=1&message=a HTTP/1.1\r\n\r\n")
            await until(lambda: store.futures and not store.futures[-1].done())
            if outcome is not None:
                store.futures[-1].set_exception(outcome)
                assert (await caller.rest()).startswith(b"HTTP/1.1 503 ")
                assert "503" in receiver.status.detail
                assert "the disk is full" in receiver.status.detail
                # It was welcome: it is not refused, but it is not kept either.
                assert (receiver.status.refused, receiver.status.refusals) == (0, ())
                assert (receiver.status.accepted, receiver.status.unkept) == (0, 1)
                (lost,) = receiver.status.unkept_calls
                assert (lost.address, lost.reason, lost.count) == ("127.0.0.1", "the disk is full", 1)
            else:
                store.futures[-1].set_result(1)
                assert await caller.status() == 200
                assert receiver.status.detail == ""
            caller.close()


async def test_a_locked_database_is_503(store: Store, clock: FixedClock) -> None:
    async with receiving(store, clock) as receiver:
        with contextlib.closing(sqlite3.connect(store.path, isolation_level=None)) as other:
            other.execute("BEGIN IMMEDIATE")
            assert (await call(receiver, b"GET /?num=1&message=a HTTP/1.1\r\n\r\n")).startswith(b"HTTP/1.1 503 ")
            other.execute("ROLLBACK")
        assert (await call(receiver, b"GET /?num=1&message=b HTTP/1.0\r\n\r\n")).startswith(b"HTTP/1.1 200 ")
        assert [message.callback.text for message in store.inbox_slice(0, 9)] == ["b"]


async def test_what_can_t_be_understood_is_kept_raw_and_answered_200(store: Store, clock: FixedClock) -> None:
    async with receiving(store, clock) as receiver:
        assert (await call(receiver, b"GET /x?key=1&key=hello& HTTP/1.0\r\n\r\n")).startswith(b"HTTP/1.1 200 ")
        (message,) = store.inbox_slice(0, 9)
        assert message.callback.kind is CallbackKind.UNREADABLE
        assert message.raw == b"/x?key=1&key=hello&"
        assert message.callback.reason


async def test_a_target_pasted_without_encoding(store: Store, clock: FixedClock) -> None:
    request = "GET /x?num=+861&message=Ваш баланс 5 & more&time=x HTTP/1.0\r\n\r\n".encode()
    async with receiving(store, clock) as receiver:
        assert (await call(receiver, request)).startswith(b"HTTP/1.1 200 ")
        callback = store.inbox_slice(0, 1)[0].callback
        assert (callback.number, callback.text) == ("+861", "Ваш баланс 5 & more")


async def test_a_gateway_s_charset_reads_query_and_body_of_its_calls_alone(store: Store, clock: FixedClock) -> None:
    chinese = GatewayConfig(name="gw3", host="192.0.2.12", charset="gbk")
    body = b"num=2&message=%C4%FA%BA%C3"
    async with receiving(store, clock, GW2, chinese) as receiver:
        for request in (
            b"GET /sms/gw3?num=1&message=%C4%FA%BA%C3 HTTP/1.0\r\n\r\n",
            b"POST /sms/gw3 HTTP/1.0\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body),
            b"GET /sms/gw2?num=3&message=%C4%FA HTTP/1.0\r\n\r\n",
        ):
            assert (await call(receiver, request)).startswith(b"HTTP/1.1 200 ")
    texts = [message.callback.text for message in store.inbox_slice(0, 9)]
    assert texts == ["Äú", "您好", "您好"]


async def test_what_is_no_http_is_kept_and_counted(store: Store, clock: FixedClock) -> None:
    async with receiving(store, clock) as receiver:
        assert (await call(receiver, b"\x00\x01num=1&message=a\r\n")).startswith(b"HTTP/1.1 400 ")
        (message,) = store.inbox_slice(0, 9)
        assert (message.raw, message.gateway) == (b"\x00\x01num=1&message=a\r\n", "")
        assert receiver.status.refusals[-1].address == "127.0.0.1"


async def test_a_post_with_its_parameters_in_the_body(store: Store, clock: FixedClock) -> None:
    request = b"POST /sms/gw1 HTTP/1.0\r\nContent-Length: 15\r\n\r\nnum=1&message=b"
    async with receiving(store, clock, GW1) as receiver:
        assert (await call(receiver, request)).startswith(b"HTTP/1.1 200 ")
        (message,) = store.inbox_slice(0, 9)
        assert (message.callback.text, message.gateway) == ("b", "gw1")
        assert message.raw == b"/sms/gw1\r\n\r\nnum=1&message=b"


@pytest.mark.parametrize(
    ("request_bytes", "status"),
    [
        (b"GET /favicon.ico HTTP/1.1\r\n\r\n", 404),
        (b"POST / HTTP/1.1\r\n\r\n", 404),
        (b"DELETE /?num=1&message=a HTTP/1.1\r\n\r\n", 405),
        (b"TRACE / HTTP/1.1\r\n\r\n", 405),
        (b"POST /?a HTTP/1.1\r\nContent-Length: 9999999\r\n\r\n", 413),
        (b"\x16\x03\x01\x02\x00", 400),
    ],
)
async def test_refused(store: Store, clock: FixedClock, request_bytes: bytes, status: int) -> None:
    async with receiving(store, clock) as receiver:
        assert (await call(receiver, request_bytes)).startswith(b"HTTP/1.1 %d " % status)
        assert store.inbox_count() == 0
        assert (receiver.status.accepted, receiver.status.refused) == (0, 1)
        refusal = receiver.status.refusals[0]
        assert (refusal.at, refusal.address) == (NOON, "127.0.0.1")
        assert refusal.reason


async def test_the_same_refusal_again_is_counted(store: Store, clock: FixedClock) -> None:
    async with receiving(store, clock) as receiver:
        for _ in range(5):
            await call(receiver, b"GET / HTTP/1.1\r\n\r\n")
        assert receiver.status.refused == 5
        assert [refusal.count for refusal in receiver.status.refusals] == [5]


@pytest.mark.parametrize(
    ("gateways", "path", "name"),
    [
        ((GW1, GW2), "/sms/gw1", "gw1"),
        ((GW1, GW2), "/gw1", "gw1"),
        ((GW1, GW2), "/gw1/anything", "gw1"),
        ((GW1, GW2), "http://console:8080/sms/gw1", "gw1"),
        ((GW1, GW2), "/sms/%67w1", "gw1"),
        ((GW1, GW2), "/sms/other", "gw2"),  # by its address
        ((GW1, GW2), "/", "gw2"),
        ((GW1,), "/sms", "gw1"),  # the only one
        ((GW1, GatewayConfig(name="gw3", host="192.0.2.11")), "/sms", ""),
        ((), "/sms/gw1", ""),
    ],
)
async def test_which_gateway_called(
    store: Store, clock: FixedClock, gateways: tuple[GatewayConfig, ...], path: str, name: str
) -> None:
    async with receiving(store, clock, *gateways) as receiver:
        await call(receiver, f"GET {path}?num=1&message=a HTTP/1.0\r\n\r\n".encode())
        assert store.inbox_slice(0, 1)[0].gateway == name


async def test_a_gateway_s_own_parameter_names(store: Store, clock: FixedClock) -> None:
    async with receiving(store, clock, GW1) as receiver:
        await call(receiver, b"GET /gw1?wer=%2B861&was=hallo HTTP/1.0\r\n\r\n")
        assert store.inbox_slice(0, 1)[0].callback.text == "hallo"


async def test_a_result_updates_its_message(store: Store, clock: FixedClock) -> None:
    message = store.add_outbox(draft(), 1).result(10)
    store.add_evidence(Evidence(message.id, 1, NOON, DeliveryState.SUBMITTING, "console", "")).result(10)
    wire_id = store.wire_id(message.id)
    async with receiving(store, clock, GW1) as receiver:
        target = f"/gw1?num=+861&port=3&id={wire_id}&imsi=&message=&time=x&type=SMS-Status-Result&status=Sent&"
        assert (await call(receiver, f"GET {target} HTTP/1.0\r\n\r\n".encode())).startswith(b"HTTP/1.1 200 ")
    after = store.outbox_message(message.id)
    assert after is not None
    assert after.state is DeliveryState.SENT


async def test_head_is_get_without_a_body(store: Store, clock: FixedClock) -> None:
    async with receiving(store, clock) as receiver:
        caller = await Caller.connect(receiver)
        caller.send(b"HEAD /?num=1&message=a HTTP/1.1\r\n\r\nHEAD /nothing HTTP/1.1\r\n\r\n")
        answers = await caller.rest()
        assert answers.count(b"HTTP/1.1 ") == 2
        assert answers.startswith(b"HTTP/1.1 200 ")
        assert answers.endswith(b"Connection: close\r\n\r\n")
        assert store.inbox_count() == 1
        caller.close()


async def test_methods_that_are_taken_are_told(store: Store, clock: FixedClock) -> None:
    async with receiving(store, clock) as receiver:
        caller = await Caller.connect(receiver)
        caller.send(b"OPTIONS * HTTP/1.1\r\n\r\nPUT /?num=1&message=a HTTP/1.1\r\n\r\n")
        asked, refused = (await caller.rest()).split(b"HTTP/1.1 ")[1:]
        assert asked.startswith(b"204 ")
        assert b"Content-Length" not in asked
        assert refused.startswith(b"405 ")
        for answer in (asked, refused):
            assert b"Allow: GET, HEAD, POST, OPTIONS\r\n" in answer
        caller.close()


async def test_a_body_that_is_held_back_is_asked_for(store: Store, clock: FixedClock) -> None:
    async with receiving(store, clock) as receiver:
        caller = await Caller.connect(receiver)
        caller.send(b"POST /sms HTTP/1.1\r\nContent-Length: 15\r\nExpect: 100-continue\r\n\r\n")
        assert await caller.status() == 100
        caller.send(b"num=1&message=b")
        assert await caller.status() == 200
        assert store.inbox_count() == 1
        caller.close()


async def test_json_in_chunks_becomes_an_sms(store: Store, clock: FixedClock) -> None:
    body = b'{"from": "+49151", "text": "how are you? 1+1 & so", "port": 3}'
    async with receiving(store, clock) as receiver:
        caller = await Caller.connect(receiver)
        caller.send(
            b"POST /sms HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n" % (len(body), body)
        )
        assert await caller.status() == 200
        (message,) = store.inbox_slice(0, 10)
        callback = message.callback
        assert (callback.number, callback.text, callback.port) == ("+49151", "how are you? 1+1 & so", "3")
        caller.close()


async def test_the_store_is_told_which_results_were_answered(clock: FixedClock) -> None:
    """Whoever had no answer calls again, in the same bytes as the next part has."""
    store = SlowStore()
    async with receiving(store, clock) as receiver:
        there, gone, sms = [await Caller.connect(receiver) for _ in range(3)]
        there.send(b"GET /?num=1&id=x&type=SMS-Status-Result&status=Sent& HTTP/1.1\r\n\r\n")
        await until(lambda: len(store.futures) == 1)
        gone.send(b"GET /?num=2&type=SMS-Status-Report&status=Message%20received& HTTP/1.1\r\n\r\n")
        await until(lambda: len(store.futures) == 2)
        sms.send(b"GET /?num=3&message=a HTTP/1.1\r\n\r\n")
        await until(lambda: len(store.futures) == 3)
        gone.close()
        await until(lambda: sum(connection.is_open for connection in receiver._connections) == 2)
        for number, future in enumerate(store.futures, 1):
            future.set_result(number)
        assert (await there.status(), await sms.status()) == (200, 200)
        assert store.answered == [1]
        there.close()
        sms.close()
