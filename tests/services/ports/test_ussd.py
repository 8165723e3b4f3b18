"""Asking by USSD, with the gateway played."""

from __future__ import annotations

import asyncio
from concurrent.futures import Future
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from console.config import AmiConfig, GatewayConfig, Secret
from console.domain.ussd import UssdRecord, UssdState
from console.errors import (
    ActionRefused,
    CannotSend,
    LoginRefused,
    NotConnected,
    OutcomeUnknown,
    StoreError,
)
from console.services.ports.ussd import BUSY_PAUSE, BUSY_RETRIES, UssdService
from console.store.ussd import LEFT_AFTER
from tests.support.backend import FixedClock
from tests.support.sending import FakeAmi
from tests.support.waiting import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection

    from console.services.ports.ussd import UssdStore
    from console.store import Store

GATEWAYS = [
    GatewayConfig("gw1", "192.0.2.10", ami=AmiConfig("admin", Secret("ami-secret"))),
    GatewayConfig("mute", "192.0.2.11"),
    GatewayConfig("yeastar", "192.0.2.12", ami=AmiConfig("admin", Secret("ami-secret")), dialect="yeastar"),
]
BALANCE = "1:Recive USSD on span 3,responses:0,code:15\nText:Balance 12.50"
MENU = "1:Recive USSD on span 3,responses:1,code:15\nText:1 Balance\n2 Tariff"
BUSY = "0:Sending USSD now"


class Asking:
    """The service at work on a real store."""

    def __init__(
        self,
        store: Store,
        ami: FakeAmi,
        *,
        through: UssdStore | None = None,
        port_wait: float = 0,
    ) -> None:
        self.store = store
        self.ami = ami
        self.pauses: list[float] = []
        self.port = asyncio.Lock()
        """Of every port."""
        self.service = UssdService(
            GATEWAYS,
            through or store.ussd,
            FixedClock(),
            operator="alice",
            connect=ami.connect,
            port_lock=lambda gateway, port: self.port,
            port_wait=port_wait,
            sleep=self._sleep,
        )

    async def ask(self, code: str = "*100#", *, port: int = 3) -> UssdRecord:
        return await asyncio.wrap_future(self.service.ask("gw1", port, code))

    @property
    def kept(self) -> list[UssdRecord]:
        return self.store.ussd.history(None, None, 99)

    async def _sleep(self, seconds: float) -> None:
        if seconds > 100:  # between two looks for what was left behind
            await asyncio.Event().wait()
        self.pauses.append(seconds)


@asynccontextmanager
async def running(asking: Asking) -> AsyncIterator[Asking]:
    task = asyncio.create_task(asking.service.run())
    try:
        yield asking
    finally:
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()


async def test_the_answer_comes_with_its_record(store: Store) -> None:
    async with running(Asking(store, FakeAmi(BALANCE))) as asking:
        record = await asking.ask()
    assert (record.state, record.answer) == (UssdState.ANSWERED, "Balance 12.50")
    assert (record.gateway, record.port, record.operator, record.code) == ("gw1", 3, "alice", "*100#")
    assert asking.kept == [record]
    assert asking.ami.lines == ["gsm send ussd 3 *100# 30"]
    assert asking.ami.timeouts == [30 + 10]


async def test_it_is_asked_durably_before_a_byte_leaves(store: Store) -> None:
    asking = Asking(store, FakeAmi(BALANCE))
    seen: list[UssdState] = []
    asking.ami.on_line = lambda line: seen.extend(record.state for record in asking.kept)
    async with running(asking):
        await asking.ask()
    assert seen == [UssdState.ASKED]


async def test_a_menu_takes_words_and_nothing_else_does(store: Store) -> None:
    async with running(Asking(store, FakeAmi(MENU, BALANCE))) as asking:
        assert (await asking.ask("*111#")).state is UssdState.MENU
        with pytest.raises(CannotSend, match="digits"):
            await asking.ask("yes", port=4)
        assert (await asking.ask("yes please")).state is UssdState.ANSWERED
        with pytest.raises(CannotSend, match="digits"):
            await asking.ask("yes")
    assert asking.ami.lines[1:] == ['gsm send ussd 3 "yes please" 30']


async def test_a_busy_port_is_tried_again_three_times(store: Store) -> None:
    async with running(Asking(store, FakeAmi(BUSY, BUSY, BUSY, BALANCE))) as asking:
        assert (await asking.ask()).state is UssdState.ANSWERED
    assert asking.pauses == [BUSY_PAUSE] * BUSY_RETRIES
    assert len(asking.ami.lines) == 4


async def test_and_then_no_more(store: Store) -> None:
    async with running(Asking(store, FakeAmi(*[BUSY] * 9))) as asking:
        record = await asking.ask()
    assert (record.state, record.answer) == (UssdState.FAILED, f"not sent: tried 4 times; {BUSY}")
    assert len(asking.ami.lines) == 4


@pytest.mark.parametrize(
    ("answer", "state"),
    [
        ("0:Send USSD failed on span 3", UssdState.FAILED),
        ("what?", UssdState.UNKNOWN),
        (OutcomeUnknown("Command was sent, but no answer came within 40 s."), UssdState.UNKNOWN),
        (ActionRefused("Permission denied"), UssdState.FAILED),
        (ActionRefused("Command failed somehow"), UssdState.UNKNOWN),
        (NotConnected("Command was not sent: the connection is closed."), UssdState.FAILED),
    ],
)
async def test_whatever_comes_it_is_asked_once(store: Store, answer: str | Exception, state: UssdState) -> None:
    async with running(Asking(store, FakeAmi(answer, BALANCE))) as asking:
        record = await asking.ask()
        assert record.state is state
        assert str(answer) in record.answer
        assert len(asking.ami.lines) <= 1
        assert (await asking.ask()).state is UssdState.ANSWERED


async def test_a_login_that_is_refused_is_told(store: Store) -> None:
    ami = FakeAmi()
    ami.refusals = [LoginRefused("192.0.2.10:5038 refused the account 'admin': Authentication failed.")]
    async with running(Asking(store, ami)) as asking:
        record = await asking.ask()
    assert record.state is UssdState.FAILED
    assert record.answer.startswith("not sent: 192.0.2.10:5038 refused the account")
    assert "ami-secret" not in record.answer


async def test_one_code_at_a_time_goes_through_a_port(store: Store) -> None:
    asking = Asking(store, FakeAmi(BALANCE, BALANCE))
    asking.service = UssdService(
        GATEWAYS, store.ussd, FixedClock(), operator="alice", connect=asking.ami.connect, sleep=asking._sleep
    )
    asking.ami.gate.clear()
    async with running(asking):
        first, second = asking.service.ask("gw1", 3, "1"), asking.service.ask("gw1", 3, "2")
        other = asking.service.ask("gw1", 4, "3")
        await until(lambda: len(asking.ami.lines) == 2)
        assert {line.split()[3] for line in asking.ami.lines} == {"3", "4"}
        asking.ami.gate.set()
        await asyncio.gather(*map(asyncio.wrap_future, (first, second, other)))
    assert asking.ami.most_at_once == 2
    assert len(asking.ami.lines) == 3


async def test_it_does_not_ask_while_something_else_goes_through_the_port(store: Store) -> None:
    async with running(Asking(store, FakeAmi(BALANCE))) as asking:
        async with asking.port:
            record = await asking.ask()
        assert record.state is UssdState.FAILED
        assert record.answer.startswith("not sent: this console has been sending")
        assert asking.ami.lines == []
        assert (await asking.ask()).state is UssdState.ANSWERED


async def test_what_the_end_of_the_console_interrupts_is_unknown(store: Store) -> None:
    asking = Asking(store, FakeAmi(BALANCE))
    asking.ami.gate.clear()
    async with running(asking):
        answered = asking.service.ask("gw1", 3, "*100#")
        await until(lambda: asking.ami.lines)
    record = answered.result(10)
    assert (record.state, record.answer) == (UssdState.UNKNOWN, "the console stopped before the answer came")
    assert asking.kept == [record]


async def test_what_waited_for_its_port_then_has_not_been_sent(store: Store) -> None:
    asking = Asking(store, FakeAmi(BALANCE), port_wait=600)
    async with asking.port, running(asking):
        answered = asking.service.ask("gw1", 3, "*100#")
        await until(lambda: asking.service._under_way)
    record = answered.result(10)
    assert (record.state, record.answer) == (UssdState.FAILED, "not sent: the console stopped first")
    assert asking.ami.lines == []


async def test_nor_has_what_was_only_just_kept(store: Store) -> None:
    asking = Asking(store, FakeAmi(BALANCE))
    async with running(asking):
        await until(lambda: asking.service._loop)
        answered = asking.service.ask("gw1", 3, "*100#")
        store.audit.add("alice", "look", "").result(10)  # written after the code, while this event loop stands still
    assert answered.result(10).state is UssdState.FAILED
    assert asking.ami.lines == []


async def test_what_is_asked_before_the_service_runs_is_sent_once_it_does(store: Store) -> None:
    asking = Asking(store, FakeAmi(BALANCE))
    answered = asking.service.ask("gw1", 3, "*100#")
    await until(lambda: asking.service._waiting)
    async with running(asking):
        assert (await asyncio.wrap_future(answered)).state is UssdState.ANSWERED


async def test_whoever_stops_waiting_calls_nothing_off(store: Store) -> None:
    asking = Asking(store, FakeAmi(BALANCE))
    asking.ami.gate.clear()
    async with running(asking):
        waiting = asyncio.ensure_future(asyncio.wrap_future(asking.service.ask("gw1", 3, "*100#")))
        await until(lambda: asking.ami.lines)
        waiting.cancel()
        asking.ami.gate.set()
        await until(lambda: asking.kept[0].state is UssdState.ANSWERED)


@pytest.mark.parametrize(
    ("gateway", "port", "code", "words"),
    [
        ("gw1", 3, "hello", "digits"),
        ("gw1", 3, "", "USSD code is empty"),
        ("gw1", 0, "*100#", "port must be 1"),
        ("gw1", 3, "**04*1234*1*1#", "PIN"),
        ("mute", 3, "*100#", "no AMI"),
        ("gw9", 3, "*100#", "no gateway named"),
    ],
)
async def test_what_can_not_be_sent_is_not_kept(store: Store, gateway: str, port: int, code: str, words: str) -> None:
    asking = Asking(store, FakeAmi())
    with pytest.raises(CannotSend, match=words):
        asking.service.ask(gateway, port, code).result(10)
    assert asking.kept == []
    assert store.audit.count() == 0


async def test_what_an_earlier_process_left_is_settled_at_the_start(store: Store, clock: FixedClock) -> None:
    store.ussd.ask("gw1", 3, "bob", "*100#").result(10)
    clock.now += LEFT_AFTER + 1
    async with running(Asking(store, FakeAmi())) as asking:
        await until(lambda: asking.kept[0].state is UssdState.UNKNOWN)
        assert asking.ami.lines == []


class Failing:
    """A store that can't be written for a while."""

    def __init__(self, store: Store, *, asks: int = 0, answers: int = 0) -> None:
        self._ussd = store.ussd
        self._asks = asks
        self._answers = answers

    def history(self, gateway: str | None, port: int | None, count: int) -> list[UssdRecord]:
        return self._ussd.history(gateway, port, count)

    def ask(self, gateway: str, port: int, operator: str, code: str) -> Future[UssdRecord]:
        self._asks -= 1
        return refused() if self._asks >= 0 else self._ussd.ask(gateway, port, operator, code)

    def answer(self, id: int, state: UssdState, text: str) -> Future[UssdRecord]:  # noqa: A002
        self._answers -= 1
        return refused() if self._answers >= 0 else self._ussd.answer(id, state, text)

    def settle_left(self, *, under_way: Collection[int] = ()) -> Future[int]:
        return self._ussd.settle_left(under_way=under_way)


def refused() -> Future[UssdRecord]:
    future: Future[UssdRecord] = Future()
    future.set_exception(StoreError("the disk is full"))
    return future


async def test_what_can_not_be_kept_is_not_sent(store: Store) -> None:
    async with running(Asking(store, FakeAmi(BALANCE), through=Failing(store, asks=1))) as asking:
        with pytest.raises(StoreError, match="disk is full"):
            await asking.ask()
        assert asking.ami.lines == []


async def test_an_answer_is_recorded_as_soon_as_it_can_be_and_asked_once(store: Store) -> None:
    asking = Asking(store, FakeAmi(BALANCE), through=Failing(store, answers=2))
    told: list[str] = []

    async def sleep(seconds: float) -> None:
        if seconds > 100:
            await asyncio.Event().wait()
        told.append(asking.service.trouble)

    asking.service._sleep = sleep
    async with running(asking):
        assert (await asking.ask()).state is UssdState.ANSWERED
    assert len(told) == 2
    assert "can't be recorded yet: the disk is full" in told[0]
    assert asking.service.trouble == ""
    assert len(asking.ami.lines) == 1


async def test_what_breaks_in_the_console_after_it_left_is_unknown(store: Store) -> None:
    async with running(Asking(store, FakeAmi(ZeroDivisionError(), BALANCE))) as asking:
        record = await asking.ask()
        assert (record.state, record.answer) == (UssdState.UNKNOWN, "stopped by ZeroDivisionError")
        assert (await asking.ask()).state is UssdState.ANSWERED
