"""Alarms over real sockets: SIMs pulled and put back, a link that drops, a whole box at once; told to a program."""

from __future__ import annotations

import asyncio
import json
import socket
import sys
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING

from console.config import AmiConfig, Config, GatewayConfig, ReceiverConfig, Secret
from console.config.records import AlarmConfig
from console.runtime.services import Services
from console.services.clock import SystemClock
from console.simulator.gateway import Gateway
from console.simulator.options import SimulatorOptions
from console.store import Reader, Store
from console.store.ami.log import AmiLog
from tests.support.gateway_process import free_tcp_port
from tests.support.waiting import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from console.domain.alarms import Alarm

BOX = SimulatorOptions(ports=8, login_delay=0)
AT_ONCE = AlarmConfig(unregistered_seconds=0, down_seconds=0)
WRITE = """
import json, sys
told = json.loads(sys.stdin.read())
open(f"{sys.argv[1]}/{told['kind']}-{told['port']}-{told['state']}", "x").close()
"""


class Scene:
    """A gateway, and a console without a screen on it."""

    def __init__(self, gateway: Gateway, folder: Path, listener: socket.socket, alarms: AlarmConfig) -> None:
        host, tcp_port = gateway.ami_address
        config = Config(
            (GatewayConfig("gw1", host, AmiConfig("admin", Secret("admin"), tcp_port, status_period=1.0)),),
            ReceiverConfig("127.0.0.1", listener.getsockname()[1]),
            folder / "console.db",
            alarms=alarms,
        )
        self.gateway = gateway
        self.store = Store.open(config.database, clock=SystemClock())
        self.services = Services(config, self.store, AmiLog(), SystemClock(), listener=listener)

    @property
    def open(self) -> set[tuple[str, int]]:
        return {(alarm.kind.code, alarm.port) for alarm in self.store.alarms.open()}

    @property
    def over(self) -> list[Alarm]:
        return self.store.alarms.history(1_000)

    async def is_known(self, working: int = 7) -> None:
        """So many ports were seen to work by the one that watches: they are there to be used."""
        await until(lambda: len(self.services._alarms._rules._usable_at) == working)


@asynccontextmanager
async def scene(folder: Path, box: SimulatorOptions = BOX, alarms: AlarmConfig = AT_ONCE) -> AsyncIterator[Scene]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        async with Gateway(box) as gateway:
            it = Scene(gateway, folder, listener, alarms)
            try:
                it.services.start()
                try:
                    yield it
                finally:
                    await asyncio.to_thread(it.services.stop)
            finally:
                it.store.close()


async def test_a_sim_pulled_and_put_back_is_an_alarm_with_its_duration_and_a_program_is_told(tmp_path: Path) -> None:
    told = tmp_path / "told"
    told.mkdir()
    command = (sys.executable, "-c", WRITE, str(told))
    async with scene(tmp_path, alarms=replace(AT_ONCE, command=command)) as it:
        await it.is_known()
        it.gateway.pull_sim(3)
        await until(lambda: it.open == {("no_sim", 3)})
        it.gateway.insert_sim(3)
        await until(lambda: it.over)
        (alarm,) = it.over
        await until(lambda: it.open == {("other_sim", 3)})
        (another,) = it.store.alarms.open()
        await asyncio.wrap_future(it.store.alarms.acknowledge([another.id], "bob"))
        await until(lambda: not it.open)
        assert alarm.cleared_at is not None
        assert 0 < alarm.cleared_at - alarm.raised_at < 60
        names = {f"{kind}-3-{news}" for kind in ("no_sim", "other_sim") for news in ("raised", "cleared")}
        await until(lambda: {path.name for path in told.iterdir()} == names)
        assert it.services.trouble() == ""


async def test_forty_four_ports_lose_the_network_and_come_back(tmp_path: Path) -> None:
    async with scene(tmp_path, replace(BOX, ports=44)) as it:
        await it.is_known(43)
        for port in range(1, 45):
            it.gateway.unregister(port)
        # The last slot is empty from the beginning: nobody is paged for it.
        await until(lambda: it.open == {("unregistered", port) for port in range(1, 44)})
        for port in range(1, 45):
            it.gateway.register(port)
        await until(lambda: len(it.over) == 43)
        assert it.open == set()


async def test_while_the_link_is_down_its_alarm_stands_for_all_even_in_a_storm(tmp_path: Path) -> None:
    async with scene(tmp_path) as it:
        await it.is_known()
        it.gateway.pull_sim(2)
        await until(lambda: it.open == {("no_sim", 2)})
        it.gateway.storm(500)
        it.gateway.shut_down(back_after=None)
        await until(lambda: it.open == {("no_sim", 2), ("ami_down", 0)})
        assert it.over == []


async def test_without_a_screen_it_watches_as_well(tmp_path: Path) -> None:
    told = tmp_path / "told"
    told.mkdir()
    async with Gateway(BOX) as gateway:
        script, path = tmp_path / "page.py", tmp_path / "config.toml"
        script.write_text(WRITE)
        path.write_text(
            f"""
            database = "console.db"
            [receiver]
            tcp_port = {free_tcp_port()}
            [alarms]
            unregistered_seconds = 0.0
            command = {json.dumps([sys.executable, str(script), str(told)])}
            [[gateways]]
            name = "gw1"
            host = "127.0.0.1"
            [gateways.ami]
            username = "admin"
            secret = "admin"
            tcp_port = {gateway.ami_address[1]}
            status_period = 1.0
            [[gateways.sims]]
            port = 3
            daily_limit = 1000
            """
        )
        path.chmod(0o600)
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "console", "receive", "--config", str(path)),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        assert process.stdout is not None
        assert (await process.stdout.readline()).startswith(b"READY")
        try:
            reader = Reader.open_existing(tmp_path / "console.db")
            await until(lambda: reader.presence("watch") is not None)
            gateway.pull_sim(3)
            await until(lambda: (told / "no_sim-3-raised").exists())
            gateway.insert_sim(3)
            await until(lambda: (told / "no_sim-3-cleared").exists())
            assert [alarm.kind.code for alarm in reader.alarms.history(9)] == ["no_sim"]
            reader.close()
        finally:
            process.terminate()
            _, log = await asyncio.wait_for(process.communicate(), 30)
        assert b"Traceback" not in log
        assert process.returncode == 0
