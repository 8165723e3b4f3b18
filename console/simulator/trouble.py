"""Trouble to order: what a test or a demonstration may do to the box. Call from the gateway's event loop."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from console.simulator.ami.wire import AmiEvent
from console.simulator.radio.network import Network, Port, Registration, new_sim
from console.simulator.radio.words import PARADE

if TYPE_CHECKING:
    import random

    from console.simulator.ami.server import AmiServer
    from console.simulator.http.callbacks import Callbacks
    from console.simulator.http.web import HttpFault, WebServer


class LinkTrouble:
    """Bad days of the AMI connection."""

    def __init__(self, ami: AmiServer) -> None:
        self.ami = ami

    def half_open(self) -> None:
        """The sessions of this moment go silent without a FIN; a new connection works."""
        self.ami.half_open()

    def fall_silent(self) -> None:
        """Nothing is said any more, on the sessions of this moment and on new ones, and no FIN tells."""
        self.ami.fall_silent()

    def wake(self) -> None:
        """New connections work again; those that heard nothing never will."""
        self.ami.silent = False

    def cut_ami(self, *, refuse_for: float = 0.0) -> None:
        """Reset every AMI connection; then refuse new ones for so many seconds."""
        self.ami.cut(refuse_for=refuse_for)

    def cut_mid_answer(self, *, only: str = "") -> None:
        """The next Command's answer stops in its middle and the connection ends.

        What it asked for has been done. `only`: the next command that begins so.
        """
        self.ami.trouble.cut_next_answer = True
        self.ami.trouble.only = only

    def swallow_answer(self, *, only: str = "") -> None:
        """The next Command is carried out; its answer never comes and its session stays blocked. `only`: the next
        command that begins so.
        """
        self.ami.trouble.swallow_next_answer = True
        self.ami.trouble.only = only

    def hold_answers(self, *, only: str = "", unread: bool = False) -> None:
        """Commands (`only`: those that begin so) are carried out, and their answers wait for `release_answers`.
        `unread`: they are not even carried out before.
        """
        self.ami.trouble.gate = asyncio.Event()
        self.ami.trouble.unread = unread
        self.ami.trouble.only = only

    def release_answers(self) -> None:
        """Answers come again, those held back too, where anybody is still there to hear them."""
        if self.ami.trouble.gate is not None:
            self.ami.trouble.gate.set()
            self.ami.trouble.gate = None

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

    def restart(self, away: float) -> None:
        """`core restart now`: Asterisk takes its leave, is gone for `away` s, and loads its modules."""
        self.ami.begin_to_leave(back_after=away)


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

    def say(self, port: int, word: str) -> None:
        """The driver's state of this port is this word, as other firmware may have it; empty: its own again."""
        self.network.ports[port].word = word

    def next_words(self, port: int) -> None:
        """What the driver says of this port are the next of the words for which it has no reason here, from the Pin
        error to the states of a start; behind the last ones its own again.
        """
        it = self.network.ports[port]
        following = PARADE.index(it.other_words) + 1 if it.other_words else 0
        it.other_words = PARADE[following] if following < len(PARADE) else None

    def mute(self, port: int, *, muted: bool = True) -> None:
        """The network takes (or stops taking) USSD requests of this port without ever answering."""
        self.network.ports[port].mute = muted

    def _tell(self, event: str, port: int, *headers: tuple[str, str]) -> None:
        if self._ami.options.dialect in {"openvox-2013", "yeastar"}:
            return  # their drivers have none of these events
        self._ami.publish(AmiEvent(event, "system", (("Channel", str(port)), *headers)))

    def port(self, number: int) -> Port:
        """The port itself, to look at or to bend."""
        return self.network.ports[number]


class WebTrouble:
    """Bad days of the box's web server."""

    def __init__(self, web: WebServer) -> None:
        self.web = web

    def break_http(self, fault: HttpFault, times: int = 1) -> None:
        """So many of the next requests end like this."""
        self.web.faults += [fault] * times

    def hold_http(self) -> None:
        """Requests are carried out, and their answers wait for `release_http`."""
        self.web.gate = asyncio.Event()

    def release_http(self) -> None:
        """Answers come again, those held back too."""
        if self.web.gate is not None:
            self.web.gate.set()
            self.web.gate = None


class CallbackTrouble:
    """Bad days between the box and the operator's server."""

    def __init__(self, callbacks: Callbacks) -> None:
        self.callbacks = callbacks

    def lose_callbacks(self, share: float = 1.0) -> None:
        """That share of the calls is lost from now on, and nobody is told: 0.5 is every second one, 0 ends it."""
        self.callbacks.lose(share)

    def repeat_callbacks(self, times: int = 2) -> None:
        """Every result and report comes so often from now on, as after answers that were lost."""
        self.callbacks.times = times
