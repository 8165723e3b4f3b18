"""Trouble to order: what a test or a demonstration may do to the box. Call from the gateway's event loop."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.simulator.ami_wire import AmiEvent
from console.simulator.radio import Network, Port, Registration, new_sim

if TYPE_CHECKING:
    import random

    from console.simulator.ami_server import AmiServer


class LinkTrouble:
    """Bad days of the AMI connection."""

    def __init__(self, ami: AmiServer) -> None:
        self.ami = ami

    def half_open(self) -> None:
        """The sessions of this moment go silent without a FIN; a new connection works."""
        self.ami.half_open()

    def cut_ami(self, *, refuse_for: float = 0.0) -> None:
        """Reset every AMI connection; then refuse new ones for so many seconds."""
        self.ami.cut(refuse_for=refuse_for)

    def cut_mid_answer(self) -> None:
        """The next Command's answer stops in its middle and the connection ends.

        What it asked for has been done.
        """
        self.ami.trouble.cut_next_answer = True

    def swallow_answer(self) -> None:
        """The next Command is carried out; its answer never comes and its session stays blocked."""
        self.ami.trouble.swallow_next_answer = True

    def slow_answers(self, seconds: float) -> None:
        """Every answer comes so much later; 0 ends it."""
        self.ami.trouble.answer_delay = seconds

    def storm(self, rate: float) -> None:
        """So many events a second; 0 ends it."""
        self.ami.storm(rate)

    def shut_down(self, *, restart: bool = False, back_after: float | None = None) -> None:
        """Asterisk stops: Shutdown event, FIN, port closed; AMI comes back after `back_after` seconds, None
        never.
        """
        self.ami.shut_down(restart=restart, back_after=back_after)


class PortTrouble:
    """Bad days of one GSM port. KeyError for a port that the box does not have."""

    def __init__(self, network: Network, ami: AmiServer, rng: random.Random) -> None:
        self.network = network
        self._ami = ami
        self._rng = rng

    def unregister(self, port: int, registration: Registration = Registration.SEARCHING) -> None:
        """The network lets go of the card."""
        self.network.ports[port].unregister(registration)
        self._tell("ExtraDown", port, ("Result", "Unregistered"))

    def register(self, port: int) -> None:
        """The network takes it back (when there is a card)."""
        it = self.network.ports[port]
        it.register()
        if it.usable:
            self._tell("ExtraReady", port)

    def pull_sim(self, port: int) -> None:
        it = self.network.ports[port]
        it.sim = None
        it.unregister(Registration.NONE)
        self._tell("ExtraDown", port, ("Result", "SIM Not inserted"))

    def insert_sim(self, port: int) -> None:
        """A new card; the network takes it at once."""
        self.network.ports[port].sim = new_sim(self._rng)
        self._tell("SimInserted", port)
        self.register(port)

    def fail_port(self, port: int, *, failing: bool = True) -> None:
        """The network refuses (or takes again) whatever this port sends."""
        self.network.ports[port].failing = failing

    def occupy(self, port: int, *, occupied: bool = True) -> None:
        """Somebody else holds the port: every send is told WAS USING."""
        self.network.ports[port].occupied = occupied

    def _tell(self, event: str, port: int, *headers: tuple[str, str]) -> None:
        self._ami.publish(AmiEvent(event, "system", (("Channel", str(port)), *headers)))

    def port(self, number: int) -> Port:
        """The port itself, to look at or to bend."""
        return self.network.ports[number]
