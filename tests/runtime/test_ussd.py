"""USSD from the screen's side to the simulated gateway and back, through the services as they run."""

from __future__ import annotations

import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from console.config import AmiConfig, Config, GatewayConfig, ReceiverConfig, Secret
from console.domain.ussd import UssdState
from console.errors import ReadOnly
from console.runtime.backend import ServicesBackend
from console.runtime.loop_thread import LoopThread
from console.runtime.services import Services
from console.services.clock import SystemClock
from console.simulator.gateway import Gateway
from console.simulator.options import SimulatorOptions
from console.store import Store
from console.store.ami.log import AmiLog

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def running(folder: Path, gateway: Gateway) -> Iterator[tuple[Services, Store]]:
    clock = SystemClock()
    store = Store.open(folder / "console.db", clock=clock)
    host, tcp_port = gateway.ami_address
    config = Config(
        gateways=(GatewayConfig("gw1", host, ami=AmiConfig("admin", Secret("admin"), tcp_port=tcp_port)),),
        receiver=ReceiverConfig("127.0.0.1", 0),
        database=store.path,
    )
    with socket.create_server(("127.0.0.1", 0)) as listener:
        services = Services(config, store, AmiLog(), clock, listener=listener, operator="alice")
        services.start()
        try:
            yield services, store
        finally:
            services.stop()
            store.close()


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    gateway = Gateway(SimulatorOptions(ports=2, sync_delay=0.0, login_delay=0))
    loop = LoopThread("simulated gateway")
    loop.start()
    loop.call(gateway.start()).result(30)
    yield gateway
    loop.call(gateway.stop()).result(30)
    loop.stop()


def test_the_screen_asks_and_the_network_answers(tmp_path: Path, gateway: Gateway) -> None:
    with running(tmp_path, gateway) as (services, store):
        backend = ServicesBackend(services, store, operator="alice")
        record = backend.ussd.ask("gw1", 1, "*100#").result(30)
        assert (record.state, record.operator) == (UssdState.ANSWERED, "alice")
        assert store.ussd.history("gw1", 1, 9) == [record]
        assert services.trouble() == ""


def test_who_may_only_look_does_not_ask(tmp_path: Path, gateway: Gateway) -> None:
    with running(tmp_path, gateway) as (services, store):
        backend = ServicesBackend(services, store, operator="alice", read_only="alice may only look")
        with pytest.raises(ReadOnly, match="alice may only look"):
            backend.ussd.ask("gw1", 1, "*100#").result(30)
        assert store.ussd.history(None, None, 9) == []
