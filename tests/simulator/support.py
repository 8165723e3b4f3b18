"""What the simulator's tests share: clocks that run at once or stand still, and a bare AMI client."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from tests.support.waiting import DEADLINE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from console.simulator.gateway import Gateway

START = 1_800_000_000.0
"""Unix seconds at which simulated days begin here."""


class FastPace:
    """A clock on which every wait is over at once, and has still taken its time."""

    def __init__(self) -> None:
        self.now = START
        self.slept: list[float] = []

    def time(self) -> float:
        return self.now

    def monotonic(self) -> float:
        return self.now - START

    async def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept.append(seconds)
        await asyncio.sleep(0)


class StillPace(FastPace):
    """A clock that stands until `advance` moves it."""

    def __init__(self) -> None:
        super().__init__()
        self._sleepers: list[tuple[float, asyncio.Event]] = []

    async def sleep(self, seconds: float) -> None:
        sleeper = (self.now + seconds, asyncio.Event())
        self._sleepers.append(sleeper)
        try:
            await sleeper[1].wait()
        except asyncio.CancelledError:
            self._sleepers = [other for other in self._sleepers if other is not sleeper]
            raise

    @property
    def sleeping(self) -> int:
        """Waits not over yet."""
        return len(self._sleepers)

    def advance(self, seconds: float) -> None:
        """Let time go by and wake whose time has come."""
        self.now += seconds
        for due, wake in self._sleepers:
            if due <= self.now:
                wake.set()
        self._sleepers = [sleeper for sleeper in self._sleepers if sleeper[0] > self.now]


class AmiProbe:
    """A client that sends the bytes it is given and hands over what comes back."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer
        self.received = b""
        """Everything so far."""
        self._read_to = 0

    @property
    def taken(self) -> bytes:
        """Everything up to the last mark waited for; how much more came already is chance."""
        return self.received[: self._read_to]

    def send(self, data: bytes) -> None:
        self._writer.write(data)

    async def until(self, mark: bytes) -> bytes:
        """What came since the last call, up to and with `mark`."""
        async with asyncio.timeout(DEADLINE):
            while (at := self.received.find(mark, self._read_to)) < 0:
                data = await self._reader.read(4096)
                assert data, f"ended before {mark!r}: {self.received[self._read_to :]!r}"
                self.received += data
        part = self.received[self._read_to : at + len(mark)]
        self._read_to = at + len(mark)
        return part

    async def block(self) -> str:
        """The next block, without its closing empty line."""
        return (await self.until(b"\r\n\r\n")).decode(errors="surrogateescape").removesuffix("\r\n\r\n")

    async def rest(self) -> bytes:
        """Everything until the server ends the connection."""
        async with asyncio.timeout(DEADLINE):
            while data := await self._reader.read(4096):
                self.received += data
        part = self.received[self._read_to :]
        self._read_to = len(self.received)
        return part

    async def log_in(self, *, events: str = "off") -> None:
        self.send(b"Action: Login\r\nUsername: admin\r\nSecret: admin\r\nEvents: " + events.encode() + b"\r\n\r\n")
        await self.until(b"Authentication accepted\r\n\r\n")

    async def command(self, line: str) -> str:
        """The output of an old-form Command, without its end mark."""
        self.send(f"Action: Command\r\nActionID: t\r\nCommand: {line}\r\n\r\n".encode(errors="surrogateescape"))
        await self.until(b"Response: Follows\r\nPrivilege: Command\r\nActionID: t\r\n")
        body = await self.until(b"--END COMMAND--\r\n\r\n")
        return body.decode(errors="surrogateescape").removesuffix("--END COMMAND--\r\n\r\n")

    def half_close(self) -> None:
        """Say that no more will be sent."""
        self._writer.write_eof()

    async def close(self) -> None:
        self._writer.close()
        try:
            await self._writer.wait_closed()
        except ConnectionError:
            return


@asynccontextmanager
async def probe(gateway: Gateway, *, log_in: bool = True, events: str = "off") -> AsyncIterator[AmiProbe]:
    """A client connected to the gateway's AMI server, logged in unless told otherwise."""
    reader, writer = await asyncio.open_connection(*gateway.ami_address)
    client = AmiProbe(reader, writer)
    try:
        if log_in:
            await client.log_in(events=events)
        yield client
    finally:
        await client.close()


async def eventually(condition: Callable[[], bool]) -> None:
    """Wait, letting everything else run, until the condition holds."""
    async with asyncio.timeout(DEADLINE):
        while not condition():  # noqa: ASYNC110 - the condition is anything, nobody announces it
            await asyncio.sleep(0)


async def http_get(gateway: Gateway, target: str) -> tuple[int, str]:
    """Status and body of a GET on the gateway's web server."""
    reader, writer = await asyncio.open_connection(*gateway.http_address)
    try:
        writer.write(f"GET {target} HTTP/1.1\r\nHost: gateway\r\n\r\n".encode())
        async with asyncio.timeout(DEADLINE):
            answer = await reader.read()
    finally:
        writer.close()
        await writer.wait_closed()
    head, _, body = answer.partition(b"\r\n\r\n")
    return int(head.split()[1]), body.decode(errors="surrogateescape")


class Receiver:
    """A web server that keeps the request targets it was called with and answers as told."""

    def __init__(self, answers: list[bytes] | None = None) -> None:
        self.targets: list[bytes] = []
        self.heads: list[bytes] = []
        self._answers = answers or []
        self._server: asyncio.Server | None = None
        self.tcp_port = 0

    async def __aenter__(self) -> Receiver:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.tcp_port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        assert self._server is not None
        self._server.close()
        await self._server.wait_closed()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.tcp_port}/sms"

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        self.heads.append(head)
        self.targets.append(head.split()[1])
        answer = self._answers.pop(0) if self._answers else b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
        writer.write(answer)
        writer.close()
