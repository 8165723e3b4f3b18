"""`gsm-console send` as a program of its own: beside other processes, interrupted, and left by its reader."""

from __future__ import annotations

import asyncio
import signal
import sys
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import pytest

from console.cli.kit import outcomes
from console.domain.messages import Callback, CallbackKind, DeliveryState, Draft, Via
from console.services.clock import SystemClock
from console.store import Store
from tests.support.shell import ALICE, BOB, OPTIONS, Shell, on_air, simulated
from tests.support.terminal import REPOSITORY
from tests.support.waiting import until

if TYPE_CHECKING:
    from asyncio.subprocess import Process
    from collections.abc import AsyncIterator

    from console.simulator.gateway import Gateway

pytestmark = pytest.mark.slow


@asynccontextmanager
async def running(shell: Shell, *words: str) -> AsyncIterator[tuple[Process, Store]]:
    """The command, and the store as another process has it."""
    store = Store.open(shell.database, clock=SystemClock())
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "console",
        *shell.command(*words),
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        cwd=REPOSITORY,
    )
    try:
        yield process, store
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()
        store.close()


async def ended(shell: Shell, process: Process) -> int:
    out, err = await asyncio.wait_for(process.communicate(), 30)
    shell.out, shell.err = out.decode(), err.decode()
    shell.check()
    assert process.returncode is not None
    return process.returncode


def states(store: Store) -> list[DeliveryState]:
    return [message.state for message in reversed(store.outbox_slice(0, 9))]


async def test_a_result_may_reach_the_store_through_another_process(shell: Shell) -> None:
    with simulated(**OPTIONS) as gateway:
        shell.configure(http=gateway.http_address[1])
        async with running(shell, "--to", ALICE, "hello") as (process, store):
            await until(lambda: states(store) == [DeliveryState.ACCEPTED])
            result = Callback(CallbackKind.RESULT, number=ALICE, port="2", id=store.wire_id(1), status="Sent")
            await asyncio.wrap_future(store.add_callback("gw1", result, b"/sms/gw1?type=SMS-Status-Result"))
            assert await ended(shell, process) == outcomes.SENT
    assert shell.out.startswith(f"1  {ALICE}  sent  port 2")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
async def test_an_interrupt_calls_off_what_has_not_left_and_tells_of_the_rest(
    shell: Shell, number: signal.Signals
) -> None:
    with simulated(**OPTIONS | {"sync_delay": 600.0}) as gateway:
        shell.configure(gateway)
        words = ("--to", f"{ALICE},{BOB}", "--port", "1", "hello")
        async with running(shell, *words) as (process, store):
            leaving = [DeliveryState.SUBMITTING, DeliveryState.QUEUED]
            await until(lambda: states(store) == leaving)
            process.send_signal(number)
            assert await ended(shell, process) == outcomes.UNKNOWN
            assert states(store) == [DeliveryState.UNKNOWN, DeliveryState.CANCELLED]
    assert [line.split("  ")[1:3] for line in shell.out.splitlines()] == [[ALICE, "unknown"], [BOB, "cancelled"]]
    assert "Nothing is sent again" in shell.err


async def test_a_reader_that_leaves_does_not_stop_the_sending(shell: Shell) -> None:
    with simulated(**OPTIONS) as gateway:
        shell.configure(gateway)
        async with running(shell, "--to", f"{ALICE},{BOB}", "--port", "1", "hello") as (process, store):
            assert process.stdout is not None
            process.stdout._transport.close()  # type: ignore[attr-defined]
            assert await asyncio.wait_for(process.wait(), 30) == outcomes.SENT
            assert states(store) == [DeliveryState.SENT] * 2


async def test_an_answer_that_is_lost_leaves_it_unknown_and_sent_once(shell: Shell) -> None:
    asked: list[bytes] = []

    async def hang_up(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.append(await reader.readuntil(b"\r\n\r\n"))
        writer.close()

    async with await asyncio.start_server(hang_up, "127.0.0.1", 0) as server:
        shell.configure(http=server.sockets[0].getsockname()[1])
        async with running(shell, "--to", ALICE, "hello") as (process, _):
            assert await ended(shell, process) == outcomes.UNKNOWN
    assert len(asked) == 1
    assert shell.out.startswith(f"1  {ALICE}  unknown  ")


async def test_what_another_process_left_queued_is_left_alone(shell: Shell, gateway: Gateway) -> None:
    async with running(shell, "--to", ALICE, "hello") as (process, store):
        await asyncio.wrap_future(store.add_outbox(Draft("gw1", BOB, "later", 1, Via.AMI), 1))
        assert await ended(shell, process) == outcomes.SENT
        assert DeliveryState.QUEUED in states(store)
    assert on_air(gateway) == [(ALICE, "hello")]


async def test_it_knows_nothing_of_the_screen(shell: Shell) -> None:
    code = "import sys; from console.cli import main; main(sys.argv[1:]); print('textual' in sys.modules)"
    words = shell.command("--to", ALICE, "--dry-run", "hello")
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", code, *words, stdout=asyncio.subprocess.PIPE, cwd=REPOSITORY
    )
    out, _ = await process.communicate()
    assert out.decode().splitlines()[-1] == "False"


async def at_once(shell: Shell, count: int, *words: str) -> list[int | None]:
    """So many processes that send; their exit codes."""
    processes = [
        await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "console", *shell.command(*words)),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            cwd=REPOSITORY,
        )
        for _ in range(count)
    ]
    written = await asyncio.gather(*(process.communicate() for process in processes))
    shell.out = b"".join(out + err for out, err in written).decode()
    shell.check()
    return [process.returncode for process in processes]


async def test_eight_at_once_keep_the_limit_of_a_sim(shell: Shell) -> None:
    with simulated(**OPTIONS) as gateway:
        shell.configure(gateway, more="daily_limit = 3\n")
        codes = await at_once(shell, 8, "--port", "1", "--to", ALICE, "hello", "--yes")
        assert len(on_air(gateway)) == 3
    assert codes.count(outcomes.SENT) == 3
    assert shell.out.count("Port 1: 3 of 3 segments today") == 5, shell.out


async def test_the_pace_of_a_port_is_kept_over_processes(shell: Shell) -> None:
    with simulated(**OPTIONS) as gateway:
        shell.configure(gateway, more="pace = 1.0\n")
        assert await at_once(shell, 3, "--port", "1", "--to", ALICE, "hello", "--yes") == [outcomes.SENT] * 3
        first, second, third = [sms.at for sms in gateway.air]
    assert min(second - first, third - second) >= 1.0
