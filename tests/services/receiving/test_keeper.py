"""Several processes and one address: who receives, who waits, and how the address changes hands."""

from __future__ import annotations

import asyncio
import contextlib
import os
import socket
import sqlite3
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from console.config import ReceiverConfig
from console.errors import ListenError
from console.services.receiving.keeper import GRACE, RECEIVER, WANTED, ReceiverKeeper
from console.services.receiving.receiver import Receiver
from console.store import Store
from tests.support.gateway_process import free_tcp_port
from tests.support.presence import Presences, ProcessStore
from tests.support.receiving import Caller, SlowStore, call
from tests.support.waiting import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator
    from pathlib import Path

    from console.services.receiving.keeper import PresenceStore
    from tests.support.backend import FixedClock


class Pace:
    """Sleeps last until the test says so; counts them."""

    def __init__(self) -> None:
        self.sleeps = 0
        self._turn = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.sleeps += 1
        await self._turn.wait()

    def go(self) -> None:
        """Everybody who sleeps wakes up."""
        turn, self._turn = self._turn, asyncio.Event()
        turn.set()


class OnStore:
    """A receiver and its keeper, as one process has them, beside a store of its own."""

    def __init__(
        self,
        store: PresenceStore,
        clock: FixedClock,
        tcp_port: int,
        patience: float | None = None,
        *,
        stands_back: bool = False,
    ) -> None:
        self.callbacks = SlowStore()
        self.receiver = Receiver(ReceiverConfig(tcp_port=tcp_port), (), self.callbacks, clock)
        self.pace = Pace()
        self.keeper = ReceiverKeeper(
            self.receiver, store, clock, patience=patience, stands_back=stands_back, sleep=self.pace.sleep
        )

    @asynccontextmanager
    async def running(self) -> AsyncIterator[asyncio.Task[None]]:
        task = asyncio.create_task(self.keeper.run())
        try:
            yield task
        finally:
            task.cancel()
            with contextlib.suppress(asyncio.CancelledError, ListenError):
                await task

    async def goes_round(self) -> None:
        """Its next sleep is over, and it sleeps again."""
        await until(lambda: self.pace.sleeps)
        before = self.pace.sleeps
        self.pace.go()
        await until(lambda: self.pace.sleeps > before)

    async def goes_until(self, condition: Callable[[], object]) -> None:
        """It goes round until the condition holds."""

        def has_gone_on() -> bool:
            self.pace.go()
            return bool(condition())

        await until(has_gone_on)


class Process(OnStore):
    """The same, beside a store that is played."""

    def __init__(
        self,
        name: str,
        presences: Presences,
        tcp_port: int,
        patience: float | None = None,
        *,
        stands_back: bool = False,
    ) -> None:
        self.store: ProcessStore = presences.of(name)
        super().__init__(self.store, presences.clock, tcp_port, patience, stands_back=stands_back)


@pytest.fixture
def presences(clock: FixedClock) -> Presences:
    return Presences(clock)


async def test_it_listens_says_so_every_second_and_gives_the_role_up(presences: Presences, clock: FixedClock) -> None:
    process = Process("one", presences, 0)
    async with process.running():
        await process.keeper.listening.wait()
        await until(lambda: process.pace.sleeps)
        there = process.store.presence(RECEIVER)
        assert there is not None
        assert (there.address, there.released) == (process.keeper.status.address, False)
        assert process.store.gaps == [RECEIVER]
        assert process.keeper.status.listening
        clock.now += 1
        await process.goes_round()
        again = process.store.presence(RECEIVER)
        assert again is not None
        assert again.at == clock.now
    gone = process.store.presence(RECEIVER)
    assert gone is not None
    assert gone.released
    assert not process.keeper.status.listening


async def test_the_second_waits_says_who_receives_and_takes_over(presences: Presences, clock: FixedClock) -> None:
    tcp_port = free_tcp_port()
    first, second = Process("alpha", presences, tcp_port), Process("beta", presences, tcp_port)
    async with second.running() as waiting:
        async with first.running():
            # Whoever is first.
            await until(lambda: first.keeper.status.listening or second.keeper.status.listening)
            owner, other = (first, second) if first.keeper.status.listening else (second, first)
            await other.goes_round()
            status = other.keeper.status
            assert not status.listening
            assert status.by == f"PID 4711 on {owner.store.owner}"
            assert status.detail == f"Received by {status.by}, which listens on {owner.keeper.status.address}."
            assert not waiting.done()
            for _ in range(3):
                await other.goes_round()
            wanted = other.store.presence(WANTED)
            assert wanted is not None
            assert wanted.owner == other.store.owner
            # A console with a screen keeps what it has.
            await owner.goes_round()
            assert owner.keeper.status.listening
            if owner is second:
                return
        second.pace.go()
        await until(lambda: second.keeper.status.listening)
        assert second.keeper.status.by == ""
        assert second.keeper.status.detail == ""


async def test_who_may_only_look_is_the_last_to_take_over_and_the_owner_knows_who_is_next(
    presences: Presences, clock: FixedClock
) -> None:
    tcp_port = free_tcp_port()
    owner, looks = Process("owner", presences, tcp_port), Process("looks", presences, tcp_port, stands_back=True)
    acts = Process("acts", presences, tcp_port)
    async with owner.running() as owning:
        await owner.keeper.listening.wait()
        await until(lambda: owner.pace.sleeps)
        assert not owner.keeper.status.next, "nobody stands by"
        async with looks.running():
            await looks.goes_round()
            await owner.goes_round()
            assert list(owner.keeper.status.next) == ["PID 4711 on looks"]
            async with acts.running():
                await acts.goes_round()
                await owner.goes_round()
                assert list(owner.keeper.status.next) == ["PID 4711 on acts"]
                owning.cancel()
                await until(owning.done)
                await looks.goes_round()
                await looks.goes_round()
                assert not looks.keeper.status.listening, "the address is free, but somebody who may act waits"
                acts.pace.go()
                await until(lambda: acts.keeper.status.listening)
                await looks.goes_round()
                assert looks.keeper.status.by == "PID 4711 on acts"
            looks.pace.go()
            await until(lambda: looks.keeper.status.listening)


async def test_one_without_a_screen_hands_over_and_somebody_listens_all_the_time(
    presences: Presences, clock: FixedClock
) -> None:
    tcp_port = free_tcp_port()
    old, new = Process("old", presences, tcp_port), Process("new", presences, tcp_port)
    left: list[bool] = []
    async with old.running() as leaving:
        await old.keeper.listening.wait()
        old.keeper.leave_when_wanted(lambda: left.append(True))
        await old.goes_round()
        assert not left
        async with new.running():
            await new.goes_round()
            caller = await Caller.connect(old.receiver)
            caller.send(b"GET /?num=1&message=last HTTP/1.1\r\n\r\n")
            await until(lambda: old.callbacks.futures)
            old.pace.go()
            await until(lambda: not old.keeper.status.listening or old.store.presence("receiver-offered"))
            assert old.keeper.status.listening
            assert not new.keeper.status.listening
            new.pace.go()
            await until(lambda: new.keeper.status.listening)
            assert old.keeper.status.listening
            assert new.store.gaps == []
            while not left:
                old.pace.go()
                await asyncio.sleep(0)
                for future in old.callbacks.futures:
                    if not future.done():
                        future.set_result(1)
            await until(leaving.done)
            assert await caller.status() == 200
            caller.close()
            assert left == [True]
            there = new.store.presence(RECEIVER)
            assert there is not None
            assert there.owner == "new"
            answering = asyncio.create_task(call(new.receiver, b"GET /?num=1&message=a HTTP/1.0\r\n\r\n"))
            await until(lambda: new.callbacks.futures)
            new.callbacks.futures[0].set_result(1)
            assert (await answering).startswith(b"HTTP/1.1 200 ")


async def test_an_offer_is_for_the_one_that_asked(presences: Presences, clock: FixedClock) -> None:
    tcp_port = free_tcp_port()
    old, new, third = (Process(name, presences, tcp_port) for name in ("old", "new", "third"))
    async with old.running():
        await old.keeper.listening.wait()
        old.keeper.leave_when_wanted(lambda: None)
        async with new.running(), third.running():
            for waiting in (third, new):
                clock.now += 0.1
                await waiting.goes_round()
            old.pace.go()
            await until(lambda: old.store.presence("receiver-offered"))
            await third.goes_round()
            assert not third.keeper.status.listening
            new.pace.go()
            await until(lambda: new.keeper.status.listening)
            await third.goes_round()
            assert not third.keeper.status.listening


async def test_an_offer_that_nobody_takes_ends(presences: Presences, clock: FixedClock) -> None:
    tcp_port = free_tcp_port()
    old = Process("old", presences, tcp_port)
    left: list[bool] = []
    async with old.running() as leaving:
        await old.keeper.listening.wait()
        old.keeper.leave_when_wanted(lambda: left.append(True))
        presences.of("ghost").beat(WANTED, "word")
        await old.goes_round()
        assert not left
        clock.now += GRACE + 0.1
        old.pace.go()
        await until(leaving.done)
        assert left
        assert not old.keeper.status.listening


async def test_a_stranger_on_the_address_is_trouble_and_is_waited_for(presences: Presences) -> None:
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        process = Process("one", presences, stranger.getsockname()[1])
        presences.of("elsewhere").beat(RECEIVER, "127.0.0.1:1")
        async with process.running():
            await process.goes_round()
            status = process.keeper.status
            assert (status.listening, status.by) == (False, "")
            assert "already" in status.detail
            stranger.close()
            process.pace.go()
            await until(lambda: process.keeper.status.listening)


@contextlib.contextmanager
def locked(path: Path) -> Iterator[None]:
    """Another program writes, and does not come to an end."""
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        yield
        other.execute("ROLLBACK")


async def test_while_the_database_is_locked_nobody_is_called_a_stranger(store: Store, clock: FixedClock) -> None:
    tcp_port = free_tcp_port()
    with contextlib.closing(Store.open(store.path, clock=clock, busy_timeout=0.01)) as another:
        first, second = OnStore(store, clock, tcp_port), OnStore(another, clock, tcp_port)
        async with first.running():
            await first.keeper.listening.wait()
            async with second.running():
                await second.goes_round()
                await second.goes_until(lambda: second.keeper.status.by)
                with locked(store.path):
                    clock.now += GRACE + 1  # no sign of life of anybody can be written
                    await second.goes_until(lambda: "locked" in second.keeper.status.detail)
                    status = second.keeper.status
                    assert (status.listening, status.by) == (False, "")
                    assert "Another program already listens" not in status.detail
                    assert f"127.0.0.1:{tcp_port} is in use, by an unknown process" in status.detail
                    assert "another program holds it locked" in status.detail
                    assert f"PID {os.getpid()} on {os.uname().nodename} listened there before" in status.detail
                    assert status.detail.endswith("Waiting for it.")
                # The first has not said again that reports: still nobody is accused.
                await second.goes_until(lambda: "locked" not in second.keeper.status.detail)
                assert "until just now" in second.keeper.status.detail
                await first.goes_round()
                await second.goes_until(lambda: second.keeper.status.by)
                assert second.keeper.status.detail.startswith("Received by PID ")
                with locked(store.path):
                    clock.now += GRACE + 1
                    await second.goes_round()
                    assert "by an unknown process" in second.keeper.status.detail


async def test_a_stranger_is_named_once_the_database_has_answered(store: Store, clock: FixedClock) -> None:
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        process = OnStore(store, clock, stranger.getsockname()[1])
        async with process.running():
            with locked(store.path):
                await process.goes_until(lambda: "locked" in process.keeper.status.detail)
            clock.now += GRACE
            await process.goes_until(lambda: "Another program already listens" in process.keeper.status.detail)
            assert "stop it" in process.keeper.status.detail


async def test_one_with_patience_waits_for_a_locked_database_and_says_why_it_ends(
    store: Store, clock: FixedClock
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as stranger, locked(store.path):
        process = OnStore(store, clock, stranger.getsockname()[1], patience=5)
        async with process.running() as running:
            await process.goes_until(lambda: "locked" in process.keeper.status.detail)
            assert not running.done()
            clock.now += 5
            await process.goes_until(lambda: running.done())
            error = running.exception()
            assert isinstance(error, ListenError)
            assert "by an unknown process" in str(error)
            assert "locked" in str(error)


async def test_without_patience_left_it_says_so(presences: Presences, clock: FixedClock) -> None:
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        tcp_port = stranger.getsockname()[1]
        with pytest.raises(ListenError, match="already"):
            await Process("one", presences, tcp_port, patience=5).keeper.run()
        owner = presences.of("owner")
        owner.beat(RECEIVER, f"127.0.0.1:{tcp_port}")
        patient = Process("two", presences, tcp_port, patience=5)
        async with patient.running() as running:
            await patient.goes_round()
            assert not running.done()
            clock.now += 5
            patient.pace.go()
            await until(running.done)
            assert isinstance(running.exception(), ListenError)


async def test_a_database_that_can_t_be_read_does_not_stop_it(presences: Presences) -> None:
    process = Process("one", presences, 0)
    process.store.fails = True
    process.keeper.leave_when_wanted(lambda: None)
    async with process.running():
        await process.keeper.listening.wait()
        await process.goes_round()
        assert process.keeper.status.listening
