"""USSD against the simulated gateway, over real sockets."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from console.config import AmiConfig, GatewayConfig, Secret
from console.domain.ussd import UssdRecord, UssdState
from console.services.clock import SystemClock
from console.services.ports.ussd import BUSY_PAUSE, UssdService
from console.simulator.gateway import Gateway
from console.simulator.options import SimulatorOptions
from console.simulator.radio.driver import MENU, UNICODE
from console.store import Store
from console.store.ami.log import AmiLog
from tests.simulator.support import StillPace
from tests.support.waiting import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path


class Air:
    """A simulated gateway, and the service that asks through it."""

    def __init__(self, gateway: Gateway, store: Store) -> None:
        host, tcp_port = gateway.ami_address
        ami = AmiConfig("admin", Secret("admin"), tcp_port=tcp_port, answer_timeout=10)
        self.gateway = gateway
        self.store = store
        self.log = AmiLog()
        self.pauses: list[float] = []
        self.resumed = asyncio.Event()
        """Whether pauses end."""
        self.service = UssdService(
            [GatewayConfig("gw1", host, ami=ami)],
            store.ussd,
            SystemClock(),
            operator="alice",
            sleep=self._sleep,
            log=self.log,
        )

    async def ask(self, code: str, *, port: int = 1) -> UssdRecord:
        return await asyncio.wrap_future(self.service.ask("gw1", port, code))

    async def _sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        await self.resumed.wait()
        if seconds > 100:
            await asyncio.Event().wait()


@asynccontextmanager
async def on_air(folder: Path, *, pace: StillPace | None = None) -> AsyncIterator[Air]:
    store = Store.open(folder / "console.db", clock=SystemClock())
    try:
        async with Gateway(SimulatorOptions(ports=4, sync_delay=0.0, login_delay=0), pace=pace) as gateway:
            air = Air(gateway, store)
            task = asyncio.create_task(air.service.run())
            try:
                yield air
            finally:
                task.cancel()
                await asyncio.wait([task])
    finally:
        store.close()


async def test_balances_texts_in_any_script_and_menus(tmp_path: Path) -> None:
    async with on_air(tmp_path) as air:
        balance = await air.ask("*100#")
        assert balance.state is UssdState.ANSWERED
        assert balance.answer.startswith("*100#: balance ")
        assert (await air.ask(UNICODE)).answer == "余额 12.50 元。回复 1 续费"
        menu = await air.ask(MENU)
        assert (menu.state, menu.answer) == (UssdState.MENU, "1 Balance\n2 Tariff\n0 Leave")
        tariff = await air.ask("2")
        assert (tariff.state, tariff.answer) == (UssdState.ANSWERED, "Tariff S\nuntil 30.11.")
        assert [record.code for record in air.store.ussd.history("gw1", 1, 9)] == ["2", MENU, UNICODE, "*100#"]
        assert any("gsm send ussd 1" in record.text for record in air.log.since(0, 100))


async def test_a_busy_port_is_asked_again_until_it_is_free(tmp_path: Path) -> None:
    async with on_air(tmp_path) as air:
        air.gateway.occupy(1)
        asking = asyncio.create_task(air.ask("*100#"))
        await until(lambda: BUSY_PAUSE in air.pauses)
        air.gateway.occupy(1, occupied=False)
        air.resumed.set()
        assert (await asking).state is UssdState.ANSWERED


async def test_an_answer_that_is_cut_off_leaves_it_unknown_and_the_next_one_works(tmp_path: Path) -> None:
    async with on_air(tmp_path) as air:
        air.gateway.cut_mid_answer()
        assert (await air.ask("*100#")).state is UssdState.UNKNOWN
        assert (await air.ask("*100#")).state is UssdState.ANSWERED


async def test_a_network_that_never_answers_leaves_it_unknown(tmp_path: Path) -> None:
    pace = StillPace()
    async with on_air(tmp_path, pace=pace) as air:
        air.gateway.mute(1)
        asking = asyncio.create_task(air.ask("*100#"))
        await until(lambda: air.gateway.port(1).asking)
        pace.advance(30)
        record = await asking
        assert (record.state, record.answer) == (UssdState.UNKNOWN, "0:Send USSD timeout on span 1")


async def test_a_port_without_network_has_failed(tmp_path: Path) -> None:
    async with on_air(tmp_path) as air:
        air.gateway.pull_sim(2)
        record = await air.ask("*100#", port=2)
        assert (record.state, record.answer) == (UssdState.FAILED, "0:Send USSD failed on span 2")


async def test_a_gateway_that_is_away_has_failed(tmp_path: Path) -> None:
    async with on_air(tmp_path) as air:
        air.gateway.shut_down()
        record = await air.ask("*100#")
        assert record.state is UssdState.FAILED
        assert record.answer.startswith("not sent: ")
