"""In which order ports are shown. Pure."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from console.domain.ports import PortHealth
from console.ui.kit.format import signal_ink

if TYPE_CHECKING:
    from collections.abc import Iterable

    from console.ui.ports.facts import PortFacts

_REPAIRABLE = {PortHealth.DOWN, PortHealth.BLOCKED, PortHealth.NEEDS_PIN, PortHealth.UNREGISTERED}
_NOT_KNOWN = {PortHealth.UNKNOWN, PortHealth.STARTING}
_UNUSED = {PortHealth.NO_SIM, PortHealth.OFF}


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


def _badness(facts: PortFacts) -> tuple[int, float]:
    """What somebody can repair comes first, the newest on top; then what fails, what hears little, and what nobody
    knows. Slots that have no SIM, and had none lately, come last.
    """
    health = facts.port.health
    if not facts.live or health in _NOT_KNOWN:
        return 3, 0
    if health in _REPAIRABLE or (health in _UNUSED and facts.past.usable_at is not None):
        return 0, -facts.port.since
    if health in _UNUSED:
        return 5, 0
    return (1 if facts.suspect else 2 if signal_ink(facts.port.report.signal) == "bad" else 4), 0
