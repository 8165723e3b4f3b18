"""Figures of what was sent: how many, how far they came, how long that took."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from itertools import accumulate
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


BOUNDS = (2, 4, 6, 8, 10, 15, 20, 30, 60, 120, 300, 900, 3_600, 21_600)
"""Seconds: the upper ends of the stretches that durations are counted in; the last stretch has no end. Part of the
database: others need a new table.
"""


class By(StrEnum):
    """What figures are told by."""

    DAY = "day"
    PORT = "port"
    SIM = "sim"
    GATEWAY = "gateway"
    COUNTRY = "country"
    NETWORK = "network"
    USER = "user"
    REASON = "reason"


@dataclass(slots=True)
class Figure:
    """Of one value of what is told by, or of all. Can be added to."""

    by: By
    value: str
    """A day as `2026-11-22` (UTC), a port as its number; empty where it is not known, and of all together."""
    gateway: str = ""
    """Of a port."""
    messages: int = 0
    sent: int = 0
    """On the air, those delivered among them."""
    delivered: int = 0
    failed: int = 0
    unknown: int = 0
    segments: int = 0
    to_sent: list[int] = field(default_factory=list)
    """How many took so long to the air, by the stretches of the store."""
    to_delivered: list[int] = field(default_factory=list)
    """The same from there to the handset."""
    by_gateway: dict[str, int] = field(default_factory=dict)
    """Segments of each gateway: they have prices of their own."""

    def add(self, gateway: str, counts: Sequence[int], to_sent: Sequence[int], to_delivered: Sequence[int]) -> None:
        """Add so many; `counts` are messages, sent, delivered, failed, unknown and segments."""
        messages, sent, delivered, failed, unknown, segments = counts
        self.messages += messages
        self.sent += sent
        self.delivered += delivered
        self.failed += failed
        self.unknown += unknown
        self.segments += segments
        self.to_sent = _sum(self.to_sent, to_sent)
        self.to_delivered = _sum(self.to_delivered, to_delivered)
        self.by_gateway[gateway] = self.by_gateway.get(gateway, 0) + segments

    @property
    def share(self) -> float | None:
        """How many arrived, of those of which it is known what came of sending them; None where there are none."""
        ended = self.sent + self.failed + self.unknown
        return self.delivered / ended if ended else None

    def price(self, prices: Mapping[str, tuple[float, str]]) -> str:
        """At today's price of a segment and currency of each gateway: `1.20 EUR`; empty where one has none."""
        if not self.segments or any(gateway not in prices for gateway, some in self.by_gateway.items() if some):
            return ""
        sums: dict[str, float] = {}
        for gateway, some in self.by_gateway.items():
            if some:
                price, currency = prices[gateway]
                sums[currency] = sums.get(currency, 0.0) + price * some
        return " + ".join(f"{amount:.2f} {currency}".strip() for currency, amount in sums.items())


@dataclass(frozen=True, slots=True)
class Figures:
    """What was asked for."""

    by: By
    rows: Sequence[Figure]
    """Days and ports in their order, newest day first; all else by how many messages there are, most first."""
    total: Figure
    counted: float = 1.0
    """How much of what an earlier version left behind is in it, from 0 to 1."""


def _sum(some: Sequence[int], more: Sequence[int]) -> list[int]:
    return [one + other for one, other in zip(some, more, strict=True)] if some else list(more)


def median(counted: Sequence[int], bounds: Sequence[float] = BOUNDS) -> float | None:
    """About how many seconds the one in the middle took; `counted` by stretches that end at `bounds`, and one without
    an end. A guess within its stretch. None where there is none.
    """
    total = sum(counted)
    if not total:
        return None
    middle, edges = total / 2, (0.0, *bounds)
    for number, reached in enumerate(accumulate(counted)):
        if reached >= middle:
            if number == len(bounds):
                return float(bounds[-1])
            into = (middle - (reached - counted[number])) / counted[number]
            return edges[number] + (bounds[number] - edges[number]) * into
    raise AssertionError("the middle is within the total")
