"""Who may call the receiver, how much, and what it shows to those who watch; over real sockets."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from ipaddress import ip_network
from typing import TYPE_CHECKING

import pytest

from console.config import BasicConfig, GatewayConfig, ReceiverConfig, Secret
from console.domain.messages import DeliveryState, Evidence
from console.errors import StoreError
from console.services.receiving.callers import MAX_UNDER_WAY
from console.services.receiving.connection import REQUEST_TIME
from console.services.receiving.receiver import Receiver
from tests.support.backend import NOON
from tests.support.messages import draft
from tests.support.receiving import Caller, SlowStore, call, receiving, until

if TYPE_CHECKING:
    from console.store import Store
    from tests.support.backend import FixedClock

GW1 = GatewayConfig(name="gw1", host="192.0.2.10", parameter_names={"wer": "number", "was": "text"})
GW2 = GatewayConfig(name="gw2", host="127.0.0.1")


TOKEN = "correct-horse-battery"
NEXT_TOKEN = "staple-for-the-next-one"
GUARDED = GatewayConfig(
    name="gw1", host="192.0.2.10", tokens=(Secret(TOKEN), Secret(NEXT_TOKEN)), callers=(ip_network("127.0.0.0/8"),)
)
MESSAGE = "phonenumber=1&message=a"


@pytest.mark.parametrize(
    ("target", "kept"),
    [
        (f"/sms/gw1/{TOKEN}?{MESSAGE}", f"/sms/gw1/***?{MESSAGE}"),
        (f"/sms/gw1/{NEXT_TOKEN}?{MESSAGE}", f"/sms/gw1/***?{MESSAGE}"),
        (f"/sms/gw1?{MESSAGE}&token={TOKEN}", f"/sms/gw1?{MESSAGE}&token=***"),
        (f"/{TOKEN}?{MESSAGE}", f"/***?{MESSAGE}"),
    ],
)
async def test_a_valid_token_lets_in_and_is_not_kept(store: Store, clock: FixedClock, target: str, kept: str) -> None:
    async with receiving(store, clock, GUARDED) as receiver:
        assert (await call(receiver, f"GET {target} HTTP/1.0\r\n\r\n".encode())).startswith(b"HTTP/1.1 200 ")
        (message,) = store.inbox_slice(0, 9)
        assert message.raw == kept.encode()
        assert (message.callback.text, message.gateway) == ("a", "gw1")


async def test_a_token_in_a_body_is_not_kept_either(store: Store, clock: FixedClock) -> None:
    body = f"{MESSAGE}&token={TOKEN}".encode()
    request = b"POST /sms/gw1 HTTP/1.0\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
    async with receiving(store, clock, GUARDED) as receiver:
        assert (await call(receiver, request)).startswith(b"HTTP/1.1 200 ")
        assert store.inbox_slice(0, 9)[0].raw == f"/sms/gw1\r\n\r\n{MESSAGE}&token=***".encode()


@pytest.mark.parametrize(
    "body", ['{{"from": "1", "more": {{"token": "{}"}}}}', "--x\r\nContent-Type: a/b\r\n\r\n{}\r\n--x--"]
)
async def test_a_token_in_a_body_that_is_no_form_is_not_kept(store: Store, clock: FixedClock, body: str) -> None:
    sent = body.format(TOKEN).encode()
    request = b"POST /sms/gw1/%b HTTP/1.0\r\nContent-Length: %d\r\n\r\n%b" % (TOKEN.encode(), len(sent), sent)
    async with receiving(store, clock, GUARDED) as receiver:
        assert (await call(receiver, request)).startswith(b"HTTP/1.1 200 ")
        assert store.inbox_slice(0, 9)[0].raw == f"/sms/gw1/***\r\n\r\n{body.format('***')}".encode()


async def test_secrets_of_one_gateway_in_what_another_sends_unreadably_are_not_kept(
    store: Store, clock: FixedClock
) -> None:
    head = f"POST /sms/gw1/{TOKEN} HTTP/1.1\r\nAuthorization: Basic Ym94OnNlc2FtZQ==\r\nno colon here\r\n\r\n"
    async with receiving(store, clock, GUARDED, GW2) as receiver:
        assert (await call(receiver, f"{head}{MESSAGE}".encode())).startswith(b"HTTP/1.1 400 ")
        (message,) = store.inbox_slice(0, 9)
        kept = head.replace(TOKEN, "***").replace("Basic Ym94OnNlc2FtZQ==", "***")
        assert message.raw == f"{kept}{MESSAGE}".encode()


@pytest.mark.parametrize(
    "request_bytes",
    [
        f"GET /sms/gw1?{MESSAGE} HTTP/1.0\r\n\r\n".encode(),
        f"GET /sms/gw1/{TOKEN}x?{MESSAGE} HTTP/1.0\r\n\r\n".encode(),
        f"GET /sms/gw1?{MESSAGE}&token=wrong-wrong-wrong HTTP/1.0\r\n\r\n".encode(),
        f"GET /sms/gw1?{MESSAGE}&x={TOKEN} HTTP/1.0\r\n\r\n".encode(),
        f"GET /sms/other?{MESSAGE} HTTP/1.0\r\n\r\n".encode(),
        b"\x00\x01 no http at all\r\n",
    ],
)
async def test_without_a_valid_token_nothing_is_kept(store: Store, clock: FixedClock, request_bytes: bytes) -> None:
    async with receiving(store, clock, GUARDED) as receiver:
        answer = await call(receiver, request_bytes)
        assert answer.startswith((b"HTTP/1.1 403 ", b"HTTP/1.1 400 "))
        assert store.inbox_count() == 0
        assert (receiver.status.accepted, receiver.status.refused) == (0, 1)
        refusal = receiver.status.refusals[0]
        assert refusal.address == "127.0.0.1"
        assert "token" in refusal.reason
        assert TOKEN not in refusal.reason
        assert TOKEN.encode() not in answer


async def test_an_address_that_is_not_among_the_callers(store: Store, clock: FixedClock) -> None:
    gateway = replace(GUARDED, tokens=(), callers=(ip_network("192.0.2.0/24"),))
    async with receiving(store, clock, gateway) as receiver:
        assert (await call(receiver, b"GET /sms/gw1?num=1&message=a HTTP/1.0\r\n\r\n")).startswith(b"HTTP/1.1 403 ")
        assert "not among the callers of gw1" in receiver.status.refusals[0].reason
        assert store.inbox_count() == 0


async def test_a_call_for_no_gateway_is_no_way_around(store: Store, clock: FixedClock) -> None:
    other = GatewayConfig(name="gw2", host="192.0.2.11")
    async with receiving(store, clock, GUARDED, other) as receiver:
        assert (await call(receiver, b"GET /x?num=1&message=a HTTP/1.0\r\n\r\n")).startswith(b"HTTP/1.1 403 ")
        assert (await call(receiver, b"GET /gw2?num=1&message=a HTTP/1.0\r\n\r\n")).startswith(b"HTTP/1.1 200 ")


async def test_user_and_password(store: Store, clock: FixedClock) -> None:
    gateway = replace(GUARDED, tokens=(), basic=BasicConfig("box", Secret("sesame")))
    credentials = b64encode(b"box:sesame").decode()
    async with receiving(store, clock, gateway) as receiver:
        caller = await Caller.connect(receiver)
        caller.send(f"GET /gw1?{MESSAGE} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        assert await caller.status() == 401
        fields = f"Host: x\r\nAuthorization: Basic {credentials}\r\n"
        caller.send(f"GET /gw1?{MESSAGE} HTTP/1.1\r\n{fields}\r\n".encode())
        assert await caller.status() == 200
        caller.close()
        await until(lambda: not receiver._connections)
        # The question is the usual first half; only an answer that never comes is a refusal.
        assert receiver.status.refused == 0
        answer = await call(receiver, f"GET /gw1?{MESSAGE} HTTP/1.0\r\n\r\n".encode())
        assert b"WWW-Authenticate: Basic realm=" in answer
        await until(lambda: receiver.status.refused == 1)
        wrong = fields.replace(credentials, b64encode(b"box:sesam").decode())
        answer = await call(receiver, f"GET /gw1?{MESSAGE} HTTP/1.0\r\n{wrong}\r\n".encode())
        assert answer.startswith(b"HTTP/1.1 401 ")
        assert "Wrong user" in receiver.status.refusals[-1].reason
        assert store.inbox_count() == 1
        assert "sesame" not in repr(receiver.status)


async def test_a_result_for_an_id_that_was_not_issued_moves_nothing(store: Store, clock: FixedClock) -> None:
    message = store.add_outbox(draft(), 1).result(10)
    store.add_evidence(Evidence(message.id, 1, NOON, DeliveryState.SUBMITTING, "console", "")).result(10)
    forged = ["0" * 12 + f"-{message.id}", str(message.id), "null", "' OR 1=1 --"]
    async with receiving(store, clock, GW1) as receiver:
        for wire_id in forged:
            target = f"/gw1?num=+861&port=3&id={wire_id}&message=&time=x&type=SMS-Status-Result&status=Fail&"
            assert (await call(receiver, f"GET {target} HTTP/1.0\r\n\r\n".encode())).startswith(b"HTTP/1.1 200 ")
    after = store.outbox_message(message.id)
    assert after is not None
    assert after.state is DeliveryState.SUBMITTING
    assert store.outbox_count() == 1 + len(forged), "they are told of as somebody else's"


@pytest.mark.slow
async def test_a_flood_from_one_address_waits_and_the_others_do_not(clock: FixedClock) -> None:
    store = SlowStore()
    async with receiving(store, clock) as receiver:
        flood = [await Caller.connect(receiver) for _ in range(6)]
        for caller in flood:
            caller.send(b"GET /?num=1&message=flood HTTP/1.1\r\n\r\n" * 4_000)
        await until(lambda: len(store.futures) >= MAX_UNDER_WAY and all(c._paused for c in receiver._connections))
        taken = len(store.futures)
        assert taken < 6 * 4_000
        other = await Caller.connect(receiver, "127.0.0.2")
        other.send(b"GET /?num=1&message=other HTTP/1.1\r\n\r\n")
        await until(lambda: "other" in store.texts)
        assert len(store.futures) == taken + 1
        store.futures[-1].set_result(1)
        assert await other.status() == 200
        other.close()
        # What waited is read once there is room: nothing of the flood was thrown away.
        answered = 0
        while answered < 6 * 4_000 + 1:
            await until(lambda seen=answered: len(store.futures) > seen)
            for future in store.futures[answered:]:
                if not future.done():
                    future.set_result(1)
            answered = len(store.futures)
        assert receiver.status.refused == 0
        for caller in flood:
            caller.close()


async def test_slow_callers_of_one_address_do_not_stop_the_others(store: Store, clock: FixedClock) -> None:
    async with receiving(store, clock, connections=16, per_address=8) as receiver:
        slow = [await Caller.connect(receiver) for _ in range(12)]
        for caller in slow:
            caller.send(b"GET /?num=1&mess")
        await until(lambda: receiver.status.refused == 4)  # past eight of one address
        other = await Caller.connect(receiver, "127.0.0.2")
        assert await other.get("/?num=1&message=a") == 200
        other.close()
        clock.now += REQUEST_TIME
        receiver.sweep()
        await until(lambda: len(receiver._connections) == 0)
        await until(lambda: store.inbox_count() == 1 + 8)  # what came of a call is kept
        for caller in slow:
            caller.close()


async def test_more_a_second_than_an_address_may_is_read_later(store: Store, clock: FixedClock) -> None:
    receiver = Receiver(ReceiverConfig(tcp_port=0, max_rate=100), (), store, clock)
    await receiver.start()
    caller, other = await Caller.connect(receiver), await Caller.connect(receiver, "127.0.0.2")
    for number in range(100):
        assert await caller.get(f"/?num=1&message={number}") == 200
    caller.send(b"GET /?num=1&message=late HTTP/1.1\r\nHost: x\r\n\r\n")
    await until(lambda: any(connection._is_held for connection in receiver._connections))
    assert await other.get("/?num=1&message=other") == 200
    assert store.inbox_count() == 101
    clock.now += 1
    assert await caller.status() == 200
    assert receiver.status.refused == 0
    caller.close()
    other.close()
    await receiver.stop()


class FakePages:
    """Shows the target that was asked for."""

    def page(self, target: bytes) -> tuple[int, str, str]:
        if target == b"/metrics":
            raise StoreError("locked")
        return 200, "text/x-fake", target.decode()


async def test_pages_for_those_who_watch(store: Store, clock: FixedClock) -> None:
    async with receiving(store, clock, GW1) as receiver:
        receiver.pages = FakePages()
        answer = await call(receiver, b"GET /healthz HTTP/1.0\r\n\r\n")
        assert answer.startswith(b"HTTP/1.1 200 ")
        assert b"Content-Type: text/x-fake\r\n" in answer
        assert answer.endswith(b"\r\n\r\n/healthz\n")
        assert (await call(receiver, b"GET /metrics HTTP/1.0\r\n\r\n")).startswith(b"HTTP/1.1 503 ")
        assert receiver.status.refused == 0
        assert store.inbox_count() == 0
        assert (await call(receiver, b"GET /metrics?num=1&message=a HTTP/1.0\r\n\r\n")).startswith(b"HTTP/1.1 200 ")
        assert store.inbox_count() == 1


@pytest.mark.parametrize(
    "target", [b"/healthz?cachebuster=1", b"//healthz", b"/healthz/?x", b"http://jump:8080/healthz", b"/healthz?num=1"]
)
async def test_a_page_is_one_however_it_is_asked_for(store: Store, clock: FixedClock, target: bytes) -> None:
    """Among them such as what watches adds against caches; and whether or not callers have to say who they are."""
    async with receiving(store, clock, replace(GW1, tokens=(Secret("x"),))) as receiver:
        receiver.pages = FakePages()
        assert (await call(receiver, b"GET " + target + b" HTTP/1.0\r\n\r\n")).endswith(b"\r\n\r\n/healthz\n")
        assert store.inbox_count() == 0


async def test_pages_are_for_the_monitors(store: Store, clock: FixedClock) -> None:
    config = ReceiverConfig(tcp_port=0, monitors=(ip_network("127.0.0.2"),))
    receiver = Receiver(config, (), store, clock, pages=FakePages())
    await receiver.start()
    assert (await call(receiver, b"GET /healthz HTTP/1.0\r\n\r\n")).startswith(b"HTTP/1.1 404 ")
    monitor = await Caller.connect(receiver, "127.0.0.2")
    assert await monitor.get("/healthz") == 200
    monitor.close()
    await receiver.stop()


async def test_what_is_said_may_stand_in_query_and_body_together(store: Store, clock: FixedClock) -> None:
    guarded = replace(GW2, tokens=(Secret("0123456789abcdef"),))
    async with receiving(store, clock, guarded) as receiver:
        caller = await Caller.connect(receiver)
        body = b"phonenumber=10086&port=2&message=in+the+body"
        head = b"POST /sms/gw2?token=0123456789abcdef HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        caller.send(head + b"Content-Length: %d\r\n\r\n" % len(body) + body)
        assert (await caller.rest()).startswith(b"HTTP/1.1 200")
        (message,) = store.inbox_slice(0, 10)
        assert (message.callback.number, message.callback.text) == ("10086", "in the body")
        assert body in message.raw
        assert b"0123456789abcdef" not in message.raw
        caller.close()
