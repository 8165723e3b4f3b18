"""What went through each port and when: by hour or day, when it last worked, and its newest messages."""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeVar, cast

from console.domain.messages import PortCounts
from console.protocol.openvox.port_names import port_number
from console.store.ports.tally import with_state

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Sequence

    from console.domain.clock import Clock
    from console.store.inbox.search import Rows

SPAN = 14 * 86_400.0
"""Seconds back to which is looked."""

SETTLED = 600.0
"""Seconds for which an answer about a time long over is good. The fate of a message may become known later."""

FRESH = 3600.0
"""Seconds after which a time is long over: until then it is looked at each time."""

LOOKED_AT = 5_000
"""Newest messages of a gateway in which failures in a row are counted."""

_GOOD = ("sent", "delivered")
_RECEIVED = (
    "SELECT port, count(*) FROM inbox "
    "WHERE kind = 'sms' AND gateway = ? AND received_at >= ? AND received_at < ? GROUP BY port"
)
_SENT = (
    "SELECT port, state, count(*), avg(delivered_at - sent_at) FROM outbox "
    "WHERE gateway = ? AND created_at >= ? AND created_at < ? AND port IS NOT NULL GROUP BY port, state"
)
_LAST_RECEIVED = (
    "SELECT port, max(received_at) FROM inbox "
    "WHERE kind = 'sms' AND gateway = ? AND received_at >= ? AND received_at < ? GROUP BY port"
)
_LAST_GOOD = (
    "SELECT port, max(created_at) FROM outbox WHERE gateway = ? AND created_at >= ? AND created_at < ? "
    "AND port IS NOT NULL AND state IN ('sent', 'delivered') GROUP BY port"
)
_NEWEST = (
    "SELECT port, state FROM outbox WHERE gateway = ? AND created_at >= ? AND port IS NOT NULL "
    "ORDER BY created_at DESC LIMIT ?"
)
_SENT_BY = "SELECT id FROM outbox WHERE gateway = ? AND created_at >= ? AND port = ? ORDER BY created_at DESC LIMIT ?"
_SPELLINGS = "SELECT DISTINCT port FROM inbox WHERE kind = 'sms' AND gateway = ? AND received_at >= ?"


Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class PortPast:
    """When a port last worked. Times are Unix seconds UTC, None for longer ago than `SPAN`."""

    received_at: float | None = None
    """When the last SMS came in."""
    sent_at: float | None = None
    """When the last message was queued that is known to be on the air."""
    failures: int = 0
    """Messages that failed since then, in a row."""


class PortHistory:
    """`rows(sql, parameters)` reads the database. From any thread; at a million messages the first look takes longer
    than a screen may wait, so look from a thread aside. Every read raises StoreError when the database can't be read.
    """

    def __init__(self, rows: Rows, clock: Clock) -> None:
        self._rows = rows
        self._clock = clock
        self._known: dict[Hashable, tuple[float, Any]] = {}
        self._gate = threading.Lock()

    def counts(self, gateway: str, edges: Sequence[float]) -> list[dict[int, PortCounts]]:
        """By port, for each stretch of time between two neighbours of `edges` (Unix seconds UTC, rising). Ports without
        any message are left out.
        """
        return [self._counted(gateway, start, end) for start, end in pairwise(edges)]

    def _counted(self, gateway: str, start: float, end: float) -> dict[int, PortCounts]:
        """Of one stretch: by whole hours where it is not over for long, as most of them are known then."""
        over = self._clock.time() - FRESH
        if end <= over:
            return self._once((gateway, start, end), partial(self._count, gateway, start, end))
        found: dict[int, PortCounts] = {}
        while start + 3600 <= min(over, end):
            hour = self._once((gateway, start, start + 3600), partial(self._count, gateway, start, start + 3600))
            found = _together(found, hour)
            start += 3600
        return _together(found, self._count(gateway, start, end))

    def past(self, gateway: str) -> dict[int, PortPast]:
        """Of each port through which anything went."""
        now = self._clock.time()
        start, recent = now - SPAN, now - FRESH
        failures = self._failures(gateway, start)
        received = self._last(_LAST_RECEIVED, gateway, start, recent)
        good = self._last(_LAST_GOOD, gateway, start, recent)
        return {
            port: PortPast(received.get(port), good.get(port), failures.get(port, 0))
            for port in sorted(received.keys() | good.keys() | failures.keys())
        }

    def received_ids(self, gateway: str, port: int, count: int) -> list[int]:
        """Ids of the newest SMS that came in by a port, newest first."""
        start = self._clock.time() - SPAN
        spelled = self._once(("spellings", gateway), lambda: self._rows(_SPELLINGS, (gateway, start)))
        names = {str(port), *(name for (name,) in spelled if port_number(name) == port)}
        marks = ", ".join("?" * len(names))
        query = (
            "SELECT id FROM inbox WHERE kind = 'sms' AND gateway = ? AND received_at >= ? "  # noqa: S608
            f"AND port IN ({marks}) ORDER BY received_at DESC LIMIT ?"
        )
        return [row[0] for row in self._rows(query, (gateway, start, *sorted(names), count))]

    def sent_ids(self, gateway: str, port: int, count: int) -> list[int]:
        """Ids of the newest messages that go or went out by a port, newest first."""
        start = self._clock.time() - SPAN
        query = (
            "SELECT id FROM outbox WHERE gateway = ? AND created_at >= ? AND port = ? ORDER BY created_at DESC LIMIT ?"
        )
        return [row[0] for row in self._rows(query, (gateway, start, port, count))]

    def _count(self, gateway: str, start: float, end: float) -> dict[int, PortCounts]:
        counts: dict[int, PortCounts] = {}
        for name, number in self._rows(_RECEIVED, (gateway, start, end)):
            if (port := port_number(name)) is not None:
                before = counts.get(port, PortCounts())
                counts[port] = replace(before, received=before.received + number)
        for port, state, number, seconds in self._rows(_SENT, (gateway, start, end)):
            counts[port] = with_state(counts.get(port, PortCounts()), state, number, seconds)
        return counts

    def _last(self, sql: str, gateway: str, start: float, recent: float) -> dict[int, float]:
        """The last moment by port: of the last hours as it is now, of the time before them as it was a while ago."""
        hour = recent - recent % 3600
        before = self._once((sql, gateway), lambda: self._rows(sql, (gateway, start, hour + 3600)))
        found: dict[int, float] = {}
        for name, at in [*before, *self._rows(sql, (gateway, hour, self._clock.time() + 60))]:
            port = port_number(str(name))
            if port is not None:
                found[port] = max(at, found.get(port, at))
        return found

    def _failures(self, gateway: str, start: float) -> dict[int, int]:
        streaks: dict[int, int] = {}
        ended: set[int] = set()
        for port, state in self._rows(_NEWEST, (gateway, start, LOOKED_AT)):
            if state in _GOOD:
                ended.add(port)
            elif state == "failed" and port not in ended:
                streaks[port] = streaks.get(port, 0) + 1
        return streaks

    def _once(self, question: Hashable, read: Callable[[], Answer]) -> Answer:
        """The answer that is known, if it is not older than `SETTLED`."""
        now = self._clock.time()
        with self._gate:
            known = self._known.get(question)
        if known is not None and 0 <= now - known[0] < SETTLED:
            return cast("Answer", known[1])
        answer = read()
        with self._gate:
            self._known = {key: value for key, value in self._known.items() if now - value[0] < SETTLED}
            self._known[question] = (now, answer)
        return answer


def _together(one: dict[int, PortCounts], other: dict[int, PortCounts]) -> dict[int, PortCounts]:
    """The sum of both, port by port."""
    return one | {port: _sum(one[port], counts) if port in one else counts for port, counts in other.items()}


def _sum(one: PortCounts, other: PortCounts) -> PortCounts:
    timed = [(its.delivery_seconds, its.delivered) for its in (one, other) if its.delivery_seconds is not None]
    delivered = sum(number for _, number in timed)
    return PortCounts(
        one.received + other.received,
        one.sent + other.sent,
        one.failed + other.failed,
        one.unknown + other.unknown,
        one.delivered + other.delivered,
        sum(seconds * number for seconds, number in timed) / delivered if delivered else None,
    )
