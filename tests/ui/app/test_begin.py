"""What begins beside the screen: once the first frame stands, and what it can't do ends the screen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from console.errors import StoreError
from console.store import Store
from console.store.ami.log import AmiLog
from console.ui.app.app import ConsoleApp
from console.ui.app.main import MainScreen
from console.ui.context.sources import Sources
from tests.support.backend import FakeBackend, FixedClock
from tests.support.operator import Operator

if TYPE_CHECKING:
    from pathlib import Path


def sources_in(folder: Path) -> tuple[Sources, FakeBackend, FixedClock]:
    clock = FixedClock()
    store = Store.open(folder / "console.db", clock=clock)
    backend = FakeBackend(store)
    return Sources(store, AmiLog(), backend, clock), backend, clock


async def test_it_begins_once_the_screen_is_built(tmp_path: Path) -> None:
    sources, backend, clock = sources_in(tmp_path)
    begun: list[bool] = []

    def begin() -> None:
        main = app.screen_stack[0]
        assert isinstance(main, MainScreen)
        begun.append(main.is_built)

    app = ConsoleApp(sources, begin=begin)
    async with app.run_test(size=(120, 40)) as pilot:
        await Operator(app, pilot, sources, backend, clock).until(lambda: bool(begun))
    sources.store.close()
    assert begun == [True]
    assert app.broke is None


async def test_what_can_not_begin_ends_the_screen(tmp_path: Path) -> None:
    sources, backend, clock = sources_in(tmp_path)
    error = StoreError("The disk is full.", hint="Make room.")

    def begin() -> None:
        raise error

    app = ConsoleApp(sources, begin=begin)
    async with app.run_test(size=(120, 40)) as pilot:
        await Operator(app, pilot, sources, backend, clock).until(lambda: app._exit)
    sources.store.close()
    assert app.broke is error


class FirstFrame(MainScreen):
    """Stays as its first frame is."""

    async def _build(self) -> None:
        pass


class FirstFrameApp(ConsoleApp):
    def get_default_screen(self) -> MainScreen:
        return FirstFrame(self._sources)


@pytest.mark.parametrize(
    ("size", "form_is_there"), [((120, 40), False), ((160, 40), True)], ids=["a form is called", "a form has its place"]
)
async def test_the_first_frame_has_the_inbox_and_the_frames_of_the_rest(
    size: tuple[int, int], form_is_there: bool, tmp_path: Path
) -> None:
    sources, backend, clock = sources_in(tmp_path)
    app = FirstFrameApp(sources)
    async with app.run_test(size=size) as pilot:
        operator = Operator(app, pilot, sources, backend, clock)
        operator.receives("hello?")
        await operator.sees("hello?", *(f"╭─ {name} ─" for name in ("2 Ports", "5 Outbox", "4 AMI")))
        assert ("╭─ 3 Compose ─" in operator.screen) is form_is_there
        main = app.screen
        assert isinstance(main, FirstFrame)
        await MainScreen._build(main)
        await operator.sees("8 of 8 in service", "Nothing sent yet", "routine hidden")
        assert ("To    number" in operator.screen) is form_is_there
    sources.store.close()
