"""A receiver on loopback and those who call it."""

from __future__ import annotations

import asyncio
import contextlib
from concurrent.futures import Future
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from console.config import GatewayConfig, ReceiverConfig
from console.services.receiving.receiver import Receiver
from tests.support.waiting import DEADLINE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from console.domain.messages import Callback
    from console.services.receiving.intake import CallbackStore
    from tests.support.backend import FixedClock


class SlowStore:
    """Futures that a test resolves by hand."""

    def __init__(self) -> None:
        self.futures: list[Future[int]] = []
        self.texts: list[str] = []
        self.answered: list[int] = []

    def add_callback(self, gateway: str, callback: Callback, raw: bytes) -> Future[int]:
        self.texts.append(callback.text)
        self.futures.append(Future())
        return self.futures[-1]

    def note_answered(self, ids: Sequence[int]) -> Future[None]:
        self.answered += ids
        return Future()


class Caller:
    """One connection to the receiver."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._reader = reader
        self._writer = writer

    @classmethod
    async def connect(cls, receiver: Receiver, address: str = "127.0.0.1") -> Caller:
        """From an address of loopback."""
        return cls(*await asyncio.open_connection(*receiver.address, local_addr=(address, 0)))

    def send(self, data: bytes) -> None:
        self._writer.write(data)

    def end(self) -> None:
        self._writer.write_eof()

    async def status(self) -> int:
        """Of the next answer, read whole."""
        head = await self._reader.readuntil(b"\r\n\r\n")
        if b"Content-Length: " in head:
            await self._reader.readexactly(int(head.split(b"Content-Length: ")[1].split(b"\r\n")[0]))
        return int(head.split(b" ")[1])

    async def rest(self) -> bytes:
        """Until the receiver closes."""
        with contextlib.suppress(ConnectionError):
            return await self._reader.read()
        return b""

    def close(self) -> None:
        self._writer.close()

    async def get(self, target: str) -> int:
        self.send(f"GET {target} HTTP/1.1\r\nHost: x\r\n\r\n".encode())
        return await self.status()


async def call(receiver: Receiver, data: bytes, *, half_closed: bool = False) -> bytes:
    """Send bytes on a connection of their own; all that comes back until it closes. `half_closed`: send no more."""
    caller = await Caller.connect(receiver)
    caller.send(data)
    if half_closed:
        caller.end()
    answer = await caller.rest()
    caller.close()
    return answer


async def until(condition: object) -> None:
    """Turns of the event loop until a callable is true."""
    assert callable(condition)
    async with asyncio.timeout(DEADLINE):
        while not condition():  # noqa: ASYNC110
            await asyncio.sleep(0)


@asynccontextmanager
async def receiving(
    store: CallbackStore,
    clock: FixedClock,
    *gateways: GatewayConfig,
    connections: int = 8,
    per_address: int = 8,
) -> AsyncIterator[Receiver]:
    receiver = Receiver(
        ReceiverConfig(tcp_port=0),
        gateways,
        store,
        clock,
        max_connections=connections,
        max_per_address=per_address,
    )
    await receiver.start()
    try:
        async with asyncio.timeout(DEADLINE):
            yield receiver
    finally:
        await receiver.stop(patience=0)


async def caller_is_known(receiver: Receiver) -> None:
    """The receiver has accepted a connection and read what it sent."""
    await until(lambda: any(connection._reader.waiting for connection in receiver._connections))
