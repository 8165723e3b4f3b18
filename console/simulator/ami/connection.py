"""One TCP connection of the AMI server: what is written when, and how it ends."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from typing import TYPE_CHECKING

from console.simulator.ami.wire import BANNERS, ClientMessage, ClientReader

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from console.simulator.options import CommandForm


class AmiConnection:
    """Answers one action at a time, in order; events that happen meanwhile wait until the answer is out."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, write_timeout: float) -> None:
        self._reader = reader
        self._writer = writer
        self._write_timeout = write_timeout
        self._busy = False
        self._closing = False
        self._held: list[bytes] = []
        self._stalled: asyncio.TimerHandle | None = None
        self._closed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.mute = False
        """Half-open: what is read is ignored, nothing is written, no FIN tells."""

    async def run(self, form: CommandForm, answer: Callable[[ClientMessage], Awaitable[None]]) -> None:
        """Greet and serve until either side ends it."""
        self._task = asyncio.current_task()
        try:
            self.write([BANNERS[form]])
            await self._serve(ClientReader(form), answer)
        except (ConnectionError, asyncio.CancelledError):
            pass  # the peer is gone, or drop() or abort() ended it: nobody is left to tell
        finally:
            self._closing = True
            if self._stalled is not None:
                self._stalled.cancel()
            self._writer.close()
            self._closed.set()
            with contextlib.suppress(ConnectionError, asyncio.CancelledError):
                await self._writer.wait_closed()

    def write(self, chunks: Iterable[bytes]) -> None:
        """Each chunk in a write of its own; a reader that keeps a write waiting is cut, as in Asterisk."""
        if self.mute or self._closing or self._writer.transport.is_closing():
            return
        for chunk in chunks:
            self._writer.write(chunk)
        waiting = self._writer.transport.get_write_buffer_size()
        if waiting > 0 and self._stalled is None:
            loop = asyncio.get_running_loop()
            self._stalled = loop.call_later(self._write_timeout, self._check_stall, waiting)

    def write_event(self, block: bytes) -> None:
        """Now, or behind the answer that is being made."""
        if self._busy:
            self._held.append(block)
        else:
            self.write([block])

    def finish(self) -> None:
        """End with a FIN once the present answer is done; actions behind it are not read."""
        self._closing = True

    @property
    def closing(self) -> bool:
        return self._closing

    @property
    def ends(self) -> tuple[tuple[str, int], tuple[str, int]]:
        """Our address and the peer's; an IPv6 one has more behind its TCP port."""
        return self._writer.get_extra_info("sockname"), self._writer.get_extra_info("peername")

    def drop(self) -> None:
        """End with a FIN, whatever was going on."""
        self._closing = True
        self._writer.close()
        self._cancel()

    def abort(self) -> None:
        """End with a reset: what was on its way is lost."""
        self._closing = True
        if not self._closed.is_set():
            linger_not = struct.pack("ii", 1, 0)
            self._writer.get_extra_info("socket").setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger_not)
        self._writer.transport.abort()
        self._cancel()

    async def wait_closed(self) -> None:
        await self._closed.wait()

    async def _serve(self, input_: ClientReader, answer: Callable[[ClientMessage], Awaitable[None]]) -> None:
        while not self._ended() and (data := await self._reader.read(4096)):
            if self.mute:
                continue
            for message in input_.feed(data):
                self._busy = True
                try:
                    await answer(message)
                finally:
                    self._busy = False
                if self._ended():
                    return
                self._flush_events()

    def _ended(self) -> bool:
        return self._closing

    def _cancel(self) -> None:
        if self._task is not None and not self._closed.is_set():
            self._task.cancel()

    def _flush_events(self) -> None:
        held, self._held = self._held, []
        self.write(held)

    def _check_stall(self, waiting: int) -> None:
        self._stalled = None
        if self._writer.transport.get_write_buffer_size() >= waiting:
            self.abort()
