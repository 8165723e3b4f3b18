"""The embedded HTTP server that the gateway calls with each SMS: answered 200 once it is on the disk, never
before.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from console.domain.link import ReceiverStatus
from console.domain.messages import Callback, CallbackKind
from console.protocol.access import Denial, Gates, within
from console.protocol.http_inbound import parse, query_of
from console.protocol.http_request import Incoming, Refused, Request, Unreadable
from console.services.callers import MAX_CONNECTIONS, MAX_PER_ADDRESS, Caller, Callers
from console.services.http_connection import Exchange, HttpConnection
from console.services.listening import BACKLOG, give_up, joined, listen_error
from console.services.receiver_counts import ReceiverCounts
from console.services.refusals import Refusals, Unkept

if TYPE_CHECKING:
    from collections.abc import Sequence
    from concurrent.futures import Future

    from console.config import GatewayConfig, ReceiverConfig
    from console.domain.clock import Clock

SWEEP_PERIOD = 1.0
"""Seconds between two looks at the deadlines."""

_STOP_TIME = 10.0
"""Seconds for the answers of requests already taken, when stopping."""

PAGES = frozenset({b"/healthz", b"/metrics"})
"""Targets that are no callbacks: these have no parameters."""

_CHALLENGE = 'WWW-Authenticate: Basic realm="gsm-console", charset="UTF-8"\r\n'


class CallbackStore(Protocol):
    """What the receiver needs of the store."""

    def add_callback(self, gateway: str, callback: Callback, raw: bytes) -> Future[int]:
        """Resolves after the durable commit; fails with StoreError."""
        ...


class Pages(Protocol):
    """What the receiver shows to those who watch it."""

    def page(self, target: bytes) -> tuple[int, str, str]:
        """Status, content type and text of one of PAGES. May take a while: it is called in a thread."""
        ...


@dataclass(slots=True, eq=False)
class _Kept:
    """A callback on its way to the disk."""

    exchange: Exchange
    caller: Caller
    status: int
    """To answer with once it is there."""
    taken_at: float
    future: Future[int]


class Receiver:
    """Takes callbacks into the store. `status` may be read from any thread, the rest belongs to the event
    loop.
    """

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
        """`listener` is a socket bound already, taken instead of the configured address and closed at the
        end.
        """
        self.counts = ReceiverCounts()
        self.refusals = Refusals(clock)
        self.unkept = Unkept(clock)
        self.pages = pages
        self._config = config
        self._gates = Gates(gateways)
        self._store = store
        self._clock = clock
        self._listener = listener
        self._callers = Callers(
            clock, max_connections=max_connections, max_per_address=max_per_address, max_rate=config.max_rate
        )
        self._server: asyncio.Server | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._connections: set[HttpConnection] = set()
        self._settled: deque[_Kept] = deque()
        self._woken = False
        self._unsettled = 0
        self._all_settled = asyncio.Event()
        self._all_lost = asyncio.Event()
        self._since = clock.time()
        self._detail = "Not started."
        self._store_trouble = ""

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
            detail=self._detail or self._store_trouble,
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
        self._loop = asyncio.get_running_loop()
        host, tcp_port = self._config.host, self._config.tcp_port
        try:
            if self._listener is None:
                self._server = await self._loop.create_server(
                    lambda: HttpConnection(self, self._clock),
                    host,
                    tcp_port,
                    backlog=BACKLOG,
                    reuse_port=shared or None,
                    start_serving=False,
                )
            else:
                self._server = await self._loop.create_server(
                    lambda: HttpConnection(self, self._clock),
                    sock=self._listener,
                    backlog=BACKLOG,
                    start_serving=False,
                )
            # In a step of its own: a start that is called off in its middle must leave a server that can be stopped.
            await self._server.start_serving()
        except OSError as error:
            failure = listen_error(host, tcp_port, error)
            detail = f"{failure} {failure.hint}"
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

    async def stop(self, *, patience: float = 1.0) -> None:
        """Take no more connections, answer what comes on those there are, close. `patience`: seconds for requests
        that are on their way.
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
        if self._unsettled:
            self._all_settled.clear()
            try:
                await asyncio.wait_for(self._all_settled.wait(), _STOP_TIME)
            except TimeoutError:
                self._store_trouble = "Stopped before the store answered; those callers got no 200."
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
        """Count it in, or turn it away."""
        self._connections.add(connection)
        connection.caller, reason = self._callers.connect(connection.address)
        if reason:
            self.refusals.note(connection.address, reason)
        return not reason

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
            self.refusals.note(connection.address, "No user and password came (HTTP Basic).")

    def expired(self, connection: HttpConnection) -> None:
        """It sent too slowly."""
        self.refusals.note(connection.address, "The request did not come to its end in time.")

    def may_read(self, connection: HttpConnection) -> bool:
        """Whether its address has room for more."""
        assert connection.caller is not None
        return self._callers.may_read(connection.caller, connection)

    def received(self, exchange: Exchange, incoming: Incoming) -> None:
        """Store it, or say why not."""
        caller = exchange.connection.caller
        assert caller is not None
        self._callers.begin(caller)
        match incoming:
            case Request():
                waits = self._take(exchange, caller, incoming)
            case Refused(status, reason):
                waits = self._refuse(exchange, status, reason)
            case Unreadable(raw, reason):
                waits = self._quarantine(exchange, caller, raw, reason)
        if not waits:
            self._callers.finish(caller)

    # ---- one request ----------------------------------------------------------------------------------------
    # Each returns whether its answer is still to come.

    def _take(self, exchange: Exchange, caller: Caller, request: Request) -> bool:
        if request.method not in ("GET", "POST"):
            return self._refuse(exchange, 405, f"The method {request.method} is not taken; GET is.")
        target, body = request.target, request.body
        if not body and b"?" not in target:
            # Nothing is lost: a gateway always adds its parameters.
            return self._show(exchange, caller, target)
        gate = self._gates.of(target, caller.address)
        denial = self._gates.denial(gate, caller.address, target, body, request.authorization)
        if denial is not None:
            return self._deny(exchange, denial)
        exchange.connection.challenged = False
        # A query may hold only the token: what is said may stand in either.
        query = b"&".join(filter(None, (query_of(target), body))) if body else target
        if gate is None:
            name, callback = "", parse(query)
        else:
            gateway = gate.gateway
            name, callback = gateway.name, parse(query, gateway.parameter_names, charset=gateway.charset)
            target, body = gate.without_tokens(target), gate.query_without_tokens(body)
        return self._keep(exchange, caller, 200, name, callback, target + b"\r\n\r\n" + body if body else target)

    def _quarantine(self, exchange: Exchange, caller: Caller, raw: bytes, reason: str) -> bool:
        gate = self._gates.of(b"", caller.address)
        denial = self._gates.denial(gate, caller.address)
        if denial is not None:
            return self._refuse(exchange, 400, f"{reason} {denial.reason}")
        self.refusals.note(caller.address, f"{reason} Its bytes are kept in the inbox.")
        return self._keep(exchange, caller, 400, "", Callback(CallbackKind.UNREADABLE, reason=reason), raw)

    def _keep(
        self, exchange: Exchange, caller: Caller, status: int, gateway: str, callback: Callback, raw: bytes
    ) -> bool:
        self._unsettled += 1
        self.counts.unreadable += callback.kind is CallbackKind.UNREADABLE
        kept = _Kept(
            exchange, caller, status, self._clock.monotonic(), self._store.add_callback(gateway, callback, raw)
        )
        kept.future.add_done_callback(lambda _: self._on_settled(kept))
        return True

    def _on_settled(self, kept: _Kept) -> None:
        """Called in the store's thread. Those that shared a commit share one wake-up of the event loop,
        too.
        """
        self._settled.append(kept)
        if not self._woken and self._loop is not None and not self._loop.is_closed():
            self._woken = True
            with contextlib.suppress(RuntimeError):  # The loop was closed meanwhile: nobody is left to answer.
                self._loop.call_soon_threadsafe(self._answer_settled)

    def _answer_settled(self) -> None:
        self._woken = False
        now = self._clock.monotonic()
        while self._settled:
            kept = self._settled.popleft()
            self._unsettled -= 1
            error = kept.future.exception()
            if error is not None:
                self._store_trouble = f"Callbacks are answered 503 and not kept: {error}"
                self.unkept.note(kept.caller.address, str(error))
                kept.exchange.keep_alive = False
                kept.exchange.answer(503)
            else:
                self._store_trouble = ""
                self.counts.accepted += kept.status == 200
                self.counts.committed(now - kept.taken_at)
                kept.exchange.answer(kept.status)
            self._callers.finish(kept.caller)
        if not self._unsettled:
            self._all_settled.set()

    def _show(self, exchange: Exchange, caller: Caller, target: bytes) -> bool:
        """A page for those who watch the receiver; the work is done beside the event loop."""
        pages, monitors = self.pages, self._config.monitors
        allowed = not monitors or within(caller.address, monitors)
        if pages is None or not allowed or target not in PAGES:
            return self._refuse(exchange, 404, "The request has no parameters.")

        def show(done: asyncio.Future[tuple[int, str, str]]) -> None:
            self._callers.finish(caller)
            if done.cancelled() or done.exception() is not None:
                exchange.answer(503)
            else:
                status, kind, text = done.result()
                exchange.answer(status, text, fields=f"Content-Type: {kind}\r\n")

        assert self._loop is not None
        self._loop.run_in_executor(None, pages.page, target).add_done_callback(show)
        return True

    def _deny(self, exchange: Exchange, denial: Denial) -> bool:
        if denial.challenge:
            # The usual first half of HTTP Basic: it counts as refused only when the second half never comes.
            exchange.connection.challenged = True
            exchange.answer(denial.status, fields=_CHALLENGE)
            return False
        return self._refuse(exchange, denial.status, denial.reason)

    def _refuse(self, exchange: Exchange, status: int, reason: str) -> bool:
        self.refusals.note(exchange.connection.address, reason)
        exchange.keep_alive = False
        exchange.answer(status, "" if status in (401, 403) else reason)
        return False
