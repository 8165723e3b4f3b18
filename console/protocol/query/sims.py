"""Changes of SIMs as a search sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.protocol.query.fields import Name, Part, Ports, times
from console.protocol.query.table import Table

if TYPE_CHECKING:
    from console.domain.rules import Happening

SIMS: Table[Happening] = Table(
    "SIM changes",
    (
        Ports("port", "the GSM port that the SIM is in", lambda change: change.thing),
        Name("gw", "the gateway that the port is of", lambda change: change.gateway, "north"),
        Part("imsi", "the IMSI of the new SIM, or part of it", lambda change: change.news, "46002"),
        *times(lambda change: change.at, "seen"),
    ),
    text=lambda change: f"{change.gateway}\n{change.news}\n{change.before}",
)
