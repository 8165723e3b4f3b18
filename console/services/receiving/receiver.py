"""The embedded HTTP server that the gateway calls with each SMS: it listens, has its connections served, and stops
without cutting anybody off.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import TYPE_CHECKING

from console.domain.link import ReceiverStatus
from console.services.receiving.callers import MAX_CONNECTIONS, MAX_PER_ADDRESS, Callers
from console.services.receiving.connection import Exchange, HttpConnection
from console.services.receiving.intake import Intake
from console.services.receiving.listening import (
    BURST,
    AcceptTrouble,
    give_up,
    hold,
    joined,
    listen_error,
    listener_for_both,
    room_for,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.config import GatewayConfig, ReceiverConfig
    from console.domain.clock import Clock
    from console.protocol.http.request import Incoming
    from console.services.receiving.intake import CallbackStore, Pages

SWEEP_PERIOD = 1.0
"""Seconds between two looks at the deadlines."""

STOP_TIME = 10.0
"""Seconds for the answers of requests already taken, when stopping."""


class Receiver:
    """Takes callbacks into the store. `status` may be read from any thread, the rest belongs to the event loop."""

    def __init__(
        self,
        config: ReceiverConfig,
        gateways: Sequence[GatewayConfig],
        store: CallbackStore,
        clock: Clock,
        *,
        max_connections: int = MAX_CONNECTIONS,
        max_per_address: int = MAX_PER_ADDRESS,
        listener: socket.socket | None = None,
        pages: Pages | None = None,
    ) -> None:
        """`listener` is a socket bound already, taken instead of the configured address and closed at the end."""
        self._config = config
        self._clock = clock
        self._listener = listener
        self._callers = Callers(
            clock, max_connections=room_for(max_connections), max_per_address=max_per_address, max_rate=config.max_rate
        )
        self._intake = Intake(config, gateways, store, clock, self._callers, pages=pages)
        self.counts = self._intake.counts
        self.refusals = self._intake.refusals
        self.unkept = self._intake.unkept
        self._server: asyncio.Server | None = None
        self._connections: set[HttpConnection] = set()
        self._all_lost = asyncio.Event()
        self._since = clock.time()
        self._detail = "Not started."

    @property
    def pages(self) -> Pages | None:
        """What is shown to those who watch it."""
        return self._intake.pages

    @pages.setter
    def pages(self, pages: Pages | None) -> None:
        self._intake.pages = pages

    @property
    def address(self) -> tuple[str, int]:
        """Host and TCP port, as bound, or as wanted before."""
        server = self._server
        if server is not None and server.sockets:
            host, tcp_port = server.sockets[0].getsockname()[:2]
            return str(host), int(tcp_port)
        return self._config.host, self._config.tcp_port

    @property
    def status(self) -> ReceiverStatus:
        return ReceiverStatus(
            listening=self._server is not None,
            address=joined(*self.address),
            since=self._since,
            detail=self._detail or self._intake.trouble,
            accepted=self.counts.accepted,
            refused=self.refusals.total,
            refusals=self.refusals.recent,
            unkept=self.unkept.total,
            unkept_calls=self.unkept.recent,
        )

    async def start(self, *, shared: bool = False) -> None:
        """Bind. Raises ListenError. From then on `sweep` is to be called every SWEEP_PERIOD.

        `shared`: the address belongs to a receiver that has called `share_address` and is about to stop.
        """
        loop = asyncio.get_running_loop()
        loop.set_exception_handler(AcceptTrouble(self._clock))
        host, tcp_port = self._config.host, self._config.tcp_port
        try:
            listener = self._listener or listener_for_both(host, tcp_port, shared=shared)
            if listener is None:
                self._server = await loop.create_server(
                    lambda: HttpConnection(self, self._clock),
                    host,
                    tcp_port,
                    backlog=BURST,
                    reuse_port=shared or None,
                    start_serving=False,
                )
            else:
                self._server = await loop.create_server(
                    lambda: HttpConnection(self, self._clock),
                    sock=listener,
                    backlog=BURST,
                    start_serving=False,
                )
            # In a step of its own: a start that is called off in its middle must leave a server that can be stopped.
            await self._server.start_serving()
            hold(self._server)
        except OSError as error:
            failure = listen_error(host, tcp_port, error)
            detail = failure.in_full
            if detail != self._detail:
                self._since, self._detail = self._clock.time(), detail
            raise failure from error
        self._since = self._clock.time()
        self._detail = ""

    def share_address(self) -> bool:
        """Let another process of this user listen on the same address, so that it can take over without a gap.
        False where the system has no such thing.
        """
        if self._server is None or not hasattr(socket, "SO_REUSEPORT"):
            return False
        for listener in self._server.sockets:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        return True

    async def stop(self, *, patience: float = 1.0, store_patience: float = STOP_TIME) -> None:
        """Take no more connections, answer what comes on those there are, close.

        `patience`: seconds for requests that are on their way; `store_patience`: for the store to keep what was taken.
        """
        server, self._server = self._server, None
        if server is None:
            return
        self._since = self._clock.time()
        self._detail = "Stopped."
        await self._close_listeners(server)
        for connection in list(self._connections):
            connection.retire()
        if self._connections:
            self._all_lost.clear()
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._all_lost.wait(), patience)
        if not await self._intake.all_answered(store_patience):
            self._detail = "Stopped before the store answered; those callers got no 200."
        for connection in list(self._connections):
            connection.close()
        await asyncio.sleep(0)
        for connection in list(self._connections):
            connection.abort()
        await server.wait_closed()

    async def _close_listeners(self, server: asyncio.Server) -> None:
        """Close them when nobody waits to be accepted any more: the system would cut those off."""
        loop = asyncio.get_running_loop()
        for socket_of_server in server.sockets:
            loop.remove_reader(socket_of_server.fileno())
        # asyncio drops a connection that it has accepted and not yet attached when its server closes.
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        listeners = [listener.dup() for listener in server.sockets]
        server.close()
        for listener in listeners:
            for connection in give_up(listener):
                await loop.connect_accepted_socket(lambda: HttpConnection(self, self._clock), connection)

    def sweep(self) -> None:
        """Cut off connections whose time is up."""
        now = self._clock.monotonic()
        for connection in list(self._connections):
            connection.expire(now)
        self._callers.sweep()

    # ---- as the owner of its connections --------------------------------------------------------------------

    def opened(self, connection: HttpConnection) -> bool:
        """Count it in, or turn it away where no other can make room."""
        connection.caller, reason = self._callers.connect(connection.address)
        if reason and self._make_room(connection.address):
            reason = ""
        self._connections.add(connection)
        if reason:
            self.refusals.note(connection.address, reason)
        return not reason

    def _make_room(self, address: str) -> bool:
        """Close the connection that has been idle for longest: of an address that may not call, else of any; but for
        one that may not call, only another such. Whether there was one.
        """
        only_own = self._callers.is_full_of(address)
        among = [it for it in self._connections if not only_own or it.address == address]
        strangers = [it for it in among if not self._intake.may_call(it.address)]
        found = [it for it in strangers if it.may_give_way(in_the_middle=True)]
        if not found and self._intake.may_call(address):
            found = [it for it in among if it.may_give_way()]
        if found:
            min(found, key=lambda it: it.expires_at).close()
        return bool(found)

    def lost(self, connection: HttpConnection) -> None:
        """Count it out."""
        self._connections.discard(connection)
        if not self._connections:
            self._all_lost.set()
        caller = connection.caller
        assert caller is not None
        self._callers.drop(caller, connection)
        self._callers.disconnect(caller)
        if connection.challenged:
            self.refusals.note(connection.address, "No user and password (HTTP Basic).")

    def unfinished(self, connection: HttpConnection, raw: bytes, reason: str) -> None:
        """It sent half a request."""
        assert connection.caller is not None
        self._intake.take_half(connection.caller, raw, reason)

    def may_read(self, connection: HttpConnection) -> bool:
        """Whether its address has room for more."""
        assert connection.caller is not None
        return self._callers.may_read(connection.caller, connection)

    def received(self, exchange: Exchange, incoming: Incoming) -> None:
        """Have it answered."""
        self._intake.take(exchange, incoming)
