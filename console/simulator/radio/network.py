"""The network and the modules in it: SIMs, signals, registration, and what really went on the air."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, timedelta, timezone
from enum import StrEnum
from typing import TYPE_CHECKING

from console.simulator.radio.words import PortWords

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator


class Registration(StrEnum):
    """Network Status in the driver's words."""

    HOME = "Registered (Home network)"
    ROAMING = "Registered (Roaming)"
    SEARCHING = "Searching"
    NONE = "Not registered"


BOOTING = "INIT"
"""The driver's state of a module that it does not know yet."""


@dataclass(frozen=True, slots=True)
class Sim:
    """A card."""

    imsi: str
    operator: str
    smsc: str
    zone: timezone = UTC
    """Of the SMSC, whose time stamps are in it."""
    abroad: bool = False
    """Its own network is not here: it roams, with a weak signal."""
    pin: bool = False
    """Asks for a PIN that the gateway was not given."""


@dataclass(frozen=True, slots=True)
class AirMessage:
    """One SMS that left an antenna.

    `flag` is the reference that joins the parts of a long one, as the client wrote it.
    """

    port: int
    to: str
    text: str
    part: int
    of: int
    flag: str
    id: str
    at: float
    flash: bool = False


@dataclass(slots=True)
class Port:
    """A GSM module and its card, as the driver sees them."""

    number: int
    imei: str
    revision: str
    sim: Sim | None
    registration: Registration = Registration.NONE
    signal: int = 0
    """0 to 31, 99 unknown."""
    ber: int = 0
    powered: bool = True
    sending: bool = False
    occupied: bool = False
    """Held by somebody else's send: every send is told WAS USING."""
    asking: bool = False
    """A USSD request is under way."""
    mute: bool = False
    """The network takes USSD requests and never answers them."""
    failing: bool = False
    """The network refuses whatever this port sends."""
    word: str = ""
    """What the driver says in place of its own state: a step of the module's start, or a word of other firmware."""
    other_words: PortWords | None = None
    """What the driver says in place of all of its own words."""
    last_event: str = "D-Channel Up"
    last_at: str = ""
    pdd: int = 0
    asr: int = 0
    acd: int = 0
    limits: tuple[str, ...] = ()

    @property
    def registered(self) -> bool:
        return self.registration in {Registration.HOME, Registration.ROAMING}

    @property
    def usable(self) -> bool:
        """A send could go out now, or as soon as the one before it is done."""
        return self.powered and self.sim is not None and not self.sim.pin and self.registered

    @property
    def busy(self) -> bool:
        """Nothing else can leave now."""
        return self.sending or self.occupied or self.asking

    @property
    def words(self) -> PortWords:
        """The driver's words for all this; the state `READY` alone means idle and registered."""
        return self.other_words or PortWords(self._condition, "Active, Standard", self.word or self._state)

    @property
    def _condition(self) -> str:
        if not self.powered:
            return "Down"
        if self.sim is None:
            return "Undetected SIM Card"
        if self.sim.pin:
            return "Pin (undefined) Error"
        return "Up" if self.registered else "Down"

    @property
    def _state(self) -> str:
        if not self.powered:
            return "DOWN"
        if self.sim is None:
            return "SIM READY REQ"
        if self.sim.pin:
            return "SIM PIN REQ"
        if not self.registered:
            return "NET REQ"
        if self.asking:
            return "USSD SENDING"
        return "SMS SENDING" if self.busy else "READY"

    def boot(self) -> None:
        """The module starts: the driver still asks it who it is."""
        self.unregister(Registration.NONE)
        self.word = BOOTING

    def booted(self) -> None:
        """The driver knows the module; it looks for the network."""
        self.word = ""
        if self.sim is not None:
            self.unregister()

    def register(self) -> None:
        """The network takes the card (again). Without a usable card nothing happens."""
        if self.sim is None or self.sim.pin or not self.powered:
            return
        self.registration = Registration.ROAMING if self.sim.abroad else Registration.HOME
        self.signal = self.signal if 0 < self.signal <= 31 else (6 if self.sim.abroad else 18)
        self.last_event = "D-Channel Up"

    def unregister(self, registration: Registration = Registration.SEARCHING) -> None:
        """The network lets go of the card."""
        self.registration = registration
        self.signal = 99
        self.ber = 0
        self.last_event = "D-Channel Down"


_OPERATORS = (
    ("CHINA MOBILE", "46002", "+8613800755500", 8),
    ("CHINA MOBILE", "46000", "+8613800100500", 8),
    ("CHN-UNICOM", "46001", "+8613010112500", 8),
    ("Beeline", "25099", "+79037011111", 3),
    ("MTS RUS", "25001", "+79168999100", 3),
    ("MAGTICOM", "28202", "+995599599599", 4),
    ("T-Mobile D", "26201", "+491710760000", 1),
    ("Etisalat", "42402", "+971500600001", 4),
)
"""Name, first digits of the IMSI, SMSC, hours that its clock is ahead of UTC."""

_REVISION = "Revision:1224B02SIM840W16"


@dataclass(slots=True)
class Network:
    """All ports of the box, and the air above them."""

    ports: dict[int, Port]
    air: list[AirMessage] = field(default_factory=list)

    @classmethod
    def build(cls, count: int, rng: random.Random) -> Network:
        """Ports 1 to `count`. With six or more, the last but one roams weakly and the last has no SIM."""
        ports: dict[int, Port] = {}
        for number in range(1, count + 1):
            sim = new_sim(rng, abroad=count >= 6 and number == count - 1)
            port = Port(number, f"8600410{rng.randrange(10**8):08d}", _REVISION, sim)
            if count >= 6 and number == count:
                port.sim = None
                port.unregister(Registration.NONE)
            else:
                port.signal = rng.randint(3, 7) if sim.abroad else rng.randint(11, 28)
                port.register()
                port.pdd, port.asr, port.acd = rng.randint(3, 9), rng.randint(15, 70), rng.randint(8, 95)
            ports[number] = port
        return cls(ports)

    def __iter__(self) -> Iterator[Port]:
        return iter(self.ports.values())

    def get(self, number: int) -> Port | None:
        return self.ports.get(number)

    def usable(self) -> list[Port]:
        return [port for port in self if port.usable]

    def drift(self, rng: random.Random) -> None:
        """A little time passes: signals wander, weak ones show bit errors."""
        for port in self:
            if port.usable and port.sim is not None:
                low, high = (2, 9) if port.sim.abroad else (7, 31)
                port.signal = min(high, max(low, port.signal + rng.choice((-2, -1, -1, 0, 0, 1, 1, 2))))
                port.ber = rng.choice((0, 1, 2, 3)) if port.signal < 8 else 0

    def on_phone(self, to: str) -> list[str]:
        """What the phone with that number shows: parts with the same flag joined once all are there, in order
        of arrival.
        """
        shown: list[str] = []
        waiting: dict[tuple[int, str, int], dict[int, str]] = {}
        for message in self.air:
            if message.to != to:
                continue
            if message.of == 1:
                shown.append(message.text)
                continue
            key = (message.port, message.flag, message.of)
            parts = waiting.setdefault(key, {})
            parts[message.part] = message.text
            if len(parts) == message.of:
                del waiting[key]
                shown.append("".join(parts[part] for part in sorted(parts)))
        return shown


def new_sim(rng: random.Random, *, abroad: bool = False) -> Sim:
    """A card of a random operator."""
    operator, prefix, smsc, hours = rng.choice(_OPERATORS)
    zone = timezone(timedelta(hours=hours))
    return Sim(f"{prefix}{rng.randrange(10**10):010d}", operator, smsc, zone, abroad)
