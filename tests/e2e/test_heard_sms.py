"""Callbacks that are lost on the way: the SMS are in the inbox all the same, over real sockets."""

from __future__ import annotations

import asyncio
import socket
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from console.config import AmiConfig, Config, GatewayConfig, ReceiverConfig, Secret
from console.domain.link import LinkPhase
from console.domain.messages import CallbackKind
from console.runtime.services import Services
from console.services.clock import SystemClock
from console.services.gateway.link import AmiLink
from console.services.receiving.heard_sms import GRACE, Overhearing
from console.services.receiving.receiver import Receiver
from console.simulator.gateway import Gateway
from console.simulator.options import SimulatorOptions
from console.simulator.radio.texts import FORGED
from console.store import Store
from console.store.ami.log import AmiLog
from tests.simulator.support import StillPace
from tests.support.waiting import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from console.domain.ami import AmiMessage
    from console.domain.messages import InboxMessage

BOX = SimulatorOptions(ports=2, login_delay=0)
TEXTS = [f"text {number}" for number in range(8)] + [
    'with "quotes", a + and 100%',
    "two\r\nlines",
    "a\r\n\r\nbroken block",
    "您的余额为 9.50",
    "",
    "\ufeffmarked",
]


class Console:
    """A link on the gateway and a store of its own on the database; time stands still."""

    def __init__(self, gateway: Gateway, path: Path, pace: StillPace) -> None:
        host, tcp_port = gateway.ami_address
        self.config = GatewayConfig("gw1", host, AmiConfig("admin", Secret("admin"), tcp_port))
        self.store = Store.open(path, clock=pace)
        self.overhearing = Overhearing([self.config], self.store.heard, pace, sleep=pace.sleep)
        self.seen = 0
        self.link = AmiLink(self.config, AmiLog(), SystemClock(), on_event=self._on_event, on_up=lambda: None)

    def _on_event(self, message: AmiMessage) -> None:
        self.overhearing.on_event("gw1", message)
        self.seen += message.get("AppData") == "SMS In"

    @asynccontextmanager
    async def working(self) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(self.link.run()), asyncio.create_task(self.overhearing.run())]
        try:
            await until(lambda: self.link.status.phase is LinkPhase.UP)
            yield
        finally:
            for task in tasks:
                task.cancel()
            for task in tasks:
                with suppress(asyncio.CancelledError):
                    await task
            self.overhearing.close()
            self.store.close()


class Scene:
    """A gateway, one receiver, and consoles that share its database."""

    def __init__(self, gateway: Gateway, consoles: list[Console], pace: StillPace) -> None:
        self.gateway = gateway
        self.consoles = consoles
        self.pace = pace
        self.sent = 0

    def sms(self, text: str, *, port: int = 1, number: str = "+8613632919026") -> None:
        self.gateway.receive_sms(port, number, text)
        self.sent += 1

    async def settled(self) -> None:
        """All callbacks are delivered or lost, all consoles have heard everything, and every grace is over."""
        await self.gateway.callbacks.idle()
        await until(lambda: all(console.seen == self.sent for console in self.consoles))
        # A step behind the first is on its way with it: the answer to a command comes after all of them.
        for console in self.consoles:
            await console.link.command("gsm show spans")
        await until(lambda: self.pace.sleeping >= len(self.consoles))
        self.pace.advance(GRACE)
        await until(lambda: all(console.overhearing.waiting == 0 for console in self.consoles))

    @property
    def entries(self) -> list[InboxMessage]:
        """Oldest first."""
        return self.consoles[0].store.inbox_slice(0, 1_000)[::-1]


@asynccontextmanager
async def scene(path: Path, box: SimulatorOptions = BOX, *, consoles: int = 1) -> AsyncIterator[Scene]:
    pace = StillPace()
    async with AsyncExitStack() as stack:
        listener = socket.create_server(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{listener.getsockname()[1]}/sms/gw1"
        gateway = await stack.enter_async_context(Gateway(replace(box, deliver_to=url)))
        several = [Console(gateway, path, pace) for _ in range(consoles)]
        first = several[0]
        receiver = Receiver(ReceiverConfig("127.0.0.1", 0), [first.config], first.store, pace, listener=listener)
        for console in several:
            await stack.enter_async_context(console.working())
        await receiver.start()
        stack.push_async_callback(receiver.stop)
        yield Scene(gateway, several, pace)


@pytest.mark.parametrize("dialect", ["openvox", "openvox-2014"])
@pytest.mark.parametrize("consoles", [1, 2])
async def test_half_of_the_callbacks_lost_and_every_sms_is_there_once(
    tmp_path: Path, consoles: int, dialect: str
) -> None:
    box = replace(BOX, dialect="openvox-2014" if dialect == "openvox-2014" else "openvox")
    async with scene(tmp_path / "console.db", box, consoles=consoles) as it:
        it.gateway.lose_callbacks(0.5)
        for number, text in enumerate(TEXTS):
            it.sms(text, port=1 + number % 2)
        await it.settled()
        shown = {entry.callback.text: entry.by_ami for entry in it.entries}
        assert shown == {text.removeprefix("\ufeff"): number % 2 == 1 for number, text in enumerate(TEXTS)}
        assert len(it.entries) == len(TEXTS)
        assert {entry.copies for entry in it.entries} == {1}
        assert it.consoles[0].store.unread_count() == len(TEXTS)


async def test_where_sms_received_is_off_each_is_a_line(tmp_path: Path) -> None:
    async with scene(tmp_path / "console.db", replace(BOX, sms_received=False), consoles=2) as it:
        for port in (1, 2, 2):
            it.sms("nobody knows", port=port)
        await it.settled()
        assert [(entry.callback.kind, entry.callback.port, entry.by_ami) for entry in it.entries] == [
            (CallbackKind.UNREADABLE, port, True) for port in "122"
        ]
        assert all("its text is only on the gateway" in entry.callback.reason for entry in it.entries)


@pytest.mark.parametrize("form", ["old", "new"])
@pytest.mark.parametrize("lost", [0.0, 1.0])
async def test_texts_that_hold_events_become_no_sms_of_a_bank(tmp_path: Path, form: str, lost: float) -> None:
    box = replace(BOX, command_form="new" if form == "new" else "old")
    async with scene(tmp_path / "console.db", box) as it:
        it.gateway.lose_callbacks(lost)
        it.gateway.receive_forged_sms()
        it.sent += len(FORGED)
        await it.settled()
        numbers = [entry.callback.number for entry in it.entries if entry.callback.number]
        assert numbers == [f"+49151{number}" for number in range(len(FORGED))]
        assert all("BANK" not in number for number in numbers)
        assert lost or len(it.entries) == len(FORGED)


async def test_a_link_that_drops_forgets_nothing(tmp_path: Path) -> None:
    async with scene(tmp_path / "console.db") as it:
        it.gateway.lose_callbacks()
        it.sms("before")
        await until(lambda: it.consoles[0].seen == 1)
        it.gateway.cut_ami()
        await until(lambda: it.consoles[0].link.status.phase is not LinkPhase.UP)
        it.consoles[0].link.reconnect()
        await until(lambda: it.consoles[0].link.status.phase is LinkPhase.UP)
        it.sms("after")
        await it.settled()
        assert len(it.entries) == 2
        assert it.entries[1].callback.text == "after"
        assert all(entry.by_ami for entry in it.entries)


async def test_a_console_that_is_closed_keeps_what_it_had_heard(tmp_path: Path) -> None:
    path = tmp_path / "console.db"
    box = replace(BOX, deliver_to="http://127.0.0.1:9/")
    with socket.create_server(("127.0.0.1", 0)) as listener:
        async with Gateway(box) as gateway:
            await hear_and_close(gateway, path, listener)
    reopened = Store.open(path, clock=SystemClock())
    try:
        (entry,) = reopened.inbox_slice(0, 10)
        assert (entry.callback.text, entry.by_ami) == ("just now", True)
    finally:
        reopened.close()


async def hear_and_close(gateway: Gateway, path: Path, listener: socket.socket) -> None:
    """A whole console without a screen, ended while an SMS that it heard has its grace."""
    gateway.lose_callbacks()
    host, tcp_port = gateway.ami_address
    config = Config(
        gateways=(GatewayConfig("gw1", host, AmiConfig("admin", Secret("admin"), tcp_port)),),
        receiver=ReceiverConfig("127.0.0.1", listener.getsockname()[1]),
        database=path,
    )
    clock, log = SystemClock(), AmiLog()
    store = Store.open(path, clock=clock)
    try:
        services = Services(config, store, log, clock, listener=listener)
        services.start()
        try:
            await until(lambda: services.gateways()[0].link.phase is LinkPhase.UP)
            gateway.receive_sms(1, "10086", "just now")
            wget = b"AppData: wget "
            await until(lambda: any(r.message and wget in r.message.raw for r in log.since(0, 10_000)))
            assert store.inbox_count() == 0
        finally:
            await asyncio.to_thread(services.stop)
    finally:
        store.close()
