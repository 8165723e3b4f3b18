"""The demo's gateways, and that one which never answers holds up none of the others."""

from __future__ import annotations

import socket
import time
import urllib.request
from typing import TYPE_CHECKING

import pytest

from console.cli import build_parser
from console.domain.link import LinkPhase
from console.domain.messages import DeliveryState, Draft, Via
from console.domain.ports import PortHealth
from console.protocol.query.inbox import INBOX
from console.runtime.demo import MOST, DemoOptions, configuration, prefill, simulated
from console.runtime.loop_thread import LoopThread
from console.runtime.services import Services
from console.services.clock import SystemClock
from console.store import Store
from console.store.ami.log import AmiLog
from tests.support.backend import NOON, FixedClock
from tests.support.waiting import DEADLINE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


THREE_ONE_DEAD = DemoOptions(ports=2, rate=0, gateways=3, dead=True)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    store = Store.open(tmp_path / "console.db", clock=SystemClock())
    yield store
    store.close()


@pytest.fixture
def services(store: Store) -> Iterator[Services]:
    """On three gateways; the last takes connections and never says a word."""
    listener = socket.create_server(("127.0.0.1", 0))
    tcp_port = listener.getsockname()[1]
    boxes = simulated(THREE_ONE_DEAD, tcp_port)
    loop = LoopThread("simulated gateways")
    loop.start()
    for box in boxes.values():
        loop.call(box.start()).result()
    config = configuration(boxes, tcp_port, store.path)
    services = Services(config, store, AmiLog(), SystemClock(), listener=listener, operator="alice")
    services.start()
    yield services
    services.stop()
    for box in boxes.values():
        loop.call(box.stop()).result()
    loop.stop()
    listener.close()


def until(holds: Callable[[], bool], what: str) -> None:
    """Wait for what other threads do."""
    end = time.monotonic() + DEADLINE
    while not holds():
        assert time.monotonic() < end, f"never: {what}"


def test_one_that_never_answers_holds_up_none_of_the_others(services: Services, store: Store) -> None:
    def known(index: int) -> bool:
        gateway = services.gateways()[index]
        read = all(port.read_at is not None for port in gateway.ports)
        return gateway.link.phase is LinkPhase.UP and bool(gateway.ports) and read

    until(lambda: known(0) and known(1), "two links up, with all their ports read")
    dead = services.gateways()[2]
    assert dead.link.phase in {LinkPhase.LOGGING_IN, LinkPhase.WAITING, LinkPhase.CONNECTING}
    assert all(port.health is PortHealth.UNKNOWN for port in dead.ports)

    until(lambda: services.receiver().listening, "receiving")
    url = f"http://{services.receiver().address}/sms/gw3?phonenumber=10086&port=1&message=alive&time=&imsi="
    with urllib.request.urlopen(url, timeout=DEADLINE) as answer:
        assert answer.status == 200
    assert [entry.gateway for entry in store.inbox_slice(0, 1)] == ["gw3"]

    ready = next(port.port for port in services.gateways()[0].ports if port.health is PortHealth.READY)
    sent = services.sender.submit(Draft("gw1", "+8613632919026", "hello", ready, Via.AMI)).result(DEADLINE)

    def state() -> DeliveryState:
        message = store.outbox_message(sent.id)
        assert message is not None
        return message.state

    settled = {DeliveryState.SENT, DeliveryState.DELIVERED, DeliveryState.FAILED}
    until(lambda: state() in settled, "a send by the first")
    assert services.gateways()[2].link.phase is not LinkPhase.UP


def test_each_gateway_has_a_past_and_ports_of_its_own(tmp_path: Path) -> None:
    options = DemoOptions(ports=8, size=31, gateways=MOST)
    assert [ports for _, ports in options.boxes] == [8, 4, 16, 2]
    clock = FixedClock()
    store = Store.open(tmp_path / "demo.db", clock=clock)
    try:
        prefill(store, options, clock)
        entries = store.inbox_slice(0, 100)
        assert {entry.gateway for entry in entries} == {"gw1", "gw2", "gw3", "gw4"}
        calls = [call.received_at for entry in entries for call in store.callbacks_of(entry.id)]
        assert len(calls) == 31
        assert max(calls) <= NOON
        assert [entry.id for entry in sorted(entries, key=lambda entry: -entry.received_at)] == [
            it.id for it in entries
        ]
        assert 1 <= len(list(store.search_ids(INBOX.ask("is:unread")))) <= 3
    finally:
        store.close()


def test_a_colleague_left_something_to_play_with(tmp_path: Path) -> None:
    clock = FixedClock()
    store = Store.open(tmp_path / "demo.db", clock=clock)
    try:
        prefill(store, DemoOptions(), clock)
        (batch,) = store.sending.batches(9)
        assert (batch.total, dict(batch.counts)) == (4, {DeliveryState.DELIVERED: 3, DeliveryState.SENT: 1})
        assert {contact.name for contact in store.contacts.group("night shift")} == {
            "Ana Silva",
            "Tom Weber",
            "Mei Lin",
        }
        assert {claim.operator for claim in store.claims.of(range(1, 100)).values()} == {batch.operator}
        assert store.port_notes.of("gw1")[2].note
        assert store.sending.left_over() == []
    finally:
        store.close()


@pytest.mark.parametrize("size", [0, 1, 2])
def test_with_nearly_nothing_in_the_inbox_there_is_a_demo_too(tmp_path: Path, size: int) -> None:
    clock = FixedClock()
    store = Store.open(tmp_path / "demo.db", clock=clock)
    try:
        prefill(store, DemoOptions(ports=1, size=size), clock)
        assert all(batch.total for batch in store.sending.batches(9))
    finally:
        store.close()


def test_the_command_takes_up_to_four() -> None:
    parser = build_parser()
    args = parser.parse_args(["demo", "--gateways", "3", "--dead"])
    assert (args.gateways, args.dead) == (3, True)
    with pytest.raises(SystemExit):
        parser.parse_args(["demo", "--gateways", str(MOST + 1)])
