"""The link, its client and the port monitor against the simulated gateway, over real sockets."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from datetime import UTC
from typing import TYPE_CHECKING

import pytest

from console.config import AmiConfig, GatewayConfig, Secret
from console.domain.link import Flow, Holding, LinkPhase, LogRecord
from console.domain.ports import PortHealth
from console.errors import ActionRefused, LoginRefused, OutcomeUnknown
from console.services.clock import SystemClock
from console.services.gateway.client import AmiClient
from console.services.gateway.link import AmiLink
from console.services.ports.monitor import PortMonitor
from console.simulator.gateway import Gateway
from console.simulator.options import SimulatorOptions
from console.store.ami.log import AmiLog
from tests.simulator.support import StillPace
from tests.support.waiting import until

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from console.domain.ami import AmiMessage
    from console.simulator.options import CommandForm

pytestmark = pytest.mark.slow


QUICK = SimulatorOptions(ports=4, sync_delay=0, login_delay=0)


class Console:
    """A link and a port monitor on a simulated gateway, with all they told."""

    def __init__(
        self, gateway: Gateway, *, ping_period: float = 15.0, answer_timeout: float = 10.0, secret: str = "admin"
    ) -> None:
        host, tcp_port = gateway.ami_address
        ami = AmiConfig("admin", Secret(secret), tcp_port, ping_period, answer_timeout, status_period=60.0)
        config = GatewayConfig("gw1", host, ami)
        self.log = AmiLog(capacity=100_000)
        self.events: list[AmiMessage] = []
        self.ups = 0
        clock = SystemClock()
        self.link = AmiLink(
            config, self.log, clock, on_event=self.events.append, on_up=self._up, random=lambda: 0.0, zone=UTC
        )
        self.monitor = PortMonitor(config, self.link, clock)

    def _up(self) -> None:
        self.ups += 1
        self.monitor.poke(None)

    @property
    def phase(self) -> LinkPhase:
        return self.link.status.phase

    @property
    def records(self) -> list[LogRecord]:
        return self.log.window(1, 100_000)

    @property
    def notes(self) -> list[str]:
        return [record.text for record in self.records if record.flow is Flow.NOTE]

    def sent(self, name: str) -> list[LogRecord]:
        """Actions of that name that left."""
        return [record for record in self.records if record.text.startswith(f"Action: {name}\n")]

    @property
    def pongs(self) -> list[LogRecord]:
        """Answers to Pings."""
        return [record for record in self.records if record.message and record.message.get("Ping") == "Pong"]

    async def settled(self) -> None:
        """Up, its account looked at, nothing under way."""
        await until(lambda: self.ups and self.link.rights)


@asynccontextmanager
async def connected(console: Console, *, monitor: bool = False) -> AsyncIterator[Console]:
    tasks = [asyncio.create_task(console.link.run())]
    if monitor:
        tasks.append(asyncio.create_task(console.monitor.run()))
    try:
        yield console
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
        assert all(task.cancelled() for task in tasks)


async def elapse(seconds: float) -> None:
    """Let so much real time go by, for what must not happen in it."""
    over = asyncio.Event()
    asyncio.get_running_loop().call_later(seconds, over.set)
    await over.wait()


@pytest.mark.parametrize("form", ["old", "new"])
async def test_login_and_both_forms_of_command(form: CommandForm) -> None:
    options = SimulatorOptions(ports=2, command_form=form)
    async with Gateway(options) as gateway, connected(Console(gateway)) as console:
        await console.settled()
        assert console.link.status.banner == f"Asterisk Call Manager/{'1.1' if form == 'old' else '11.0.0'}"
        assert await console.link.command("gsm show spans") == tuple(
            f"GSM span {port}: Power on, Provisioned, Up, Active, Standard" for port in (1, 2)
        )
        assert (await console.link.command("nosuch"))[0].startswith("No such command 'nosuch'")
        with pytest.raises(ActionRefused, match="Command blacklisted"):
            await console.link.command("module unload x")
        assert console.events[0].name == "FullyBooted"
        assert console.notes == ["AMI up"]
    assert not any("admin" in record.text and "Secret" in record.text for record in console.records)


async def test_an_account_with_few_rights_says_what_it_can_t_do() -> None:
    poor = SimulatorOptions(ports=2, read_classes=frozenset({"call"}), write_classes=frozenset({"command"}))
    async with Gateway(poor) as gateway, connected(Console(gateway)) as console:
        await console.settled()
        rights = console.link.rights
        assert rights is not None
        assert rights.read == {"system": Holding.MISSING, "call": Holding.HELD}
        await until(lambda: len(console.notes) == 3)
        assert console.notes[0] == "AMI up"
        assert console.notes[2].endswith("[admin]  read = system,call  write = command")
        console.link.reconnect()
        await until(lambda: console.ups == 2 and console.link.rights is not rights)
        assert sum("AMI account" in note for note in console.notes) == 2


async def test_an_account_without_command_is_up_all_the_same() -> None:
    poor = SimulatorOptions(ports=2, write_classes=frozenset())
    async with Gateway(poor) as gateway, connected(Console(gateway), monitor=True) as console:
        await console.settled()
        rights = console.link.rights
        assert rights is not None
        assert rights.write == {"command": Holding.MISSING}
        assert rights.read["system"] is Holding.HELD
        await until(lambda: any("can be sent by AMI" in note for note in console.notes))
        assert console.phase is LinkPhase.UP


async def test_a_half_open_peer_is_noticed_within_two_ping_periods() -> None:
    period = 0.4
    async with Gateway(QUICK) as gateway, connected(Console(gateway, ping_period=period)) as console:
        await console.settled()
        loop = asyncio.get_running_loop()
        gateway.half_open()
        began = loop.time()
        await until(lambda: console.phase is not LinkPhase.UP)
        assert loop.time() - began < 2 * period + 0.3  # for a busy machine
        await until(lambda: console.ups == 2)
        assert any("no answer to a Ping, nothing received for" in note for note in console.notes)


async def test_a_half_open_peer_is_noticed_in_time_although_a_command_waits_first() -> None:
    period = 0.6
    async with Gateway(QUICK) as gateway, connected(Console(gateway, ping_period=period)) as console:
        await console.settled()
        loop = asyncio.get_running_loop()
        gateway.half_open()
        began = loop.time()
        await elapse(0.4)
        with pytest.raises(OutcomeUnknown):
            await console.link.command("gsm show spans", timeout=0.6)
        await until(lambda: console.phase is not LinkPhase.UP)
        assert loop.time() - began < 2 * period + 0.3


async def test_an_answer_cut_in_its_middle_is_unknown_and_nothing_is_sent_again() -> None:
    async with Gateway(QUICK) as gateway, connected(Console(gateway)) as console:
        await console.settled()
        gateway.cut_mid_answer()
        with pytest.raises(OutcomeUnknown):
            await console.link.command('gsm send sync sms 1 10086 "once" 30')
        console.link.reconnect()
        await until(lambda: console.ups == 2)
        await console.link.command("gsm show spans")
        assert [message.text for message in gateway.air] == ["once"]
        gap = console.notes[-1]
        assert gap.startswith("AMI down ")
        assert " – " in gap


async def test_an_answer_that_takes_long_is_not_taken_for_silence() -> None:
    pace = StillPace()
    async with Gateway(QUICK, pace=pace) as gateway, connected(Console(gateway, ping_period=0.15)) as console:
        await console.settled()
        await until(lambda: console.pongs)
        gateway.slow_answers(60)
        slow = asyncio.create_task(console.link.command("gsm show spans"))
        await until(lambda: pace.sleeping)
        gateway.slow_answers(0)
        pinged = len(console.sent("Ping"))
        await elapse(0.5)
        assert not slow.done()
        assert len(console.sent("Ping")) == pinged
        pace.advance(60)
        assert len(await slow) == 4
        await until(lambda: len(console.sent("Ping")) > pinged)
        assert (console.ups, console.phase) == (1, LinkPhase.UP)


@pytest.mark.slow
async def test_a_storm_loses_nothing_and_the_ping_is_answered() -> None:
    async with Gateway(QUICK) as gateway, connected(Console(gateway, ping_period=0.3)) as console:
        await console.settled()
        before, answered = console.log.last_seq, len(console.pongs)
        gateway.storm(5000)
        await until(lambda: len(console.events) > 6000)
        gateway.storm(0)
        assert await console.link.command("gsm show spans")  # what was still on its way is in front of the answer
        values = [int(event.get("Value")) for event in console.events if event.name == "VarSet"]
        assert values == list(range(1, len(values) + 1))
        logged = console.records[before:]
        assert [record.seq for record in logged] == list(range(before + 1, console.log.last_seq + 1))
        events = [record.message for record in logged if record.message and record.message.name == "VarSet"]
        assert [event.get("Value") for event in events] == [str(value) for value in values]
        assert len(console.pongs) - answered >= 2
        assert len(console.pongs) == len(console.sent("Ping"))
        assert (console.ups, console.phase) == (1, LinkPhase.UP)


async def test_a_shutdown_says_why() -> None:
    async with Gateway(QUICK) as gateway, connected(Console(gateway)) as console:
        await console.settled()
        gateway.shut_down(restart=True, back_after=0)
        await until(lambda: console.phase is not LinkPhase.UP)
        assert "AMI down: the gateway's Asterisk is restarting; next try in 0 s" in console.notes
        await until(lambda: console.ups == 2)


async def test_a_refused_login_stops_and_says_so() -> None:
    async with Gateway(QUICK) as gateway, connected(Console(gateway, secret="wrong")) as console:
        await until(lambda: console.phase is LinkPhase.REFUSED)
        assert "refused the account 'admin': Authentication failed" in console.link.status.detail
        assert console.notes[-1].endswith("Not retried until you reconnect.")
        await elapse(0.7)  # longer than the first pause between tries
        assert len(console.sent("Login")) == 1
        console.link.reconnect()
        await until(lambda: len(console.sent("Login")) == 2)


async def test_asking_for_a_new_connection_is_at_once_also_while_the_gateway_is_away() -> None:
    async with Gateway(QUICK) as gateway, connected(Console(gateway)) as console:
        await console.settled()
        gateway.shut_down()
        await until(lambda: console.phase is LinkPhase.WAITING)
        await gateway.ami.start()
        loop = asyncio.get_running_loop()
        began = loop.time()
        console.link.reconnect()
        await until(lambda: console.ups == 2)
        assert loop.time() - began < 0.4  # the pause would be half a second and more


async def test_the_ports_are_read_anew_after_a_reconnect() -> None:
    async with Gateway(QUICK) as gateway, connected(Console(gateway), monitor=True) as console:
        await until(lambda: [port.health for port in console.monitor.ports] == [PortHealth.READY] * 4)
        first = [port.read_at for port in console.monitor.ports]
        gateway.cut_ami(refuse_for=0.1)
        gateway.port(2).occupied = True
        gateway.port(3).sim = None
        await until(lambda: console.phase is LinkPhase.WAITING)
        assert [port.read_at for port in console.monitor.ports] == first
        console.link.reconnect()
        await until(lambda: console.ups == 2)
        await until(lambda: all(a.read_at != b for a, b in zip(console.monitor.ports, first, strict=True)))
        assert console.monitor.ports[2].health is not PortHealth.READY


async def test_the_client_alone_logs_in_asks_leaves_and_is_refused_with_a_bad_secret() -> None:
    async with Gateway(QUICK) as gateway:
        host, tcp_port = gateway.ami_address

        async def connect(secret: str) -> AmiClient:
            return await AmiClient.connect(
                *(host, tcp_port, "admin", Secret(secret)),
                events=False,
                clock=SystemClock(),
                connect_timeout=5,
                answer_timeout=5,
            )

        client = await connect("admin")
        assert (await client.action("CoreSettings")).get("AsteriskVersion") == "1.8.32.3"
        await client.close()
        assert await client.wait_closed() == "closed by the console"
        with pytest.raises(LoginRefused, match="Authentication failed"):
            await connect("admin ")
