"""A console and a gateway that has bad days, over real sockets; and what the console says against what went on the air.

`python -m tests.support.trouble` plays every case of `tests.support.trouble_cases` and prints the table.
"""

from __future__ import annotations

import asyncio
import socket
import tempfile
from collections import Counter
from contextlib import asynccontextmanager
from dataclasses import dataclass, fields
from pathlib import Path
from typing import TYPE_CHECKING

from console.config import AmiConfig, Config, GatewayConfig, HttpConfig, ReceiverConfig, Secret, SendingConfig
from console.domain.messages import DeliveryState as S
from console.domain.messages import Draft, OutboxMessage, Via
from console.domain.ports import PortHealth
from console.domain.sending import BatchState
from console.runtime.backend import ServicesBackend
from console.runtime.services import Services
from console.services.clock import SystemClock
from console.services.sending.results import LateResults
from console.services.sending.sender import Sender
from console.simulator.gateway import Gateway
from console.simulator.options import ALL_READ_CLASSES, RealPace, SimulatorOptions
from console.store import Store
from console.store.ami.log import AmiLog
from console.store.outbox.wire_id import WireId
from console.ui.outbox.progress import count_cells
from console.ui.rows.outbox_row import outbox_cells
from tests.support.backend import OPERATOR
from tests.support.waiting import DEADLINE, LOOK

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence

    from console.config.records import DialectName
    from console.domain.clock import Clock
    from console.domain.sending import Batch

SPEED = 100
"""How much faster pauses go by, the gateway's and the sender's."""

PORTS = 4

DEAF = ALL_READ_CLASSES - {"system", "smscommand"}
"""Read classes of an AMI account that hears no results."""

LEAVING = frozenset({S.QUEUED, S.SUBMITTING})
OPEN = LEAVING | {S.ACCEPTED}
_REPORTS = frozenset({"SMSStatusReport", "SMS-Status-Report"})

States = Counter[S]


async def quickly(seconds: float) -> None:
    await asyncio.sleep(seconds / SPEED)


class QuickPace(RealPace):
    """Real time, in which pauses are short; none ends while it is held."""

    def __init__(self) -> None:
        self._goes_on = asyncio.Event()
        self._goes_on.set()
        self.hold, self.release = self._goes_on.clear, self._goes_on.set

    async def sleep(self, seconds: float) -> None:
        await quickly(seconds)
        await self._goes_on.wait()


class QuickServices(Services):
    """The services as they are, but for the length of the sender's pauses."""

    def __init__(
        self, config: Config, store: Store, log: AmiLog, clock: Clock, *, listener: socket.socket | None = None
    ) -> None:
        super().__init__(config, store, log, clock, listener=listener, operator=OPERATOR)
        self.sender = Sender(
            config.gateways, store, clock, ports=self._ports, operator=OPERATOR, log=log, sleep=quickly
        )
        self._late_results = LateResults(store.sending, clock, sleep=quickly)


@dataclass(frozen=True, slots=True)
class Setting:
    """How gateway and console are set up for a case."""

    hears: bool = True
    """Results come: as AMI events and as callbacks."""
    reports: bool = False
    sync_delay: float = 0.0
    """Seconds of the gateway's for one SMS."""
    result_wait: float = 0.0
    secret: str = "admin"
    password: str = "smspwd"
    dialect: DialectName = "openvox"


@dataclass(frozen=True, slots=True)
class Tally:
    """What the console says of a case, and what was on the air. Numbers of messages."""

    messages: int
    on_air: int
    sent: int
    delivered: int
    failed: int
    unknown: int
    cancelled: int
    waiting: int
    """ACCEPTED without a result, or still QUEUED: paused, or of a run that is gone."""

    @property
    def cells(self) -> list[str]:
        return [str(getattr(self, field.name)) for field in fields(self)]


class Bench:
    """A console at work on a gateway. The services have a thread of their own; the gateway is the test's loop's."""

    def __init__(self, gateway: Gateway, pace: QuickPace, store: Store, services: Services) -> None:
        """`pace` is the gateway's."""
        self.gateway = gateway
        self.pace = pace
        self.store = store
        self.services = services
        self.backend = ServicesBackend(services, store, operator=OPERATOR)
        self.batches: list[int] = []
        self._known: tuple[int, States] = (-1, Counter())

    async def send(self, count: int, via: Via, *, named: bool = False, long: bool = False, text: str = "text") -> Batch:
        """Queue so many, each with a text of its own; `named`: port by port, else `auto`. `long`: each of two parts."""
        queue = drafts(count, via, named=named, long=long, text=text)
        batch = await asyncio.wrap_future(self.backend.sending.submit_all(queue, "list"))
        self.batches.append(batch.id)
        return batch

    def states(self) -> States:
        """How many messages are in which state, as committed."""
        revision = self.store.poll()
        if revision != self._known[0]:
            found: States = Counter()
            for batch_id in self.batches:
                batch = self.store.sending.batch(batch_id)
                assert batch is not None
                found.update(batch.counts)
            self._known = (revision, found)
        return self._known[1]

    async def until(self, holds: Callable[[States], bool]) -> None:
        """Let gateway and console run until this holds of the states. It may look at the air as well."""
        try:
            async with asyncio.timeout(DEADLINE):
                while not holds(await asyncio.to_thread(self.states)):  # noqa: ASYNC110 - a commit of another thread
                    await asyncio.sleep(LOOK)
        except TimeoutError:
            raise AssertionError(f"never: {dict(self.states())}, {self.services.trouble()}") from None

    async def on_air(self, count: int) -> None:
        """Until so many SMS were on the air."""
        await self.until(lambda _: len(self.gateway.air) >= count)

    async def settled(self, unsettled: frozenset[S] = OPEN) -> None:
        """Until no message is in one of these states."""
        await self.until(lambda states: not any(states[state] for state in unsettled))

    async def paused(self) -> None:
        """Until the batch is paused, and nothing of it is under way any more."""
        state = self.store.sending.batch_state
        dispatcher = self.services.sender._dispatchers["gw1"]
        await self.until(lambda _: state(self.batches[-1]) is BatchState.PAUSED and not dispatcher._under_way)

    async def ready(self, *, ports: int = PORTS) -> None:
        """Until so many ports say that they are ready."""
        snapshots = self.services.gateways

        def count() -> int:
            return sum(port.health is PortHealth.READY for port in snapshots()[0].ports)

        await self.until(lambda _: count() == ports)


def drafts(count: int, via: Via, *, named: bool = False, long: bool = False, text: str = "text") -> list[Draft]:
    return [
        Draft("gw1", f"+4915100{n:05}", f"{text} {n} {'x' * 200 * long}".strip(), 1 + n % PORTS if named else None, via)
        for n in range(count)
    ]


def config_for(folder: Path, ami: int, http: int, setting: Setting) -> Config:
    """A configuration for a gateway on these TCP ports of loopback. Time-outs are short."""
    gateway = GatewayConfig(
        "gw1",
        "127.0.0.1",
        AmiConfig(
            "admin",
            Secret(setting.secret),
            tcp_port=ami,
            ping_period=0.5,
            answer_timeout=0.6,
            connect_timeout=2.0,
            status_period=0.5,
            sync_timeout=1,
        ),
        HttpConfig("smsuser", Secret(setting.password), tcp_port=http, connect_timeout=2.0, answer_timeout=1.0),
        dialect=setting.dialect,
        result_wait=setting.result_wait,
        pace=0.0,
    )
    receiver = ReceiverConfig(tcp_port=0)
    return Config((gateway,), receiver, folder / "console.db", sending=SendingConfig())


def options_for(setting: Setting, receiver_tcp_port: int) -> SimulatorOptions:
    return SimulatorOptions(
        ports=PORTS,
        dialect=setting.dialect,
        sync_delay=setting.sync_delay,
        read_classes=ALL_READ_CLASSES if setting.hears else DEAF,
        deliver_to=f"http://127.0.0.1:{receiver_tcp_port}/sms/gw1",
        send_results=setting.hears,
        reports=setting.reports,
        login_delay=0.0,
    )


@asynccontextmanager
async def bench(folder: Path, setting: Setting) -> AsyncIterator[Bench]:
    """Gateway, store and services, until the block ends."""
    listener = socket.create_server(("127.0.0.1", 0))
    options = options_for(setting, listener.getsockname()[1])
    async with Gateway(options, pace=(pace := QuickPace())) as gateway:
        config = config_for(folder, gateway.ami_address[1], gateway.http_address[1], setting)
        store = Store.open(config.database, clock=SystemClock())
        services = QuickServices(config, store, AmiLog(), SystemClock(), listener=listener)
        services.start()
        try:
            yield Bench(gateway, pace, store, services)
        finally:
            gateway.release_answers()
            gateway.release_http()
            await asyncio.to_thread(services.stop)
            store.close()


def at_rest(store: Store, batches: Sequence[int]) -> tuple[list[Batch], Sequence[OutboxMessage]]:
    """Batches and messages at the same moment: results that come late may change both while they are read."""
    while True:
        before = [store.sending.batch(batch) for batch in batches]
        messages = store.outbox_slice(0, sum(batch.total for batch in before if batch is not None) + 1)
        if before == [store.sending.batch(batch) for batch in batches]:
            return [batch for batch in before if batch is not None], messages


def compare(store: Store, gateway: Gateway, batches: Sequence[int]) -> Tally:
    """Hold what the console says of every message against the air; fails where it says what is not so."""
    known, messages = at_rest(store, batches)
    total = sum(batch.total for batch in known)
    assert len(messages) == total == store.outbox_count(), "every message is in the outbox, and no other"
    assert len({message.draft.text for message in messages}) == total
    air: dict[int, Counter[int]] = {message.id: Counter() for message in messages}
    texts: dict[int, str] = dict.fromkeys(air, "")
    for sms in sorted(gateway.air, key=lambda sms: sms.part):
        wire_id = WireId.parse(sms.id)
        assert wire_id is not None
        air[wire_id.message_id][sms.part] += 1
        texts[wire_id.message_id] += sms.text
    for message in messages:
        check(store, message, air[message.id], texts[message.id])
    for batch in known:
        check_screen(batch, [message for message in messages if message.batch == batch.id])
    states = Counter(message.state for message in messages)
    return Tally(
        total,
        sum(map(bool, air.values())),
        states[S.SENT],
        states[S.DELIVERED],
        states[S.FAILED],
        states[S.UNKNOWN],
        states[S.CANCELLED],
        states[S.ACCEPTED] + states[S.QUEUED],
    )


def check(store: Store, message: OutboxMessage, parts: Counter[int], text: str) -> None:
    """One message: its state against how often each part of it was on the air."""
    said = f"message {message.id}: {message.state} ({message.detail}), on the air: {dict(parts)}"
    assert all(times == 1 for times in parts.values()), f"twice on the air: {said}"
    assert message.state is not S.SUBMITTING, said
    reported = any(one.source in _REPORTS for one in store.evidence(message.id))
    if message.state in {S.SENT, S.DELIVERED}:
        assert len(parts) == message.parts, f"not on the air: {said}"
        assert text == message.draft.text, said
    for number, state in enumerate(message.segments, 1):
        count = parts[number] if len(message.segments) > 1 else len(parts)
        if state in {S.SENT, S.DELIVERED}:
            assert count, f"not on the air: {said}"
        elif state in {S.CANCELLED, S.QUEUED} or (state is S.FAILED and not reported):
            assert not count, f"on the air: {said}"
    if message.state is S.UNKNOWN:
        assert message.detail, f"no reason: {said}"


def check_screen(batch: Batch, messages: Sequence[OutboxMessage]) -> None:
    """The lines of the outbox and of the batch's progress say the same as the messages."""
    assert dict(batch.counts) == dict(Counter(message.state for message in messages))
    counts = "".join(text for text, _ in count_cells(batch))
    sent = sum(message.state in {S.SENT, S.DELIVERED} for message in messages)
    assert f"{sent:,} sent" in counts
    unknown = sum(message.state is S.UNKNOWN for message in messages)
    assert (f"? {unknown:,} unknown" in counts) == bool(unknown)
    for message in messages:
        line = "".join(text for text, _ in outbox_cells(message, 120, message.updated_at))
        assert f" {message.state} " in line


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table."""

    name: str
    tally: Tally


def table(rows: Sequence[Row]) -> str:
    """The rows below each other, as Markdown."""
    head = ["case", *(field.name.replace("_", " ") for field in fields(Tally))]
    lines = [head, ["---", *["--:"] * (len(head) - 1)], *([row.name, *row.tally.cells] for row in rows)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


async def play_all() -> list[Row]:
    from tests.support.trouble_cases import CASES, YEASTAR_CASES, play
    from tests.support.trouble_long import FLAPS, KILLED, flapping, killed

    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for number, case in enumerate((*CASES, *YEASTAR_CASES)):
            place = Path(folder) / str(number)
            place.mkdir()
            rows.append(Row(case.name, await play(case, place)))
        for via in (Via.AMI, Via.HTTP):
            for name, story in ((FLAPS, flapping), (KILLED, killed)):
                place = Path(folder) / f"{story.__name__}-{via}"
                place.mkdir()
                rows.append(Row(f"{via.value.upper()}: {name}", await story(place, via)))
    return rows


if __name__ == "__main__":
    print(table(asyncio.run(play_all())))
