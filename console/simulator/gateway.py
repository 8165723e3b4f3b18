"""The whole box: composes the radio, the driver, the command line, the AMI server, the web pages and the
callbacks.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from console.simulator.ami.asterisk_cli import Cli
from console.simulator.ami.core_commands import CoreCommands
from console.simulator.ami.dialplan import SmsChannel, bare_sms_events, sms_events
from console.simulator.ami.gsm_commands import GsmCommands
from console.simulator.ami.server import AmiServer
from console.simulator.ami.vitals import Vitals
from console.simulator.ami.yeastar import YeastarCommands
from console.simulator.http.callbacks import Callbacks, encode_inbound
from console.simulator.http.sendsms import SendSms
from console.simulator.http.web import WebServer
from console.simulator.options import Pace, RealPace, SimulatorOptions
from console.simulator.radio import texts
from console.simulator.radio.driver import Driver, ShortMessage
from console.simulator.radio.life import Life
from console.simulator.radio.network import AirMessage, Network
from console.simulator.radio.queue import SmsQueue
from console.simulator.radio.receiving import received
from console.simulator.radio.yeastar import received_events
from console.simulator.trouble import CallbackTrouble, LinkTrouble, PortTrouble, WebTrouble

if TYPE_CHECKING:
    from collections.abc import Iterator

    from console.simulator.ami.wire import AmiEvent
    from console.simulator.radio.receiving import DriverSms


class Gateway(LinkTrouble, PortTrouble, CallbackTrouble, WebTrouble):
    """A gateway on loopback. Everything on it happens in the event loop that started it.

    The same options and the same pace live the same life: every random thing is drawn from `options.seed`.
    """

    def __init__(self, options: SimulatorOptions | None = None, *, pace: Pace | None = None) -> None:
        """Raises ValueError for an address or a `deliver_to` that makes no sense."""
        self.options = options or SimulatorOptions()
        self.pace = pace or RealPace()
        network = Network.build(self.options.ports, random.Random(f"{self.options.seed}:network"))  # noqa: S311
        CallbackTrouble.__init__(self, Callbacks(self.options, self.pace))
        self._driver = Driver(network, self.options, self.pace, self._publish, self.callbacks)
        self._vitals = Vitals(self.pace)
        self._is_yeastar = self.options.dialect == "yeastar"
        driver = self._driver
        its = YeastarCommands(network, driver) if self._is_yeastar else GsmCommands(network, driver, self.options)
        gsm = its.commands()
        core = CoreCommands(
            self.options, self._vitals, gsm, lambda back_after: self.ami.begin_to_leave(back_after=back_after)
        ).commands()
        cli = Cli([*gsm, *core])
        ami = AmiServer(self.options, cli, self._vitals, self.pace, on_end=self._driver.forget)
        LinkTrouble.__init__(self, ami)
        PortTrouble.__init__(self, network, self.ami, random.Random(f"{self.options.seed}:sims"))  # noqa: S311
        self.queue = SmsQueue(network, cli, self.options, self.pace)
        pages = SendSms(self.options, network, self.queue, self.pace)
        WebTrouble.__init__(self, WebServer(self.options.http_address, pages.page, self.pace))
        self._orders = 0
        self.life = Life(self, network, self._driver, self.options, self.pace)

    async def start(self) -> None:
        """Listen, and come alive. OSError when an address is taken."""
        self._vitals.begin()
        await self.ami.start()
        try:
            await self.web.start()
        except OSError:
            await self.ami.stop()
            raise
        self.life.start()

    async def stop(self) -> None:
        """Power off: connections close, what was queued is forgotten."""
        await self.lose_power()
        await self.callbacks.close()

    async def lose_power(self) -> None:
        """Connections end, what was queued or leaving is lost. `start` brings it back on the same TCP ports."""
        await self.life.stop()
        await self.ami.stop()
        await self.web.stop()
        await self.queue.close()
        await self._driver.close()

    async def reboot(self, away: float, *, step: float = 5.0) -> None:
        """Power is lost and comes back after `away` s. Then the modules start: after `step` s the driver knows them,
        after as many again the network takes their cards.
        """
        await self.lose_power()
        for port in self.network:
            port.boot()
        await self.pace.sleep(away)
        await self.start()
        await self.pace.sleep(step)
        for port in self.network:
            port.booted()
        await self.pace.sleep(step)
        for port in self.network:
            self.register(port.number)

    async def __aenter__(self) -> Gateway:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    @property
    def ami_address(self) -> tuple[str, int]:
        """Host and TCP port, as bound."""
        return self.ami.address

    @property
    def http_address(self) -> tuple[str, int]:
        """Host and TCP port, as bound."""
        return self.web.address

    @property
    def air(self) -> list[AirMessage]:
        """What really went on the air, oldest first."""
        return self.network.air

    @property
    def lost(self) -> int:
        """Callbacks that nobody took."""
        return self.callbacks.lost

    def receive_sms(self, port: int, number: str, text: str) -> None:
        """An SMS arrives from the network: the dialplan shows it over AMI, and SMS to HTTP calls the operator's
        server. Without a driver nobody takes it.
        """
        if not self._vitals.booted.is_set():
            return
        it, now = self.network.ports[port], self.pace.time()
        it.last_event = "SMS received"
        if self._is_yeastar:
            for event in received_events(it, number, text, now):
                self._publish(event)
            return
        for sms in received(number, text, it.sim, now, self.options.dialect):
            self._vitals.calls += 1
            channel = SmsChannel.of_port(port, self._vitals.calls, now, self.options.command_form)
            for event in (
                self._events(channel, port, sms) if self.options.sms_received else bare_sms_events(channel, sms)
            ):
                self._publish(event)

    def _events(self, channel: SmsChannel, port: int, sms: DriverSms) -> Iterator[AmiEvent]:
        """What AMI shows of it; the operator's server is called."""
        dialect = self.options.dialect
        shown_port = str(port) if dialect == "openvox" else f"gsm-1.{port}"
        values = encode_inbound(sms, shown_port, f"gsm-1.{port}", signed_char=self.options.signed_char)
        return sms_events(channel, sms, port, values, self.callbacks.deliver(values), dialect)

    def receive_many(self, count: int) -> None:
        """So many SMS arrive at once, each with a text of its own (`1 of 20`), by turns through the usable ports."""
        if usable := self.network.usable():
            for number in range(1, count + 1):
                self.receive_sms(usable[number % len(usable)].number, f"+4915200{number:05}", f"{number} of {count}")

    def receive_long(self, count: int) -> None:
        """So many long SMS arrive at once, by turns through the usable ports."""
        if usable := self.network.usable():
            for number in range(count):
                self.receive_sms(usable[number % len(usable)].number, *texts.LONG[number % len(texts.LONG)])

    def send_for_others(self, port: int) -> None:
        """Another program sends a message through a port, with an id that begins with `crm-`."""
        self._orders += 1
        number, words = f"+4917000{self._orders:05}", f"Order {self._orders} is on its way."
        self._driver.post(ShortMessage(port, number, words, id=f"crm-{self._orders}", by_others=True))

    def receive_forged_sms(self) -> None:
        """Three SMS arrive whose texts hold events, as if port 3 had got an SMS of a bank."""
        if usable := self.network.usable():
            for number, text in enumerate(texts.FORGED):
                self.receive_sms(usable[0].number, f"+49151{number}", text)

    def _publish(self, event: AmiEvent) -> None:
        self.ami.publish(event)
