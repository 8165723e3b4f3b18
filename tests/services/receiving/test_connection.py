"""One connection: order, deadlines, callers that behave badly."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest

from console.services.receiving.connection import IDLE_TIME, LINGER_TIME, REQUEST_TIME
from tests.support.receiving import Caller, SlowStore, caller_is_known, receiving, until

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
        caller.send(b"GET /?num=1&message=a HTTP/1.1\r\n\r\n" * total)
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
async def test_half_a_request_is_counted_as_refused(store: Store, clock: FixedClock, sent: bytes) -> None:
    async with receiving(store, clock) as receiver:
        caller = await Caller.connect(receiver)
        assert await caller.get("/?num=1&message=a") == 200
        caller.send(sent)
        caller.end()
        assert await caller.rest() == b""
        await until(lambda: receiver.status.refused == 1)
        assert "in the middle of a request" in receiver.status.refusals[-1].reason
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
