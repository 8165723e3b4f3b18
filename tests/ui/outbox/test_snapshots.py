"""Pictures of the outbox at work, judged by eye once and held since."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from console.domain.messages import DeliveryState as S
from console.store import Store
from console.store.ami.log import AmiLog
from console.ui.app.app import ConsoleApp
from console.ui.context.sources import Sources
from tests.support.backend import NOON, FakeBackend, FixedClock
from tests.support.outbox import add_batch, leave_behind
from tests.support.waiting import DEADLINE

if TYPE_CHECKING:
    from pathlib import Path

    from textual.pilot import Pilot

pytestmark = pytest.mark.slow

Compare = Callable[..., bool]


@pytest.fixture
def app(tmp_path: Path) -> Iterator[ConsoleApp]:
    """What an earlier run left behind, a batch that is done and one under way."""
    clock = FixedClock(NOON - 120)
    path = tmp_path / "console.db"
    leave_behind(path, clock, ["10086", "+447700900123"])
    store = Store.open(path, clock=clock)
    add_batch(store, [S.DELIVERED] * 5, label="Happy new year to all of you")
    states = [S.QUEUED] * 15 + [S.ACCEPTED, S.UNKNOWN, S.FAILED, S.FAILED] + [S.SENT] * 11
    add_batch(store, states, label="winter.csv", texts=["Road B6 is closed by snow."], spacing=4)
    clock.now = NOON
    yield ConsoleApp(Sources(store, AmiLog(), FakeBackend(store), clock))
    store.close()


def shows(*steps: str) -> Callable[[Pilot[None]], Awaitable[None]]:
    """Press a key (one character, or a name such as `enter`), or wait until a longer text is on the screen."""

    async def go(pilot: Pilot[None]) -> None:
        for step in steps:
            if len(step) == 1 or step in {"enter", "down", "colon"}:
                await pilot.press(step)
                continue
            async with asyncio.timeout(DEADLINE):
                while step not in "\n".join(strip.text for strip in pilot.app.screen._compositor.render_strips()):
                    await pilot.pause()
        await pilot.app.workers.wait_for_complete()
        await pilot.pause()

    return go


def test_the_outbox_with_a_batch_under_way(app: ConsoleApp, snap_compare: Compare) -> None:
    assert snap_compare(app, terminal_size=(80, 24), run_before=shows("5", "15 of 30", "messages held:"))


def test_the_batches(app: ConsoleApp, snap_compare: Compare) -> None:
    assert snap_compare(app, terminal_size=(80, 24), run_before=shows("5", "15 of 30", "b", "5 of 5"))


def test_a_batch(app: ConsoleApp, snap_compare: Compare) -> None:
    steps = ("5", "15 of 30", "b", "5 of 5", "enter", "? 1 unknown ")
    assert snap_compare(app, terminal_size=(80, 24), run_before=shows(*steps, "down"))


def test_an_unknown_message(app: ConsoleApp, snap_compare: Compare) -> None:
    steps = ("5", "15 of 30", "F", "needs a person", "? unknown", "down", "down", "enter", "What is known")
    assert snap_compare(app, terminal_size=(80, 24), run_before=shows(*steps))


def test_the_audit(app: ConsoleApp, snap_compare: Compare) -> None:
    assert snap_compare(
        app, terminal_size=(80, 24), run_before=shows("5", "15 of 30", "colon", *"audit", "enter", "Audit  37")
    )
