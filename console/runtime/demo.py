"""The demo: simulated gateways on loopback and the console against them, in one process and one temporary folder."""

from __future__ import annotations

import heapq
import itertools
import os
import socket
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from console.config import AmiConfig, Config, GatewayConfig, HttpConfig, ReceiverConfig, Secret, SendingConfig
from console.domain.messages import DeliveryState, Draft, Evidence, Via
from console.protocol.dialects.dialect import Lack
from console.protocol.dialects.known import DIALECTS
from console.protocol.http.inbound import parse
from console.protocol.lists.book import Contact
from console.runtime import memory
from console.runtime.backend import ServicesBackend
from console.runtime.coming import Coming
from console.runtime.console import show
from console.runtime.loop_thread import LoopThread
from console.services.clock import SystemClock
from console.services.who import operator_now, read_only_reason
from console.simulator.radio.history import history
from console.store import Store
from console.store.ami.log import AmiLog
from console.store.outbox.messages import Order
from console.ui.context.sources import Sources

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from console.config.records import DialectName
    from console.domain.clock import Clock
    from console.runtime.services import Services
    from console.simulator.gateway import Gateway
    from console.terminal.appearance import Appearance

_BATCH = 2000
"""Writes that wait at once; the store takes no more than some thousands."""

_FURTHER_PORTS = (4, 16, 2)
"""GSM ports of the second gateway and those after it."""

MOST = 1 + len(_FURTHER_PORTS)
"""Gateways at most."""

_HERE = "127.0.0.1"

_COLLEAGUE = "bob from 192.0.2.7"
"""Who was at work before."""

_NAMES = (("Ana Silva", "night shift"), ("Tom Weber", "night shift"), ("Workshop", ""), ("Mei Lin", "night shift"))
"""Of those who wrote last, with a group."""

_ENDINGS = (DeliveryState.DELIVERED, DeliveryState.DELIVERED, DeliveryState.SENT, DeliveryState.DELIVERED)
"""What became of each message of the colleague's batch. None of them needs anybody: the first picture is a calm one."""

_RULES = SendingConfig(
    templates={
        "outage": "Service is down since {time}. We are on it.",
        "back": "Service is back to normal. Thank you for waiting.",
        "call me": "Please call me back when you have a minute.",
    }
)

_FOR_EVER = 86_400.0
"""Seconds by which a dead gateway's answers come late."""


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """What `gsm-console demo` was told."""

    ports: int = 8
    """Of the first gateway."""
    rate: float = 0.5
    """Events of life a second, on each gateway."""
    size: int = 60
    """Messages already in the inbox."""
    seed: int = 1
    exit_after: float | None = None
    """Seconds after which it leaves by itself."""
    gateways: int = 1
    """From 1 to MOST."""
    dead: bool = False
    """Whether the last gateway takes AMI connections and never answers."""
    appearance: Appearance | None = None
    plain: bool = False
    """Lines instead of a screen."""
    read_only: bool = False
    """Whether the operator wants to look only."""
    dialect: DialectName = "openvox"
    """Of every gateway."""

    @property
    def boxes(self) -> list[tuple[str, int]]:
        """Name (in the database and in the callback's path) and GSM ports of each gateway."""
        ports = (self.ports, *_FURTHER_PORTS)[: self.gateways]
        return [(f"gw{number}", its) for number, its in enumerate(ports, 1)]


def run_demo(options: DemoOptions) -> int:
    """Run it until the operator leaves; returns the exit code. Nothing is left behind."""
    clock = SystemClock()
    with tempfile.TemporaryDirectory(prefix="gsm-console-demo-") as folder:
        store = Store.open(Path(folder) / "demo.db", clock=clock)
        try:
            prefill(store, options, clock)
            return _run(options, store, clock)
        finally:
            store.close()


def prefill(store: Store, options: DemoOptions, clock: Clock) -> None:
    """Put the past into the inbox, as if the gateways had called then; all but the newest few were read. A colleague
    was at work: some who wrote have names, one has an answer, and there is a batch.
    """
    ids: list[int] = []
    past = heapq.merge(*(_past(options, index, clock.time()) for index in range(options.gateways)))
    while batch := list(itertools.islice(past, _BATCH)):
        writes = [store.add_callback(name, parse(target), target, at=at) for at, name, target in batch]
        ids += [write.result() for write in writes]
    store.mark_read(ids[:-3]).result()
    _leave_traces(store, options, ids[::-1], clock.time())


def _leave_traces(store: Store, options: DemoOptions, newest_first: Sequence[int], at: float) -> None:
    """Of a colleague, who left a moment ago."""
    wrote = {entry.callback.number: None for entry in store.inbox_slice(0, 50) if entry.callback.number[:1] == "+"}
    numbers = list(wrote)[: len(_NAMES)]
    if not numbers:
        return
    contacts = [
        Contact(number, name, (group,) if group else ()) for number, (name, group) in zip(numbers, _NAMES, strict=False)
    ]
    store.contacts.add(contacts, _COLLEAGUE).result()
    if len(newest_first) > 1:
        store.claims.claim(newest_first[1], _COLLEAGUE).result()
    store.port_notes.set("gw1", min(2, options.ports), "Antenna loose. Friday.", False, _COLLEAGUE).result()
    orders = [
        Order(Draft("gw1", number, "Maintenance tonight from 22:00 to 23:00.", None, Via.AMI), 1) for number in numbers
    ]
    _, messages = store.sending.add_batch(orders, _COLLEAGUE, "maintenance").result()
    for message, ending in zip(messages, _ENDINGS, strict=False):
        store.add_evidence(Evidence(message.id, 1, at, DeliveryState.SUBMITTING, "console", "", port=1)).result()
        store.add_evidence(Evidence(message.id, 1, at, ending, "SMSSendStatus", "")).result()


def _past(options: DemoOptions, index: int, until: float) -> Iterator[tuple[float, str, bytes]]:
    """Of one gateway, oldest first: when it called, its name, and the request target."""
    name, ports = options.boxes[index]
    count = len(range(index, options.size, options.gateways))
    for at, target in history(options.seed + index, count, ports, until):
        yield at, name, target


def _run(options: DemoOptions, store: Store, clock: Clock) -> int:
    log = AmiLog()
    operator = operator_now(os.environ)
    reason = read_only_reason(_RULES, operator, asked=options.read_only)
    with ExitStack() as stack:
        listener = stack.enter_context(socket.create_server((_HERE, 0)))
        receiver = ReceiverConfig(_HERE, listener.getsockname()[1])

        def start() -> Services:
            from console.runtime.services import Services

            gateways = simulated(options, receiver.tcp_port)
            _start(gateways.values(), stack)
            config = configuration(gateways, receiver.tcp_port, store.path)
            services = Services(config, store, log, clock, listener=listener, operator=str(operator))
            services.start()
            stack.callback(services.stop)
            return services

        expected = [
            GatewayConfig(name, _HERE, AmiConfig("", Secret("")), dialect=options.dialect) for name, _ in options.boxes
        ]
        coming = Coming(start, expected, receiver, clock.time())
        backend = ServicesBackend(coming, store, operator=str(operator), read_only=reason)
        if options.plain:
            from console.runtime.plain import stream

            coming.begin()
            memory.look_again()
            return stream(store, backend, exit_after=options.exit_after)
        sources = Sources(store, log, backend, clock, sending=_RULES, label="demo")
        return show(sources, coming.begin, exit_after=options.exit_after, appearance=options.appearance).code


def _start(gateways: Iterable[Gateway], stack: ExitStack) -> None:
    """On an event loop of their own, until the stack is left."""
    loop = LoopThread("simulated gateways")
    loop.start()
    stack.callback(loop.stop)
    for gateway in gateways:
        loop.call(gateway.start()).result()
        stack.callback(_stop, gateway, loop)


def _stop(gateway: Gateway, loop: LoopThread) -> None:
    loop.call(gateway.stop()).result()


def simulated(options: DemoOptions, tcp_port: int) -> dict[str, Gateway]:
    """The gateways by name, not started; they call the receiver on `tcp_port` of this machine."""
    from console.simulator.gateway import Gateway
    from console.simulator.options import SimulatorOptions

    gateways = {
        name: Gateway(
            SimulatorOptions(
                ports=ports,
                seed=options.seed + index,
                rate=options.rate,
                dialect=options.dialect,
                deliver_to=f"http://127.0.0.1:{tcp_port}/sms/{name}",
                send_results=True,
                reports=True,
            )
        )
        for index, (name, ports) in enumerate(options.boxes)
    }
    if options.dead:
        list(gateways.values())[-1].slow_answers(_FOR_EVER)
    return gateways


def configuration(gateways: Mapping[str, Gateway], tcp_port: int, database: Path) -> Config:
    """For the console against gateways that were started."""
    return Config(
        gateways=tuple(_gateway_config(name, gateway) for name, gateway in gateways.items()),
        receiver=ReceiverConfig(_HERE, tcp_port),
        database=database,
        sending=_RULES,
    )


def _gateway_config(name: str, gateway: Gateway) -> GatewayConfig:
    box = gateway.options
    http = HttpConfig(box.http_user, Secret(box.http_password), tcp_port=gateway.http_address[1])
    return GatewayConfig(
        name=name,
        host=gateway.ami_address[0],
        ami=AmiConfig(box.user, Secret(box.password), tcp_port=gateway.ami_address[1]),
        http=None if isinstance(DIALECTS[box.dialect].http, Lack) else http,
        dialect=box.dialect,
    )
