"""Pictures of ports, judged by eye once and held since."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import closing
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from console.domain.link import Flow
from console.domain.messages import DeliveryState, Draft, Evidence, Via
from console.domain.ports import PortSample
from console.protocol.ami.frames import AmiFramer
from console.protocol.http.inbound import parse
from console.store import Store
from console.store.ami.log import AmiLog
from console.ui.app.app import ConsoleApp
from console.ui.context.sources import Sources
from tests.support.backend import NOON, FakeBackend, FixedClock
from tests.support.ports import mix
from tests.support.settling import press, settled

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

pytestmark = pytest.mark.slow

Compare = Callable[..., bool]
S = DeliveryState


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    clock = FixedClock()
    with closing(Store.open(tmp_path / "console.db", clock=clock)) as store:
        for number, at in enumerate(range(int(NOON) - 80_000, int(NOON), 4_000)):
            clock.now = at
            port = 2 if number % 3 else 4
            text = f"Message {number} of the day: 余额 12.50"
            target = f"/sms?phonenumber=%2B861363291{number:04}&port={port}&message={quote(text)}&time=&".encode()
            store.add_callback("gw1", parse(target, {}), target).result()
            draft = Draft("gw1", f"+4915100000{number:02}", "Is the line up again?", port, Via.AMI)
            message = store.add_outbox(draft, 1).result()
            states = (S.SUBMITTING, S.FAILED) if number > 15 else (S.SUBMITTING, S.SENT, S.DELIVERED)
            for state in states:
                store.add_evidence(Evidence(message.id, 1, clock.now, state, "ami answer", "")).result()
                clock.now += 5
        for at in range(int(NOON) - 86_400, int(NOON), 300):
            samples = {2: PortSample(at, 9 + at // 3000 % 20, port_of(store).health)}
            store.port_samples.add_all("gw1", samples).result()
        store.port_notes.set("gw1", 2, "Antenna loose, technician on Monday", False, "bob").result()
        store.port_notes.set("gw1", 4, "", True, "bob").result()
        clock.now = NOON
        yield store


def port_of(store: Store) -> PortSample:
    """What a sample of the first port says."""
    one = FakeBackend(store).snapshots[0].ports[0]
    return PortSample(0, one.report.signal, one.health)


def app(store: Store, ports: int, gateways: int = 1) -> ConsoleApp:
    backend = FakeBackend(store, ports=ports, gateways=gateways)
    mix(backend)
    log = AmiLog()
    for block in (
        b"Event: SMSSendStatus\r\nPrivilege: system,all\r\nChannel: 2\r\nDestination: 10086\r\nID: 7f3a\r\n"
        b"Status: FAILED\r\n\r\n",
        b"Event: ExtraReady\r\nPrivilege: system,all\r\nChannel: 2\r\n\r\n",
    ):
        for heard in AmiFramer().feed(block):
            log.append(NOON - 1, "gw1", Flow.IN, "", heard)
    return ConsoleApp(Sources(store, log, backend, store._clock))


def keys(*pressed: str) -> Callable[[Pilot[None]], Awaitable[None]]:
    """Press them, and wait for what is read aside."""

    async def go(pilot: Pilot[None]) -> None:
        await pilot.pause()
        await press(pilot.app, *pressed)
        main = pilot.app.screen_stack[0]
        for _ in range(8):
            # No frame is held back for long while the clock goes on a little.
            main._sources.clock.now += 0.3  # type: ignore[attr-defined]
            for screen in {main, pilot.app.screen}:
                if hasattr(screen, "sync"):
                    screen.sync()
            await pilot.app.workers.wait_for_complete()
            await settled(pilot.app)

    return go


SMALL, LARGE = (80, 24), (120, 40)


@pytest.mark.parametrize(
    ("ports", "size", "pressed"),
    [
        pytest.param(8, SMALL, "2", id="table-small"),
        pytest.param(8, SMALL, "2 right", id="table-small-page-2"),
        pytest.param(8, SMALL, "2 t", id="tiles-small"),
        pytest.param(8, LARGE, "2 t", id="tiles-beside-the-rest"),
        pytest.param(44, LARGE, "2 z t", id="tiles-of-44"),
        pytest.param(44, LARGE, "2 z right right", id="table-of-44"),
        pytest.param(44, LARGE, "2 z t slash d o w n enter s", id="filtered-and-sorted"),
        pytest.param(8, LARGE, "2 down enter", id="detail"),
        pytest.param(8, LARGE, "2 right enter 2", id="charts"),
        pytest.param(8, SMALL, "2 down enter 2 D", id="charts-small"),
        pytest.param(8, LARGE, "2 right enter 3", id="messages"),
        pytest.param(8, SMALL, "2 down enter 4", id="ami"),
        pytest.param(8, SMALL, "2 p", id="power"),
    ],
)
def test_ports(store: Store, snap_compare: Compare, ports: int, size: tuple[int, int], pressed: str) -> None:
    assert snap_compare(app(store, ports), terminal_size=size, run_before=keys(*pressed.split()))


def test_three_gateways(store: Store, snap_compare: Compare) -> None:
    assert snap_compare(app(store, 8, 3), terminal_size=LARGE, run_before=keys("2", "z", "t"))
