"""Several consoles on one database send through one gateway: what is on the air is what the rules let through."""

from __future__ import annotations

import asyncio
import itertools
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from console.config import AmiConfig, GatewayConfig, HttpConfig, Secret, SimLimits
from console.domain.messages import DeliveryState as S
from console.domain.ports import PortHealth
from console.services.clock import SystemClock
from console.services.sending.sender import Sender
from console.simulator.gateway import Gateway
from console.simulator.options import SimulatorOptions
from console.store import Store
from tests.support.sending import by_ami, by_http, snapshot, until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from console.domain.messages import Draft


@asynccontextmanager
async def consoles(
    folder: Path, gateway: Gateway, *, daily: int | None = None, pace: float = 0.0
) -> AsyncIterator[list[tuple[Store, Sender]]]:
    """Three of them."""
    config = GatewayConfig(
        name="gw1",
        host="127.0.0.1",
        ami=AmiConfig("admin", Secret("admin"), tcp_port=gateway.ami_address[1], answer_timeout=5, sync_timeout=1),
        http=HttpConfig("smsuser", Secret("smspwd"), tcp_port=gateway.http_address[1]),
        limits=SimLimits(daily),
        pace=pace,
    )
    clock = SystemClock()
    ports = [snapshot(port, PortHealth.READY, read_at=clock.time()) for port in (1, 2)]
    async with AsyncExitStack() as stack:
        several = []
        for _ in range(3):
            store = Store.open(folder / "console.db", clock=clock)
            stack.callback(store.close)
            sender = Sender([config], store, clock, ports=lambda _: ports)
            task = asyncio.create_task(sender.run())
            stack.push_async_callback(asyncio.wait, [task])
            stack.callback(task.cancel)
            several.append((store, sender))
        yield several


def told(store: Store, state: S) -> list[str]:
    return [message.detail for message in store.outbox_in(state)]


async def test_a_limit_is_kept_to_the_last_segment(tmp_path: Path) -> None:
    async with (
        Gateway(SimulatorOptions(ports=2, sync_delay=0.0)) as gateway,
        consoles(tmp_path, gateway, daily=3) as several,
    ):
        drafts: list[Draft] = [by_ami(), by_http(port=1)] * 2
        for _, sender in several:
            await asyncio.wrap_future(sender.submit_all(drafts, "batch"))
        store = several[0][0]
        await until(lambda: sum(len(store.outbox_in(state)) for state in (S.SENT, S.ACCEPTED, S.FAILED)) == 12)
        await until(lambda: len(gateway.air) == 3)
        assert set(told(store, S.FAILED)) == {"not sent: Port 1: 3 of 3 segments today."}
        assert len(told(store, S.FAILED)) == 9


async def test_what_may_choose_takes_the_ports_that_have_room(tmp_path: Path) -> None:
    async with (
        Gateway(SimulatorOptions(ports=2, sync_delay=0.0)) as gateway,
        consoles(tmp_path, gateway, daily=3) as several,
    ):
        for _, sender in several:
            await asyncio.wrap_future(sender.submit_all([by_ami(port=None)] * 4, "batch"))
        store = several[0][0]
        await until(lambda: len(store.outbox_in(S.SENT)) == 6)
        assert sorted(sms.port for sms in gateway.air) == [1, 1, 1, 2, 2, 2]
        assert len(store.outbox_in(S.QUEUED)) == 6


async def test_the_pace_is_kept_between_them(tmp_path: Path) -> None:
    async with (
        Gateway(SimulatorOptions(ports=2, sync_delay=0.0)) as gateway,
        consoles(tmp_path, gateway, pace=0.2) as several,
    ):
        for _, sender in several:
            await asyncio.wrap_future(sender.submit_all([by_ami()] * 2, "batch"))
        await until(lambda: len(several[0][0].outbox_in(S.SENT)) == 6)
        times = [sms.at for sms in gateway.air]
        assert len(times) == 6
        assert min(after - before for before, after in itertools.pairwise(times)) >= 0.2
