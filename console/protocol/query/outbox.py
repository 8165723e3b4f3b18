"""The outbox as a search sees it."""

from __future__ import annotations

from dataclasses import dataclass

from console.domain.messages import DeliveryState, Via
from console.protocol.query.fields import Choice, Name, Numbers, Part, Party, Ports, times
from console.protocol.query.table import Table
from console.protocol.sms.causes import code_in
from console.protocol.sms.networks import country_key, country_of, network_key, network_of

TROUBLED = (DeliveryState.UNKNOWN, DeliveryState.FAILED)
WAITING = (DeliveryState.QUEUED, DeliveryState.SUBMITTING, DeliveryState.ACCEPTED)


@dataclass(frozen=True, slots=True)
class Sent:
    """What a search looks at in a message of the outbox."""

    id: int
    number: str
    state: DeliveryState
    text: str
    detail: str
    operator: str
    via: Via
    gateway: str
    port: int | None
    """The one it goes by, or is to go by; None while nobody knows."""
    batch: int | None
    created_at: float
    """Unix seconds UTC."""
    is_again: bool
    """Another one was sent in its place."""
    left_at: float | None = None
    """When it began to leave, Unix seconds UTC."""
    imsi: str = ""
    region: str = ""
    """The country of its gateway, for numbers without one."""

    @property
    def at(self) -> float:
        """When it left, or was queued while it has not."""
        return self.created_at if self.left_at is None else self.left_at

    @property
    def reason(self) -> str:
        """The code of what made it fail; empty where it did not, or none is known."""
        return code_in(self.detail) if self.state is DeliveryState.FAILED else ""

    @property
    def words(self) -> str:
        """All that words are looked for in, a line each."""
        return f"{self.number}\n{self.state}\n{self.text}\n{self.detail}\n{self.operator}"

    @property
    def true(self) -> tuple[str, ...]:
        """The words of `is:` that are true of it. What another program sent needs no person: nothing can be done."""
        if self.via is Via.OTHERS:
            return ("foreign",)
        if self.state in WAITING:
            return ("ours", "waiting")
        return ("ours", "troubled") if self.state in TROUBLED and not self.is_again else ("ours",)


OUTBOX: Table[Sent] = Table(
    "outbox",
    (
        Ports("port", "the GSM port it is sent through", lambda sent: sent.port),
        Party("to", "the recipient, or part of the number", lambda sent: sent.number, "+8613"),
        Name("gw", "the gateway it is sent through", lambda sent: sent.gateway, "north"),
        Choice(
            "state",
            "its delivery state",
            dict.fromkeys((state.value for state in DeliveryState), ""),
            lambda sent: (sent.state.value,),
        ),
        Choice(
            "is",
            "troubled: failed or unknown, not sent again; waiting: no result yet; foreign: sent by other programs",
            {"troubled": "fate", "waiting": "fate", "ours": "whose", "foreign": "whose"},
            lambda sent: sent.true,
        ),
        Numbers("batch", "its batch", lambda sent: sent.batch),
        *times(lambda sent: sent.at, "sent, or queued while it is not,"),
        Part("by", "who sent it: an operator, or another program", lambda sent: sent.operator, "alice"),
        Numbers("id", "the id of the message", lambda sent: sent.id),
        Name("sim", "the IMSI of the SIM it went by", lambda sent: sent.imsi, "26201*"),
        Name("reason", "the code of what made it fail", lambda sent: sent.reason, "cms-38"),
        Name(
            "country", "the recipient's country", lambda sent: country_of(country_key(sent.number), sent.region), "DE"
        ),
        Name(
            "network",
            "the recipient's network; a guess, as numbers are ported",
            lambda sent: network_of(network_key(sent.number), sent.region),
            "vodafone",
        ),
    ),
    text=lambda sent: sent.words,
    number=lambda sent: sent.number,
    is_of=lambda sent, gateway: sent.gateway == gateway,
)
