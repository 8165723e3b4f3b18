"""The console driven as an operator would: keys in, and what stands on the screen out."""

from __future__ import annotations

import time
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING
from unittest.mock import patch

from textual import events
from textual._compositor import Compositor
from textual._context import visible_screen_stack
from textual.keys import _character_to_key

from console.config.records import SendingConfig
from console.protocol.http.inbound import parse
from console.store import Store
from console.store.ami.log import AmiLog
from console.terminal.theme import DARK
from console.ui.app.app import ConsoleApp
from console.ui.app.main import MainScreen
from console.ui.compose.form import KeptDrafts
from console.ui.context.sources import Sources
from console.ui.kit.filter_line import FilterLine
from tests.support.backend import FakeBackend, FixedClock
from tests.support.settling import press, settled

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Mapping
    from pathlib import Path

    from textual.pilot import Pilot

DEADLINE = 20.0


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

    async def pastes(self, text: str) -> None:
        """At once, as from the clipboard: what is long would take as many frames as it has letters."""
        self.app.post_message(events.Paste(text))
        await settled(self.app)

    async def until(self, holds: Callable[[], bool], what: str = "the condition") -> None:
        """Let the console run until `holds`; the clock is moved on so that no frame is held back."""
        end = time.monotonic() + DEADLINE
        while not holds():
            self.clock.now += 0.3
            self.app.screen_stack[0].sync()  # type: ignore[attr-defined]
            await settled(self.app)
            if holds():
                return
            assert time.monotonic() < end, f"never: {what}\n{self.screen}"
            await self.pilot.pause()

    async def sees(self, *texts: str) -> None:
        for text in texts:
            await self.until(lambda text=text: text in self.screen, repr(text))  # type: ignore[misc]

    async def begins_anew(self) -> None:
        """As the console was when it began, but for what is in the store: no dialog, nothing looked for, nothing
        written, and the services in good health.
        """
        main = self.app.screen_stack[0]
        assert isinstance(main, MainScreen)
        while len(self.app.screen_stack) > 1:
            await self.app.pop_screen()
        for line in main.query(FilterLine):
            line.value, line.display = "", False
        form = main.compose_pane.form
        form.start_anew()
        form._kept = KeptDrafts()
        gateway = self.backend.snapshots[0]
        fresh = type(self.backend)(self.store, ports=len(gateway.ports), gateways=len(self.backend.snapshots))
        vars(self.backend).update(vars(fresh))
        for one in gateway.ports:
            self.backend.change_port(one.port, read_at=self.clock.now)
        main.ports_pane.go_to(gateway.name, 1)
        main.action_pane("inbox")
        await settled(self.app)
        self.app.clear_notifications()
        ports, inbox = main.ports_pane, main.inbox_pane.query_one("#inbox-list")
        await self.until(
            lambda: not self.app._notifications and not (ports.display and ports.behind) and main.focused is inbox,
            "a console as it was when it began",
        )

    def receives(self, text: str, number: str = "+8613632919026", port: int = 1) -> int:
        """The gateway calls with an SMS; returns its id once it is committed."""
        from urllib.parse import quote

        target = (
            f"/sms?phonenumber={quote(number, safe='')}&port={port}&portname=&message={quote(text, safe='')}".encode()
        )
        target += b"&time=2026/11/22%2011:59:58&imsi=&"
        return self.receives_raw(target)

    def receives_raw(self, target: bytes) -> int:
        return self.store.add_callback("gw1", parse(target, {}), target).result()


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
    backend_type: type[FakeBackend] = FakeBackend,
    keys: Mapping[str, str] | None = None,
) -> AsyncIterator[Operator]:
    """The console on a fresh store and a fake backend."""
    clock = FixedClock()
    store = Store.open(folder / "console.db", clock=clock)
    backend = backend_type(store, ports=ports, gateways=gateways)
    sources = Sources(store, AmiLog(), backend, clock, sending=sending or SendingConfig(), keys=keys or {})
    app = ConsoleApp(sources, theme=DARK.name)
    try:
        with patch.object(Compositor, "render_update", _unseen):
            async with app.run_test(size=size, notifications=True) as pilot:
                operator = Operator(app, pilot, sources, backend, clock)
                await operator.sees("gsm-console")
                await operator.until(lambda: built(app))
                yield operator
                if app.is_running:
                    assert operator.screen, "how it is left can be drawn as well"
    finally:
        store.close()
