"""What tests of sending share: a gateway's AMI and `/sendsms` as plain classes, and a running sender."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import httpx

from console.config import AmiConfig, GatewayConfig, HttpConfig, Secret, SendingConfig
from console.domain.messages import DeliveryState, Draft, OutboxMessage, Via
from console.domain.ports import PortHealth, PortSnapshot, SpanReport
from console.errors import NotConnected
from console.protocol.ami.frames import AmiFramer
from console.services.sending.sender import Sender
from tests.support.backend import NOON, OPERATOR, FixedClock
from tests.support.waiting import DEADLINE

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from console.domain.ami import AmiMessage
    from console.domain.clock import Clock
    from console.domain.sending import Batch
    from console.store import Store

GATEWAY = GatewayConfig(
    name="gw1",
    host="192.0.2.10",
    ami=AmiConfig(username="admin", secret=Secret("ami-secret"), send_sessions=2),
    http=HttpConfig(username="smsuser", password=Secret("http-password")),
)

SENT = "SEND SMS TO PHONE +861 SUCCESSFULLY"
NOT_SENT = "SEND SMS TO PHONE +861 FAILED"
USING = "SPAN: 1 WAS USING"

UNSETTLED = frozenset({DeliveryState.QUEUED, DeliveryState.SUBMITTING})


def by_ami(text: str = "hello", *, port: int | None = 1, to: str = "+8613632919026") -> Draft:
    return Draft(gateway="gw1", to=to, text=text, port=port, via=Via.AMI)


def by_http(text: str = "hello", *, port: int | None = None, to: str = "+8613632919026") -> Draft:
    return Draft(gateway="gw1", to=to, text=text, port=port, via=Via.HTTP)


def snapshot(port: int, health: PortHealth, *, read_at: float | None = NOON) -> PortSnapshot:
    return PortSnapshot(port, health, NOON, read_at, SpanReport())


def event(*headers: tuple[str, str]) -> AmiMessage:
    """An event as a server sends it, read by the real framer."""
    block = "".join(f"{name}: {value}\r\n" for name, value in headers)
    framer = AmiFramer()
    messages = framer.feed(f"Asterisk Call Manager/1.1\r\n{block}\r\n".encode())
    return messages[-1]


class FakeSession:
    """One logged-in connection to a `FakeAmi`."""

    def __init__(self, ami: FakeAmi) -> None:
        self._ami = ami
        self.closed = False

    async def action(
        self, name: str, headers: Sequence[tuple[str, str]] = (), *, timeout: float | None = None
    ) -> AmiMessage:
        self._ami.actions.append(name)
        if self._ami.dead:
            raise NotConnected("Ping was not sent: the connection was lost.")
        return event(("Response", "Success"), ("Ping", "Pong"))

    async def command(self, line: str, *, timeout: float | None = None) -> tuple[str, ...]:
        assert not self.closed
        ami = self._ami
        ami.timeouts.append(timeout)
        answer = ami.answers.pop(0) if ami.answers else ami.answer_to(line) if ami.answer_to else SENT
        if isinstance(answer, NotConnected):
            raise answer
        ami.lines.append(line)
        ami.on_line(line)
        ami.at_once += 1
        ami.most_at_once = max(ami.most_at_once, ami.at_once)
        try:
            await ami.gate.wait()
        finally:
            ami.at_once -= 1
        if isinstance(answer, Exception):
            raise answer
        return tuple(answer.split("\n"))

    async def close(self) -> None:
        if not self.closed:
            self.closed = True
            self._ami.closed += 1


class FakeAmi:
    """A gateway's AMI: gives the prepared answers in order, then SENT; remembers every line that left."""

    def __init__(self, *answers: str | Exception) -> None:
        self.answers = list(answers)
        self.answer_to: Callable[[str], str] | None = None
        """What a line is answered when no answer is prepared; None: SENT."""
        self.lines: list[str] = []
        self.actions: list[str] = []
        self.timeouts: list[float | None] = []
        self.refusals: list[Exception] = []
        """What the next connections raise."""
        self.on_line: Callable[[str], None] = lambda line: None
        self.connected = 0
        self.closed = 0
        self.dead = False
        self.events_asked = False
        self.at_once = 0
        self.most_at_once = 0
        self.gate = asyncio.Event()
        """Answers come once it is set."""
        self.gate.set()
        self.connecting = asyncio.Event()
        """Connections come about, or are refused, once it is set."""
        self.connecting.set()
        self.waiting = 0
        """Connections asked for that did not come about yet."""

    async def connect(
        self,
        host: str,
        tcp_port: int,
        username: str,
        secret: Secret,
        *,
        events: bool,
        clock: Clock,
        connect_timeout: float,
        answer_timeout: float,
        on_message: Callable[[AmiMessage], None] | None,
        on_sent: Callable[[str], None] | None,
        command_action: str,
    ) -> FakeSession:
        self.waiting += 1
        await self.connecting.wait()
        self.waiting -= 1
        if self.refusals:
            raise self.refusals.pop(0)
        self.connected += 1
        self.events_asked = self.events_asked or events
        return FakeSession(self)


_ANYBODY = b"+8613632919026"
"""In a prepared answer: the number that was asked for."""


class FakeSendsms(httpx.AsyncBaseTransport):
    """A gateway's `/sendsms`: gives the prepared answers in order; remembers every request that left."""

    def __init__(self, *answers: bytes | Exception | httpx.Response) -> None:
        self.answers = list(answers)
        self.requests: list[httpx.Request] = []
        self.on_request: Callable[[httpx.Request], None] = lambda request: None

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        answer = self.answers.pop(0)
        if isinstance(answer, httpx.ConnectError | httpx.ConnectTimeout):
            raise answer
        self.requests.append(request)
        self.on_request(request)
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, httpx.Response):
            return answer
        asked_for = request.url.params.get("phonenumber", "").encode()
        return httpx.Response(200, stream=httpx.ByteStream(answer.replace(_ANYBODY, asked_for)))


def report(result: str) -> bytes:
    """An answer of `/sendsms` in the shape of new firmware."""
    return (
        '\t{\n\t\t"message":"hello",\n\t\t"report":[{\n\t\t\t"1":[{\n\t\t\t\t"port":"1",\n'
        f'\t\t\t\t"phonenumber":"{_ANYBODY.decode()}",\n\t\t\t\t"time":"2018-12-29 16:35:46",\n'
        f'\t\t\t\t"id":"1122",\n\t\t\t\t"result":"{result}"\n\t\t\t}}]\n\t\t}}]\n\t}}'
    ).encode()


class Sending:
    """A sender at work on a real store, with the gateway played."""

    def __init__(
        self,
        store: Store,
        ami: FakeAmi,
        sendsms: FakeSendsms,
        *,
        gateway: GatewayConfig = GATEWAY,
        rules: SendingConfig | None = None,
        clock: FixedClock | None = None,
        plans: bool = False,
    ) -> None:
        self.store = store
        self.clock = clock or FixedClock()
        self.ami = ami
        self.sendsms = sendsms
        self.ports: list[PortSnapshot] = []
        self.pauses: list[float] = []
        self.sender = Sender(
            [gateway],
            store,
            self.clock,
            ports=lambda _: self.ports,
            operator=OPERATOR,
            rules=rules,
            connect=ami.connect,
            transport=sendsms,
            sleep=self._sleep,
            plans=plans,
        )

    async def submit(self, draft: Draft) -> OutboxMessage:
        """Queue it; returns once that is durable."""
        return await asyncio.wrap_future(self.sender.submit(draft))

    async def submit_all(self, *drafts: Draft) -> Batch:
        """Queue them as one batch."""
        return await asyncio.wrap_future(self.sender.submit_all(drafts, "label"))

    def states(self, batch: Batch) -> dict[DeliveryState, int]:
        """How many of a batch are in which state."""
        found = self.store.sending.batch(batch.id)
        assert found is not None
        return dict(found.counts)

    async def send(self, draft: Draft) -> OutboxMessage:
        """Queue it and wait until nothing of it is waiting or leaving."""
        return await self.settled(await self.submit(draft))

    async def settled(self, message: OutboxMessage) -> OutboxMessage:
        await until(lambda: not UNSETTLED & set(self.now(message).segments))
        return self.now(message)

    def now(self, message: OutboxMessage) -> OutboxMessage:
        """The message as committed."""
        found = self.store.outbox_message(message.id)
        assert found is not None
        return found

    def story(self, message: OutboxMessage) -> list[str]:
        """What became known, in order: `1 sent: SEND SMS …`."""
        return [f"{one.segment} {one.state}: {one.raw}".rstrip(": ") for one in self.store.evidence(message.id)]

    async def _sleep(self, seconds: float) -> None:
        self.pauses.append(seconds)
        await asyncio.sleep(0)


@asynccontextmanager
async def running(sending: Sending) -> AsyncIterator[Sending]:
    """The sender's `run` for the length of the block."""
    task = asyncio.create_task(sending.sender.run())
    try:
        yield sending
    finally:
        task.cancel()
        await asyncio.wait([task])
        assert task.cancelled()


async def until(condition: Callable[[], bool]) -> None:
    """Let the loop turn until the condition holds."""
    async with asyncio.timeout(DEADLINE):
        while not condition():  # noqa: ASYNC110 - a commit on the store's thread sets no event of ours
            await asyncio.sleep(0)
