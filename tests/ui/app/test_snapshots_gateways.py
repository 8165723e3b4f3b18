"""Pictures of a console on three gateways, one of them dead; of one alone; and of a conversation with its answer."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from console.domain.link import Flow, LinkPhase, LinkStatus
from console.domain.messages import DeliveryState, Draft, Evidence, Via
from console.domain.ports import PortHealth
from console.protocol.http.inbound import parse
from console.store import Store
from console.store.ami.log import AmiLog
from console.ui.app.app import ConsoleApp
from console.ui.context.sources import Sources
from tests.support.backend import NOON, OPERATOR, FakeBackend, FixedClock

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

INBOX = (
    ("gw2", "+8613632919026", "Is line 4 still down? 余额不足"),
    ("gw1", "10086", "【中国移动】您的账户余额为 9.50 元。"),
    ("gw3", "+447700900123", "Is the line up again?"),
    ("gw1", "+79161234567", "Добрый день! Посылка уже в отделении?"),
    ("gw2", "Google", "G-445727 is your verification code."),
)
pytestmark = pytest.mark.slow

Compare = Callable[..., bool]


@pytest.fixture
def app(tmp_path: Path) -> Iterator[ConsoleApp]:
    """Three gateways at noon; the second does not answer."""
    clock = FixedClock()
    store = Store.open(tmp_path / "console.db", clock=clock)
    backend = FakeBackend(store, gateways=3, ports=4)
    backend.change_port(3, health=PortHealth.UNREGISTERED, since=NOON - 240)
    first, second, third = backend.snapshots
    link = LinkStatus(LinkPhase.WAITING, NOON - 300, "no answer within 5 s", NOON + 20)
    backend.snapshots = (first, replace(second, link=link), third)
    for age, (gateway, number, text) in enumerate(INBOX):
        target = f"/sms/{gateway}?phonenumber={quote(number, safe='')}&port=2&message={quote(text)}&time=&".encode()
        store.add_callback(gateway, parse(target, {}), target, at=NOON - 400 + 60 * age).result()
    store.mark_read([1, 2]).result()
    store.claims.claim(3, OPERATOR).result()
    store.claims.done(2, "bob from 192.0.2.8").result()
    for gateway, text in (("gw2", "On my way"), ("gw3", "It is.")):
        message = store.add_outbox(Draft(gateway, "+8613632919026", text, 2, Via.AMI), 1).result()
        for step in (DeliveryState.SUBMITTING, DeliveryState.SENT):
            store.add_evidence(Evidence(message.id, 1, NOON, step, "ami answer", "words")).result()
    log = AmiLog()
    for gateway, words in (("gw1", "AMI up"), ("gw2", "AMI down: no answer within 5 s"), ("gw3", "AMI up")):
        log.append(NOON - 9, gateway, Flow.NOTE, words)
    yield ConsoleApp(Sources(store, log, backend, clock))
    store.close()


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_all_three(app: ConsoleApp, snap_compare: Compare, size: tuple[int, int]) -> None:
    assert snap_compare(app, terminal_size=size, run_before=settled)


@pytest.mark.parametrize("size", [(80, 24), (120, 40)])
def test_one_alone(app: ConsoleApp, snap_compare: Compare, size: tuple[int, int]) -> None:
    async def choose(pilot: Pilot[None]) -> None:
        await settled(pilot)
        await pilot.press("left_square_bracket")
        await settled(pilot)

    assert snap_compare(app, terminal_size=size, run_before=choose)


def test_a_conversation_and_its_answer(app: ConsoleApp, snap_compare: Compare) -> None:
    async def answer(pilot: Pilot[None]) -> None:
        await settled(pilot)
        await pilot.press("G", "t")
        await settled(pilot)
        await pilot.press("m")
        await settled(pilot)
        await pilot.press("r", *"On")
        await settled(pilot)

    assert snap_compare(app, terminal_size=(80, 24), run_before=answer)


async def settled(pilot: Pilot[None]) -> None:
    """Until what is looked up aside is there."""
    for _ in range(3):
        pilot.app.screen_stack[0].sync()  # type: ignore[attr-defined]
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()
