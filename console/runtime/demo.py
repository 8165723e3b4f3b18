"""The demo: a simulated gateway on loopback and the console against it, in one process and one temporary folder."""

from __future__ import annotations

import itertools
import socket
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from console.config import AmiConfig, Config, GatewayConfig, HttpConfig, ReceiverConfig, Secret
from console.protocol.http_inbound import parse
from console.runtime.console import show
from console.runtime.loop_thread import LoopThread
from console.runtime.services import Services
from console.services.clock import SystemClock
from console.simulator.gateway import Gateway
from console.simulator.history import history
from console.simulator.options import SimulatorOptions
from console.store import Store
from console.store.ami_log import AmiLog

if TYPE_CHECKING:
    from console.domain.clock import Clock

_BATCH = 2000
"""Writes that wait at once; the store takes no more than some thousands."""

NAME = "gw1"
"""The gateway's name, in the database and in the callback's path."""


@dataclass(frozen=True, slots=True)
class DemoOptions:
    """What `gsm-console demo` was told."""

    ports: int = 8
    rate: float = 0.5
    """Events of life a second."""
    size: int = 60
    """Messages already in the inbox."""
    seed: int = 1
    exit_after: float | None = None
    """Seconds after which it leaves by itself."""


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
    """Put the past into the inbox, as if the gateway had called then; all but the newest few were read."""
    ids: list[int] = []
    past = history(options.seed, options.size, options.ports, clock.time())
    while batch := list(itertools.islice(past, _BATCH)):
        writes = [store.add_callback(NAME, parse(target), target, at=at) for at, target in batch]
        ids += [write.result() for write in writes]
    store.mark_read(ids[:-3]).result()


def _run(options: DemoOptions, store: Store, clock: Clock) -> int:
    listener = socket.create_server(("127.0.0.1", 0))
    tcp_port = listener.getsockname()[1]
    gateway = Gateway(
        SimulatorOptions(
            ports=options.ports,
            seed=options.seed,
            rate=options.rate,
            deliver_to=f"http://127.0.0.1:{tcp_port}/sms/{NAME}",
            send_results=True,
            reports=True,
        )
    )
    loop = LoopThread("simulated gateway")
    loop.start()
    try:
        loop.call(gateway.start()).result()
        log = AmiLog()
        services = Services(_config(gateway, tcp_port, store.path), store, log, clock, listener=listener)
        services.start()
        try:
            return show(services, store, log, clock, label="demo", exit_after=options.exit_after).code
        finally:
            services.stop()
    finally:
        loop.call(gateway.stop()).result()
        loop.stop()
        listener.close()


def _config(gateway: Gateway, tcp_port: int, database: Path) -> Config:
    box = gateway.options
    return Config(
        gateways=(
            GatewayConfig(
                name=NAME,
                host=gateway.ami_address[0],
                ami=AmiConfig(box.user, Secret(box.password), tcp_port=gateway.ami_address[1]),
                http=HttpConfig(box.http_user, Secret(box.http_password), tcp_port=gateway.http_address[1]),
            ),
        ),
        receiver=ReceiverConfig("127.0.0.1", tcp_port),
        database=database,
    )
