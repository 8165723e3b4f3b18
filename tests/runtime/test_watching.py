"""The watch of a process without a screen."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager, suppress
from typing import TYPE_CHECKING

import pytest

from console.config import AmiConfig, Config, GatewayConfig, ReceiverConfig, Secret
from console.config.records import AlarmConfig, SimLimits
from console.domain.link import LinkPhase, ReceiverStatus
from console.domain.messages import DeliveryState, Evidence
from console.runtime.headless import Watching
from console.services.clock import SystemClock
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
