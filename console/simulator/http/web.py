"""The box's web server: one request a connection, as its lighttpd is set up (keep-alive off)."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from email.utils import formatdate
from enum import Enum
from http import HTTPStatus

import httptools

from console.simulator.closing import close_listener
from console.simulator.options import Pace, split_address

_REQUEST_LIMIT = 64 * 1024
"""Bytes of one request; far more than the 2,048 the CGI can take."""


@dataclass(frozen=True, slots=True)
class HttpReply:
    """What a page answers."""

    body: str
    status: int = 200
    content_type: str = "text/plain; charset=UTF-8"
    headers: tuple[tuple[str, str], ...] = field(default=())


class HttpFault(Enum):
    """How a request may end other than by its answer."""

    CLOSED_UNREAD = "closed before it is carried out"
    SILENT = "carried out, closed without a word"
    RESET = "carried out, reset"
    HALF = "carried out, closed in the middle of the answer"


Page = Callable[[bytes], Awaitable[HttpReply]]
"""Takes the raw request target."""


class WebServer:
    """Listens, and gives each request's target to `page`."""

    def __init__(self, address: str, page: Page, pace: Pace) -> None:
        self._wanted = address
        self._page = page
        self._pace = pace
        self._server: asyncio.Server | None = None
        self._connections: set[_Connection] = set()
        self.address = ("", 0)
        self.faults: list[HttpFault] = []
        """How the next requests end, in order."""
        self.gate: asyncio.Event | None = None
        """Requests are carried out, and their answers wait until it is set."""

    async def start(self) -> None:
        host, tcp_port = self.address if self.address[1] else split_address(self._wanted)
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(
            lambda: _Connection(self, self._page, self._pace, self._connections), host, tcp_port
        )
        self.address = (host, self._server.sockets[0].getsockname()[1])

    @property
    def listening(self) -> bool:
        return self._server is not None

    async def stop(self) -> None:
        if self._server is not None:
            close_listener(self._server)
            self._server = None
            await asyncio.sleep(0)
        tasks = [connection.hang_up() for connection in tuple(self._connections)]
        await asyncio.gather(*(task for task in tasks if task), return_exceptions=True)


class _Connection(asyncio.Protocol):
    """One request and its answer."""

    def __init__(self, server: WebServer, page: Page, pace: Pace, connections: set[_Connection]) -> None:
        self._server = server
        self._page = page
        self._pace = pace
        self._connections = connections
        self._parser = httptools.HttpRequestParser(self)
        self._transport: asyncio.Transport | None = None
        self._target = b""
        self._received = 0
        self._task: asyncio.Task[None] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        if not self._server.listening:
            transport.abort()  # it was taken just as the box lost its power
            return
        self._transport = transport
        self._connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        del exc
        self._transport = None
        self._connections.discard(self)

    def data_received(self, data: bytes) -> None:
        self._received += len(data)
        if self._task is not None:
            return
        if self._received > _REQUEST_LIMIT:
            self._reply(HttpReply("", HTTPStatus.REQUEST_URI_TOO_LONG))
            return
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._reply(HttpReply("", HTTPStatus.BAD_REQUEST))

    def on_url(self, url: bytes) -> None:
        self._target += url

    def on_message_complete(self) -> None:
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._answer())

    def hang_up(self) -> asyncio.Task[None] | None:
        """Close; the task that may still be making an answer, cancelled."""
        if self._transport is not None:
            self._transport.close()
        if self._task is not None:
            self._task.cancel()
        return self._task

    async def _answer(self) -> None:
        fault = self._server.faults.pop(0) if self._server.faults else None
        if fault is HttpFault.CLOSED_UNREAD:
            self._end(fault)
            return
        reply = await self._page(self._target)
        if self._server.gate is not None:
            await self._server.gate.wait()
        self._reply(reply, fault)

    def _end(self, fault: HttpFault) -> None:
        """Close without an answer."""
        if self._transport is None:
            return
        if fault is HttpFault.RESET:
            linger_not = struct.pack("ii", 1, 0)
            self._transport.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_not)
            self._transport.abort()
        else:
            self._transport.close()

    def _reply(self, reply: HttpReply, fault: HttpFault | None = None) -> None:
        if fault in (HttpFault.SILENT, HttpFault.RESET):
            self._end(fault)
            return
        if self._transport is None or self._transport.is_closing():
            return
        body = reply.body.encode(errors="surrogateescape")
        lines = [
            f"HTTP/1.1 {reply.status} {HTTPStatus(reply.status).phrase}",
            f"Content-Type:{reply.content_type}",
            *(f"{name}: {value}" for name, value in reply.headers),
            f"Content-Length: {len(body)}",
            "Connection: close",
            f"Date: {formatdate(self._pace.time(), usegmt=True)}",
            "Server: lighttpd/1.4.32",
        ]
        if fault is HttpFault.HALF:
            body = body[: len(body) // 2]
        self._transport.write("\r\n".join(lines).encode() + b"\r\n\r\n" + body)
        self._transport.close()
