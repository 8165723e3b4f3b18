"""`kill -9` under load, many times: every callback that was answered 200 is in the store afterwards.

`GSM_CONSOLE_KILLS=300 pytest tests/e2e/test_kill_receiver.py` does it more often.
"""

from __future__ import annotations

import asyncio
import os
import random
import signal
import sys
from typing import TYPE_CHECKING

from console.store import Store
from console.store.engine.writer import GROUP
from tests.support.backend import FixedClock
from tests.support.waiting import DEADLINE

if TYPE_CHECKING:
    from pathlib import Path

KILLS = int(os.environ.get("GSM_CONSOLE_KILLS", "8"))
CONNECTIONS = 16
MOST_ANSWERS = 400
"""A process is killed after some number of answers up to this."""


class Load:
    """Callers that send numbered messages as fast as they are answered."""

    def __init__(self) -> None:
        self.answered: set[str] = set()
        self.statuses: dict[int, int] = {}
        self._sent = 0

    async def run(self, tcp_port: int, answers: int, reached: asyncio.Event) -> None:
        """Until the receiver is gone. Sets `reached` after so many answers."""
        goal = len(self.answered) + answers
        await asyncio.gather(*(self._call(tcp_port, goal, reached) for _ in range(CONNECTIONS)))

    async def _call(self, tcp_port: int, goal: int, reached: asyncio.Event) -> None:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", tcp_port)
        except ConnectionError:
            return
        try:
            while True:
                self._sent += 1
                text = f"message-{self._sent}"
                writer.write(f"GET /sms?num=%2B861&port=3&message={text}&time=x HTTP/1.1\r\n\r\n".encode())
                head = await reader.readuntil(b"\r\n\r\n")
                status = int(head.split(b" ")[1])
                self.statuses[status] = self.statuses.get(status, 0) + 1
                if status != 200:
                    reached.set()
                    return
                await reader.readexactly(3)
                self.answered.add(text)
                if len(self.answered) >= goal:
                    reached.set()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()


async def start(database: Path, *arguments: object) -> tuple[asyncio.subprocess.Process, int]:
    """The receiver's process and its TCP port."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "tests.support.receiver_process",
        str(database),
        *map(str, arguments),
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    return process, int(await process.stdout.readline())


async def kill(process: asyncio.subprocess.Process) -> None:
    process.kill()
    assert await process.wait() == -signal.SIGKILL


def stored(database: Path) -> list[str]:
    store = Store.open(database, clock=FixedClock())
    texts = [message.callback.text for message in store.inbox_slice(0, 10_000_000)]
    assert len(texts) == store.inbox_count() == store.unread_count()
    store.close()
    return texts


async def test_no_answered_callback_is_lost(tmp_path: Path) -> None:
    database = tmp_path / "console.db"
    load = Load()
    chance = random.Random(1)
    for _ in range(KILLS):
        process, tcp_port = await start(database)
        reached = asyncio.Event()
        calling = asyncio.create_task(load.run(tcp_port, chance.randint(1, MOST_ANSWERS), reached))
        async with asyncio.timeout(DEADLINE):
            await reached.wait()
            await kill(process)
            await calling
        texts = stored(database)
        assert load.answered - set(texts) == set()
        assert len(texts) == len(set(texts))
    assert len(load.answered) >= KILLS
    print(f"{KILLS} kills, {len(load.answered)} callbacks answered 200, none lost")


async def test_a_full_disk_is_503_and_what_was_answered_stays(tmp_path: Path) -> None:
    database = tmp_path / "console.db"
    Store.open(database, clock=FixedClock()).close()
    load = Load()
    process, tcp_port = await start(database, GROUP, 400_000)
    reached = asyncio.Event()
    async with asyncio.timeout(DEADLINE):
        await load.run(tcp_port, 10**9, reached)
        await kill(process)
    assert load.statuses[503] > 0
    assert load.statuses[200] == len(load.answered) > 0
    assert load.answered - set(stored(database)) == set()
