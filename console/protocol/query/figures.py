"""Figures as a search sees them: whole days, by gateway and port."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from math import ceil, floor, inf
from typing import TYPE_CHECKING

from console.domain.figures import By, Figure
from console.protocol.query.fields import TIMES, Asker, Name, Ports, Time, times
from console.protocol.query.grammar import Asked
from console.protocol.query.table import Table

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterator

    from console.protocol.query.table import Query

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
        span = super().read(value, replace(asker, zone=UTC))
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


_FIELDS = {By.SIM: "sim", By.GATEWAY: "gw", By.COUNTRY: "country", By.NETWORK: "network", By.USER: "by"}
_ANY_PORT = "0-999999999"


def line_of(figure: Figure, query: Query[Place]) -> str:
    """What to type into the outbox's search for the messages that a figure counts, on this machine; `query` is by which
    figures were read.
    """
    since, until = query.span() or (-inf, inf)
    if figure.by is By.DAY:
        since = datetime.fromisoformat(f"{figure.value}T00:00Z").timestamp()
        until = since + DAY
    terms = [*_value_terms(figure), *_time_terms(since, until)]
    kept = (clause for clause in query.line.clauses if not _is_of_time(clause))
    within = [Asked("gw", (query.within,))] if query.within and figure.by not in {By.PORT, By.GATEWAY} else []
    clauses = (*((term,) for term in (*terms, *within)), *kept)
    return str(replace(query.line, clauses=clauses))


def _value_terms(figure: Figure) -> Iterator[Asked]:
    value = figure.value
    if figure.by is By.PORT:
        yield Asked("gw", (figure.gateway,)) if figure.gateway else Asked("gw", ("*",), excluded=True)
        yield Asked("port", (value,)) if value else Asked("port", (_ANY_PORT,), excluded=True)
    elif figure.by is By.REASON:
        yield Asked("state", ("failed",))
        yield Asked("reason", (value,)) if value else Asked("reason", ("*",), excluded=True)
    elif name := _FIELDS.get(figure.by):
        if value:
            yield Asked(name, (value,))
        elif figure.by is not By.USER:
            yield Asked(name, ("*",), excluded=True)


def _time_terms(since: float, until: float) -> Iterator[Asked]:
    for name, at in (("after", since), ("before", until)):
        if abs(at) != inf:
            yield Asked(name, (f"{datetime.fromtimestamp(at).astimezone():%Y-%m-%dT%H:%M}",))


def _is_of_time(clause: tuple[object, ...]) -> bool:
    return len(clause) == 1 and isinstance(clause[0], Asked) and clause[0].name in TIMES and not clause[0].excluded
