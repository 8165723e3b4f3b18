"""The sender: what is refused, which port is taken, and what a restart makes of a message."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from console.config import GatewayConfig, Regions
from console.config.records import SendingConfig
from console.domain.messages import DeliveryState, Draft, Evidence, OutboxMessage, Via
from console.domain.ports import STALE_AFTER, PortHealth
from console.errors import CannotSend
from console.services.sending.sender import Sender
from console.store import Store
from tests.support.backend import NOON, FixedClock
from tests.support.sending import (
    GATEWAY,
    FakeAmi,
    FakeSendsms,
    Sending,
    by_ami,
    by_http,
    running,
    snapshot,
    until,
)

if TYPE_CHECKING:
    from concurrent.futures import Future
    from pathlib import Path

TO = "+8613632919026"


async def test_the_future_resolves_once_it_is_queued_not_once_it_is_sent(sending: Sending) -> None:
    sending.ami.gate.clear()
    message = await sending.submit(by_ami())
    assert message.state is DeliveryState.QUEUED
    await until(lambda: len(sending.ami.lines) == 1)
    assert sending.now(message).state is DeliveryState.SUBMITTING
    sending.ami.gate.set()
    assert (await sending.settled(message)).state is DeliveryState.SENT


async def test_drafts_come_from_any_thread(sending: Sending) -> None:
    futures: list[Future[OutboxMessage]] = []
    threads = [
        threading.Thread(target=lambda port=port: futures.append(sending.sender.submit(by_ami(port=port))))
        for port in range(1, 9)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    await until(lambda: len(sending.ami.lines) == 8)
    assert len(futures) == 8


async def test_what_is_submitted_before_it_runs_is_sent_once_it_runs(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "console.db", clock=FixedClock())
    sending = Sending(store, FakeAmi(), FakeSendsms())
    message = await sending.submit(by_ami())
    async with running(sending):
        assert (await sending.settled(message)).state is DeliveryState.SENT
    store.close()


@pytest.mark.parametrize(
    ("draft", "words"),
    [
        (Draft("absent", TO, "x", 1, Via.AMI), "no gateway named 'absent'"),
        (by_ami(to="Bank"), "not a number"),
        (by_http(to="1,2"), "not a number"),
        (by_ami("two\nlines"), "line break"),
        (by_ami("x" * 152 * 256), "255 parts"),
        (by_http("x" * 1001), "1000 bytes"),
        (by_ami(port=0), "port"),
        (by_ami(port=None), "No port of gw1 is ready"),
        (Draft("bare", TO, "x", 1, Via.AMI), "no AMI in the configuration"),
        (Draft("bare", TO, "x", 1, Via.HTTP), "no HTTP interface in the configuration"),
    ],
)
async def test_what_can_t_be_sent_is_refused_and_not_queued(tmp_path: Path, draft: Draft, words: str) -> None:
    store = Store.open(tmp_path / "console.db", clock=FixedClock())
    gateways = [GatewayConfig("bare", "192.0.2.11"), GATEWAY]
    sender = Sender(gateways, store, FixedClock(), ports=lambda _: (), connect=FakeAmi().connect)
    with pytest.raises(CannotSend, match=words):
        sender.submit(draft).result(timeout=0)
    assert store.outbox_count() == 0
    store.close()


async def test_the_least_loaded_ready_port_is_taken_and_said(sending: Sending) -> None:
    sending.ports = [
        snapshot(1, PortHealth.UNREGISTERED),
        snapshot(2, PortHealth.READY),
        snapshot(3, PortHealth.READY),
        snapshot(4, PortHealth.BUSY),
    ]
    sending.ami.gate.clear()
    messages = [await sending.submit(by_ami(port=None)) for _ in range(4)]
    await until(lambda: len(sending.ami.lines) == 2)
    sending.ami.gate.set()
    for message in messages:
        await sending.settled(message)
    assert [sending.now(message).port for message in messages] == [2, 3, 2, 3]
    assert sending.sender.forecast([by_ami(port=None)]).ports == (2,)


async def test_a_port_that_just_said_it_can_t_send_is_refused(sending: Sending) -> None:
    sending.ports = [snapshot(1, PortHealth.NO_SIM)]
    with pytest.raises(CannotSend, match="Port 1 can't send: no SIM"):
        await sending.submit(by_ami(port=1))
    with pytest.raises(CannotSend, match="Port 1"):
        await sending.submit(by_http(port=1))


@pytest.mark.parametrize("read_at", [None, NOON - STALE_AFTER - 1])
async def test_old_news_of_a_port_forbids_nothing(sending: Sending, read_at: float | None) -> None:
    sending.ports = [snapshot(1, PortHealth.NO_SIM, read_at=read_at)]
    assert (await sending.send(by_ami(port=1))).state is DeliveryState.SENT


async def test_a_message_called_off_while_it_waits_never_leaves(sending: Sending) -> None:
    sending.ami.gate.clear()
    first = await sending.submit(by_ami())
    second = await sending.submit(by_ami("never"))
    await until(lambda: len(sending.ami.lines) == 1)
    _evidence(sending.store, second.id, DeliveryState.CANCELLED)
    sending.ami.gate.set()
    await sending.settled(first)
    await until(lambda: sending.ami.closed > 0)
    assert len(sending.ami.lines) == 1
    assert sending.now(second).state is DeliveryState.CANCELLED


async def test_after_a_stop_what_was_leaving_is_unknown_and_what_waited_still_waits(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "console.db", clock=FixedClock())
    sending = Sending(store, FakeAmi(), FakeSendsms())
    sending.ami.gate.clear()
    async with running(sending):
        leaving = await sending.submit(by_ami())
        waiting = await sending.submit(by_ami())
        await until(lambda: len(sending.ami.lines) == 1)
    store.close()

    store = Store.open(tmp_path / "console.db", clock=FixedClock())
    again = Sending(store, FakeAmi(), FakeSendsms())
    async with running(again):
        await until(lambda: again.now(leaving).state is DeliveryState.UNKNOWN)
        newer = await again.send(by_ami("newer"))
    assert newer.state is DeliveryState.SENT
    assert again.now(waiting).state is DeliveryState.QUEUED
    assert len(again.ami.lines) == 1
    store.close()


def _evidence(store: Store, message_id: int, state: DeliveryState) -> None:
    store.add_evidence(Evidence(message_id, 0, NOON, state, "operator", "")).result(timeout=5)


def test_what_went_to_a_number_is_repeated_by_its_spellings_and_by_nobody_else(tmp_path: Path) -> None:
    store = Store.open(tmp_path / "console.db", clock=FixedClock(), regions=Regions("DE"))
    sender = Sending(store, FakeAmi(), FakeSendsms(), rules=SendingConfig()).sender
    store.add_outbox(by_ami(to="+4915112345678"), 1).result(10)

    def guards(to: str) -> list[str]:
        return [remark.guard for remark in sender.remarks([by_ami(to=to)])]

    assert [guards(to) for to in ("+4915112345678", "015112345678", "4915112345678")] == [["repetition"]] * 3
    assert [guards(to) for to in ("+33612345678", "+819012345678", "+15112345678")] == [[], [], []]
    store.close()
