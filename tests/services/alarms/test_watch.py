"""Raising and clearing: once a second, in one process of a store."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from console.config import Config, GatewayConfig, ReceiverConfig
from console.config.records import AlarmConfig
from console.domain.alarms import AlarmKind, AlarmNews
from console.domain.link import LinkPhase, LinkStatus
from console.domain.messages import Callback, CallbackKind
from console.domain.ports import PortHealth
from console.errors import StoreError
from console.services.alarms.hook import AlarmHook
from console.services.alarms.watch import PERIOD, AlarmWatch
from console.store import Store
from tests.simulator.support import START, StillPace
from tests.support.alarms import GATEWAY, NO_SIM
from tests.support.backend import FakeBackend
from tests.support.waiting import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from console.domain.alarms import Alarm
    from console.domain.link import GatewaySnapshot
    from console.domain.ports import PortPast


class Told(AlarmHook):
    """A hook that remembers what it is to tell, and runs nothing."""

    def __init__(self, pace: StillPace) -> None:
        super().__init__(AlarmConfig(), pace)
        self.news: list[tuple[str, str, int]] = []

    def call(self, alarm: Alarm, news: AlarmNews, at: float) -> None:
        self.news.append((news.value, alarm.kind.code, alarm.port))


class Process:
    """One console on the store: its watch, and what it knows of the gateway."""

    def __init__(
        self,
        path: Path,
        pace: StillPace,
        ports: int = 4,
        alarms: AlarmConfig | None = None,
        gateway: GatewayConfig = GATEWAY,
    ) -> None:
        self.pace = pace
        self.store = Store.open(path, clock=pace)
        self.backend = FakeBackend(self.store, ports=ports)
        self.backend.status = replace(self.backend.status, since=START)
        self.link = LinkStatus(LinkPhase.UP, START - 3600)
        self.hook = Told(pace)
        config = Config((gateway,), ReceiverConfig(), path, alarms=alarms or AlarmConfig())
        self.watch = AlarmWatch(
            config,
            self.store.alarms,
            self.store.port_history,
            self.store.port_sims,
            pace,
            gateways=self.gateways,
            receiver=self.backend.receiver,
            hook=self.hook,
            sleep=pace.sleep,
        )

    def gateways(self) -> tuple[GatewaySnapshot, ...]:
        """As last heard, which was just now."""
        return tuple(
            replace(
                gateway,
                link=self.link,
                ports=tuple(
                    replace(port, read_at=self.pace.now, since=min(port.since, self.pace.now)) for port in gateway.ports
                ),
            )
            for gateway in self.backend.gateways()
        )

    def becomes(self, port: int, health: PortHealth) -> None:
        self.backend.change_port(port, health=health, since=self.pace.now)

    @property
    def open(self) -> list[tuple[str, int]]:
        return sorted((alarm.kind.code, alarm.port) for alarm in self.store.alarms.open())

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        task = asyncio.create_task(self.watch.run())
        try:
            yield
        finally:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task


@pytest.fixture
def pace() -> StillPace:
    return StillPace()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "console.db"


@pytest.fixture
def process(path: Path, pace: StillPace) -> Iterator[Process]:
    process = Process(path, pace)
    yield process
    process.store.close()


LOOPS = 3
"""Steps of one watch, each of which waits for its next turn."""


async def seconds(pace: StillPace, number: int, watches: int = 1) -> None:
    """Let so many seconds go by, each looked at."""
    for _ in range(number):
        await until(lambda: pace.sleeping >= LOOPS * watches)
        pace.advance(PERIOD)
    await until(lambda: pace.sleeping >= LOOPS * watches)


async def test_a_sim_is_pulled_and_put_back(process: Process, pace: StillPace) -> None:
    async with process.working():
        await seconds(pace, 3)
        assert process.watch.is_watching
        process.becomes(3, PortHealth.NO_SIM)
        await seconds(pace, 59)
        assert process.open == []
        await seconds(pace, 2)
        assert process.open == [("no_sim", 3)]
        await seconds(pace, 100)
        process.becomes(3, PortHealth.READY)
        await seconds(pace, 2)
    (alarm,) = process.store.alarms.history(10)
    assert alarm.cleared_at is not None
    assert alarm.cleared_at - alarm.raised_at == pytest.approx(101, abs=2)
    assert process.hook.news == [("raised", "no_sim", 3), ("cleared", "no_sim", 3)]


async def test_an_alarm_sounds_again_until_somebody_has_seen_it(process: Process, pace: StillPace) -> None:
    async with process.working():
        await seconds(pace, 2)
        process.becomes(3, PortHealth.NO_SIM)
        await seconds(pace, 62)
        for _ in range(2):
            pace.advance(15 * 60 - 1)
            await seconds(pace, 2)
        assert process.hook.news == [("raised", "no_sim", 3)] + [("repeated", "no_sim", 3)] * 2
        (alarm,) = process.store.alarms.open()
        await asyncio.wrap_future(process.store.alarms.acknowledge([alarm.id], "alice"))
        pace.advance(3600)
        await seconds(pace, 2)
        assert len(process.hook.news) == 3


async def test_one_process_watches_and_another_takes_over_where_it_was(
    process: Process, path: Path, pace: StillPace
) -> None:
    other = Process(path, pace)
    try:
        async with other.working():
            async with process.working():
                for each in (process, other):
                    each.becomes(3, PortHealth.READY)
                await seconds(pace, 3, watches=2)
                first, second = sorted((process, other), key=lambda one: not one.watch.is_watching)
                assert [first.watch.is_watching, second.watch.is_watching] == [True, False]
                for each in (process, other):
                    each.becomes(3, PortHealth.NO_SIM)
                await seconds(pace, 62, watches=2)
                assert first.hook.news == [("raised", "no_sim", 3)]
            process.store.beat("test").result()  # that it left is written by then
            await seconds(pace, 2)
            assert other.watch.is_watching
            await seconds(pace, 100)
            assert other.open == [("no_sim", 3)]
            other.becomes(3, PortHealth.READY)
            await seconds(pace, 2)
            assert other.open == []
        assert sorted(process.hook.news + other.hook.news) == [("cleared", "no_sim", 3), ("raised", "no_sim", 3)]
    finally:
        other.store.close()


async def test_what_another_left_open_is_not_raised_again_and_not_cleared_while_the_link_is_down(
    process: Process, pace: StillPace
) -> None:
    process.store.alarms.raise_(NO_SIM).result(10)
    process.link = LinkStatus(LinkPhase.WAITING, START, "no route to host")
    async with process.working():
        await seconds(pace, 20)
        assert process.open == [("ami_down", 0), ("no_sim", 3)]
        process.link = LinkStatus(LinkPhase.UP, pace.now)
        await seconds(pace, 2)
        assert process.open == []
    assert process.hook.news[0] == ("raised", "ami_down", 0)
    assert sorted(process.hook.news[1:]) == [("cleared", "ami_down", 0), ("cleared", "no_sim", 3)]


async def test_forty_four_ports_at_once(path: Path, pace: StillPace) -> None:
    process = Process(path, pace, ports=44)
    try:
        async with process.working():
            await seconds(pace, 2)
            for port in range(1, 45):
                process.becomes(port, PortHealth.UNREGISTERED)
            await seconds(pace, 62)
            assert process.open == [("unregistered", port) for port in range(1, 45)]
            for port in range(1, 45):
                process.becomes(port, PortHealth.READY)
            await seconds(pace, 2)
            assert process.open == []
        assert len(process.hook.news) == 88
    finally:
        process.store.close()


async def test_a_store_that_fails_for_a_while_loses_no_alarm(process: Process, pace: StillPace) -> None:
    class Failing:
        """The store's alarms, of which the writes fail while `fails`."""

        fails = False

        def __getattr__(self, name: str) -> object:
            def fail(*_: object) -> object:
                future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
                future.set_exception(StoreError("the disk is full"))
                return future

            return fail if self.fails and name in ("raise_", "clear", "take_watch") else getattr(alarms, name)

    alarms, failing = process.store.alarms, Failing()
    process.watch._alarms = failing  # type: ignore[assignment]
    async with process.working():
        await seconds(pace, 2)
        process.becomes(3, PortHealth.NO_SIM)
        await seconds(pace, 55)
        failing.fails = True
        await seconds(pace, 20)
        assert not process.watch.is_watching
        failing.fails = False
        await seconds(pace, 3)
        assert process.hook.news == [("raised", "no_sim", 3)]


class SlowPast:
    """A first answer that takes until it is let go."""

    def __init__(self) -> None:
        self.asked = 0

    def learn_habits(self, gateway: str) -> None:
        """None to learn."""

    def past(self, gateway: str) -> dict[int, PortPast]:
        self.asked += 1
        raise StoreError("the database is locked")


async def test_nothing_is_judged_before_the_past_is_known(process: Process, pace: StillPace) -> None:
    process.store.alarms.raise_(NO_SIM).result(10)
    known, slow = process.watch._history, SlowPast()
    process.watch._history = slow
    async with process.working():
        await seconds(pace, 5)
        assert (process.open, slow.asked > 1) == ([("no_sim", 3)], True)
        process.watch._history = known
        await seconds(pace, 2)
        assert process.open == []


async def test_failures_in_a_row_are_read_from_the_store(process: Process, pace: StillPace) -> None:
    from console.domain.messages import DeliveryState, Evidence
    from tests.support.messages import draft

    async with process.working():
        await seconds(pace, 2)
        for _ in range(3):
            message = await asyncio.wrap_future(process.store.add_outbox(draft(port=3), 1))
            failed = Evidence(message.id, 1, pace.now, DeliveryState.FAILED, "ami answer", "FAILED")
            await asyncio.wrap_future(process.store.add_evidence(failed))
        await seconds(pace, 2)
        (alarm,) = process.store.alarms.open()
        assert (alarm.kind, alarm.port) == (AlarmKind.FAILURES, 3)


async def test_another_sim_is_an_alarm_until_a_person_says_that_it_is_the_one_now(
    process: Process, pace: StillPace
) -> None:
    def put_in(imsi: str) -> None:
        before = process.backend.gateways()[0].ports[2]
        process.backend.change_port(3, report=replace(before.report, imsi=imsi))

    async with process.working():
        await seconds(pace, 3)
        assert process.open == []
        was = process.backend.gateways()[0].ports[2].report.imsi
        put_in("460009")
        await seconds(pace, 2)
        (alarm,) = process.store.alarms.open()
        assert (alarm.kind, alarm.port) == (AlarmKind.OTHER_SIM, 3)
        assert alarm.words == f"IMSI 460009, was {was}; acknowledge if this is correct"
        put_in("460010")
        await seconds(pace, 3)
        (alarm,) = process.store.alarms.open()
        assert alarm.words.startswith("IMSI 460010, was ")
        put_in("")
        process.link = LinkStatus(LinkPhase.WAITING, pace.now)
        await seconds(pace, 2)
        assert ("other_sim", 3) in process.open, "nothing was said against it"
        process.store.alarms.acknowledge([alarm.id], "bob").result(10)
        await seconds(pace, 2)
        assert ("other_sim", 3) not in process.open
        process.link = LinkStatus(LinkPhase.UP, pace.now)
        put_in(was)
        await seconds(pace, 2)
        assert process.open == [("other_sim", 3)]
        put_in("460010")
        await seconds(pace, 2)
        assert process.open == []
        assert process.store.port_sims.all()["gw1", 3].imsi == "460010"


async def test_where_there_is_no_ami_the_calls_say_which_sim_it_is(path: Path, pace: StillPace) -> None:
    process = Process(path, pace, gateway=replace(GATEWAY, ami=None))
    call = Callback(CallbackKind.SMS, number="10086", text="hi", port="3", imsi="460001")
    process.store.add_callback("gw1", call, b"0").result(10)
    async with process.working():
        await seconds(pace, 3)
        for number, imsi in enumerate(("460001", "460009"), 1):
            process.store.add_callback("gw1", replace(call, imsi=imsi, text=f"{number}"), b"%d" % number).result(10)
            await seconds(pace, 2)
        assert process.open == [("other_sim", 3)]
    process.store.close()
