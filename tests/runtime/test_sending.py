"""Sending for a command: what it waits for, and how it ends."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from console.config import AmiConfig, GatewayConfig, HttpConfig, Secret
from console.config.records import AlarmConfig, SendingConfig
from console.domain.messages import DeliveryState, Draft, Evidence, Via
from console.domain.sending import BatchState
from console.errors import CannotSend, NotConnected, StoreError
from console.runtime.sending import (
    LONGEST_LOOK,
    LOOK,
    NOT_LEFT,
    UNTIL_DELIVERED,
    UNTIL_SENT,
    Ending,
    Sending,
    Watch,
    pause,
)
from console.services.clock import SystemClock
from console.simulator.gateway import Gateway
from console.simulator.options import RealPace, SimulatorOptions
from console.store import Store
from console.store.outbox.messages import Order

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = pytest.mark.slow


BOX = SimulatorOptions(ports=3, login_delay=0, sync_delay=0)
BY_AMI = Draft("gw1", "+8613632919026", "hello", 1, Via.AMI)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "console.db", clock=SystemClock())
    yield store
    store.close()


def config(gateway: Gateway | None = None, **changes: object) -> GatewayConfig:
    """A gateway that is there, or one that is not."""
    ami, http = (gateway.ami_address[1], gateway.http_address[1]) if gateway else (1, 1)
    plain = GatewayConfig(
        "gw1",
        "127.0.0.1",
        ami=AmiConfig("admin", Secret("admin"), tcp_port=ami),
        http=HttpConfig("smsuser", Secret("smspwd"), tcp_port=http),
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def sending_by(gateway: GatewayConfig, store: Store) -> Sending:
    return Sending(gateway, SendingConfig(), store, SystemClock(), operator="alice", alarms=AlarmConfig())


class Unreadable(Store):
    """Can't be looked at twice, then can."""

    failures = 2

    def poll(self) -> int:
        if self.failures:
            self.failures -= 1
            raise StoreError("the disk is away")
        return super().poll()


class GatedPace(RealPace):
    """Modules need until the gate opens."""

    LONG = 600.0

    def __init__(self) -> None:
        self.gate = asyncio.Event()

    async def sleep(self, seconds: float) -> None:
        await (self.gate.wait() if seconds == self.LONG else super().sleep(seconds))


class Told:
    """What `send` tells while it waits, and what is done as soon as a message has come to a state."""

    def __init__(self, stop_at: DeliveryState | None = None) -> None:
        self.stop = asyncio.Event()
        self.states: list[list[DeliveryState]] = []
        self.troubles: list[str] = []
        self.stop_at_trouble = False
        self.on_state: dict[DeliveryState, Callable[[], object]] = {stop_at: self.stop.set} if stop_at else {}

    def news(self, watch: Watch) -> None:
        self.states.append([message.state for message in watch.messages.values() if message is not None])
        for state in set(self.on_state) & set(self.states[-1]):
            self.on_state.pop(state)()

    def trouble(self, words: str) -> None:
        self.troubles.append(words)
        if self.stop_at_trouble:
            self.stop.set()

    async def send(
        self,
        sending: Sending,
        *drafts: Draft,
        until: frozenset[DeliveryState] = UNTIL_SENT,
        timeout: float | None = None,
    ) -> tuple[list[DeliveryState], Ending]:
        watch, ending = await sending.send(
            drafts,
            "a label",
            until=until,
            timeout=timeout,
            stop=self.stop,
            on_news=self.news,
            on_trouble=self.trouble,
        )
        return [message.state for message in watch.messages.values() if message is not None], ending


# ---- watching -----------------------------------------------------------------------------------------------


def test_a_watch_reads_only_when_something_was_committed(store: Store) -> None:
    message = store.add_outbox(BY_AMI, 1).result()
    watch = Watch(store, [message.id])
    assert watch.look(UNTIL_SENT)
    assert watch.messages == {message.id: message}
    assert not watch.look(UNTIL_SENT)
    store.add_evidence(Evidence(message.id, 0, 1.0, DeliveryState.SUBMITTING, "console", "")).result()
    assert watch.look(UNTIL_SENT)
    assert watch.among(NOT_LEFT) == [message.id]
    assert watch.among({DeliveryState.SENT}) == []


def test_a_batch_that_is_paused_is_told(store: Store) -> None:
    batch, messages = store.sending.add_batch([Order(BY_AMI, 1)] * 2, "alice", "label").result()
    watch = Watch(store, [message.id for message in messages], batch=batch.id)
    watch.look(UNTIL_SENT)
    assert watch.pause == ""
    store.sending.set_batch(batch.id, BatchState.PAUSED, "bob").result()
    watch.look(UNTIL_SENT)
    assert "is paused" in watch.pause


# ---- before it is sent --------------------------------------------------------------------------------------


async def test_the_ports_that_a_draft_may_take_are_heard_first(store: Store) -> None:
    async with Gateway(BOX) as gateway:
        sending = sending_by(config(gateway), store)
        async with sending.running(look_only=True):
            await sending.hear_ports(replace(BY_AMI, port=None))
            assert [port.port for port in sending.ports] == [1, 2, 3]
            assert all(port.read_at is not None for port in sending.ports)
            assert sending.hears_results()
            assert sending.sender.forecast([replace(BY_AMI, port=None)]).ports == (1,)


async def test_without_ami_nothing_goes_by_it_and_http_does_not_mind(store: Store) -> None:
    sending = sending_by(config(), store)
    async with sending.running(look_only=True):
        with pytest.raises(NotConnected, match="AMI of gw1 is waiting") as raised:
            await sending.hear_ports(BY_AMI)
        assert "--via http" in raised.value.hint
        await sending.hear_ports(replace(BY_AMI, via=Via.HTTP))
        assert not sending.hears_results()


async def test_a_refused_account_is_told_at_once(store: Store) -> None:
    async with Gateway(replace(BOX, password="another")) as gateway:
        sending = sending_by(config(gateway), store)
        async with sending.running(look_only=True):
            with pytest.raises(NotConnected, match="AMI of gw1 is refused"):
                await sending.hear_ports(BY_AMI)


def test_silence_is_measured_by_the_gateway_s_own_time_outs(store: Store) -> None:
    ami, http = 5.0 + 10.0 + 30, 5.0 + 20.0
    assert sending_by(config(result_wait=60.0, pace=7.0), store).longest_silence == 60.0 + 7.0 + ami + http
    assert sending_by(config(result_wait=0.0, ami=None), store).longest_silence == 150.0 + http


# ---- how it ends --------------------------------------------------------------------------------------------


async def test_all_are_where_they_were_to_come_to(store: Store) -> None:
    async with Gateway(BOX) as gateway:
        sending, told = sending_by(config(gateway), store), Told()
        async with sending.running():
            states, ending = await told.send(sending, BY_AMI, replace(BY_AMI, port=2))
    assert (states, ending) == ([DeliveryState.SENT] * 2, Ending.DONE)
    assert told.states[-1] == states
    assert told.troubles == []


async def test_what_can_not_be_sent_queues_nothing(store: Store) -> None:
    sending = sending_by(config(), store)
    async with sending.running():
        with pytest.raises(CannotSend):
            await Told().send(sending, BY_AMI, replace(BY_AMI, to="DHL"))
    assert store.outbox_count() == 0


async def test_once_it_is_stopped_what_was_leaving_is_unknown_and_the_rest_called_off(store: Store) -> None:
    async with Gateway(replace(BOX, sync_delay=600.0)) as gateway:
        sending, told = sending_by(config(gateway), store), Told(stop_at=DeliveryState.SUBMITTING)
        async with sending.running():
            states, ending = await told.send(sending, BY_AMI, BY_AMI)
    assert (states, ending) == ([DeliveryState.UNKNOWN, DeliveryState.CANCELLED], Ending.INTERRUPTED)
    assert store.evidence(1)[-1].raw == "the command was stopped while sending"
    assert store.sending.left_over() == []


async def test_segments_that_have_not_left_are_called_off_with_their_message(store: Store) -> None:
    long = replace(BY_AMI, text="x" * 300)
    async with Gateway(replace(BOX, sync_delay=600.0)) as gateway:
        sending, told = sending_by(config(gateway), store), Told(stop_at=DeliveryState.SUBMITTING)
        async with sending.running():
            await told.send(sending, long)
    message = store.outbox_message(1)
    assert message is not None
    assert message.segments == (DeliveryState.UNKNOWN, DeliveryState.CANCELLED)


async def test_time_that_is_up_waits_for_what_is_leaving(store: Store) -> None:
    pace = GatedPace()
    async with Gateway(replace(BOX, sync_delay=GatedPace.LONG), pace=pace) as gateway:
        sending, told = sending_by(config(gateway), store), Told()
        told.on_state[DeliveryState.CANCELLED] = pace.gate.set
        async with sending.running():
            states, ending = await told.send(sending, BY_AMI, BY_AMI, timeout=2.0)
    assert [DeliveryState.SUBMITTING, DeliveryState.CANCELLED] in told.states
    assert (states, ending) == ([DeliveryState.SENT, DeliveryState.CANCELLED], Ending.TIME_UP)


async def test_why_messages_wait_is_told_once(store: Store) -> None:
    async with Gateway(BOX) as gateway:
        sending, told = sending_by(config(gateway, pace=3600.0), store), Told()
        told.on_state[DeliveryState.SENT] = lambda: store.sending.set_batch(1, BatchState.PAUSED, "bob").result()
        told.stop_at_trouble = True
        async with sending.running():
            states, _ = await told.send(sending, BY_AMI, BY_AMI)
    assert told.troubles == ["batch 1 is paused; resume it in the console"]
    assert states == [DeliveryState.SENT, DeliveryState.CANCELLED]


async def test_a_database_that_can_not_be_read_for_a_while_does_not_end_it(tmp_path: Path) -> None:
    store: Store = Unreadable.open(tmp_path / "console.db", clock=SystemClock())
    try:
        async with Gateway(BOX) as gateway:
            sending, told = sending_by(config(gateway), store), Told()
            async with sending.running():
                states, ending = await told.send(sending, BY_AMI)
    finally:
        store.close()
    assert (states, ending) == ([DeliveryState.SENT], Ending.DONE)
    assert told.troubles == ["the disk is away"]


async def test_delivered_is_more_than_sent(store: Store) -> None:
    async with Gateway(BOX) as gateway:
        sending = sending_by(config(gateway), store)
        async with sending.running():
            states, ending = await Told().send(sending, BY_AMI, until=UNTIL_DELIVERED, timeout=0.1)
    assert (states, ending) == ([DeliveryState.SENT], Ending.TIME_UP)


def test_a_look_that_took_long_delays_the_next_one_a_little_and_no_time_out() -> None:
    assert pause(0.001, None) == LOOK
    assert pause(0.2, None) == pytest.approx(0.8)
    assert pause(90.0, None) == LONGEST_LOOK  # it was stopped meanwhile
    assert pause(90.0, 0.5) == 0.5
    assert pause(90.0, -60.0) == 0.0
