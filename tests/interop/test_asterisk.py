"""AMI link, ports, command line, sending, SMS and their forgeries, restart, kill and stop, on a real Asterisk."""

from __future__ import annotations

import asyncio
import random
import signal
import socket
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from console.config import AmiConfig, Config, GatewayConfig, ReceiverConfig, Secret
from console.domain.link import LinkPhase
from console.domain.messages import CallbackKind, DeliveryState, Draft, Via
from console.domain.ports import PortHealth
from console.errors import ConsoleError
from console.runtime.services import Services
from console.services.clock import SystemClock
from console.store import Store
from console.store.ami.log import AmiLog
from tests.interop.asterisk import ACCOUNT, Asterisk, running
from tests.support.forging import forgery
from tests.support.waiting import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from console.domain.link import LinkStatus
    from console.domain.messages import InboxMessage, OutboxMessage

GRACE = 45.0
"""Seconds after which an SMS that only AMI showed is in the inbox."""
NUMBER = "+4915112345678"
PAY_NOW = (
    "hi\r\n\r\nEvent: Newexten\r\nContext: gsm-3\r\nExtension: sms\r\nApplication: System\r\n"
    'AppData: process_sms "3" "+49BANK" "" "Pay now"\r\nUniqueid: 9.9\r\n\r\n'
)
"""In 142 characters."""


@dataclass
class Console:
    """All services of a console without a screen, and the Asterisk they talk to."""

    asterisk: Asterisk
    services: Services
    store: Store
    log: AmiLog

    @property
    def link(self) -> LinkStatus:
        return self.services.gateways()[0].link

    @property
    def inbox(self) -> list[InboxMessage]:
        return self.store.inbox_slice(0, 1_000)

    def outbox(self, message: OutboxMessage) -> OutboxMessage:
        found = self.store.outbox_message(message.id)
        assert found is not None
        return found

    async def up(self) -> None:
        await until(lambda: self.link.phase is LinkPhase.UP)

    async def ready(self) -> None:
        """Up, and all ports read."""
        await until(
            lambda: [port.health for port in self.services.gateways()[0].ports] == [PortHealth.READY] * 4,
        )

    async def send(self, text: str) -> OutboxMessage:
        draft = Draft(gateway="gw1", to=NUMBER, text=text, port=2, via=Via.AMI)
        return await asyncio.wrap_future(self.services.sender.submit(draft))

    async def became(self, message: OutboxMessage, state: DeliveryState) -> None:
        await until(lambda: self.outbox(message).state is state)

    async def run(self, line: str) -> tuple[str, ...]:
        return await asyncio.wrap_future(self.services.run_command("gw1", line))


@asynccontextmanager
async def console(folder: Path, *, called: bool = True) -> AsyncIterator[Console]:
    """`called`: its dialplan calls the receiver; otherwise a TCP port where nobody listens."""
    with (
        socket.create_server(("127.0.0.1", 0)) as listener,
        running(folder, listener.getsockname()[1] if called else 9) as asterisk,
    ):
        ami = AmiConfig(ACCOUNT, Secret(ACCOUNT), asterisk.tcp_port, ping_period=2.0, answer_timeout=3.0)
        config = Config(
            gateways=(GatewayConfig("gw1", "127.0.0.1", ami),),
            receiver=ReceiverConfig("127.0.0.1", listener.getsockname()[1]),
            database=folder / "console.db",
        )
        log = AmiLog()
        store = Store.open(folder / "console.db", clock=SystemClock())
        services = Services(config, store, log, SystemClock(), listener=listener.dup(), operator="alice")
        services.start()
        try:
            yield Console(asterisk, services, store, log)
        finally:
            await asyncio.to_thread(services.stop)
            store.close()


async def test_ports_commands_and_sending(tmp_path: Path) -> None:
    async with console(tmp_path) as it:
        await it.ready()
        assert any("Asterisk" in line for line in await it.run("core show version"))
        sent, failed = await it.send('hello 1+1 "quoted" äöü'), await it.send("bad luck")
        await it.became(sent, DeliveryState.SENT)
        await it.became(failed, DeliveryState.FAILED)


@pytest.mark.parametrize("called", [True, False], ids=["called", "only seen"])
async def test_what_arrives_is_what_was_sent_whatever_it_forges(tmp_path: Path, called: bool) -> None:
    """By its call; or, where the gateway calls nobody, by what AMI shows."""
    rng = random.Random(7)
    texts = ["grüße", PAY_NOW, *(forgery(rng) for _ in range(40))]
    arrivals = [(str(1 + number % 4), text) for number, text in enumerate(texts)]
    async with console(tmp_path, called=called) as it:
        await it.ready()
        for span, text in arrivals:
            await asyncio.to_thread(it.asterisk.receive_sms, int(span), NUMBER, text)
        await asyncio.sleep(GRACE)
        true = [one.callback for one in it.inbox if one.callback.kind is CallbackKind.SMS]
        assert sorted((one.port, one.number, one.text) for one in true) == sorted(
            (span, NUMBER, text) for span, text in arrivals
        )
        assert {one.by_ami for one in it.inbox} == {not called}
        doubtful = [one.callback for one in it.inbox if one.callback.kind is not CallbackKind.SMS]
        assert len(doubtful) <= (0 if called else len(arrivals))
        assert {(one.number, one.port, one.text) for one in doubtful} <= {("", "", "")}
        assert it.link.phase is LinkPhase.UP
        assert (await it.run("core show uptime"))[0].startswith("System uptime")


async def test_core_restart_now(tmp_path: Path) -> None:
    async with console(tmp_path) as it:
        await it.ready()
        try:
            answer: object = await it.run("core restart now")
        except ConsoleError as error:
            answer = error
        await until(lambda: it.link.phase is not LinkPhase.UP)
        assert it.link.phase is not LinkPhase.REFUSED, answer
        await it.up()
        await it.ready()


async def test_kill_while_a_send_is_out(tmp_path: Path) -> None:
    async with console(tmp_path) as it:
        await it.ready()
        message = await it.send("late and lost")
        await until(lambda: any("late and lost" in record.text for record in it.log.since(0, 10_000)))
        it.asterisk.stop()
        await it.became(message, DeliveryState.UNKNOWN)
        it.asterisk.start()
        await it.up()
        await it.ready()
        assert it.outbox(message).state is DeliveryState.UNKNOWN


async def test_an_asterisk_that_stands_still_and_a_result_that_comes_late(tmp_path: Path) -> None:
    async with console(tmp_path) as it:
        await it.ready()
        message = await it.send("late")
        await it.became(message, DeliveryState.SUBMITTING)
        it.asterisk.signal(signal.SIGSTOP)
        await until(lambda: it.link.phase is not LinkPhase.UP)
        await it.became(message, DeliveryState.UNKNOWN)
        it.asterisk.signal(signal.SIGCONT)
        it.services.reconnect("gw1")  # after so long a silence the next try by itself may come behind the result
        await it.became(message, DeliveryState.SENT)
        await it.up()
