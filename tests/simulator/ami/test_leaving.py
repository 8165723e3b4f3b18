"""Asterisk ends and starts again, by and by."""

from __future__ import annotations

import asyncio

import pytest

from console.simulator.ami.server import LEAVES_FOR, LOADS_FOR
from console.simulator.gateway import Gateway
from console.simulator.options import SimulatorOptions
from tests.simulator.support import StillPace, eventually, probe

QUICK = SimulatorOptions(sync_delay=0, login_delay=0)
RESTART = b"Action: Command\r\nActionID: r\r\nCommand: core restart now\r\n\r\n"
HEAD = b"Response: Follows\r\nPrivilege: Command\r\nActionID: r\r\n"


def unknown(action: str) -> str:
    return (
        f"Response: Error\r\nMessage: Invalid/unknown command: {action}. "
        "Use Action: ListCommands to show available commands."
    )


async def test_1_8_has_no_actions_any_more_while_it_ends() -> None:
    pace = StillPace()
    async with (
        Gateway(QUICK, pace=pace) as gateway,
        probe(gateway) as operator,
        probe(gateway, events="system") as watcher,
    ):
        await watcher.until(b"Fully Booted\r\n\r\n")
        operator.send(RESTART)
        assert await watcher.block() == "Event: Shutdown\r\nPrivilege: system,all\r\nShutdown: Cleanly\r\nRestart: True"
        watcher.send(b"Action: Ping\r\n\r\n")
        assert await watcher.block() == unknown("Ping")
        async with probe(gateway, log_in=False) as late:
            late.send(b"Action: Login\r\nUsername: admin\r\nSecret: admin\r\n\r\n")
            await late.until(b"1.1\r\n")
            assert await late.block() == unknown("Login")
            pace.advance(LEAVES_FOR["old"])
            assert await late.rest() == b""
        assert await watcher.rest() == b""
        assert await operator.rest() == HEAD
        with pytest.raises(ConnectionRefusedError):
            await asyncio.open_connection(*gateway.ami_address)


async def test_22_ends_at_once_without_an_answer() -> None:
    pace = StillPace()
    options = SimulatorOptions(login_delay=0, command_form="new")
    async with Gateway(options, pace=pace) as gateway, probe(gateway) as operator:
        operator.send(RESTART)
        await eventually(lambda: pace.sleeping == 1)
        pace.advance(0)
        assert await operator.rest() == b""


@pytest.mark.parametrize(
    ("form", "booted"),
    [("old", "Status: Fully Booted"), ("new", "Status: Fully Booted\r\nUptime: 20\r\nLastReload: 20")],
)
async def test_logins_work_before_the_driver_is_loaded(form: str, booted: str) -> None:
    pace = StillPace()
    options = SimulatorOptions(login_delay=0, command_form="new" if form == "new" else "old")
    async with Gateway(options, pace=pace) as gateway:
        gateway.restart(7)
        for seconds in (LEAVES_FOR[options.command_form], 7):
            await eventually(lambda: pace.sleeping == 1)
            pace.advance(seconds)
        await eventually(lambda: gateway.ami.listening)
        async with probe(gateway, events="system") as client:
            client.send(b"Action: Command\r\nCommand: gsm show spans\r\n\r\n")
            await client.until(b"No such command 'gsm show spans'")
            client.send(b"Action: Command\r\nCommand: core show uptime\r\n\r\n")
            await client.until(b"System uptime: 0 seconds")
            await client.until(b"\r\n\r\n")
            assert b"FullyBooted" not in client.received
            gateway.receive_sms(1, "10086", "nobody takes it")
            client.send(b"Action: Command\r\nCommand: core show channels\r\n\r\n")
            await client.until(b" 0 calls processed" if form == "new" else b"\n0 calls processed")
            await client.until(b"\r\n\r\n")
            async with probe(gateway) as waiting:
                waiting.send(b"Action: Command\r\nCommand: core waitfullybooted\r\n\r\n")
                await eventually(lambda: pace.sleeping == 1)
                pace.advance(LOADS_FOR)
                await waiting.until(b"Asterisk has fully booted.")
            assert await client.block() == f"Event: FullyBooted\r\nPrivilege: system,all\r\n{booted}"
            client.send(b"Action: Command\r\nCommand: gsm show spans\r\n\r\n")
            await client.until(b"GSM span 8: ")


async def test_stopped_for_good() -> None:
    pace = StillPace()
    async with Gateway(QUICK, pace=pace) as gateway, probe(gateway) as client:
        client.send(b"Action: Command\r\nCommand: core stop now\r\n\r\n")
        await eventually(lambda: pace.sleeping == 1)
        pace.advance(LEAVES_FOR["old"])
        await client.rest()
        assert (gateway.ami.listening, pace.sleeping) == (False, 0)


@pytest.mark.parametrize("line", ["module load chan_extra.so", "module unload x", "restart gracefully"])
async def test_what_no_account_may_run(line: str) -> None:
    async with Gateway(QUICK) as gateway, probe(gateway) as client:
        client.send(f"Action: Command\r\nCommand: {line}\r\n\r\n".encode())
        assert await client.block() == "Response: Error\r\nMessage: Command blacklisted"
