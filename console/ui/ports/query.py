"""The ports as a search sees them. A word of `is:` alone, and a port or a range of them, mean just that."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from console.domain.ports import PortHealth
from console.protocol.query.fields import Choice, Name, Part, Ports
from console.protocol.query.table import Query, Table
from console.ui.kit.format import HEALTH

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from console.ui.ports.facts import PortFacts

_SHORT = re.compile(r"\d{1,4}(?:-\d{1,4})?")
_IS = ("down", "ready", "busy", "locked", "suspect")


def _true(facts: PortFacts) -> Collection[str]:
    """The words of `is:` that are true of it. Down is any that is out of service."""
    holds = (
        not facts.in_service,
        facts.live and facts.port.health is PortHealth.READY,
        facts.live and facts.port.health is PortHealth.BUSY,
        facts.locked_out,
        facts.suspect,
    )
    return [word for word, true in zip(_IS, holds, strict=True) if true]


def _note(facts: PortFacts) -> str:
    return facts.note.note if facts.note is not None else ""


def _words(facts: PortFacts) -> str:
    report = facts.port.report
    texts = (report.operator, report.imsi, report.own_number, report.state, report.registration)
    return "\n".join((*texts, facts.gateway, _note(facts), HEALTH[facts.port.health].word))


def _short(word: str) -> tuple[str, str] | None:
    if word in _IS:
        return ("is", word)
    return ("port", word) if _SHORT.fullmatch(word) else None


PORTS: Table[PortFacts] = Table(
    "ports",
    (
        Ports("port", "the GSM port", lambda facts: facts.port.port),
        Name("gw", "its gateway", lambda facts: facts.gateway, "north"),
        Choice("is", "down: out of service; suspect: several sends in a row failed", dict.fromkeys(_IS, ""), _true),
        Part("operator", "the network operator", lambda facts: facts.port.report.operator, "beeline"),
        Part("imsi", "its SIM's IMSI", lambda facts: facts.port.report.imsi, "46000"),
        Part("note", "the note of a colleague", _note, "antenna"),
    ),
    text=_words,
    short=_short,
)


def ports_found(
    every: Iterable[PortFacts], query: Query[PortFacts], *, keep: tuple[str, int] | None = None
) -> list[PortFacts]:
    """Those that are asked for. And `keep`, a gateway and a port, whatever is true of it."""
    return [facts for facts in every if facts.key == keep or query.matches(facts)]
