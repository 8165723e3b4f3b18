"""One connection of the receiver: requests in, answers out in the same order, deadlines."""

from __future__ import annotations

import asyncio
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from console.protocol.http.request import CONTINUE, Incoming, Request, RequestReader, answer

if TYPE_CHECKING:
    from console.domain.clock import Clock
    from console.services.receiving.callers import Caller

REQUEST_TIME = 10.0
"""Seconds for a whole request, from its first byte (from connecting, for the first): a drip of bytes is cut
off.
"""

FIRST_TIME = 2.0
"""Seconds after connecting in which the first bytes of a call are taken to be on their way."""

IDLE_TIME = 15.0
"""Seconds between two requests of a connection that is kept open."""

LINGER_TIME = 5.0
"""Seconds for the other side to take its last answer."""

_PENDING_HIGH = 128
"""Requests of one connection that may wait for their answers; more are not read from the socket until some
are out.
"""


@dataclass(slots=True, eq=False)
class Exchange:
    """A request that was read, and its answer once there is one."""

    connection: HttpConnection
    keep_alive: bool
    without_body: bool = False
    """It answers a HEAD."""
    response: bytes | None = None

    def answer(self, status: int, text: str = "", *, fields: str = "") -> None:
        """Answer it; the bytes leave as soon as those before it on the connection have."""
        self.response = answer(status, text, keep_alive=self.keep_alive, fields=fields, without_body=self.without_body)
        self.connection.flush()


class Owner(Protocol):
    """Who the connection belongs to."""

    def opened(self, connection: HttpConnection) -> bool:
        """False: there are too many, and this one is turned away."""
        ...

    def may_read(self, connection: HttpConnection) -> bool:
        """False: its address has enough under way, and `connection.go_on()` is called once there is room."""
        ...

    def received(self, exchange: Exchange, incoming: Incoming) -> None:
        """To be answered with `exchange.answer`, now or later, on the event loop."""
        ...

    def unfinished(self, connection: HttpConnection, raw: bytes, reason: str) -> None:
        """A request did not come to its end; `raw` is what came of it."""
        ...

    def lost(self, connection: HttpConnection) -> None: ...


class HttpConnection(asyncio.Protocol):
    """Safe with pipelining and with half-closed connections; never reads faster than it answers."""

    def __init__(self, owner: Owner, clock: Clock) -> None:
        self.address = ""
        """Of the caller, without its TCP port."""
        self.caller: Caller | None = None
        """Set by the owner when it is opened."""
        self.challenged = False
        """It was asked for a user and password, and none came yet. The owner's."""
        self._owner = owner
        self._clock = clock
        self._reader = RequestReader()
        self._exchanges: deque[Exchange] = deque()
        self._transport: asyncio.Transport | None = None
        self.expires_at = clock.monotonic() + REQUEST_TIME
        """Monotonic seconds at which it is closed if nothing comes. The owner reads it."""
        self._held = b""
        """Came while it was not to be read."""
        self._is_held = False
        self._is_fresh = True
        """No request has come yet."""
        self._is_retiring = False
        self._is_half_closed = False
        self._reads = True
        self._closing = False
        self._paused = False

    def may_give_way(self, *, in_the_middle: bool = False) -> bool:
        """Whether nothing is lost if it is closed now; `in_the_middle`: a request that is half there is nothing."""
        if self._exchanges or self._is_held or not self._reads:
            return False
        is_new = self._is_fresh and self.expires_at - self._clock.monotonic() > REQUEST_TIME - FIRST_TIME
        return in_the_middle or not (self._reader.waiting or is_new)

    @property
    def is_open(self) -> bool:
        """The caller is still there, as far as is known. One that ended its side may have lost patience."""
        return self._transport is not None and not self._transport.is_closing() and not self._is_half_closed

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        peer = transport.get_extra_info("peername")
        self.address = str(peer[0]).removeprefix("::ffff:") if peer else ""
        if not self._owner.opened(self):
            self._write_and_close(answer(503, "Too many connections."))

    def data_received(self, data: bytes) -> None:
        if not self._reads:
            return
        if self._is_held or not self._owner.may_read(self):
            self._held += data
            self._is_held = True
            self._pause()
            return
        self._read(data)

    def go_on(self) -> None:
        """Read what was held back."""
        data, self._held, self._is_held = self._held, b"", False
        self.expires_at = self._clock.monotonic() + REQUEST_TIME
        if self._reads:
            self._read(data)
        if len(self._exchanges) <= _PENDING_HIGH:
            self._resume()

    def _read(self, data: bytes) -> None:
        was_waiting = self._reader.waiting
        for incoming in self._reader.feed(data):
            was_waiting = False
            self._is_fresh = False
            request = incoming if isinstance(incoming, Request) else None
            keep_alive = request is not None and request.keep_alive and not self._is_retiring
            exchange = Exchange(self, keep_alive, without_body=request is not None and request.method == "HEAD")
            self._exchanges.append(exchange)
            self._owner.received(exchange, incoming)
            if not exchange.keep_alive:
                # Nothing after the last request of a connection counts (RFC 9112 9.6).
                self._reads = False
                return
        if self._reader.expects and not self._exchanges and self._transport is not None:
            # Behind answers that are still to come it would be taken for one of them. A caller that is not told sends
            # its body after a while all the same.
            self._transport.write(CONTINUE)
        if self._reader.waiting and not was_waiting:
            self.expires_at = self._clock.monotonic() + REQUEST_TIME
        if len(self._exchanges) > _PENDING_HIGH:
            self._pause()

    def eof_received(self) -> bool:
        """Keep the way out open for answers that are still to come."""
        self._is_half_closed = True
        return bool(self._exchanges or self._held)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._closing:
            self._note_unfinished("The connection ended in the middle of a request.")
        self._closing = True
        self._transport = None
        self._exchanges.clear()
        self._held = b""
        self._owner.lost(self)

    def pause_writing(self) -> None:
        self._pause()

    def resume_writing(self) -> None:
        self._resume()

    def flush(self) -> None:
        """Write the answers that are due."""
        exchanges = self._exchanges
        while exchanges and exchanges[0].response is not None and not self._closing:
            exchange = exchanges.popleft()
            assert exchange.response is not None
            if exchange.keep_alive and self._transport is not None:
                self._transport.write(exchange.response)
            else:
                self._write_and_close(exchange.response)
        if not exchanges and not self._closing and self._is_half_closed and not self._is_held:
            self._note_unfinished("The connection ended in the middle of a request.")
            self._write_and_close(b"")
        elif not exchanges and not self._closing and self._is_retiring:
            self.retire()
        elif not exchanges and not self._closing:
            if not self._reader.waiting:
                self.expires_at = self._clock.monotonic() + IDLE_TIME
            self._resume()

    def expire(self, now: float) -> None:
        """Cut the connection off if its time is up; `now` is monotonic seconds."""
        if now < self.expires_at or self._transport is None:
            return
        if self._closing:
            self._transport.abort()
        elif not self._exchanges and not self._is_held:
            is_half_there = self._reader.waiting
            self._note_unfinished("The request was not complete in time.")
            self._write_and_close(answer(408) if is_half_there else b"")

    def retire(self) -> None:
        """Take the request that is on its way, answer what there is to answer, then close."""
        self._is_retiring = True
        if not (self._exchanges or self._is_fresh or self._is_held or self._reader.waiting or self._closing):
            self._write_and_close(b"")

    def close(self) -> None:
        """Close as soon as what was written is out."""
        self._reads = False
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        """Close at once."""
        if self._transport is not None:
            self._transport.abort()

    def _write_and_close(self, response: bytes) -> None:
        self._closing = True
        self._reads = False
        self._exchanges.clear()
        self.expires_at = self._clock.monotonic() + LINGER_TIME
        if self._transport is not None:
            self._transport.write(response)
            self._transport.close()

    def _note_unfinished(self, reason: str) -> None:
        if self._reader.waiting:
            self._owner.unfinished(self, self._reader.unfinished, reason)

    def _pause(self) -> None:
        if self._transport is not None and not self._paused and not self._closing:
            self._paused = True
            self._transport.pause_reading()

    def _resume(self) -> None:
        if self._transport is not None and self._paused and not self._closing and not self._is_held:
            self._paused = False
            self._transport.resume_reading()
