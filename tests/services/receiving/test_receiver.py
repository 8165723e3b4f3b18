"""The receiver over real sockets: listening, its connections, and stopping."""

from __future__ import annotations

import asyncio
from ipaddress import ip_network
from typing import TYPE_CHECKING

import pytest

from console.config import GatewayConfig, ReceiverConfig
from console.errors import ListenError
from console.services.receiving.receiver import Receiver
from tests.support.receiving import Caller, SlowStore, call, receiving, until

if TYPE_CHECKING:
    from console.store import Store
    from tests.support.backend import FixedClock


HALF = b"GET /?num=1&mess"


@pytest.mark.parametrize(("connections", "per_address"), [(2, 8), (8, 2)])
async def test_too_many_connections(store: Store, clock: FixedClock, connections: int, per_address: int) -> None:
    async with receiving(store, clock, connections=connections, per_address=per_address) as receiver:
        first, second = await Caller.connect(receiver), await Caller.connect(receiver)
        for busy in (first, second):
            assert await busy.get("/?num=1&message=a") == 200
            busy.send(HALF)
        await until(lambda: all(connection._reader.waiting for connection in receiver._connections))
        assert (await call(receiver, b"")).startswith(b"HTTP/1.1 503 ")
        assert "at once" in receiver.status.refusals[-1].reason
        first.send(b"age=c HTTP/1.1\r\n\r\n")
        assert await first.status() == 200
        second.close()
        await until(lambda: len(receiver._connections) == 1)
        third = await Caller.connect(receiver)
        assert await third.get("/?num=1&message=d") == 200
        first.close()
        third.close()


@pytest.mark.parametrize(("connections", "per_address"), [(2, 8), (8, 2)])
async def test_the_connection_idle_for_longest_gives_way(
    store: Store, clock: FixedClock, connections: int, per_address: int
) -> None:
    async with receiving(store, clock, connections=connections, per_address=per_address) as receiver:
        first, second = await Caller.connect(receiver), await Caller.connect(receiver)
        for caller in (first, second, first):
            clock.now += 1
            assert await caller.get("/?num=1&message=a") == 200
        third = await Caller.connect(receiver)
        assert await third.get("/?num=1&message=b") == 200
        assert await second.rest() == b""
        assert await first.get("/?num=1&message=c") == 200
        assert receiver.status.refused == 0
        for caller in (first, second, third):
            caller.close()


async def test_those_who_may_not_call_leave_room_for_those_who_may(store: Store, clock: FixedClock) -> None:
    gateway = GatewayConfig("gw1", "192.0.2.1", callers=(ip_network("127.0.0.1"),))
    async with receiving(store, clock, gateway, connections=4, per_address=2) as receiver:
        known = await Caller.connect(receiver)
        assert await known.get("/?num=1&message=a") == 200
        strangers = [await Caller.connect(receiver, f"127.0.0.{2 + number % 3}") for number in range(12)]
        for stranger in strangers[:6]:
            stranger.send(HALF)
        for number in range(3):
            assert (await call(receiver, b"GET /?num=1&message=%d\r\n\r\n" % number)).startswith(b"HTTP/1.1 200 ")
        assert await known.get("/?num=1&message=z") == 200
        for caller in (known, *strangers):
            caller.close()


async def test_stopping_answers_what_was_taken(clock: FixedClock) -> None:
    store = SlowStore()
    receiver = Receiver(ReceiverConfig(tcp_port=0), (), store, clock)
    await receiver.start()
    caller, idle = await Caller.connect(receiver), await Caller.connect(receiver)
    caller.send(b"GET /?num=1&message=a HTTP/1.1\r\n\r\n")
    await until(lambda: store.futures and len(receiver._connections) == 2)
    stopping = asyncio.create_task(receiver.stop(patience=0))
    await until(lambda: not receiver.status.listening)
    store.futures[0].set_result(1)
    assert await caller.status() == 200
    await stopping
    assert await idle.rest() == b""
    assert receiver.status.detail == "Stopped."
    caller.close()
    idle.close()


async def test_stopping_says_so_when_the_store_does_not_answer(clock: FixedClock) -> None:
    store = SlowStore()
    receiver = Receiver(ReceiverConfig(tcp_port=0), (), store, clock)
    await receiver.start()
    caller = await Caller.connect(receiver)
    caller.send(b"GET /?num=1&message=a HTTP/1.1\r\n\r\n")
    await until(lambda: store.futures)
    await receiver.stop(patience=0, store_patience=0)
    assert await caller.rest() == b"", "no 200 without the commit"
    assert receiver.status.detail == "Stopped before the store answered; those callers got no 200."
    caller.close()


async def test_stopping_takes_what_is_on_its_way(store: Store, clock: FixedClock) -> None:
    receiver = Receiver(ReceiverConfig(tcp_port=0), (), store, clock)
    await receiver.start()
    silent, slow, idle = [await Caller.connect(receiver) for _ in range(3)]
    assert await idle.get("/?num=1&message=a") == 200
    slow.send(b"GET /?num=1&mess")
    await until(lambda: any(connection._reader.waiting for connection in receiver._connections))
    assert receiver._server is not None
    stopping = asyncio.create_task(receiver.stop(patience=30))
    unaccepted = await Caller.connect(receiver)
    assert await idle.rest() == b""
    for caller, rest in ((silent, b"GET /?num=1&message=b"), (slow, b"age=c"), (unaccepted, b"GET /?num=1&message=d")):
        caller.send(rest + b" HTTP/1.1\r\nHost: x\r\n\r\n")
        answer = await caller.rest()
        assert answer.startswith(b"HTTP/1.1 200 ")
        assert b"Connection: close" in answer
    await stopping
    assert sorted(message.callback.text for message in store.inbox_slice(0, 9)) == ["a", "b", "c", "d"]
    for caller in (silent, slow, idle, unaccepted):
        caller.close()


async def test_an_address_in_use_is_explained(store: Store, clock: FixedClock) -> None:
    async with receiving(store, clock) as first:
        second = Receiver(ReceiverConfig(tcp_port=first.address[1]), (), store, clock)
        with pytest.raises(ListenError, match=f"already listens on .*:{first.address[1]}") as caught:
            await second.start()
        assert caught.value.hint
        assert not second.status.listening
        assert caught.value.hint in second.status.detail


async def test_an_address_of_another_machine_is_explained(store: Store, clock: FixedClock) -> None:
    receiver = Receiver(ReceiverConfig(host="192.0.2.1", tcp_port=0), (), store, clock)
    with pytest.raises(ListenError, match="has no address"):
        await receiver.start()
