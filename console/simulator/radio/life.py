"""Random but plausible life on the radio side: SMS come in, signals wander, a port falls out of the network
and returns.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Protocol

from console.simulator.radio import texts
from console.simulator.radio.driver import Driver, ShortMessage
from console.simulator.radio.network import Network, Registration
from console.simulator.tasks import Tasks

if TYPE_CHECKING:
    from console.simulator.options import Pace, SimulatorOptions


class Box(Protocol):
    """What life does to a gateway."""

    def receive_sms(self, port: int, number: str, text: str) -> None: ...
    def unregister(self, port: int, registration: Registration = Registration.SEARCHING) -> None: ...
    def register(self, port: int) -> None: ...


class Life:
    """One event at a time, from one random source: the same seed lives the same day."""

    def __init__(self, box: Box, network: Network, driver: Driver, options: SimulatorOptions, pace: Pace) -> None:
        self._box = box
        self._network = network
        self._driver = driver
        self._rate = options.rate
        self._pace = pace
        self._rng = random.Random(f"{options.seed}:life")  # noqa: S311
        self._tasks = Tasks()
        self._away: set[int] = set()

    def start(self) -> None:
        """Begin, unless the rate is 0."""
        if self._rate > 0:
            self._tasks.begin(self._run())

    async def stop(self) -> None:
        await self._tasks.close()

    def step(self) -> None:
        """One thing happens."""
        kind = self._rng.random()
        for share, happen in (
            (0.60, self._sms_comes_in),
            (0.90, self._signals_wander),
            (0.96, self._somebody_sends),
            (1.00, self._port_falls_out),
        ):
            if kind < share:
                happen()
                return

    async def _run(self) -> None:
        due = self._pace.monotonic()
        while True:
            due += self._rng.expovariate(self._rate)
            await self._pace.sleep(max(0.0, due - self._pace.monotonic()))
            self.step()

    def _sms_comes_in(self) -> None:
        sms = texts.pick(self._rng)
        if usable := self._network.usable():
            self._box.receive_sms(self._rng.choice(usable).number, sms.number, sms.text)

    def _signals_wander(self) -> None:
        self._network.drift(self._rng)

    def _somebody_sends(self) -> None:
        """The gateway's own users (its web page, its forwarding) send too; their results show over AMI."""
        to = texts.pick_recipient(self._rng)
        if usable := [port for port in self._network.usable() if not port.sending]:
            words, port = "Your request was received.", self._rng.choice(usable).number
            self._driver.post(ShortMessage(port, to, words, id="null", by_others=True))

    def _port_falls_out(self) -> None:
        """20 to 40 s without the network; one port at a time, and never the last one."""
        usable = self._network.usable()
        if self._away or len(usable) < 2:
            self._signals_wander()
            return
        number = self._rng.choice(usable).number
        self._away.add(number)
        self._box.unregister(number)
        self._tasks.begin(self._come_back(number, self._rng.uniform(20.0, 40.0)))

    async def _come_back(self, number: int, after: float) -> None:
        await self._pace.sleep(after)
        self._away.discard(number)
        self._box.register(number)
