"""A C program that talks as the vendor's sample does: lower-case headers, unquoted words."""

from __future__ import annotations

import asyncio
import shutil
import subprocess
from pathlib import Path

import pytest

from console.simulator.gateway import Gateway
from console.simulator.options import SimulatorOptions
from tests.simulator.support import FastPace, eventually
from tests.support.waiting import DEADLINE

CLIENT = Path(__file__).with_name("vendor_manner.c")
CC = shutil.which("gcc") or shutil.which("cc")


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> str:
    """The client, compiled; without a C compiler there is nothing to try."""
    if CC is None:
        pytest.skip("no C compiler here")
    binary = tmp_path_factory.mktemp("vendor") / "client"
    subprocess.run([CC, "-Wall", "-Werror", str(CLIENT), "-o", str(binary)], check=True)
    return str(binary)


async def run(program: str, gateway: Gateway, *arguments: str) -> str:
    """Its standard output."""
    tcp_port = str(gateway.ami_address[1])
    process = await asyncio.create_subprocess_exec(
        program, tcp_port, "admin", "admin", *arguments, stdout=asyncio.subprocess.PIPE
    )
    async with asyncio.timeout(DEADLINE):
        output, _ = await process.communicate()
    assert process.returncode == 0
    return output.decode()


async def test_a_short_text_goes_out(program: str) -> None:
    async with Gateway(SimulatorOptions(sync_delay=0), pace=FastPace()) as gateway:
        output = await run(program, gateway, "1", "13632919026", "test")
        assert "Authentication accepted" in output
        assert "Response: Follows" in output
        await eventually(lambda: [message.text for message in gateway.air] == ["test"])


async def test_a_long_text_goes_out_in_152s_and_joins(program: str) -> None:
    text = "abcdefghij" * 40
    async with Gateway(SimulatorOptions(sync_delay=0), pace=FastPace()) as gateway:
        output = await run(program, gateway, "2", "13632919026", text)
        assert output.count("SEND CONCATENATED SMS TO PHONE 13632919026 SUCCESSFULLY") == 3
        assert [len(message.text) for message in gateway.air] == [152, 152, 96]
        assert gateway.network.on_phone("13632919026") == [text]
