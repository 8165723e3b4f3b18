"""The outbox at work: takes drafts from any thread, sends them, and records what becomes known.

Two rules hold throughout. A message is SUBMITTING, durably, before any byte of it leaves; and what is
UNKNOWN is never tried again by the program. A process that dies leaves SUBMITTING behind, which `recover`
turns into UNKNOWN at the next start; QUEUED ones stay as they are until a person says yes.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import Counter, deque
from collections.abc import Awaitable, Callable, Sequence
from concurrent.futures import Future
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from console.domain.facts import DeliveryReport, SendStatus
from console.domain.messages import Callback, CallbackKind, DeliveryState, Draft, OutboxMessage, Via
from console.domain.ports import PortHealth, PortSnapshot
from console.errors import CannotSend, ConsoleError, StoreError
from console.protocol import segments
from console.protocol.ami_events import read_event
from console.services import ami_sender, http_sender
from console.services.ami_client import AmiClient
from console.services.ami_sender import AmiSender
from console.services.ami_sessions import AmiSessions, Connect
from console.services.http_sender import HttpSender
from console.services.outbox import Outbox, OutboxStore
from console.store.wire_id import WireId

if TYPE_CHECKING:
    import httpx

    from console.config import AmiConfig, GatewayConfig
    from console.domain.ami import AmiMessage
    from console.domain.clock import Clock
    from console.domain.plan import SegmentPlan
    from console.store.ami_log import AmiLog

FRESH = 120.0
"""Seconds for which what a port said of itself can forbid a send. Older news may no longer be true."""

_SOME_ID = "0" * 31
"""Stands in for an id, as long as one can be, while a draft is tried."""
_USELESS = frozenset({PortHealth.NO_SIM, PortHealth.NEEDS_PIN, PortHealth.BLOCKED, PortHealth.OFF, PortHealth.DOWN})

Ports = Callable[[str], Sequence[PortSnapshot]]
"""The ports of the gateway of that name, as last heard."""


class Sender:
    """Sends messages. `submit` is for any thread, everything else belongs to the services' event loop."""

    def __init__(
        self,
        gateways: Sequence[GatewayConfig],
        store: OutboxStore,
        clock: Clock,
        *,
        ports: Ports,
        connect: Connect = AmiClient.connect,
        transport: httpx.AsyncBaseTransport | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        log: AmiLog | None = None,
    ) -> None:
        """`log` gets what goes to and fro on the AMI sessions that send."""
        self._trouble = ""
        """Why the last message could not be carried or recorded, in words; empty when all is well."""
        self._store = store
        self._clock = clock
        self._outbox = Outbox(store, clock, sleep=sleep)
        self._ports = ports
        self._gateways = {gateway.name: gateway for gateway in gateways}
        self._http: dict[str, HttpSender] = {}
        self._ami: dict[str, AmiSender] = {}
        for gateway in gateways:
            if gateway.http is not None:
                sender = HttpSender(gateway, gateway.http, self._outbox, transport=transport)
                self._http[gateway.name] = sender
            if gateway.ami is not None:
                sessions = AmiSessions(gateway, gateway.ami, connect, clock, log=log)
                self._ami[gateway.name] = AmiSender(gateway.ami, sessions, self._outbox, sleep=sleep)
        self._queued: deque[OutboxMessage] = deque()
        self._wake = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._load_gate = threading.Lock()
        self._load: Counter[tuple[str, int | None]] = Counter()
        """Messages of ours not yet done, by gateway and port."""

    @property
    def trouble(self) -> str:
        """Why something could not be recorded, in words; empty when all is well."""
        return "; ".join(filter(None, (self._trouble, self._outbox.trouble)))

    def submit(self, draft: Draft) -> Future[OutboxMessage]:
        """Queue a message durably, then send it. Resolves once it is queued; from any thread, at once.

        By AMI a draft without a port gets the least loaded one that is READY. Fails with CannotSend when it
        can't be sent as it is (nothing is queued then), or with StoreError.
        """
        try:
            draft, segments = self._checked(draft)
        except ConsoleError as error:
            refused: Future[OutboxMessage] = Future()
            refused.set_exception(error)
            return refused
        self._count(draft, 1)
        future = self._store.add_outbox(draft, segments)
        future.add_done_callback(lambda done: self._take(draft, done))
        return future

    async def run(self) -> None:
        """Send what is submitted, until cancelled. Then what was under way stays SUBMITTING for `recover`
        to judge.
        """
        try:
            self._loop = asyncio.get_running_loop()
            await asyncio.wrap_future(self._store.recover())
            async with asyncio.TaskGroup() as tasks:
                while True:
                    self._wake.clear()
                    while self._queued:
                        tasks.create_task(self._carry(self._queued.popleft()))
                    await self._wake.wait()
        finally:
            self._loop = None
            for sender in self._http.values():
                await sender.close()

    def on_event(self, gateway: str, message: AmiMessage) -> None:
        """Take what an AMI event says about a message of ours: `SMSSendStatus` by its id, `SMSStatusReport`
        by number.
        """
        match read_event(message):
            case SendStatus() as status:
                self._on_send_status(gateway, status)
            case DeliveryReport() as report:
                self._on_report(gateway, report, message.raw)
            case _:
                pass

    def _checked(self, draft: Draft) -> tuple[Draft, int]:
        """The draft with its port, and the number of its segments. Raises CannotSend."""
        gateway = self._gateways.get(draft.gateway)
        if gateway is None:
            raise CannotSend(f"There is no gateway named {draft.gateway!a}.", hint="Choose one of the configuration.")
        snapshots = self._ports(draft.gateway)
        refuse_useless(draft.port, snapshots, self._clock.time())
        if draft.via is Via.HTTP:
            if gateway.http is None:
                raise CannotSend(
                    f"Gateway {gateway.name} has no HTTP interface in the configuration.",
                    hint="Send by AMI, or add [gateways.http].",
                )
            http_sender.query_for(draft, gateway.http, _SOME_ID)
            return draft, 1
        if gateway.ami is None:
            raise CannotSend(
                f"Gateway {gateway.name} has no AMI in the configuration.",
                hint="Send by HTTP, or add [gateways.ami].",
            )
        port = draft.port if draft.port is not None else self._least_loaded(draft.gateway, snapshots)
        lines = _sample_lines(draft, port, gateway.ami, _SOME_ID)
        return replace(draft, port=port), len(lines)

    def plan(self, draft: Draft) -> SegmentPlan:
        """How the draft's text will be cut on the way it will really take. From any thread; refuses nothing."""
        gateway = self._gateways.get(draft.gateway)
        if draft.via is Via.HTTP and gateway is not None and gateway.http is not None:
            operators = {port.port: port.report.operator for port in self._ports(draft.gateway)}
            return http_sender.plan_of(draft.text, gateway.http, operators.get(draft.port or 0, ""))
        if draft.via is Via.AMI and gateway is not None and gateway.ami is not None:
            return ami_sender.plan_of(draft.text, gateway.ami)
        return segments.plan(draft.text, "ami" if draft.via is Via.AMI else "http")

    def wire_form(self, draft: Draft) -> tuple[str, ...]:
        """What will go to the gateway for it: AMI command lines or the HTTP request, secrets masked. From any
        thread. The id, and the flag of a long message, are given when it is queued: `ID` and an example here.

        Raises CannotSend, as `submit` would.
        """
        draft, _ = self._checked(draft)
        gateway = self._gateways[draft.gateway]
        if draft.via is Via.HTTP:
            assert gateway.http is not None, "checked"
            return (f"GET /sendsms?{http_sender.query_for(draft, gateway.http, 'ID', masked=True)}",)
        assert gateway.ami is not None, "checked"
        assert draft.port is not None, "checked"
        return _sample_lines(draft, draft.port, gateway.ami, "ID")

    def _least_loaded(self, gateway: str, snapshots: Sequence[PortSnapshot]) -> int:
        ready = [snapshot.port for snapshot in snapshots if snapshot.health is PortHealth.READY]
        if not ready:
            raise CannotSend(
                f"No port of {gateway} is ready, and by AMI one must be named.",
                hint="Wait until a port is ready, name a port, or send by HTTP.",
            )
        with self._load_gate:
            return min(ready, key=lambda port: (self._load[gateway, port], port))

    def _count(self, draft: Draft, change: int) -> None:
        with self._load_gate:
            self._load[draft.gateway, draft.port] += change

    def _take(self, draft: Draft, queued: Future[OutboxMessage]) -> None:
        """The commit is done, or failed: runs on the store's thread."""
        if queued.cancelled() or queued.exception() is not None:
            self._count(draft, -1)
            return
        self._queued.append(queued.result())
        loop = self._loop
        if loop is not None:
            # A loop that has just closed leaves the message QUEUED: a person decides at the next start.
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(self._wake.set)

    async def _carry(self, message: OutboxMessage) -> None:
        """Send one message. Whatever goes wrong stays its own trouble."""
        draft = message.draft
        try:
            if draft.via is Via.HTTP:
                await self._http[draft.gateway].send(message, self._store.wire_id(message.id))
            else:
                await self._ami[draft.gateway].send(message, self._segment_ids(message))
            self._trouble = ""
        except StoreError as error:
            # What is not recorded as under way has not left; what may be is for a person to judge.
            self._trouble = f"message {message.id}: {error}"
            self._note(message.id, 0, DeliveryState.UNKNOWN, "console", str(error))
            self._note(message.id, 0, DeliveryState.CANCELLED, "console", f"not sent: {error}")
        except Exception as error:
            # Nobody knows how far it came. What may have left is UNKNOWN, what has not is called off.
            self._trouble = f"message {message.id}: {type(error).__name__}"
            self._note(message.id, 0, DeliveryState.UNKNOWN, "console", f"stopped by {type(error).__name__}")
            self._note(message.id, 0, DeliveryState.CANCELLED, "console", "not sent")
        finally:
            self._count(draft, -1)

    def _segment_ids(self, message: OutboxMessage) -> list[str]:
        """An id for each segment, so that each result finds its own."""
        if len(message.segments) == 1:
            return [self._store.wire_id(message.id)]
        return [self._store.wire_id(message.id, number) for number in range(1, len(message.segments) + 1)]

    def _on_send_status(self, gateway: str, status: SendStatus) -> None:
        wire_id = WireId.parse(status.id)
        message = self._store.find_outbox(gateway, status.id)
        if wire_id is None or message is None:
            return
        segment = wire_id.segment if wire_id.segment <= len(message.segments) else 0
        self._note(message.id, segment, status.state, "SMSSendStatus", status.status)

    def _on_report(self, gateway: str, report: DeliveryReport, raw: bytes) -> None:
        """The store finds the message, as for a report that comes by HTTP: the newest sent by that port to
        that number.
        """
        callback = Callback(
            kind=CallbackKind.REPORT,
            number=report.recipient,
            port=str(report.port or ""),
            gateway_time=report.sent_at,
            imsi=report.imsi,
            status=report.status,
            cause=report.cause,
        )
        self._store.add_callback(gateway, callback, raw).add_done_callback(self._notice)

    def _note(self, message_id: int, segment: int, state: DeliveryState, source: str, raw: str) -> None:
        self._outbox.note(message_id, segment, state, source, raw).add_done_callback(self._notice)

    def _notice(self, stored: Future[Any]) -> None:
        if not stored.cancelled() and (error := stored.exception()) is not None:
            self._trouble = str(error)


def _sample_lines(draft: Draft, port: int, ami: AmiConfig, wire_id: str) -> tuple[str, ...]:
    """The command lines as they will be, with one id for all and the flag of some message."""
    ids = [wire_id] * len(ami_sender.plan_of(draft.text, ami).segments)
    return ami_sender.command_lines(draft, port, ami, ids, ami_sender.flag_for(0))


def refuse_useless(port: int | None, snapshots: Sequence[PortSnapshot], now: float) -> None:
    """Raise CannotSend when the port said a moment ago that it can't send: no SIM, locked, switched off."""
    for snapshot in snapshots:
        fresh = snapshot.read_at is not None and now - snapshot.read_at <= FRESH
        if snapshot.port == port and fresh and snapshot.health in _USELESS:
            raise CannotSend(f"Port {port} can't send: {snapshot.health}.", hint="Choose another port.")
