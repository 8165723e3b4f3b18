"""The embedded HTTP server that the gateway calls with each SMS: answered 200 once it is on the disk, never
before.
"""

from __future__ import annotations

import asyncio
import contextlib
import errno
import os
from collections import Counter, deque
from typing import TYPE_CHECKING, Protocol
from urllib.parse import unquote_to_bytes

from console.domain.link import ReceiverStatus, RefusedRequest
from console.domain.messages import Callback, CallbackKind
from console.errors import ListenError
from console.protocol.http_inbound import parse, query_of
from console.protocol.http_request import Incoming, Refused, Request, Unreadable
from console.services.http_connection import Exchange, HttpConnection

if TYPE_CHECKING:
    import socket
    from collections.abc import Sequence
    from concurrent.futures import Future

    from console.config import GatewayConfig, ReceiverConfig
    from console.domain.clock import Clock

MAX_CONNECTIONS = 512
"""At once, of all callers. Each may hold one request line, so this bounds the memory (100 MB at the very
worst).
"""

MAX_PER_ADDRESS = 256
"""At once, of one address: a flood from one leaves room for the others. A gateway opens one for each SMS."""

KEPT_REFUSALS = 50

_BACKLOG = 1024
"""Connections that the system holds until they are accepted."""

_SWEEP_PERIOD = 1.0
"""Seconds between two looks at the deadlines."""

_STOP_TIME = 10.0
"""Seconds for the answers of requests already taken, when stopping."""


class CallbackStore(Protocol):
    """What the receiver needs of the store."""

    def add_callback(self, gateway: str, callback: Callback, raw: bytes) -> Future[int]:
        """Resolves after the durable commit; fails with StoreError."""
        ...


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
    ) -> None:
        """`listener` is a socket bound already, taken instead of the configured address and closed at the
        end.
        """
        self._config = config
        self._gateways = _Gateways(gateways)
        self._store = store
        self._clock = clock
        self._max_connections = max_connections
        self._max_per_address = max_per_address
        self._listener = listener
        self._server: asyncio.Server | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._connections: set[HttpConnection] = set()
        self._per_address: Counter[str] = Counter()
        self._settled: deque[tuple[Exchange, int, Future[int]]] = deque()
        self._woken = False
        self._unsettled = 0
        self._all_settled = asyncio.Event()
        self._accepted = 0
        self._refused = 0
        self._refusals: tuple[RefusedRequest, ...] = ()
        self._since = clock.time()
        self._detail = "Not started."
        self._store_trouble = ""

    @property
    def address(self) -> tuple[str, int]:
        """Host and TCP port, as bound, or as wanted before."""
        if self._server is not None and self._server.sockets:
            host, tcp_port = self._server.sockets[0].getsockname()[:2]
            return str(host), int(tcp_port)
        return self._config.host, self._config.tcp_port

    @property
    def status(self) -> ReceiverStatus:
        host, tcp_port = self.address
        return ReceiverStatus(
            listening=self._server is not None,
            address=f"[{host}]:{tcp_port}" if ":" in host else f"{host}:{tcp_port}",
            since=self._since,
            detail=self._detail or self._store_trouble,
            accepted=self._accepted,
            refused=self._refused,
            refusals=self._refusals,
        )

    async def run(self) -> None:
        """Listen until cancelled. Raises ListenError."""
        await self.start()
        try:
            while True:
                await asyncio.sleep(_SWEEP_PERIOD)
                self.sweep()
        finally:
            await self.stop()

    async def start(self) -> None:
        """Bind. Raises ListenError. Without `run`, call `sweep` about once a second."""
        self._loop = asyncio.get_running_loop()
        host, tcp_port = self._config.host, self._config.tcp_port
        try:
            if self._listener is None:
                self._server = await self._loop.create_server(self._new_connection, host, tcp_port, backlog=_BACKLOG)
            else:
                self._server = await self._loop.create_server(
                    self._new_connection, sock=self._listener, backlog=_BACKLOG
                )
        except OSError as error:
            failure = _listen_error(host, tcp_port, error)
            self._since = self._clock.time()
            self._detail = f"{failure} {failure.hint}"
            raise failure from error
        self._since = self._clock.time()
        self._detail = ""

    async def stop(self) -> None:
        """Take no more, answer what was taken, close."""
        server, self._server = self._server, None
        if server is None:
            return
        self._since = self._clock.time()
        self._detail = "Stopped."
        server.close()
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

    def sweep(self) -> None:
        """Cut off connections whose time is up."""
        now = self._clock.monotonic()
        for connection in list(self._connections):
            connection.expire(now)

    def opened(self, connection: HttpConnection) -> bool:
        """Count it in, or turn it away."""
        address = connection.address
        self._connections.add(connection)
        self._per_address[address] += 1
        if len(self._connections) > self._max_connections:
            self._note_refusal(address, f"More than {self._max_connections} connections at once.")
            return False
        if self._per_address[address] > self._max_per_address:
            self._note_refusal(address, f"More than {self._max_per_address} connections at once from this address.")
            return False
        return True

    def lost(self, connection: HttpConnection) -> None:
        """Count it out."""
        self._connections.discard(connection)
        self._per_address[connection.address] -= 1
        if self._per_address[connection.address] <= 0:
            del self._per_address[connection.address]

    def expired(self, connection: HttpConnection) -> None:
        """It sent too slowly."""
        self._note_refusal(connection.address, "The request did not come to its end in time.")

    def received(self, exchange: Exchange, incoming: Incoming) -> None:
        """Store it, or say why not."""
        match incoming:
            case Refused(status, reason):
                self._refuse(exchange, status, reason)
            case Unreadable(raw, reason):
                self._note_refusal(exchange.connection.address, f"{reason} Its bytes are kept in the inbox.")
                self._keep(exchange, 400, "", Callback(CallbackKind.UNREADABLE, reason=reason), raw)
            case Request():
                self._take(exchange, incoming)

    def _new_connection(self) -> HttpConnection:
        return HttpConnection(self, self._clock)

    def _take(self, exchange: Exchange, request: Request) -> None:
        if request.method not in ("GET", "POST"):
            self._refuse(exchange, 405, f"The method {request.method} is not taken; GET is.")
            return
        raw = query = request.target
        if not query_of(query) and request.body:
            raw, query = request.target + b"\r\n\r\n" + request.body, request.body
        elif b"?" not in query:
            # Nothing is lost: a gateway always adds its parameters.
            self._refuse(exchange, 404, "The request has no parameters.")
            return
        gateway = self._gateways.of(request.target, exchange.connection.address)
        callback = parse(query, gateway.parameter_names if gateway else {})
        self._keep(exchange, 200, gateway.name if gateway else "", callback, raw)

    def _keep(self, exchange: Exchange, status: int, gateway: str, callback: Callback, raw: bytes) -> None:
        self._unsettled += 1
        future = self._store.add_callback(gateway, callback, raw)
        future.add_done_callback(lambda done: self._on_settled(exchange, status, done))

    def _on_settled(self, exchange: Exchange, status: int, future: Future[int]) -> None:
        """Called in the store's thread. Those that shared a commit share one wake-up of the event loop,
        too.
        """
        self._settled.append((exchange, status, future))
        if not self._woken and self._loop is not None and not self._loop.is_closed():
            self._woken = True
            with contextlib.suppress(RuntimeError):  # The loop was closed meanwhile: nobody is left to answer.
                self._loop.call_soon_threadsafe(self._answer_settled)

    def _answer_settled(self) -> None:
        self._woken = False
        while self._settled:
            exchange, status, future = self._settled.popleft()
            self._unsettled -= 1
            error = future.exception()
            if error is not None:
                self._store_trouble = f"Callbacks are answered 503 and not kept: {error}"
                self._refuse(exchange, 503, str(error))
                continue
            self._store_trouble = ""
            self._accepted += status == 200
            exchange.answer(status)
        if not self._unsettled:
            self._all_settled.set()

    def _refuse(self, exchange: Exchange, status: int, reason: str) -> None:
        self._note_refusal(exchange.connection.address, reason)
        exchange.keep_alive = False
        exchange.answer(status, "" if status == 503 else reason)

    def _note_refusal(self, address: str, reason: str) -> None:
        self._refused += 1
        refusal = RefusedRequest(self._clock.time(), address, reason)
        self._refusals = (*self._refusals[1 - KEPT_REFUSALS :], refusal)


class _Gateways:
    """Which gateway calls."""

    def __init__(self, gateways: Sequence[GatewayConfig]) -> None:
        self._by_name = {gateway.name: gateway for gateway in gateways}
        hosts = Counter(gateway.host for gateway in gateways)
        self._by_host = {gateway.host: gateway for gateway in gateways if hosts[gateway.host] == 1}
        self._only = gateways[0] if len(gateways) == 1 else None

    def of(self, target: bytes, address: str) -> GatewayConfig | None:
        """By the path (`/sms/NAME`, `/NAME`), else by the caller's address, else the only one there is."""
        path = unquote_to_bytes(target.partition(b"?")[0]).decode("utf-8", "replace")
        parts = [part for part in path.split("/") if part]
        if parts and parts[0].endswith(":"):
            parts = parts[2:]  # `http://host/path`, as a proxy is asked
        if len(parts) > 1 and parts[0] == "sms" and parts[1] in self._by_name:
            return self._by_name[parts[1]]
        if parts and parts[0] in self._by_name:
            return self._by_name[parts[0]]
        return self._by_host.get(address, self._only)


def _listen_error(host: str, tcp_port: int, error: OSError) -> ListenError:
    where = f"{host}:{tcp_port}"
    elsewhere = "set another `tcp_port` under `[receiver]`, and on the gateway's page."
    if error.errno == errno.EADDRINUSE:
        return ListenError(
            f"Another program listens on {where} already.",
            hint=f"Find it with `ss -ltnp` and stop it, or {elsewhere}",
        )
    if error.errno == errno.EACCES:
        return ListenError(f"This user may not listen on {where}.", hint=f"Use a TCP port above 1023: {elsewhere}")
    if error.errno in (errno.EADDRNOTAVAIL, None):  # asyncio tells it without a number from Python 3.12 on.
        return ListenError(
            f"This machine has no address {host}.",
            hint="Set `host` under `[receiver]` to one of its own, or 0.0.0.0.",
        )
    why = os.strerror(error.errno) if error.errno and error.errno > 0 else str(error)
    return ListenError(f"Can't listen on {where}: {why}.", hint="Look at `host` and `tcp_port` under `[receiver]`.")
