"""`gsm-console simulate` as a process: one JSON line when ready, alive until told to stop."""

from __future__ import annotations

import argparse
import asyncio
import json
import signal
import subprocess
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from console.cli.gateway import simulate
from tests.support.waiting import DEADLINE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


PROGRAM = """
import argparse, sys
from console.cli.gateway import simulate
parser = argparse.ArgumentParser()
simulate.add_parser(parser.add_subparsers())
arguments = parser.parse_args(["simulate", *sys.argv[1:]])
sys.exit(arguments.run(arguments))
"""


def arguments(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    simulate.add_parser(parser.add_subparsers())
    return parser.parse_args(["simulate", *words])


@asynccontextmanager
async def simulated(*words: str) -> AsyncIterator[tuple[asyncio.subprocess.Process, dict[str, object]]]:
    """The process, and the line it printed when it was ready."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-c", PROGRAM, *words), stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        async with asyncio.timeout(DEADLINE):
            yield process, json.loads(await process.stdout.readline())
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@pytest.mark.slow
@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT])
async def test_it_serves_until_told_to_stop(how: signal.Signals) -> None:
    async with simulated("--rate", "5", "--seed", "3", "--ports", "2", "--password", "s3cret") as (
        process,
        ready,
    ):
        assert (ready["ports"], ready["seed"]) == (2, 3)
        host, _, tcp_port = str(ready["ami"]).rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(tcp_port))
        writer.write(b"Action: Login\r\nUsername: admin\r\nSecret: s3cret\r\nEvents: off\r\n\r\n")
        await reader.readuntil(b"Authentication accepted\r\n\r\n")
        writer.write(b"Action: Command\r\nCommand: gsm show spans\r\n\r\n")
        assert b"GSM span 2: " in await reader.readuntil(b"--END COMMAND--\r\n\r\n")
        assert str(ready["http"]).startswith("http://127.0.0.1:")
        process.send_signal(how)
        await reader.read()
        writer.close()
        await writer.wait_closed()
        output, _ = await process.communicate()
        assert (process.returncode, output) == (0, b"")


@pytest.mark.slow
async def test_trouble_and_rights_to_order() -> None:
    async with simulated(
        *("--rate", "0", "--read-classes", "dialplan", "--write-classes", ""),
        *("--trouble", "storm=500", "--trouble", "restart=60@1.5"),
    ) as (_, ready):
        host, _, tcp_port = str(ready["ami"]).rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(tcp_port))
        writer.write(b"Action: Login\r\nUsername: admin\r\nSecret: admin\r\n\r\n")
        assert b"FullyBooted" not in await reader.readuntil(b"Variable: STORM\r\n")
        writer.write(b"Action: Command\r\nCommand: gsm show spans\r\n\r\n")
        await reader.readuntil(b"Message: Permission denied\r\n")
        await reader.read(-1)  # until the restart ends it
        writer.close()
        await writer.wait_closed()


@pytest.mark.slow
async def test_orders_are_carried_out_and_answered_or_refused() -> None:
    async with simulated("--rate", "0", "--ports", "2", "--orders") as (process, ready):
        assert process.stdin is not None
        assert process.stdout is not None
        answers = []
        for order in ("pull-sim=2", "unregister=1", "strange=1", "earthquake", "pull-sim=9", "cut@60", "pull-sim=1"):
            process.stdin.write(f"{order}\n".encode())
            answers.append(json.loads(await process.stdout.readline()))
        assert answers[0] == {"order": "pull-sim=2", "air": 0, "lost": 0}
        refused = [answer.get("refused", "") for answer in answers]
        assert refused[3].startswith("there is no trouble named 'earthquake'; there are half-open, ")
        assert refused[4] == "there is no port 9"
        assert [number for number, words in enumerate(refused) if words] == [3, 4]
        host, _, tcp_port = str(ready["ami"]).rpartition(":")
        reader, writer = await asyncio.open_connection(host, int(tcp_port))
        writer.write(b"Action: Login\r\nUsername: admin\r\nSecret: admin\r\nEvents: off\r\n\r\n")
        writer.write(b"Action: Command\r\nCommand: gsm show span 1\r\n\r\n")
        assert b"State: RF CALIBRATION" in await reader.readuntil(b"--END COMMAND--\r\n\r\n")
        writer.close()
        await writer.wait_closed()
        process.stdin.close()
        process.terminate()
        assert await process.wait() == 0


@pytest.mark.slow
async def test_an_address_that_is_taken(capfd: pytest.CaptureFixture[str]) -> None:
    server = await asyncio.start_server(lambda _reader, _writer: None, "127.0.0.1", 0)
    async with server:
        taken = server.sockets[0].getsockname()[1]
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", PROGRAM, "--ami", f"127.0.0.1:{taken}")
        async with asyncio.timeout(DEADLINE):
            assert await process.wait() == 4
    assert "cannot listen" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--ami", "nowhere"], "not HOST:PORT"),
        (["--deliver-to", "ftp://x"], "not an http URL"),
        (["--trouble", "earthquake"], "no trouble named 'earthquake'"),
        (["--trouble", "pull-sim=9@60", "--ports", "8"], "there is no port 9"),
    ],
)
def test_wrong_arguments_are_refused(words: list[str], complaint: str, capsys: pytest.CaptureFixture[str]) -> None:
    parsed = arguments(*words)
    assert parsed.run(parsed) == 2
    assert complaint in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        (["--ports", "0"], "argument --ports: 0 is not between 1 and 64"),
        (["--rate", "-1"], "argument --rate: -1.0 is not between 0 and 10,000"),
    ],
)
def test_numbers_out_of_their_bounds_are_refused(
    words: list[str], complaint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        arguments(*words)
    assert complaint in capsys.readouterr().err


def test_the_module_loads_nothing_heavy() -> None:
    heavy = ["asyncio", "httptools", "httpx", "textual"]
    program = f"import sys; import console.cli.gateway.simulate; sys.exit(any(name in sys.modules for name in {heavy}))"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
