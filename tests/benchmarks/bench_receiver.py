"""Durable callbacks a second, and how long a caller waits: `python -m tests.benchmarks.bench_receiver
[DIRECTORY]`.

The receiver runs in a process of its own, the callers in this one, over keep-alive connections on loopback.
Beside it the same receiver with a commit for each callback, and what the disk of DIRECTORY (default: the
temporary one) does by itself: an append and fsync, and a one-row commit, one after the other. Then both once
more with each commit SLOWER seconds longer, as on a slow disk. Compare within one run: disks differ, and so do
the neighbours.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from console.store.engine.opening import open_database
from console.store.engine.writer import GROUP

if TYPE_CHECKING:
    from collections.abc import Callable

REQUEST = (
    "GET /sms/gw1?phonenumber=%2B86136{number:08}&port={port}&portname=gsm-1.{port}"
    "&message=%E6%82%A8%E7%9A%84%E4%BD%99%E9%A2%9D%3A%20{number}&time=2014/09/11%2009%3A36%3A47"
    "&imsi=460001234567890& HTTP/1.1\r\nUser-Agent: Wget/1.21.3\r\nAccept: */*\r\n"
    "Accept-Encoding: identity\r\nHost: 127.0.0.1:8080\r\nConnection: Keep-Alive\r\n\r\n"
)
SLOWER = 0.005
"""Seconds by which a commit takes longer on a slow disk."""

END_OF_ANSWER = b"\r\n\r\nOK\n"


@dataclass(frozen=True, slots=True)
class Result:
    """Of one run."""

    rate: float
    """Answers 200 a second."""
    median: float
    """Milliseconds from the request's last byte out to the answer's last byte in."""
    p99: float


class Caller(asyncio.Protocol):
    """Sends the next callback when the last is answered."""

    def __init__(self, load: Load) -> None:
        self._load = load
        self._transport: asyncio.Transport | None = None
        self._buffer = b""
        self._sent_at = 0.0
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        self._send()

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if not self._buffer.endswith(END_OF_ANSWER):
            return
        if not self._buffer.startswith(b"HTTP/1.1 200 "):
            self.done.set_exception(RuntimeError(f"answered {self._buffer!r}"))
            return
        self._buffer = b""
        self._load.took(time.perf_counter() - self._sent_at)
        self._send()

    def _send(self) -> None:
        assert self._transport is not None
        request = self._load.next_request()
        if request is None:
            self._transport.close()
            self.done.set_result(None)
            return
        self._sent_at = time.perf_counter()
        self._transport.write(request)


class Load:
    """A number of callbacks, drawn by all connections."""

    def __init__(self, callbacks: int) -> None:
        self._left = callbacks
        self._times: list[float] = []

    def next_request(self) -> bytes | None:
        if not self._left:
            return None
        self._left -= 1
        return REQUEST.format(number=self._left, port=1 + self._left % 8).encode()

    def took(self, seconds: float) -> None:
        self._times.append(seconds)

    async def run(self, tcp_port: int, connections: int) -> Result:
        loop = asyncio.get_running_loop()
        started = time.perf_counter()
        callers = [
            (await loop.create_connection(lambda: Caller(self), "127.0.0.1", tcp_port))[1] for _ in range(connections)
        ]
        await asyncio.gather(*(caller.done for caller in callers))
        elapsed = time.perf_counter() - started
        times = sorted(self._times)
        return Result(len(times) / elapsed, times[len(times) // 2] * 1e3, times[int(len(times) * 0.99)] * 1e3)


def receiver(directory: Path, group: int, loads: list[tuple[int, int]], *, slower: float = 0.0) -> list[Result]:
    """One process, loaded with each of (connections, callbacks) in turn; each commit `slower` by so many seconds."""
    database = directory / f"group{group}-{slower}.db"
    module = ["-m", "tests.support.receiver_process"]
    process = subprocess.Popen(
        [sys.executable, *module, str(database), str(group), "--slower", str(slower)], stdout=subprocess.PIPE
    )
    try:
        assert process.stdout is not None
        tcp_port = int(process.stdout.readline())
        asyncio.run(Load(200).run(tcp_port, 8))
        return [asyncio.run(Load(callbacks).run(tcp_port, connections)) for connections, callbacks in loads]
    finally:
        process.kill()
        process.communicate()


def fsyncs(directory: Path, seconds: float) -> float:
    """Appends of 4 KiB with fsync, a second."""
    descriptor = os.open(directory / "append", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:

        def append() -> None:
            os.write(descriptor, bytes(4096))
            os.fsync(descriptor)

        return _rate(append, seconds)
    finally:
        os.close(descriptor)


def commits(directory: Path, seconds: float) -> float:
    """One-row commits of SQLite as the store opens it, a second."""
    with contextlib.closing(open_database(directory / "commits.db", busy_timeout=1)) as connection:
        connection.execute("CREATE TABLE line (words TEXT)")
        return _rate(lambda: connection.execute("INSERT INTO line VALUES (?)", ("x" * 300,)), seconds)


def _rate(step: Callable[[], object], seconds: float) -> float:
    count, started = 0, time.perf_counter()
    while (elapsed := time.perf_counter() - started) < seconds:
        step()
        count += 1
    return count / elapsed


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("directory", nargs="?", type=Path, default=None)
    parser.add_argument("--callbacks", type=int, default=20_000, help="at 64 connections; fewer at fewer")
    arguments = parser.parse_args()
    loads = [(1, arguments.callbacks // 10), (8, arguments.callbacks // 2), (64, arguments.callbacks)]
    slow_loads = {GROUP: [(64, arguments.callbacks)], 1: [(64, arguments.callbacks // 20)]}
    with tempfile.TemporaryDirectory(dir=arguments.directory) as name:
        directory = Path(name)
        print(f"{os.cpu_count()} cores, {directory.parent}")
        print(f"{'the disk by itself':34}{fsyncs(directory, 2):8.0f} fsync/s, {commits(directory, 2):.0f} commits/s")
        print(f"{'':34}{'callbacks/s':>12}{'median ms':>11}{'p99 ms':>9}")
        for title, group in (("commits shared", GROUP), ("a commit for each", 1)):
            for (connections, _), result in zip(loads, receiver(directory, group, loads), strict=True):
                print_result(f"{title}, {connections} connections", result)
        print(f"each commit {SLOWER * 1e3:.0f} ms slower")
        for title, group in (("commits shared", GROUP), ("a commit for each", 1)):
            for result in receiver(directory, group, slow_loads[group], slower=SLOWER):
                print_result(f"{title}, 64 connections", result)


def print_result(label: str, result: Result) -> None:
    """One line of the table."""
    print(f"{label:34}{result.rate:12.0f}{result.median:11.1f}{result.p99:9.1f}")


if __name__ == "__main__":
    main()
