"""Pictures of the screen, judged by eye once and held since. After a wanted change: `pytest --snapshot-update`."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from console.domain.link import Flow
from console.domain.messages import DeliveryState, Draft, Evidence, Via
from console.domain.ports import PortHealth
from console.protocol.ami.frames import AmiFramer
from console.protocol.http.inbound import parse
from console.store import Store
from console.store.ami.log import AmiLog
from console.ui.app.app import ConsoleApp
from console.ui.context.sources import Sources
from tests.support.backend import NOON, FakeBackend, FixedClock

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

INBOX = (
    ("+79161234567", 3, "Добрый день! Посылка уже в отделении?"),
    ("10086", 2, "【中国移动】您的账户余额为 9.50 元。"),
    ("Google", 1, "G-445727 is your verification code."),
    ("+995599123456", 5, "Happy birthday 🎂🎉 see you at eight"),
    ("DHL", 1, "Your parcel 984423 arrives today between 9 and 12."),
    ("+966551234567", 7, "شكرا، وصلت الرسالة"),
    ("+447700900123", 2, "Is the line up again? [/x] \x1b[31m"),
    ("+8613632919026", 4, "test"),
)
EVENTS = (
    b"Event: SMSSendStatus\r\nPrivilege: system,all\r\nChannel: 2\r\nDestination: 10086\r\nID: 7f3a\r\n"
    b"Status: SUCCESS\r\n\r\n"
    b"Event: ExtraDown\r\nPrivilege: system,all\r\nChannel: 6\r\nResult: SIM Not inserted\r\n\r\n"
)


@pytest.fixture
def app(tmp_path: Path) -> Iterator[ConsoleApp]:
    """A console at noon with a little of everything on it."""
    clock = FixedClock()
    store = Store.open(tmp_path / "console.db", clock=clock)
    backend = FakeBackend(store)
    backend.change_port(3, health=PortHealth.UNREGISTERED, since=NOON - 240)
    backend.change_port(5, health=PortHealth.BUSY, since=NOON - 2)
    backend.change_port(6, health=PortHealth.NO_SIM, since=NOON - 7200)
    for age, (number, port, text) in enumerate(reversed(INBOX), 1):
        target = f"/sms?phonenumber={quote(number, safe='')}&port={port}&message={quote(text, safe='')}&time=&".encode()
        row = store.add_callback("gw1", parse(target, {}), target, at=NOON - (len(INBOX) - age) * 97 - 3).result()
        if age < 5:
            store.mark_read([row]).result()
    for text, state in (("On my way", DeliveryState.DELIVERED), ("Which port is it?", DeliveryState.UNKNOWN)):
        message = store.add_outbox(Draft("gw1", "+8613632919026", text, 2, Via.AMI), 1).result()
        for step in (DeliveryState.SUBMITTING, state):
            store.add_evidence(Evidence(message.id, 1, NOON, step, "ami answer", "no answer in 40 s")).result()
    log = AmiLog()
    log.append(NOON - 9, "gw1", Flow.NOTE, "AMI down 11:59:43 – 11:59:51")
    log.append(NOON - 8, "gw1", Flow.OUT, "Action: Command\nActionID: c1\nCommand: gsm show span 1")
    for heard in AmiFramer().feed(EVENTS):
        log.append(NOON - 1, "gw1", Flow.IN, "", heard)
    yield ConsoleApp(Sources(store, log, backend, clock))
    store.close()


pytestmark = pytest.mark.slow

Compare = Callable[..., bool]


def test_the_whole_console(app: ConsoleApp, snap_compare: Compare) -> None:
    async def write(pilot: Pilot[None]) -> None:
        await pilot.press("n")
        await pilot.press(*"10086", "enter")
        app.screen.query_one("#text").text = (  # type: ignore[attr-defined]
            "Dear customer, it’s ready: your SIM 3 has been topped up with 50 and will stay on the air until spring."
        )
        await pilot.pause()

    assert snap_compare(app, terminal_size=(120, 40), run_before=write)


@pytest.mark.parametrize("key", ["1", "2", "3", "4", "5"])
def test_each_pane_alone_on_a_small_screen(app: ConsoleApp, snap_compare: Compare, key: str) -> None:
    assert snap_compare(app, terminal_size=(80, 24), press=[key])


def test_the_keys(app: ConsoleApp, snap_compare: Compare) -> None:
    assert snap_compare(app, terminal_size=(80, 24), press=["question_mark"])


def test_the_steps_of_a_message(app: ConsoleApp, snap_compare: Compare) -> None:
    assert snap_compare(app, terminal_size=(120, 40), press=["5", "enter"])


def test_a_thread(app: ConsoleApp, snap_compare: Compare) -> None:
    store = app._sources.store
    assert isinstance(store, Store)
    for age, text in (
        (600, "Is line 4 still down?"),
        (300, "Thanks! One more thing: the SIM in port 4 says 余额不足, shall I top it up before the night, or wait?"),
        (3, "OK 👍"),
    ):
        target = f"/sms?phonenumber=8613632919026&port=4&message={quote(text)}&time=&".encode()
        store.add_callback("gw1", parse(target, {}), target, at=NOON - age).result()

    async def look(pilot: Pilot[None]) -> None:
        await pilot.press("G", "t")
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()

    assert snap_compare(app, terminal_size=(80, 24), run_before=look)
