"""Keys pressed faster than the console follows: each acts on what the one before it has made of the screen."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, ClassVar

import pytest
from textual import events
from textual.binding import Binding, BindingType
from textual.widgets import Static

from console.config.records import SendingConfig
from console.errors import ConsoleError
from console.terminal.app import TerminalApp
from console.ui.compose.form import Form
from console.ui.compose.summary import CountInput
from console.ui.kit.dialogs import AskScreen
from console.ui.kit.filter_line import SafeInput
from console.ui.kit.live import LiveScreen
from console.ui.thread.reply_line import ReplyInput
from tests.support.backend import FakeBackend
from tests.support.operator import Operator, console

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from textual.app import ComposeResult
    from textual.pilot import Pilot

    from console.domain.messages import Draft
    from console.domain.sending import Remark
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
        burst(operator.app, "colon", *"name", "enter", *"Bank", "enter", "m", "n", *"10086", "enter", *"hi", "escape")
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


class Held(FakeBackend):
    """Looks at what is to be sent for as long as it is told."""

    def __init__(self, store: Store, *, ports: int = 8, gateways: int = 1) -> None:
        super().__init__(store, ports=ports, gateways=gateways)
        self.looking = threading.Event()
        self.go_on = threading.Event()

    def remarks(self, drafts: Sequence[Draft]) -> tuple[Remark, ...]:
        self.looking.set()
        assert self.go_on.wait(20)
        return super().remarks(drafts)


async def hold_up(operator: Operator, to: str, *, longest: float = 20.0) -> tuple[Held, Form]:
    """A message is on its way out of the form, and looked at."""
    backend = operator.backend
    assert isinstance(backend, Held)
    form = operator.app.screen.query_one(Form)
    await operator.press("3")
    form.fill(to, "hi")
    await operator.press("tab")
    burst(operator.app, "ctrl+t", longest=longest)
    assert await asyncio.to_thread(backend.looking.wait, 20)
    return backend, form


async def test_what_is_typed_behind_send_is_typed_into_the_form_that_follows(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24), backend_type=Held) as operator:
        backend, _ = await hold_up(operator, "10086")
        burst(operator.app, *"10010", "tab", *"next")
        backend.go_on.set()
        await settled(operator.app, operator.pilot)
        await operator.sees("Message 1 to 10086", "To    10010", "▌next")
        assert [draft.text for draft in backend.submitted] == ["hi"]


async def test_no_key_confirms_a_summary_that_nobody_could_see_yet(tmp_path: Path) -> None:
    sending = SendingConfig(confirm_above=1)
    async with console(tmp_path, size=(80, 24), backend_type=Held, sending=sending) as operator:
        backend, form = await hold_up(operator, "10086, 10010")
        burst(operator.app, "2", "enter", "y", "enter")
        backend.go_on.set()
        await settled(operator.app, operator.pilot)
        await operator.sees("Type 2 to confirm")
        assert operator.app.screen.query_one(CountInput).value == ""
        assert (form.area.text, backend.submitted) == ("hi", [])
        burst(operator.app, "2", "enter", "5")
        await settled(operator.app, operator.pilot)
        await operator.sees("Batch 1: 0 of 2 sent", "To    5")


async def test_keys_that_can_wait_no_longer_change_nothing_in_the_form(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24), backend_type=Held) as operator:
        backend, form = await hold_up(operator, "10086", longest=0.01)
        burst(operator.app, "x", "tab", "y", events.Paste("z"), "ctrl+r", "ctrl+t", longest=0.01)
        await settled(operator.app, operator.pilot)
        assert (form.recipients.value, form.area.text) == ("10086", "hi")
        backend.go_on.set()
        await operator.sees("Message 1 to 10086", "no text yet")
        assert len(backend.submitted) == 1


async def test_an_answer_that_is_about_to_leave_takes_no_more_letters(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24), backend_type=Held) as operator:
        backend = operator.backend
        assert isinstance(backend, Held)
        operator.receives("hello?", number="+79161234567")
        await operator.sees("hello?")
        await operator.press("t", "r")
        await operator.types("yes")
        burst(operator.app, "enter")
        assert await asyncio.to_thread(backend.looking.wait, 20)
        burst(operator.app, *"and")
        backend.go_on.set()
        await settled(operator.app, operator.pilot)
        line = operator.app.screen.query_one(ReplyInput)
        await operator.until(lambda: line.value == "and")
        assert [draft.text for draft in backend.submitted] == ["yes"]
