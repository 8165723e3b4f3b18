"""Figures as a search sees them: whole days, by gateway and port."""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, floor, inf
from typing import TYPE_CHECKING

from console.protocol.query.fields import Asker, Name, Ports, Time, times
from console.protocol.query.table import Table

if TYPE_CHECKING:
    from collections.abc import Hashable

DAY = 86_400


@dataclass(frozen=True, slots=True)
class Place:
    """Where and when something was sent, as figures know it."""

    at: float
    """When the day began, Unix seconds UTC."""
    gateway: str
    port: int
    """0: not known."""


class _Days(Time[Place]):
    """A day is in it whole, or not at all."""

    def read(self, value: str, asker: Asker) -> Hashable:
        span = super().read(value, asker)
        assert isinstance(span, tuple), "a time is from when until when"
        since, until = span
        return (
            since if since == -inf else floor(since / DAY) * DAY,
            until if until == inf else ceil(until / DAY) * DAY,
        )


def _at(place: Place) -> float:
    return place.at


FIGURES: Table[Place] = Table(
    "figures",
    (
        Ports("port", "the GSM port it was sent through", lambda place: place.port or None),
        Name("gw", "the gateway it was sent through", lambda place: place.gateway, "north"),
        *(_Days(each.name, each.says, each.of) for each in times(_at, "sent")),
    ),
    text=lambda place: place.gateway,
    is_of=lambda place, gateway: place.gateway == gateway,
)
