"""`kill -9` while a rule's program fails and its webhook is down: each SMS is handled at least once."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import sys
from collections import Counter
from contextlib import AsyncExitStack, suppress
from functools import partial
from typing import TYPE_CHECKING

from tests.support.terminal import REPOSITORY
from tests.support.waiting import DEADLINE, until

if TYPE_CHECKING:
    from pathlib import Path

SMS = 60
KILLS = 6

PROGRAM = """
import os, pathlib, sys, time
folder = pathlib.Path(sys.argv[1])
with open(folder / "ran", "a") as file:
    file.write(os.environ["GSM_RULE_TEXT"].rpartition("-")[2] + "\\n")
raise SystemExit(0 if (folder / "repaired").exists() else 1)
"""


class Webhook:
    """A server that is down until it is not. SMS are told by their texts: gaps have ids, too."""

    def __init__(self) -> None:
        self.got: list[int] = []
        self.keys: dict[int, set[str]] = {}

    def has(self, calls: int) -> bool:
        return len(self.got) >= calls

    async def take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with suppress(asyncio.IncompleteReadError, ConnectionError):
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            length = re.search(r"content-length: (\d+)", head, re.IGNORECASE)
            key = re.search(r"idempotency-key: (\S+)", head, re.IGNORECASE)
            assert length is not None
            assert key is not None
            told = json.loads(await reader.readexactly(int(length[1])))
            number = int(told["text"].rpartition("-")[2])
            self.got.append(number)
            self.keys.setdefault(number, set()).add(key[1])
            writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")
            await writer.drain()
        writer.close()
        with suppress(ConnectionError):
            await writer.wait_closed()


async def start(config: Path) -> tuple[asyncio.subprocess.Process, int]:
    """A receiver without a screen, and its TCP port."""
    process = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "console", "receive", "--config", str(config)),
        cwd=REPOSITORY,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert process.stdout is not None
    ready = (await process.stdout.readline()).decode()
    return process, int(ready.rpartition(":")[2])


async def call(tcp_port: int, number: int) -> None:
    """An SMS, answered 200."""
    reader, writer = await asyncio.open_connection("127.0.0.1", tcp_port)
    target = f"/sms?num=%2B4915112345{number:03}&port=3&message=message-{number}&time=x"
    writer.write(f"GET {target} HTTP/1.1\r\nConnection: close\r\n\r\n".encode())
    assert b" 200 " in await reader.readline()
    writer.close()


def configuration(folder: Path, hook_port: int) -> Path:
    path = folder / "config.toml"
    (folder / "program.py").write_text(PROGRAM)
    path.write_text(
        f"""
database = "console.db"
[receiver]
tcp_port = 0
[[gateways]]
name = "gw1"
host = "127.0.0.1"
[[rules]]
name = "program"
run = ["{sys.executable}", "{folder}/program.py", "{folder}"]
attempts = 20
[[rules]]
name = "webhook"
webhook = "http://127.0.0.1:{hook_port}/"
attempts = 20
"""
    )
    path.chmod(0o600)
    return path


async def test_each_sms_is_handled_at_least_once_however_often_it_dies(tmp_path: Path) -> None:
    hook = Webhook()
    server = await asyncio.start_server(hook.take, "127.0.0.1", 0)
    hook_port = server.sockets[0].getsockname()[1]
    server.close()
    await server.wait_closed()
    config = configuration(tmp_path, hook_port)
    ran = tmp_path / "ran"
    sent = 0

    async def receive(tcp_port: int, number: int) -> None:
        nonlocal sent
        for _ in range(number):
            sent += 1
            await call(tcp_port, sent)

    async with asyncio.timeout(4 * DEADLINE), AsyncExitStack() as stack:
        process, tcp_port = await start(config)
        stack.push_async_callback(lambda: stop(process))
        await until(lambda: (tmp_path / "console.db").exists() and _armed(tmp_path))
        for _ in range(KILLS // 2):  # while both fail
            before = ran.stat().st_size if ran.exists() else 0
            await receive(tcp_port, SMS // KILLS)
            await until(partial(_grown, ran, before))
            process, tcp_port = await again(process, config)
        (tmp_path / "repaired").touch()
        server = await asyncio.start_server(hook.take, "127.0.0.1", hook_port)
        for _ in range(KILLS // 2):  # while both work through what has gathered
            await receive(tcp_port, SMS // KILLS)
            count = len(hook.got)
            await until(partial(hook.has, min(count + 3, SMS)))
            process, tcp_port = await again(process, config)
        await until(lambda: len(set(hook.got)) == sent and _handled(ran) >= set(range(1, sent + 1)))
        await until(lambda: _waiting(tmp_path) == 0)
    server.close()
    await server.wait_closed()
    assert sent == SMS
    first_seen = list(dict.fromkeys(hook.got))
    assert first_seen == sorted(first_seen), "in order"
    assert all(len(keys) == 1 for keys in hook.keys.values()), "a second copy can be told by its key"
    twice = sum(count > 1 for count in Counter(hook.got).values())
    runs = Counter(ran.read_text().split())
    assert twice <= KILLS, "no more than was under way at each death"
    print(f"{KILLS} kills, {sent} SMS: webhook {len(hook.got)} calls, {twice} twice; program {runs.total()} runs")


async def stop(process: asyncio.subprocess.Process) -> None:
    with suppress(ProcessLookupError):
        process.terminate()
    await process.wait()


async def again(process: asyncio.subprocess.Process, config: Path) -> tuple[asyncio.subprocess.Process, int]:
    """Killed, and another in its place."""
    process.kill()
    assert await process.wait() == -signal.SIGKILL
    return await start(config)


def _grown(ran: Path, size: int) -> bool:
    return ran.exists() and ran.stat().st_size > size


def _handled(ran: Path) -> set[int]:
    return set(map(int, ran.read_text().split()))


def _armed(folder: Path) -> bool:
    return len(_rows(folder, "SELECT name FROM rule WHERE armed = 1")) == 2


def _waiting(folder: Path) -> int:
    return len(_rows(folder, "SELECT id FROM rule_hit WHERE state <> 'done'"))


def _rows(folder: Path, sql: str) -> list[tuple[object, ...]]:
    """As another process would look; nothing while it is not there yet."""
    import sqlite3
    from contextlib import closing

    with suppress(sqlite3.OperationalError), closing(sqlite3.connect(folder / "console.db")) as connection:
        return connection.execute(sql).fetchall()
    return []
