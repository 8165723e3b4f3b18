"""Keys pressed faster than the console follows: each acts on what the one before it has made of the screen."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, ClassVar

import pytest
from textual import events
from textual.binding import Binding, BindingType
from textual.widgets import Static

from console.errors import ConsoleError
from console.terminal.app import TerminalApp
from console.ui.kit.dialogs import AskScreen
from console.ui.kit.filter_line import SafeInput
from console.ui.kit.live import LiveScreen
from tests.support.operator import console

if TYPE_CHECKING:
    from pathlib import Path

    from textual.app import ComposeResult
    from textual.pilot import Pilot

    from console.store import Store
    from tests.support.backend import FixedClock

pytestmark = pytest.mark.slow


class Asking(TerminalApp[None]):
    """Asks for a line on `n`, holds up everything on `h`, counts `x`."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("n", "ask", "Ask"),
        Binding("x", "count", "Count"),
        Binding("h", "hold", "Hold"),
    ]

    def __init__(self) -> None:
        super().__init__()
        self.answers: list[str | None] = []
        self.counted = 0
        self.released = asyncio.Event()

    def compose(self) -> ComposeResult:
        yield Static("nothing to focus")

    def action_ask(self) -> None:
        self.push_screen(AskScreen("Name"), self.answers.append)

    def action_count(self) -> None:
        self.counted += 1

    async def action_hold(self) -> None:
        await self.released.wait()


def burst(app: TerminalApp[None], *keys: str | events.Paste, longest: float = 20.0) -> None:
    """As one packet of the terminal brings them. A busy machine takes its time with each, up to so many seconds."""
    app.typeahead.longest = longest
    for key in keys:
        app.post_message(events.Key(key, key if len(key) == 1 else None) if isinstance(key, str) else key)


async def settled(app: TerminalApp[None], pilot: Pilot[None]) -> None:
    await pilot.pause()
    while not app.typeahead.is_idle:
        await pilot.pause()


async def test_a_burst_opens_fills_and_leaves_dialogs_in_its_order() -> None:
    app = Asking()
    async with app.run_test() as pilot:
        burst(app, "n", *"bob", "enter", "x", "n", *"axn", "escape", "x", "n", events.Paste("ann"), "enter", "x")
        await settled(app, pilot)
        assert app.answers == ["bob", None, "ann"]
        assert app.counted == 3
        assert len(app.screen_stack) == 1


async def test_what_is_typed_after_a_dialog_is_closed_is_not_typed_into_it() -> None:
    app = Asking()
    async with app.run_test() as pilot:
        burst(app, "n")
        await settled(app, pilot)
        line = app.screen.query_one(SafeInput)
        burst(app, *"bob", "enter", "x", "x")
        await settled(app, pilot)
        assert app.answers == ["bob"]
        assert line.value == "bob"
        assert app.counted == 2


async def test_an_action_that_takes_long_holds_its_followers_and_loses_none() -> None:
    app = Asking()
    async with app.run_test() as pilot:
        burst(app, "x", "h", "x", "x")
        await asyncio.sleep(0)
        assert app.counted < 3
        app.released.set()
        await settled(app, pilot)
        assert app.counted == 3


async def test_a_key_whose_end_is_never_told_is_not_waited_for_beyond_the_limit() -> None:
    app = Asking()
    async with app.run_test() as pilot:
        deaf = app.query_one(Static)
        deaf.can_focus = True
        app.screen.set_focus(deaf)
        release = asyncio.Event()
        deaf.call_later(release.wait)  # its queue stands still
        burst(app, "a", "b", "c", longest=0.1)
        app.set_focus(None)
        burst(app, "x", longest=0.1)
        loop = asyncio.get_running_loop()
        end = loop.time() + 20
        while not app.counted:
            assert loop.time() < end, "the key was never acted on"
            await asyncio.sleep(0.01)
        release.set()
        await settled(app, pilot)
        assert app.counted == 1


async def test_a_sender_is_named_and_the_message_claimed_in_one_breath(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.receives("your code is 4711")
        await operator.sees("4711")
        burst(operator.app, "N", *"Bank", "enter", "m", "n", *"10086", "enter", *"hi", "escape")
        await settled(operator.app, operator.pilot)
        await operator.sees("Bank", "10086", "@alice")


class Slow(LiveScreen[str]):
    """Reads for as long as it is told, and counts the keys that came while it showed nothing."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("x", "count", "Count"), Binding("escape", "leave", "Leave")]

    def __init__(self, store: Store, clock: FixedClock, error: ConsoleError | None = None) -> None:
        super().__init__(store, clock)
        self.go_on = threading.Event()
        self.error = error
        self.shown = ""
        self.counted: list[str] = []

    def read(self) -> str:
        assert self.go_on.wait(20)
        if self.error is not None:
            raise self.error
        return "what was read"

    def show(self, found: str) -> None:
        self.shown = found

    def action_count(self) -> None:
        self.counted.append(self.shown)


@pytest.mark.parametrize("error", [None, ConsoleError("The disk is gone.")])
async def test_a_key_waits_for_what_a_screen_reads_first(tmp_path: Path, error: ConsoleError | None) -> None:
    async with console(tmp_path) as operator:
        screen = Slow(operator.store, operator.clock, error)
        operator.app.push_screen(screen)
        burst(operator.app, "f12", "x")
        await operator.pilot.pause()
        assert screen.counted == []
        screen.go_on.set()
        await settled(operator.app, operator.pilot)
        assert screen.counted == ["" if error else "what was read"]
