"""When AMI's SMS are looked for in the inbox, and what is not forgotten."""

from __future__ import annotations

import asyncio
import gc
import logging
from concurrent.futures import Future
from contextlib import asynccontextmanager, suppress
from datetime import UTC
from typing import TYPE_CHECKING

import pytest

from console.config import GatewayConfig
from console.errors import StoreError
from console.protocol.http.inbound import parse
from console.services.receiving.heard_sms import AT_ONCE, GRACE, MOST_WAITING, Overhearing
from tests.simulator.support import START, StillPace
from tests.support import sending
from tests.support.heard import Arrival
from tests.support.waiting import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from console.domain.ami import AmiMessage
    from console.protocol.ami.heard_sms import Overheard
    from console.store import Store

GATEWAYS = (GatewayConfig("gw1", "192.0.2.1"), GatewayConfig("gw2", "192.0.2.2", charset="gbk"))


class Book:
    """Remembers what it was asked to keep; full while told so."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, Overheard, Sequence[Overheard]]] = []
        self.full = False
        self.closed = False
        self.held: list[Future[int | None]] | None = None
        """Answers that are still to come, where they do not come at once."""

    @property
    def texts(self) -> list[str]:
        return [heard.callback.text for _, heard, _ in self.asked]

    def add(self, gateway: str, heard: Overheard, others: Sequence[Overheard] = ()) -> Future[int | None]:
        if self.closed:
            raise StoreError("the database is closed")
        done: Future[int | None] = Future()
        if self.full:
            done.set_exception(StoreError("the disk is full"))
        else:
            self.asked.append((gateway, heard, others))
            if self.held is None:
                done.set_result(len(self.asked))
            else:
                self.held.append(done)
        return done


class Console:
    """The service, a clock that stands still, and a book."""

    def __init__(self, *, most_waiting: int = MOST_WAITING, grace: float = GRACE) -> None:
        self.pace = StillPace()
        self.book = Book()
        self.overhearing = Overhearing(
            GATEWAYS, self.book, self.pace, grace=grace, sleep=self.pace.sleep, most_waiting=most_waiting, zone=UTC
        )

    def hears(self, events: Sequence[AmiMessage], gateway: str = "gw1") -> None:
        for event in events:
            self.overhearing.on_event(gateway, event)


@asynccontextmanager
async def running(overhearing: Overhearing) -> AsyncIterator[asyncio.Task[None]]:
    task = asyncio.create_task(overhearing.run())
    try:
        yield task
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError, StoreError):
            await task


async def test_an_sms_is_looked_for_when_its_grace_is_over() -> None:
    console = Console()
    async with running(console.overhearing):
        console.hears(Arrival("one", channel=1).events)
        await until(lambda: console.pace.sleeping)
        console.pace.advance(10)
        console.hears(Arrival("two", channel=2).events)
        console.pace.advance(GRACE - 10.5)
        assert console.book.texts == []
        console.pace.advance(0.5)
        await until(lambda: console.book.texts)
        assert console.book.texts == ["one"]
        await until(lambda: console.pace.sleeping)
        console.pace.advance(10)
        await until(lambda: len(console.book.asked) == 2)
    gateway, heard, others = console.book.asked[1]
    assert (gateway, heard.at, others) == ("gw1", START + 10, ())


async def test_what_no_callback_will_bring_is_kept_at_once() -> None:
    console = Console(grace=0.0)
    part = sending.event(("Event", "ReceivedSMS"), ("GsmSpan", "3"), ("Sender", "+7900"), ("Content", "hi%20you"))
    async with running(console.overhearing):
        console.hears([part])
        await until(lambda: console.book.texts)
    (_, heard, _) = console.book.asked[0]
    assert (heard.callback.text, heard.callback.number, heard.callback.port) == ("hi you", "+7900", "2")


async def test_its_first_step_counts_and_its_last_may_come_later() -> None:
    console = Console()
    async with running(console.overhearing):
        events = Arrival("slowly").events
        steps = [at for at, event in enumerate(events) if event.name == "Newexten"]
        console.hears(events[: steps[1]])
        await until(lambda: console.pace.sleeping)
        console.pace.advance(GRACE - 1)
        console.hears(events[steps[1] :])
        console.pace.advance(1)
        await until(lambda: console.book.asked)
    assert console.book.texts == ["slowly"]


async def test_gateways_are_followed_apart_each_in_its_charset() -> None:
    console = Console()
    for gateway in ("gw1", "gw2"):
        console.hears(Arrival("фш").events, gateway)
    console.overhearing.close()
    assert [(gateway, heard.callback.text) for gateway, heard, _ in console.book.asked] == [
        ("gw1", "фш"),
        ("gw2", "фш".encode().decode("gbk")),
    ]


async def test_one_without_a_name_is_looked_for_with_all_the_others() -> None:
    console = Console()
    for channel in (1, 2):
        console.hears(Arrival(channel=channel).nameless)
    console.overhearing.close()
    (_, first, others), (_, second, remembered) = console.book.asked
    assert others == (second,)
    assert remembered == (first,)


async def test_what_is_no_sms_is_none() -> None:
    console = Console()
    console.hears([event for event in Arrival().events if event.name == "VarSet"])
    console.overhearing.close()
    assert console.book.asked == []


async def test_at_the_end_it_looks_at_once() -> None:
    console = Console()
    async with running(console.overhearing):
        console.hears(Arrival("one", channel=1).events)
        await until(lambda: console.pace.sleeping)
    console.hears(Arrival("two", channel=2).events)  # the link says goodbye later than the service
    console.overhearing.close()
    assert console.book.texts == ["one", "two"]
    console.overhearing.close()
    assert len(console.book.asked) == 2


async def test_what_can_t_be_kept_waits_for_the_next_run(caplog: pytest.LogCaptureFixture) -> None:
    console = Console()
    console.hears(Arrival("kept").events)
    console.pace.advance(GRACE)
    console.book.full = True
    with pytest.raises(StoreError, match="full"):
        await console.overhearing.run()
    gc.collect()
    assert "never retrieved" not in caplog.text
    console.book.full = False
    async with running(console.overhearing):
        await until(lambda: console.book.asked)
    assert console.book.texts == ["kept"]


async def test_many_are_looked_for_together_so_that_a_slow_disk_keeps_up() -> None:
    console = Console()
    console.book.held = []
    for number in range(AT_ONCE + 3):
        console.hears(Arrival(str(number), channel=number).events)
    console.pace.advance(GRACE)
    async with running(console.overhearing) as task:
        await until(lambda: console.book.asked)
        assert len(console.book.asked) == AT_ONCE
        first, *others = console.book.held
        for answer in others:
            answer.set_result(1)
        first.set_exception(StoreError("the disk is full"))
        with pytest.raises(StoreError, match="full"):
            await task
    assert console.overhearing.waiting == 4
    console.book.held = None
    console.overhearing.close()
    assert console.book.texts == [str(number) for number in (*range(AT_ONCE), 0, *range(AT_ONCE, AT_ONCE + 3))]


async def test_what_is_cut_off_is_the_stores_to_end() -> None:
    console = Console()
    console.book.held = []
    console.hears(Arrival("one").events)
    console.pace.advance(GRACE)
    async with running(console.overhearing):
        await until(lambda: console.book.asked)
    console.overhearing.close()
    (answer,) = console.book.held
    assert answer.set_running_or_notify_cancel()
    assert console.book.texts == ["one"]


@pytest.mark.parametrize("how", ["full", "closed"])
async def test_what_can_t_be_kept_at_the_end_is_told(how: str, caplog: pytest.LogCaptureFixture) -> None:
    console = Console()
    console.hears(Arrival("secret text", channel=1).events)
    setattr(console.book, how, True)
    with caplog.at_level(logging.WARNING):
        console.overhearing.close()
    assert how in caplog.text
    assert "secret" not in caplog.text


async def test_there_is_an_end_to_what_waits() -> None:
    console = Console(most_waiting=3)
    for number in range(5):
        console.hears(Arrival(str(number), channel=number).events)
    assert console.book.texts == ["0", "1"]


async def test_with_the_real_store_only_what_no_callback_brought_is_added(store: Store) -> None:
    pace = StillPace()
    overhearing = Overhearing(GATEWAYS, store.heard, pace, sleep=pace.sleep)
    arrivals = [Arrival(f"text {number}", channel=number, at=START) for number in range(6)]
    for number, arrival in enumerate(arrivals):
        if number % 2:
            store.add_callback("gw1", parse(arrival.target), arrival.target, at=START).result()
        for event in arrival.events:
            overhearing.on_event("gw1", event)
    async with running(overhearing):
        pace.advance(GRACE)
        await until(lambda: store.inbox_count() == 6)
        overhearing.close()
    entries = store.inbox_slice(0, 10)
    assert {entry.callback.text: entry.by_ami for entry in entries} == {
        f"text {number}": number % 2 == 0 for number in range(6)
    }
    assert {entry.copies for entry in entries} == {1}
