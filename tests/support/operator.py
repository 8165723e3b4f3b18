"""The console driven as an operator would: keys in, and what stands on the screen out."""

from __future__ import annotations

import asyncio
import inspect
import math
import time
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar, NamedTuple, Protocol, runtime_checkable
from unittest.mock import patch

from textual import events
from textual._compositor import Compositor
from textual._context import visible_screen_stack
from textual.keys import _character_to_key

from console.config.records import NO_REGIONS, Regions, SendingConfig
from console.config.rule_records import NO_RULES, RulesConfig, ScreenConfig
from console.errors import StoreError
from console.protocol.http.inbound import parse
from console.protocol.query.log import LOG
from console.store import Store
from console.store.ami.log import AmiLog
from console.ui.alarms.notices import AlarmNotices
from console.ui.app.app import ConsoleApp
from console.ui.app.command_line import CommandScreen
from console.ui.app.main import MainScreen
from console.ui.compose.drafts import KeptDrafts
from console.ui.compose.summary import SummaryScreen
from console.ui.context.sources import Sources
from console.ui.kit.filter_line import FilterLine
from console.ui.kit.row_list import RowList
from console.ui.outbox.search import Filter, OutboxSearch
from console.ui.ports.order import Order
from console.ui.rows.ami_line import Times
from console.ui.rules.ringing import RuleRinging
from tests.support.backend import FakeBackend, FixedClock
from tests.support.settling import press, settled
from tests.support.waiting import DEADLINE, LOOK

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from pathlib import Path

    from textual.pilot import Pilot


@runtime_checkable
class Live(Protocol):
    """A screen that looks by itself, now and then, whether what it shows has changed."""

    def sync(self) -> None: ...


SELDOM = 0.05
"""Seconds between two looks at what takes long: each draws the screen."""


class Operator:
    """A person at the console, with the means to make things happen behind it."""

    def __init__(
        self, app: ConsoleApp, pilot: Pilot[None], sources: Sources, backend: FakeBackend, clock: FixedClock
    ) -> None:
        self.app = app
        self.pilot = pilot
        self.store = backend.store
        self.log = sources.log
        self.backend = backend
        self.clock = clock

    @property
    def lines(self) -> list[str]:
        visible_screen_stack.set(self.app._background_screens)  # what a dialog stands before is seen around it
        return [strip.text for strip in self.app.screen._compositor.render_strips()]

    @property
    def screen(self) -> str:
        return "\n".join(self.lines)

    def line_with(self, text: str) -> str:
        """The first line that holds `text`."""
        found = [line for line in self.lines if text in line]
        assert found, f"no line with {text!r}\n{self.screen}"
        return found[0]

    async def press(self, *keys: str) -> None:
        await press(self.app, *keys)

    async def types(self, text: str) -> None:
        """In one burst, as over a slow line: letter by letter each would wait for its frame."""
        for char in text:
            self.app.post_message(events.Key(_character_to_key(char), char))
        await settled(self.app)

    async def says(self, line: str, key: str = "colon") -> None:
        """Type a command and Enter."""
        await self.press(key)
        await self.until(lambda: isinstance(self.app.screen, CommandScreen), "the command line")
        await self.types(line)
        await self.press("enter")

    async def pastes(self, text: str) -> None:
        """At once, as from the clipboard: what is long would take as many frames as it has letters."""
        self.app.post_message(events.Paste(text))
        await settled(self.app)

    async def until(self, holds: Callable[[], bool], what: object = "the condition") -> None:
        """Let the console run until `holds`; the clock is moved on so that no frame is held back."""
        end, pause = time.monotonic() + DEADLINE, LOOK
        while not holds():
            self.clock.now += 0.3
            for screen in self.app.screen_stack:
                if isinstance(screen, Live):
                    screen.sync()
            if self.app.toasts._waiting:
                self.app.toasts._since = -math.inf  # what is said was read at that look
            self.app._go_on()
            await settled(self.app)
            if holds():
                return
            assert time.monotonic() < end, f"never: {what}\n{self.screen}"
            # A thread may owe something; the longer it takes, the less often it is looked at.
            await asyncio.sleep(pause)
            pause = min(2 * pause, SELDOM)

    async def sees(self, *texts: str) -> None:
        """Each of them at some time, and what is left of them is told."""
        missing = list(texts)

        def holds() -> bool:
            if isinstance(self.app.screen, SummaryScreen) and not self.app.screen.is_ready:
                return False  # no terminal shows it yet, and it takes no key
            screen = self.screen  # drawn once a look, for it costs the most
            missing[:] = [text for text in missing if text not in screen]
            return not missing

        await self.until(holds, missing)

    async def begins_anew(self) -> None:
        """As the console was when it began, but for what is in the store: no dialog, nothing looked for, nothing
        written, and the services in good health.
        """
        main = self.app.screen_stack[0]
        assert isinstance(main, MainScreen)
        while len(self.app.screen_stack) > 1:
            await self.app.pop_screen()
        for line in main.query(FilterLine):
            line.end()
        main.query_one(OutboxSearch).show_only(Filter.ALL)
        for rows in main.query(RowList):
            rows.unmark()
        form = main.compose_pane.form
        form.start_anew()
        form.kept = KeptDrafts(self.clock)
        main.compose_pane._notice._sent = main.compose_pane._notice._found = None
        main.compose_pane._notice.say("")
        gateway = self.backend.snapshots[0]
        FakeBackend.__init__(self.backend, self.store, ports=len(gateway.ports), gateways=len(self.backend.snapshots))
        AlarmNotices.__init__(main._alarms, self.store, main._sources.alarms)
        RuleRinging.__init__(main._rules, self.store, main._sources.rules)
        AmiLog.__init__(self.log)
        ami = main.ami_pane
        ami._revision, ami._list._meant, ami._list.times = -1, None, Times.CLOCK
        ami._list.ask(query=LOG.ask(""), everything=False)
        self.backend.snapshots = tuple(
            replace(each, ports=tuple(replace(port, read_at=self.clock.now) for port in each.ports))
            for each in self.backend.snapshots
        )
        main.action_gateway("")
        main.ports_pane._order = Order.PORT
        if gateway.ports:
            main.ports_pane.go_to(gateway.name, 1)
        main.action_pane("inbox")
        await settled(self.app)
        self.app.clear_notifications()
        ports, inbox = main.ports_pane, main.inbox_pane.query_one("#inbox-list")
        await self.until(
            lambda: not (self.app.toasts.cells(80) or (ports.display and ports.behind)) and main.focused is inbox,
            "a console as it was when it began",
        )

    def receives(self, text: str, number: str = "+8613632919026", port: int = 1, gateway: str = "gw1") -> int:
        """A gateway calls with an SMS; returns its id once it is committed."""
        from urllib.parse import quote

        target = (
            f"/sms?phonenumber={quote(number, safe='')}&port={port}&portname=&message={quote(text, safe='')}".encode()
        )
        target += b"&time=2026/11/22%2011:59:58&imsi=&"
        return self.receives_raw(target, gateway)

    def receives_raw(self, target: bytes, gateway: str = "gw1") -> int:
        return self.store.add_callback(gateway, parse(target, {}), target).result()


def _unseen(compositor: Compositor, *arguments: object, **options: object) -> None:
    """A frame that no terminal shows is not drawn; what stands on the screen is, whenever it is looked at."""
    compositor._dirty_regions.clear()


def built(app: ConsoleApp) -> bool:
    """Whether all panes of the main screen are there."""
    main = app.screen_stack[0]
    return isinstance(main, MainScreen) and main.is_built


@asynccontextmanager
async def console(
    folder: Path,
    *,
    size: tuple[int, int] = (120, 40),
    ports: int = 8,
    gateways: int = 1,
    sending: SendingConfig | None = None,
    regions: Regions = NO_REGIONS,
    backend_type: type[FakeBackend] = FakeBackend,
    keys: Mapping[str, str] | None = None,
    rules: RulesConfig = NO_RULES,
) -> AsyncIterator[Operator]:
    """The console on a fresh store and a fake backend. One that is as usual is taken over from an earlier test, and is
    as it was when it began: to mount one takes longer than most tests.
    """
    shape = Shape(size, ports, gateways)
    is_usual = asyncio.get_running_loop() is Seat.loop and size in Seat.SIZES
    is_usual &= (sending, regions, backend_type, keys, rules) == (None, NO_REGIONS, FakeBackend, None, NO_RULES)
    seat = await Seat.take(folder, shape) if is_usual else None
    if seat is None:
        started = _started(folder, size, ports, gateways, sending, regions, backend_type, keys, rules)
        with patch.object(Compositor, "render_update", _unseen):
            async with started as operator:
                yield operator
                if operator.app.is_running:
                    assert operator.screen, "how it is left can be drawn as well"
        return
    with patch.object(Compositor, "render_update", _unseen), seat.operator.app._context():
        try:
            yield seat.operator
        except BaseException:
            await seat.leave(for_good=True)
            raise
        await seat.leave(for_good=False)


@asynccontextmanager
async def _started(
    folder: Path,
    size: tuple[int, int],
    ports: int = 8,
    gateways: int = 1,
    sending: SendingConfig | None = None,
    regions: Regions = NO_REGIONS,
    backend_type: type[FakeBackend] = FakeBackend,
    keys: Mapping[str, str] | None = None,
    rules: RulesConfig = NO_RULES,
) -> AsyncIterator[Operator]:
    clock = FixedClock()
    store = Store.open(folder / "console.db", clock=clock, regions=regions)
    backend = backend_type(store, ports=ports, gateways=gateways)
    sources = Sources(
        store,
        AmiLog(),
        backend,
        clock,
        sending=sending or SendingConfig(),
        keys=keys or {},
        rules=rules,
        screen=ScreenConfig("osc9"),
    )
    app = ConsoleApp(sources)
    try:
        async with app.run_test(size=size, notifications=True) as pilot:
            operator = Operator(app, pilot, sources, backend, clock)
            await operator.sees("gsm-console")
            await operator.until(lambda: built(app))
            yield operator
    finally:
        store.close()


class Shape(NamedTuple):
    """By which a console is as usual."""

    size: tuple[int, int]
    ports: int
    gateways: int


class Seat:
    """A console that goes from test to test, each with a store of its own."""

    SIZES = ((120, 40), (80, 24))
    loop: ClassVar[asyncio.AbstractEventLoop | None] = None
    """The one in which they live."""
    _free: ClassVar[dict[Shape, Seat]] = {}

    def __init__(self, folder: Path, shape: Shape) -> None:
        self._shape = shape
        self._ready = asyncio.Event()
        self._closing = asyncio.Event()
        self._task = asyncio.create_task(self._hold(folder))
        self.operator: Operator
        self._picture = ""

    @classmethod
    async def take(cls, folder: Path, shape: Shape) -> Seat:
        """The one that is free and as it was when it began, else a new one."""
        seat = cls._free.pop(shape, None)
        if seat is not None:
            with patch.object(Compositor, "render_update", _unseen), seat.operator.app._context():
                if await seat._is_as_new(folder):
                    return seat
            await seat.leave(for_good=True)
        seat = cls(folder, shape)
        await asyncio.wait((seat._task, asyncio.create_task(seat._ready.wait())), return_when=asyncio.FIRST_COMPLETED)
        if seat._task.done():
            await seat._task
        return seat

    @classmethod
    async def leave_all(cls) -> None:
        """At the end of the event loop."""
        while cls._free:
            await cls._free.popitem()[1].leave(for_good=True)

    async def leave(self, *, for_good: bool) -> None:
        """The test is over. What it may have left in the console itself stays with it."""
        operator = self.operator
        if for_good or not operator.app.is_running or operator.app._exit or self._is_remembered():
            self._closing.set()
            await self._task
            return
        assert operator.screen, "how it is left can be drawn as well"
        self._free[self._shape] = self

    def _is_remembered(self) -> bool:
        """Whether the panes know something of the test, by numbers that come again in the next, or do something in its
        way.
        """
        main = self.operator.app.screen_stack[0]
        assert isinstance(main, MainScreen)
        if main.compose_pane.is_sending or any(not worker.is_finished for worker in self.operator.app.workers):
            return True
        for node in (main, *main.query("*")):
            if any(inspect.isroutine(getattr(type(node), name, None)) for name in vars(node) if name[0] != "_"):
                return True
        try:
            return self.operator.store._number("SELECT count(*) FROM batch") > 0
        except StoreError:
            return True

    async def _hold(self, folder: Path) -> None:
        async with AsyncExitStack() as stack:
            with patch.object(Compositor, "render_update", _unseen):
                self.operator = await stack.enter_async_context(_started(folder, *self._shape))
                await self.operator.begins_anew()
                self._picture = self.operator.screen
            self._ready.set()
            await self._closing.wait()

    async def _is_as_new(self, folder: Path) -> bool:
        """Give it a store of its own; whether it looks as it did when it began."""
        operator = self.operator
        store, revision = operator.store, operator.store.revision
        store.close()
        operator.clock.set_back()
        fresh = Store.open(folder / "console.db", clock=operator.clock)
        fresh._changes.revision = revision + 1
        store.__dict__ = fresh.__dict__  # the panes know it by its face
        await operator.begins_anew()
        return operator.screen == self._picture
