"""The ports, and changes of their SIMs, as a search sees them.

Of ports a word of `is:` alone, and a port or a range of them, mean just that.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from console.domain.ports import PortHealth
from console.protocol.query.fields import Choice, Name, Part, Ports, times
from console.protocol.query.table import Table

if TYPE_CHECKING:
    from collections.abc import Collection

    from console.domain.ports import KeptPort
    from console.domain.rules import Happening

_SHORT = re.compile(r"\d{1,4}(?:-\d{1,4})?")
_IS = ("down", "ready", "busy", "locked", "suspect")


class SearchedPort(NamedTuple):
    """What a search looks at."""

    gateway: str
    port: int
    words: str
    """Its state, as it reads."""
    health: PortHealth | None
    """None where nobody knows it now."""
    in_service: bool
    locked_out: bool
    suspect: bool
    imsi: str = ""
    note: str = ""
    operator: str = ""
    """The network's."""
    further: str = ""
    """What else words are looked for in."""

    @classmethod
    def kept(cls, port: KeptPort, now: float, suspect_after: int) -> SearchedPort:
        """As it is written down; `now` is Unix seconds UTC, `suspect_after` failures in a row."""
        return cls(
            *(port.gateway, port.port, port.health.value, port.health if port.is_known(now) else None),
            *(port.in_service(now), port.locked_out, port.failures >= suspect_after, port.imsi),
            port.note.note if port.note is not None else "",
        )


def _true(port: SearchedPort) -> Collection[str]:
    """The words of `is:` that are true of it. Down is any that is out of service."""
    holds = (
        not port.in_service,
        port.health is PortHealth.READY,
        port.health is PortHealth.BUSY,
        port.locked_out,
        port.suspect,
    )
    return [word for word, true in zip(_IS, holds, strict=True) if true]


def _words(port: SearchedPort) -> str:
    return f"{port.operator}\n{port.imsi}\n{port.further}\n{port.gateway}\n{port.note}\n{port.words}"


def _short(word: str) -> tuple[str, str] | None:
    if word in _IS:
        return ("is", word)
    return ("port", word) if _SHORT.fullmatch(word) else None


PORTS: Table[SearchedPort] = Table(
    "ports",
    (
        Ports("port", "the GSM port", lambda port: port.port),
        Name("gw", "its gateway", lambda port: port.gateway, "north"),
        Choice("is", "down: out of service; suspect: several sends in a row failed", dict.fromkeys(_IS, ""), _true),
        Part("operator", "the network operator", lambda port: port.operator, "beeline"),
        Part("imsi", "its SIM's IMSI", lambda port: port.imsi, "46000"),
        Part("note", "the note of a colleague", lambda port: port.note, "antenna"),
    ),
    text=_words,
    short=_short,
)

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
