"""What went through each port and when: by hour or day, its newest messages, and what its last days say of it.

Alarms ask every second, and so does the screen where much goes on. What the last days say is known from the first look
on and brought up to date by what is new: a pass over two weeks of a busy gateway takes seconds.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeVar, cast

from console.domain.messages import PortCounts, Via
from console.domain.ports import PortPast
from console.protocol.text.port_names import port_number

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping, Sequence

    from console.domain.clock import Clock
    from console.store.inbox.search import Rows

SPAN = 14 * 86_400.0
"""Seconds back to which is looked."""

SETTLED = 600.0
"""Seconds for which an answer about a time long over is good. The fate of a message may become known later."""

FRESH = 3600.0
"""Seconds after which a time is long over: until then it is looked at each time."""

HABIT_SPAN = 7 * 86_400.0
"""Seconds from which a port's habit is learnt."""

FEWEST = 20
"""Inbound SMS within that time from which a port has a habit."""

HABITS_LAST = 3_600.0
"""Seconds after which habits are worked out anew: a week changes slowly."""

_KEPT_FAILURES = 1_000
"""Failed messages remembered of each port: no alarm waits for more."""

_LONG = 3
"""The how manieth-longest pause is still a habit: what happened twice in a week may have been an outage."""

_RECEIVED = (
    "SELECT port, count(*) FROM inbox "
    "WHERE kind = 'sms' AND gateway = ? AND received_at >= ? AND received_at < ? GROUP BY port"
)
# One that was planned belongs to the day on which it left. As the index has it.
_AT = "coalesce(left_at, created_at)"
_SENT = (
    "SELECT port, state, count(*), avg(delivered_at - sent_at) FROM outbox "  # noqa: S608
    f"WHERE gateway = ? AND {_AT} >= ? AND {_AT} < ? AND port IS NOT NULL GROUP BY port, state"
)
_SENT_BY = f"SELECT id FROM outbox WHERE gateway = ? AND {_AT} >= ? AND port = ? ORDER BY {_AT} DESC LIMIT ?"  # noqa: S608
_SPELLINGS = "SELECT DISTINCT port FROM inbox WHERE kind = 'sms' AND gateway = ? AND received_at >= ?"

_NEWEST_IDS = "SELECT (SELECT coalesce(max(id), 0) FROM inbox), (SELECT coalesce(max(id), 0) FROM evidence)"
_INBOUND_INDEXED = "FROM inbox WHERE kind = 'sms' AND gateway = ? AND received_at >= ?"
_LAST_RECEIVED = f"SELECT port, max(received_at) {_INBOUND_INDEXED} GROUP BY port"
_NEW_RECEIVED = (
    "SELECT port, max(received_at) FROM inbox NOT INDEXED WHERE id > ? AND kind = 'sms' AND gateway = ? GROUP BY port"
)
_LAST_GOOD = (
    f"SELECT port, max(id), max({_AT}) FROM outbox WHERE gateway = ? AND {_AT} >= ? AND port IS NOT NULL "  # noqa: S608
    "AND state IN ('sent', 'delivered') GROUP BY port"
)
_LAST_BY_OTHERS = (
    "SELECT port, max(created_at) FROM outbox WHERE gateway = ? AND created_at >= ? AND via = 'others' "
    "AND port IS NOT NULL GROUP BY port"
)
_FAILED = (
    f"SELECT port, id FROM outbox WHERE gateway = ? AND {_AT} >= ? AND port IS NOT NULL AND state = 'failed' "  # noqa: S608
    "ORDER BY id DESC"
)
# A cross join keeps its order: from the new evidence, which is little, to the messages.
_NEW_OUTCOMES = (
    "SELECT DISTINCT o.port, o.id, o.state, o.left_at, o.imsi, o.via "
    "FROM evidence e CROSS JOIN outbox o ON o.id = e.message_id "
    "WHERE e.id > ? AND e.id <= ? AND o.gateway = ? AND o.port IS NOT NULL "
    "AND o.state IN ('sent', 'delivered', 'failed')"
)
_LAST_IN_SERVICE = (
    "SELECT port, max(at) FROM port_sample WHERE gateway = ? AND at >= ? AND health IN ('ready', 'busy') GROUP BY port"
)
# The middle of the pauses in order, and the third-longest, for each port; an index has all that is read.
_HABITS = f"""
    WITH pause (port, seconds) AS (
        SELECT port, received_at - lag(received_at) OVER (PARTITION BY port ORDER BY received_at)
        {_INBOUND_INDEXED}
    ), ranked AS (
        SELECT port, seconds, row_number() OVER (PARTITION BY port ORDER BY seconds) AS place,
            count(*) OVER (PARTITION BY port) AS pauses
        FROM pause WHERE seconds IS NOT NULL
    )
    SELECT port, max(pauses) + 1, max(CASE WHEN place = (pauses + 1) / 2 THEN seconds END),
        max(CASE WHEN place = max(1, pauses - ?) THEN seconds END)
    FROM ranked GROUP BY port
"""  # noqa: S608

Answer = TypeVar("Answer")


@dataclass(slots=True)
class _Port:
    """What is known of a port. Times are Unix seconds UTC, 0 for never."""

    received_at: float = 0.0
    good: int = 0
    """Id of the newest message known to be on the air."""
    good_at: float = 0.0
    failed: dict[int, tuple[float, str]] = field(default_factory=dict)
    """Ids of those after it that failed: when they left, and the SIM they went by."""
    in_service_at: float = 0.0
    """When it was last seen so before the first look."""
    others_at: float = 0.0
    """When another program was last seen to send by it."""

    def take(self, message: int, state: str, at: float, imsi: str, via: str) -> bool:
        """Learn what became of a message. False when that can't be told without looking at the ones before it."""
        if via == Via.OTHERS:
            self.others_at = max(at, self.others_at)
        if state != "failed":
            self.failed.pop(message, None)
            if message > self.good:
                self.good, self.good_at = message, at
                self.failed = {failed: by for failed, by in self.failed.items() if failed > message}
        elif message > self.good:
            self.failed[message] = at, imsi
            while len(self.failed) > _KEPT_FAILURES:
                del self.failed[min(self.failed)]
        return state != "failed" or message != self.good

    def past(self, since: float, pause: float | None, long_pause: float) -> PortPast:
        """Of the time since then."""
        failures, imsi = 0, ""
        for _, (at, its) in sorted(self.failed.items(), reverse=True):
            if at < since or (imsi and its and its != imsi):
                break
            failures, imsi = failures + 1, imsi or its
        usable_at = max(self.received_at, self.good_at, self.in_service_at)
        return PortPast(
            self.received_at if self.received_at >= since else None,
            self.good_at if self.good_at >= since else None,
            failures,
            imsi,
            usable_at if usable_at >= since else None,
            pause,
            long_pause,
            self.others_at if self.others_at >= since else None,
        )


@dataclass(slots=True)
class _Gateway:
    inbox: int
    """Inbox ids looked at so far."""
    evidence: int
    ports: dict[int, _Port] = field(default_factory=dict)

    def port(self, number: int) -> _Port:
        return self.ports.setdefault(number, _Port())


_NO_HABITS: tuple[float, Mapping[int, tuple[float, float]]] = (float("-inf"), {})


class PortHistory:
    """`rows(sql, parameters)` reads the database. From any thread; at a million messages the first look takes longer
    than a screen may wait, so look from a thread aside. Every read raises StoreError when the database can't be read.
    """

    def __init__(self, rows: Rows, clock: Clock) -> None:
        self._rows = rows
        self._clock = clock
        self._habits: dict[str, tuple[float, Mapping[int, tuple[float, float]]]] = {}
        """When they were learnt, and the usual and the long pause of each port."""
        self._answers: dict[Hashable, tuple[float, Any]] = {}
        self._answers_gate = threading.Lock()
        self._gateways: dict[str, _Gateway] = {}
        self._gateways_gate = threading.Lock()
        """Held while a look is made, so apart from the other one: the first takes a while."""

    # ---- what its last days say of a port -------------------------------------------------------------------

    def past(self, gateway: str) -> dict[int, PortPast]:
        """Of each port of which anything is known; its habit as far as that was learnt."""
        since = self._clock.time() - SPAN
        _, habits = self._habits.get(gateway, _NO_HABITS)
        with self._gateways_gate:
            ports = self._look(gateway, since).ports
            return {number: port.past(since, *habits.get(number, (None, 0.0))) for number, port in ports.items()}

    def learn_habits(self, gateway: str) -> None:
        """Learn how often SMS usually come, unless that was done lately. Takes longer than all the rest."""
        now = self._clock.time()
        learnt_at, _ = self._habits.get(gateway, _NO_HABITS)
        if 0 <= now - learnt_at < HABITS_LAST:
            return
        habits: dict[int, tuple[float, float]] = {}
        most: dict[int, int] = {}
        for name, came, pause, long_pause in self._rows(_HABITS, (gateway, now - HABIT_SPAN, _LONG - 1)):
            number = port_number(name)
            # A port has two names where a gateway got other firmware: the one it goes by most counts.
            if number is not None and came >= FEWEST and came > most.get(number, 0):
                most[number] = came
                habits[number] = pause, long_pause
        self._habits[gateway] = now, habits

    def _look(self, gateway: str, since: float) -> _Gateway:
        """What is known of a gateway, with what is new."""
        inbox, evidence = self._rows(_NEWEST_IDS, ())[0]
        known = self._gateways.get(gateway)
        if known is None or not self._take_new(gateway, known, inbox, evidence):
            known = self._gateways[gateway] = self._from_the_start(gateway, since, _Gateway(inbox, evidence))
        return known

    def _from_the_start(self, gateway: str, since: float, known: _Gateway) -> _Gateway:
        for port, message, at in self._rows(_LAST_GOOD, (gateway, since)):
            it = known.port(port)
            it.good, it.good_at = message, at
        failed: dict[int, list[int]] = {}
        for port, message in self._rows(_FAILED, (gateway, since)):
            if message > known.port(port).good and len(its := failed.setdefault(port, [])) < _KEPT_FAILURES:
                its.append(message)
        for port, its in failed.items():
            marks = ", ".join("?" * len(its))
            found = self._rows(f"SELECT id, left_at, imsi FROM outbox WHERE id IN ({marks})", its)  # noqa: S608
            known.port(port).failed = {message: (at, imsi) for message, at, imsi in found}
        for port, at in self._rows(_LAST_BY_OTHERS, (gateway, since)):
            known.port(port).others_at = at
        for port, at in self._rows(_LAST_IN_SERVICE, (gateway, since)):
            known.port(port).in_service_at = at
        _take_received(known, self._rows(_LAST_RECEIVED, (gateway, since)))
        return known

    def _take_new(self, gateway: str, known: _Gateway, inbox: int, evidence: int) -> bool:
        """Bring it up to these ids. False when only a look from the start can tell, as when messages were removed."""
        if inbox < known.inbox or evidence < known.evidence:
            return False
        if inbox > known.inbox:
            _take_received(known, self._rows(_NEW_RECEIVED, (known.inbox, gateway)))
        if evidence > known.evidence:
            for port, *outcome in self._rows(_NEW_OUTCOMES, (known.evidence, evidence, gateway)):
                if not known.port(port).take(*outcome):
                    return False
        known.inbox, known.evidence = inbox, evidence
        return True

    # ---- how much went through, and what --------------------------------------------------------------------

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
        return [row[0] for row in self._rows(_SENT_BY, (gateway, start, port, count))]

    def _count(self, gateway: str, start: float, end: float) -> dict[int, PortCounts]:
        counts: dict[int, PortCounts] = {}
        for name, number in self._rows(_RECEIVED, (gateway, start, end)):
            if (port := port_number(name)) is not None:
                before = counts.get(port, PortCounts())
                counts[port] = replace(before, received=before.received + number)
        for port, state, number, seconds in self._rows(_SENT, (gateway, start, end)):
            counts[port] = _with_state(counts.get(port, PortCounts()), state, number, seconds)
        return counts

    def _once(self, question: Hashable, read: Callable[[], Answer]) -> Answer:
        """The answer that is known, if it is not older than `SETTLED`."""
        now = self._clock.time()
        with self._answers_gate:
            known = self._answers.get(question)
        if known is not None and 0 <= now - known[0] < SETTLED:
            return cast("Answer", known[1])
        answer = read()
        with self._answers_gate:
            self._answers = {key: value for key, value in self._answers.items() if now - value[0] < SETTLED}
            self._answers[question] = (now, answer)
        return answer


def _take_received(known: _Gateway, found: Sequence[Any]) -> None:
    for name, received_at in found:
        number = port_number(name)
        if number is not None:
            it = known.port(number)
            it.received_at = max(received_at, it.received_at)


def _with_state(counts: PortCounts, state: str, count: int, seconds: float | None) -> PortCounts:
    """These, and so many outgoing messages in a state; `seconds` from the air to the handset, on average."""
    match state:
        case "sent":
            return replace(counts, sent=counts.sent + count)
        case "delivered":
            return replace(counts, sent=counts.sent + count, delivered=count, delivery_seconds=seconds)
        case "failed":
            return replace(counts, failed=count)
        case "unknown":
            return replace(counts, unknown=count)
        case _:
            return counts


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
