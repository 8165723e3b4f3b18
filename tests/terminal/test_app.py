"""How the application ends: left while a screen is half made, and broken by a fault of its own."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from typing import TYPE_CHECKING, ClassVar

import pytest
from textual.containers import Vertical
from textual.screen import Screen
from textual.widgets import Label, Static

from console.terminal.app import TerminalApp, ThriftyScreen
from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from textual.app import ComposeResult


class HalfMade(Screen[None]):
    """Somebody leaves while it is being made, and what it looks for is gone by then."""

    def on_mount(self) -> None:
        self.app.exit()
        self.query_one("#never")


class HalfMadeApp(TerminalApp[None]):
    SCREENS: ClassVar = {"half": HalfMade}

    def on_mount(self) -> None:
        self.push_screen("half")


async def test_left_while_a_screen_is_half_made_it_ends_in_good_order() -> None:
    app = HalfMadeApp()
    await app.run_async(headless=True)
    assert app.return_code == 0
    assert app._exception is None


class Signalled(TerminalApp[None]):
    def __init__(self, *numbers: signal.Signals) -> None:
        super().__init__()
        self._numbers = numbers

    def on_mount(self) -> None:
        super().on_mount()
        for number in self._numbers:
            os.kill(os.getpid(), number)


@pytest.mark.parametrize(
    ("numbers", "lost"),
    [
        ((signal.SIGHUP,), True),
        ((signal.SIGTERM,), False),
        ((signal.SIGTERM, signal.SIGHUP), False),
        ((signal.SIGHUP, signal.SIGTERM), False),
    ],
)
async def test_who_ends_it_means_it_whatever_becomes_of_the_terminal(
    numbers: tuple[signal.Signals, ...], lost: bool
) -> None:
    before = signal.getsignal(signal.SIGHUP)
    app = Signalled(*numbers)
    try:
        await app.run_async(headless=True)
    finally:
        signal.signal(signal.SIGHUP, before)
    assert app.terminal_lost is lost


class WorkerBreaks(TerminalApp[None]):
    def on_mount(self) -> None:
        self.run_worker(self.work())

    async def work(self) -> None:
        raise KeyError("nobody")


async def test_a_worker_that_breaks_ends_it_and_its_own_error_is_kept() -> None:
    app = WorkerBreaks()
    await app.run_async(headless=True)
    assert isinstance(app.broke, KeyError)


class Marked(Static, can_focus=True):
    COMPONENT_CLASSES: ClassVar = {"mark"}


class Focused(ThriftyScreen[None]):
    DEFAULT_CSS = """
    .inner { color: red; background: black; }
    .outer:focus-within { background: blue; }
    .outer:focus-within .inner { color: green; }
    .outer:focus-within .mark { color: green; }
    Marked:focus { text-style: bold; }
    #last:focus-within { color: yellow; }
    """

    def compose(self) -> ComposeResult:
        for outer in "ab":
            with Vertical(Vertical(Marked("one", classes="inner"), Label("two")), classes="outer", id=outer):
                yield Marked("three")
        yield Marked("four", id="last")


async def test_what_the_focus_leaves_and_comes_to_is_styled_as_if_all_was() -> None:
    app = TerminalApp[None]()
    async with app.run_test() as pilot:
        screen = Focused()
        await app.push_screen(screen)
        nodes = list(screen.query("*"))

        def styles() -> list[object]:
            parts = [node._component_styles.get("mark") for node in nodes]
            return [each and (each.get_rules(), each.color) for each in (*(node.styles for node in nodes), *parts)]

        seen = set()
        for target in (*screen.query(Marked), None):
            screen.set_focus(target)
            await pilot.pause()
            quick = styles()
            app.stylesheet.update(screen)
            assert quick == styles(), target
            seen.add(str(quick))
        assert len(seen) == len(screen.query(Marked)) + 1, "each of them shows"


BREAKS = """
from console.terminal.app import TerminalApp

class Breaking(TerminalApp[None]):
    def on_key(self) -> None:
        raise ValueError("no such sender")

app = Breaking()
try:
    app.run_until_left()
except ValueError as error:
    print("caught", type(error).__name__, flush=True)
    raise SystemExit(1)
"""


def test_a_fault_is_raised_once_the_terminal_is_as_it_was() -> None:
    with Terminal([sys.executable, "-c", BREAKS], columns=120, rows=50) as terminal:
        terminal.wait_for(lambda screen: b"\x1b[?1049h" in screen.raw)
        terminal.type("x")
        assert terminal.wait_for_exit() == 1
        assert terminal.raw.rindex(b"\x1b[?1049l") < terminal.raw.rindex(b"caught ValueError")
        assert b"no such sender" not in terminal.raw
        assert terminal.modes_now == terminal.modes_before


async def test_what_was_drawn_is_seen_once_the_terminal_has_come_to_it() -> None:
    app = TerminalApp[None]()
    async with app.run_test():
        await app.until_seen()
        app.line.wrote(1_000)
        assert app.line.asks()
        seen = asyncio.create_task(app.until_seen())
        await asyncio.sleep(0)
        assert not seen.done()
        app.line.answered()
        await seen
