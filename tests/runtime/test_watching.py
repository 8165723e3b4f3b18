"""The watch of a process without a screen."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

import pytest

from console.config import AmiConfig, Config, GatewayConfig, ReceiverConfig, Secret
from console.config.records import AlarmConfig, SimLimits
from console.domain.link import LinkPhase, ReceiverStatus
from console.domain.messages import DeliveryState, Evidence, Via
from console.runtime.headless import Watching
from console.services.clock import SystemClock
from console.simulator.ami.wire import AmiEvent
from console.simulator.gateway import Gateway
from console.simulator.options import SimulatorOptions
from console.store import Store
from tests.support.messages import draft
from tests.support.waiting import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

pytestmark = pytest.mark.slow

BOX = SimulatorOptions(ports=3, login_delay=0)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "console.db", clock=SystemClock())
    yield store
    store.close()


@asynccontextmanager
async def running(
    store: Store, *gateways: GatewayConfig, alarms: AlarmConfig | None = None, receives: bool = True
) -> AsyncIterator[Watching]:
    clock = SystemClock()
    config = Config(gateways, ReceiverConfig(), store.path, alarms=alarms or AlarmConfig(down_seconds=0))
    status = ReceiverStatus(receives, "127.0.0.1:8080", clock.time())
    watching = Watching(config, store, clock, receiver=lambda: status)
    task = asyncio.create_task(watching.run())
    try:
        yield watching
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


def kinds(store: Store) -> set[str]:
    return {alarm.kind.code for alarm in store.alarms.open()}


async def test_it_knows_the_ports_and_what_went_by_their_sims(store: Store) -> None:
    message = store.add_outbox(draft(port=2), 1).result(10)
    for state in (DeliveryState.SUBMITTING, DeliveryState.SENT):
        store.add_evidence(Evidence(message.id, 1, SystemClock().time(), state, "console", "", port=2)).result(10)
    async with Gateway(BOX) as gateway:
        ami = AmiConfig("admin", Secret("admin"), gateway.ami_address[1])
        box = GatewayConfig("gw1", "127.0.0.1", ami, sims={2: SimLimits(daily=1)})
        async with running(store, box, alarms=AlarmConfig(down_seconds=0, stale_seconds=300)) as watching:
            await until(lambda: kinds(store) == {"limit_near"})
            (known,) = watching.gateways()
            assert known.link.phase is LinkPhase.UP
            assert [(port.port, port.fresh_for) for port in known.ports] == [(1, 300), (2, 300), (3, 300)]
            assert watching.trouble == ""


async def test_a_gateway_that_is_not_there_is_an_alarm_and_one_without_ami_is_none(store: Store) -> None:
    gone = GatewayConfig("gone", "127.0.0.1", AmiConfig("admin", Secret("admin"), 1))
    async with running(store, gone, GatewayConfig("http", "127.0.0.1"), receives=False) as watching:
        await until(lambda: kinds(store) == {"ami_down", "receiver_down"})
        assert {alarm.gateway for alarm in store.alarms.open()} == {"gone", ""}
        assert [gateway.link.phase for gateway in watching.gateways()][1] is LinkPhase.STOPPED


async def test_a_command_that_can_not_be_run_is_told(store: Store) -> None:
    alarms = AlarmConfig(down_seconds=0, command=("/nowhere/page",))
    gone = GatewayConfig("gone", "127.0.0.1", AmiConfig("admin", Secret("admin"), 1))
    async with running(store, gone, alarms=alarms) as watching:
        await until(lambda: watching.trouble)
        assert watching.trouble == "alarm command: /nowhere/page can't be run: No such file or directory"


async def test_what_was_sent_before_comes_to_its_end_whoever_runs(store: Store) -> None:
    late = store.add_outbox(draft(), 1, result_wait=0.01).result(10)
    for state in (DeliveryState.SUBMITTING, DeliveryState.ACCEPTED):
        store.add_evidence(Evidence(late.id, 0, SystemClock().time(), state, "http answer", "")).result(10)
    async with running(store, GatewayConfig("gw1", "127.0.0.1")):
        await until(lambda: _state(store, late.id) is DeliveryState.UNKNOWN)


async def test_results_by_ami_are_kept_without_a_screen(store: Store) -> None:
    message = store.add_outbox(draft(via=Via.HTTP), 1).result(10)
    for state in (DeliveryState.SUBMITTING, DeliveryState.ACCEPTED):
        store.add_evidence(Evidence(message.id, 0, SystemClock().time(), state, "http answer", "")).result(10)
    async with Gateway(BOX) as gateway:
        ami = AmiConfig("admin", Secret("admin"), gateway.ami_address[1])
        async with running(store, GatewayConfig("gw1", "127.0.0.1", ami)) as watching:
            await until(lambda: watching.gateways()[0].link.phase is LinkPhase.UP)
            said = (("Channel", "1"), ("ID", store.wire_id(message.id)), ("Status", "SUCCESS"))
            gateway._publish(AmiEvent("SMSSendStatus", "system", said))
            await until(lambda: _state(store, message.id) is DeliveryState.SENT)


def _state(store: Store, message_id: int) -> DeliveryState:
    message = store.outbox_message(message_id)
    assert message is not None
    return message.state
