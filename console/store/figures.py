"""Figures of what was sent: read, and completed with what an earlier version of the database left uncounted."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from math import inf
from typing import TYPE_CHECKING

from console.domain.figures import By, Figure, Figures
from console.protocol.query.fields import TIMES
from console.protocol.query.figures import DAY, FIGURES, Place
from console.protocol.sms.causes import code_in
from console.protocol.sms.networks import country_of, network_of
from console.store.engine.schema_of_figures import COUNTS, FILL, TO_DELIVERED, TO_SENT

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from console.config import Regions
    from console.protocol.query.table import Query, Test
    from console.store.inbox.search import Rows

_TALLIES = (
    "SELECT (SELECT value FROM tally WHERE name = 'figures'), (SELECT value FROM tally WHERE name = 'figures until')"
)
_FAILED = "SELECT id, detail FROM outbox WHERE id > ? AND id <= ? AND state = 'failed'"
_FIRST = "SELECT min(id) FROM outbox"
_KINDS = {By.DAY: "total", By.PORT: "total", By.GATEWAY: "total"}
_SUMS = ", ".join(f"sum({name})" for name in (*COUNTS, *TO_SENT, *TO_DELIVERED))
_FOREVER = 2**40
"""Days."""

EVERYTHING = FIGURES.ask("")


def step(connection: sqlite3.Connection, size: int) -> bool:
    """Count some of what was there before figures were; whether more is left."""
    counted, until = connection.execute(_TALLIES).fetchone()
    if counted >= until:
        return False
    last = min(counted + size, until)
    count_until(connection, last)
    return bool(last < until)


def count_until(connection: sqlite3.Connection, last: int) -> None:
    """Count all up to this id that is not counted yet: call it before messages are removed."""
    counted, until = connection.execute(_TALLIES).fetchone()
    last = min(last, until)
    if counted >= last:
        return
    codes = ((code_in(detail), found) for found, detail in connection.execute(_FAILED, (counted, last)).fetchall())
    connection.executemany("UPDATE outbox SET reason = ? WHERE id = ?", [each for each in codes if each[0]])
    connection.execute(FILL, (counted, last))
    connection.execute("UPDATE tally SET value = ? WHERE name = 'figures'", (last,))


class FiguresReader:
    """Reads, from any thread; not in the time that a screen may wait. Raises StoreError."""

    def __init__(self, rows: Rows, regions: Regions) -> None:
        self._rows = rows
        self._regions = regions

    def read(self, by: By, query: Query[Place] = EVERYTHING) -> Figures:
        """What was sent on the days, and by the gateways and ports, that a query asks for."""
        since, until = query.span() or (-inf, inf)
        days = tuple(int(max(-_FOREVER, min(_FOREVER, at / DAY))) for at in (since, until))
        # The days are those of the span; of what more is asked, no more is told apart than it takes.
        query = replace(query, clauses=tuple(clause for clause in query.clauses if not _is_span(clause)))
        day = "day" if by is By.DAY or query.tells_time else "0"
        by_port = by is By.PORT or any(test.of == "port" for clause in query.clauses for test in clause)
        port = "port" if by_port else "0"
        sql = (
            f"SELECT {day}, gateway, {port}, value, {_SUMS} FROM figure "  # noqa: S608 - constants of this package
            "WHERE kind = ? AND day >= ? AND day < ? GROUP BY 1, 2, 3, 4"
        )
        found: dict[tuple[str, str], Figure] = {}
        total = Figure(by, "")
        for row in self._rows(sql, (_KINDS.get(by, by.value), *days)):
            place = Place(row[0] * DAY, row[1], row[2])
            if not row[4] or not query.matches(place):
                continue
            key = self._key(by, place, row[3])
            at = 4 + len(COUNTS)
            counts, to_sent, to_delivered = row[4:at], row[at : at + len(TO_SENT)], row[at + len(TO_SENT) :]
            for figure in (found.setdefault(key, Figure(by, key[0], key[1])), total):
                figure.add(place.gateway, counts, to_sent, to_delivered)
        return Figures(by, _in_order(by, list(found.values())), total, self._counted())

    def _key(self, by: By, place: Place, value: str) -> tuple[str, str]:
        """A value as people read it, and the gateway that it belongs to."""
        match by:
            case By.DAY:
                return f"{datetime.fromtimestamp(place.at, UTC):%Y-%m-%d}", ""
            case By.PORT:
                return str(place.port or ""), place.gateway
            case By.GATEWAY:
                return place.gateway, ""
            case By.COUNTRY:
                return country_of(value, self._regions.of(place.gateway)), ""
            case By.NETWORK:
                return network_of(value, self._regions.of(place.gateway)), ""
            case _:
                return value, ""

    def _counted(self) -> float:
        """How much of what was there before figures were is in them."""
        counted, until = self._rows(_TALLIES, ())[0]
        if counted >= until:
            return 1.0
        first = min(self._rows(_FIRST, ())[0][0] or 1, until)
        return float(max(0, counted - first + 1) / (until - first + 1))


def _is_span(clause: Sequence[Test]) -> bool:
    """As `Query.span` takes it into account."""
    return len(clause) == 1 and clause[0].of in TIMES and not clause[0].excluded


def _in_order(by: By, figures: list[Figure]) -> list[Figure]:
    if by is By.DAY:
        return sorted(figures, key=lambda figure: figure.value, reverse=True)
    if by is By.PORT:
        return sorted(figures, key=lambda figure: (figure.gateway, int(figure.value or 0)))
    return sorted(figures, key=lambda figure: (-figure.messages, figure.value))
