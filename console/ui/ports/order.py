"""In which order ports are shown. Pure."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from console.domain.ports import PortHealth

if TYPE_CHECKING:
    from collections.abc import Iterable

    from console.ui.ports.facts import PortFacts

_WORST_FIRST = (
    PortHealth.DOWN,
    PortHealth.BLOCKED,
    PortHealth.NEEDS_PIN,
    PortHealth.NO_SIM,
    PortHealth.UNREGISTERED,
    PortHealth.UNKNOWN,
    PortHealth.STARTING,
    PortHealth.OFF,
    PortHealth.BUSY,
    PortHealth.READY,
)


class Order(Enum):
    """What the ports are sorted by. The value says it in the title."""

    PORT = ""
    STATE = "worst first"
    SIGNAL = "weakest first"
    TRAFFIC = "busiest first"

    def next(self) -> Order:
        """The one after this, in a circle."""
        every = list(Order)
        return every[(every.index(self) + 1) % len(every)]


def sort_ports(every: Iterable[PortFacts], order: Order) -> list[PortFacts]:
    """In this order; equals stay as they were, by gateway and number."""
    match order:
        case Order.PORT:
            return list(every)
        case Order.STATE:
            return sorted(every, key=_badness)
        case Order.SIGNAL:
            return sorted(every, key=lambda facts: -1 if facts.port.report.signal is None else facts.port.report.signal)
        case Order.TRAFFIC:
            return sorted(every, key=lambda facts: -(facts.today.received + facts.today.sent))


def _badness(facts: PortFacts) -> tuple[bool, int, float]:
    """What was bad for longest comes first among equals. What is not known to be still so is bad."""
    return facts.live, _WORST_FIRST.index(facts.port.health), facts.port.since
