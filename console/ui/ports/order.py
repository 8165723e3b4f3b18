"""Which ports are shown, and in which order. Pure."""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING

from console.domain.ports import PortHealth
from console.ui.kit.format import HEALTH, signal_ink

if TYPE_CHECKING:
    from collections.abc import Iterable

    from console.ui.ports.facts import PortFacts

HINT = "down, busy, ready, an operator, a port: 3 or 1-8"

_RANGE = re.compile(r"(\d{1,4})(?:-(\d{1,4}))?")

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


def filter_ports(every: Iterable[PortFacts], words: str, *, keep: tuple[str, int] | None = None) -> list[PortFacts]:
    """Those of which every word is true: a state (`down`: any that is out of service), a port or a range of ports, or a
    piece of operator, gateway, IMSI or note. And `keep`, a gateway and a port, whatever is true of it.
    """
    wanted = words.casefold().split()
    return [facts for facts in every if facts.key == keep or all(_fits(facts, word) for word in wanted)]


def _fits(facts: PortFacts, word: str) -> bool:
    match word:
        case "down":
            return not facts.in_service
        case "busy":
            return facts.live and facts.port.health is PortHealth.BUSY
        case "ready":
            return facts.live and facts.port.health is PortHealth.READY
        case "locked":
            return facts.locked_out
    if number := _RANGE.fullmatch(word):
        first = int(number[1])
        return first <= facts.port.port <= int(number[2] or first)
    report = facts.port.report
    note = facts.note.note if facts.note is not None else ""
    texts = (
        *(report.operator, report.imsi, report.own_number, report.state, report.registration),
        *(facts.gateway, note, HEALTH[facts.port.health].word),
    )
    return any(word in text.casefold() for text in texts)
