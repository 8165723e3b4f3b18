"""One connection: order, deadlines, callers that behave badly."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from console.config import GatewayConfig, Secret
from console.domain.messages import CallbackKind
from console.services.receiving.connection import IDLE_TIME, LINGER_TIME, REQUEST_TIME
from tests.support.receiving import Caller, SlowStore, call, caller_is_known, receiving, until

if TYPE_CHECKING:
    from console.store import Store
    from tests.support.backend import FixedClock


async def test_no_answer_before_the_commit(clock: FixedClock) -> None:
    store = SlowStore()
    async with receiving(store, clock) as receiver:
        caller = await Caller.connect(receiver)
        answer = asyncio.create_task(caller.get("/?num=1&message=a"))
        await until(lambda: store.futures)
        assert not answer.done()
        store.futures[0].set_result(1)
        assert await answer == 200
        caller.close()


async def test_answers_keep_the_order_of_pipelined_requests(clock: FixedClock) -> None:
    store = SlowStore()
    async with receiving(store, clock) as receiver:
        caller = await Caller.connect(receiver)
        caller.send(b"".join(b"GET /?num=1&message=%d HTTP/1.1\r\n\r\n" % number for number in range(3)))
        caller.send(b"GET /no-parameters HTTP/1.1\r\n\r\nGET /?num=1&message=after HTTP/1.1\r\n\r\n")
        await until(lambda: len(store.futures) == 3)
        for future in reversed(store.futures):
            future.set_result(1)
        assert [await caller.status() for _ in range(4)] == [200, 200, 200, 404]
        assert await caller.rest() == b""
        assert store.texts == ["0", "1", "2"]
        caller.close()


async def test_a_caller_that_leaves_early_loses_nothing(clock: FixedClock) -> None:
    store = SlowStore()
    async with receiving(store, clock) as receiver:
        caller = await Caller.connect(receiver)
        caller.send(b"GET /?num=1&message=a HTTP/1.1\r\n\r\n")
        await until(lambda: store.futures)
        caller.close()
        store.futures[0].set_result(1)
        await until(lambda: receiver.status.accepted == 1)


async def test_a_half_closed_caller_gets_its_answer(clock: FixedClock) -> None:
    store = SlowStore()
    async with receiving(store, clock) as receiver:
        caller = await Caller.connect(receiver)
        caller.send(b"GET /?num=1&message=a HTTP/1.0\r\n\r\n")
        caller.end()
        await until(lambda: store.futures)
        store.futures[0].set_result(1)
        assert (await caller.rest()).startswith(b"HTTP/1.1 200 ")
        caller.close()


@pytest.mark.slow
async def test_a_flood_on_one_connection_is_read_no_faster_than_it_is_answered(clock: FixedClock) -> None:
    store = SlowStore()
    async with receiving(store, clock) as receiver:
        caller = await Caller.connect(receiver)
        total = 4_000
        caller.send(b"GET /?num=1&message=%s HTTP/1.1\r\n\r\n" % (b"a" * 400) * total)
        await until(lambda: len(store.futures) > 200)
        answered = 0
        most = 0
        while answered < total:
            await until(lambda seen=answered: len(store.futures) > seen)
            most = max(most, len(store.futures) - answered)
            for future in store.futures[answered:]:
                future.set_result(1)
                answered += 1
                assert await caller.status() == 200
        assert most < total / 2
        caller.close()


async def test_a_slow_drip_is_cut_off(store: Store, clock: FixedClock) -> None:
    async with receiving(store, clock) as receiver:
        caller = await Caller.connect(receiver)
        caller.send(b"GET /?num=1&mess")
        await caller_is_known(receiver)
        clock.now += REQUEST_TIME - 1
        receiver.sweep()
        caller.send(b"age=")
        await until(lambda: any(b"age=" in connection._reader._buffer for connection in receiver._connections))
        clock.now += 1
        receiver.sweep()
        assert (await caller.rest()).startswith(b"HTTP/1.1 408 ")
        assert "in time" in receiver.status.refusals[-1].reason
        caller.close()


@pytest.mark.parametrize(
    "sent", [b"GET /?num=1&message=a HTTP/1.1\r\n", b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nnum=1"]
)
async def test_half_a_call_is_kept_and_counted_as_refused(store: Store, clock: FixedClock, sent: bytes) -> None:
    async with receiving(store, clock) as receiver:
        caller = await Caller.connect(receiver)
        assert await caller.get("/?num=1&message=a") == 200
        caller.send(sent)
        caller.end()
        assert await caller.rest() == b""
        await until(lambda: receiver.status.refused == 1)
        assert "in the middle of a request. Its bytes are kept" in receiver.status.refusals[-1].reason
        await until(lambda: store.inbox_count() == 2)
        (half,) = store.inbox_slice(0, 1)
        assert (half.callback.kind, half.raw) == (CallbackKind.UNREADABLE, sent)
        caller.close()


@pytest.mark.parametrize("sent", [b"GET / HTTP/1.1\r\n", b"GE", b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\n"])
async def test_half_of_what_is_no_call_is_only_counted(store: Store, clock: FixedClock, sent: bytes) -> None:
    async with receiving(store, clock) as receiver:
        assert await call(receiver, sent, half_closed=True) == b""
        await until(lambda: receiver.status.refused == 1)
        assert receiver.status.refusals[-1].reason == "The connection ended in the middle of a request."
        assert store.inbox_count() == 0


async def test_half_a_call_of_who_may_not_is_only_counted(store: Store, clock: FixedClock) -> None:
    guarded = GatewayConfig("gw1", "192.0.2.1", tokens=(Secret("sesame"),))
    async with receiving(store, clock, guarded) as receiver:
        assert await call(receiver, b"GET /?num=1&message=a", half_closed=True) == b""
        assert await call(receiver, b"GET /sms/gw1/sesame?num=1&message=a", half_closed=True) == b""
        await until(lambda: receiver.status.refused == 2 and store.inbox_count() == 1)
        (half,) = store.inbox_slice(0, 1)
        assert (half.gateway, half.raw) == ("gw1", b"GET /sms/gw1/***?num=1&message=a")


async def test_a_half_closed_caller_is_let_go_with_its_last_answer(clock: FixedClock) -> None:
    store = SlowStore()
    async with receiving(store, clock) as receiver:
        caller = await Caller.connect(receiver)
        caller.send(b"GET /?num=1&message=a HTTP/1.1\r\n\r\n")
        caller.end()
        await until(lambda: store.futures)
        store.futures[0].set_result(1)
        assert await caller.status() == 200
        assert await caller.rest() == b""
        await until(lambda: not receiver._connections)
        assert receiver.status.refused == 0
        caller.close()


async def test_an_idle_connection_is_closed_quietly(store: Store, clock: FixedClock) -> None:
    async with receiving(store, clock) as receiver:
        caller = await Caller.connect(receiver)
        assert await caller.get("/?num=1&message=a") == 200
        clock.now += IDLE_TIME
        receiver.sweep()
        assert await caller.rest() == b""
        assert receiver.status.refused == 0
        caller.close()


async def test_a_request_that_waits_for_the_store_is_not_cut_off(clock: FixedClock) -> None:
    store = SlowStore()
    async with receiving(store, clock) as receiver:
        caller = await Caller.connect(receiver)
        caller.send(b"GET /?num=1&message=a HTTP/1.1\r\n\r\n")
        await until(lambda: store.futures)
        clock.now += 10 * (REQUEST_TIME + IDLE_TIME + LINGER_TIME)
        receiver.sweep()
        store.futures[0].set_result(1)
        assert await caller.status() == 200
        caller.close()


async def test_a_caller_that_never_closes_is_aborted(store: Store, clock: FixedClock) -> None:
    async with receiving(store, clock) as receiver:
        caller = await Caller.connect(receiver)
        assert await caller.get("/nothing") == 404
        clock.now += LINGER_TIME
        receiver.sweep()
        await until(lambda: not receiver._connections)
        caller.close()
