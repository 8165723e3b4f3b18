"""Acts on ports from the screen's side to the simulated gateway and back, through the services as they run."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from console.config import AlarmConfig, AmiConfig, Config, GatewayConfig, ReceiverConfig, Secret
from console.domain.ports import SUSPECT_AFTER, PortHealth
from console.errors import CannotSend, ConsoleError
from console.runtime.backend import ServicesBackend
from console.runtime.loop_thread import LoopThread
from console.runtime.services import Services
from console.services.clock import SystemClock
from console.simulator.gateway import Gateway
from console.simulator.options import SimulatorOptions
from console.store import Store
from console.store.ami.log import AmiLog

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

WITHIN = 30.0


@contextmanager
def running(
    folder: Path, gateway: Gateway, *, alarms: AlarmConfig | None = None
) -> Iterator[tuple[ServicesBackend, Store]]:
    clock = SystemClock()
    store = Store.open(folder / "console.db", clock=clock)
    host, tcp_port = gateway.ami_address
    config = Config(
        gateways=(GatewayConfig("gw1", host, ami=AmiConfig("admin", Secret("admin"), tcp_port=tcp_port)),),
        receiver=ReceiverConfig("127.0.0.1", 0),
        database=store.path,
        alarms=alarms or AlarmConfig(),
    )
    with socket.create_server(("127.0.0.1", 0)) as listener:
        services = Services(config, store, AmiLog(), clock, listener=listener, operator="alice")
        services.start()
        try:
            yield ServicesBackend(services, store, operator="alice"), store
        finally:
            services.stop()
            store.close()


@pytest.fixture
def gateway() -> Iterator[Gateway]:
    gateway = Gateway(SimulatorOptions(ports=2, sync_delay=0.0, login_delay=0))
    loop = LoopThread("simulated gateway")
    loop.start()
    loop.call(gateway.start()).result(WITHIN)
    yield gateway
    loop.call(gateway.stop()).result(WITHIN)
    loop.stop()


def until(holds: Callable[[], bool]) -> None:
    """Wait for something that happens on other threads."""
    end, look = SystemClock().monotonic() + WITHIN, threading.Event()
    while not holds():
        assert SystemClock().monotonic() < end
        look.wait(0.01)


def health(backend: ServicesBackend, number: int) -> PortHealth | None:
    return next((port.health for port in backend.gateways()[0].ports if port.port == number), None)


def test_a_port_is_switched_off_and_on_and_seen_so_at_once(tmp_path: Path, gateway: Gateway) -> None:
    with running(tmp_path, gateway) as (backend, store):
        until(lambda: health(backend, 1) is PortHealth.READY)
        assert backend.gateway_acts.power("gw1", 1, "off").result(WITHIN) == "Power off span 1"
        until(lambda: health(backend, 1) is PortHealth.OFF)
        assert (
            backend.gateway_acts.at("gw1", 1, "AT")
            .result(WITHIN)
            .endswith("the module is not ready: nothing was sent to it")
        )
        assert backend.gateway_acts.power("gw1", 1, "reset").result(WITHIN) == "Power reset span 1"
        until(lambda: health(backend, 1) is PortHealth.READY)
        assert [(one.action, one.target, one.detail) for one in store.audit.all()] == [
            ("power", "gw1 port 1", "off"),
            ("AT command", "gw1 port 1", "AT"),
            ("power", "gw1 port 1", "reset"),
        ]


def test_an_at_command_is_answered_by_the_module(tmp_path: Path, gateway: Gateway) -> None:
    with running(tmp_path, gateway) as (backend, _):
        answer = backend.gateway_acts.at("gw1", 1, "AT+CSQ").result(WITHIN)
        assert answer.startswith("+CSQ: ")
        assert answer.endswith("\nOK")
        assert backend.gateway_acts.at("gw1", 2, "AT+NOSUCH").result(WITHIN) == "ERROR"


def test_a_port_that_the_box_does_not_have(tmp_path: Path, gateway: Gateway) -> None:
    with running(tmp_path, gateway) as (backend, _):
        with pytest.raises(ConsoleError, match="No such span 9"):
            backend.gateway_acts.at("gw1", 9, "AT").result(WITHIN)
        with pytest.raises(CannotSend, match="no gateway named"):
            backend.gateway_acts.power("gw9", 1, "on").result(WITHIN)


@pytest.mark.parametrize(("failures", "suspect_after"), [(5, 5), (0, SUSPECT_AFTER)])
def test_when_a_port_is_old_or_suspect_is_configured(
    tmp_path: Path, gateway: Gateway, failures: int, suspect_after: int
) -> None:
    with running(tmp_path, gateway, alarms=AlarmConfig(stale_seconds=300, failures=failures)) as (backend, _):
        until(lambda: len(backend.gateways()[0].ports) == 2)
        assert backend.gateways()[0].suspect_after == suspect_after
        assert {port.fresh_for for port in backend.gateways()[0].ports} == {300}
