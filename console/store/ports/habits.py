"""What the last days say of each port: how many sends failed in a row, how often SMS usually come, when it last worked.

Asked every second, answered from what is new: a pass over a week of a busy gateway takes seconds.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from console.domain.alarms import PortPast
from console.protocol.openvox.port_names import port_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from console.store.inbox.search import Rows

SPAN = 7 * 86_400.0
"""Seconds that are looked back."""

FEWEST = 20
"""Inbound SMS within that time from which a port has a habit."""

HABITS_LAST = 3_600.0
"""Seconds after which habits are worked out anew: a week changes slowly."""

_KEPT_FAILURES = 100
"""Failed messages remembered of each port."""

_LONG = 3
"""The how manieth-longest pause is still a habit: what happened twice in a week may have been an outage."""

_INBOUND_INDEXED = "FROM inbox WHERE kind = 'sms' AND gateway = ? AND received_at >= ?"
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
_LAST_INBOUND = f"SELECT port, max(received_at) {_INBOUND_INDEXED} GROUP BY port"
_NEW_INBOUND = (
    "SELECT port, max(received_at) FROM inbox NOT INDEXED WHERE id > ? AND kind = 'sms' AND gateway = ? GROUP BY port"
)
_FAILED = (
    "SELECT port, id FROM outbox WHERE gateway = ? AND created_at >= ? AND port IS NOT NULL AND state = 'failed' "
    "ORDER BY id DESC"
)
_LAST_SENT = (
    "SELECT port, max(id), max(created_at) FROM outbox WHERE gateway = ? AND created_at >= ? AND port IS NOT NULL "
    "AND state IN ('sent', 'delivered') GROUP BY port"
)
# A cross join keeps its order: from the new evidence, which is little, to the messages.
_CHANGED = (
    "SELECT DISTINCT o.id, o.port, o.state, o.imsi, o.updated_at "
    "FROM evidence e CROSS JOIN outbox o ON o.id = e.message_id "
    "WHERE e.id > ? AND e.id <= ? AND o.gateway = ? AND o.port IS NOT NULL "
    "AND o.state IN ('sent', 'delivered', 'failed')"
)
_NEWEST = "SELECT (SELECT coalesce(max(id), 0) FROM inbox), (SELECT coalesce(max(id), 0) FROM evidence)"
_SAMPLED = "SELECT max(at) FROM port_sample WHERE gateway = ? AND port = ? AND at >= ? AND health IN ('ready', 'busy')"


@dataclass(slots=True)
class _Port:
    last_sent: int = 0
    """Id of the newest message known to be on the air."""
    failed: dict[int, str] = field(default_factory=dict)
    """Ids of those after it that failed, with the SIM they went by."""
    usable_at: float = 0.0
    last_inbound: float | None = None
    pause: float | None = None
    long_pause: float = 0.0

    def past(self, since: float) -> PortPast:
        failed, imsi = self._in_a_row()
        last = self.last_inbound if self.last_inbound is not None and self.last_inbound >= since else None
        usable_at = max(self.usable_at, last or 0.0)
        return PortPast(
            failed,
            imsi,
            last,
            self.pause,
            self.long_pause,
            usable_at if usable_at >= since else None,
        )

    def _in_a_row(self) -> tuple[int, str]:
        """How many failed by the SIM that the newest of them went by, and that SIM."""
        count, imsi = 0, ""
        for message in sorted(self.failed, reverse=True):
            its = self.failed[message]
            if imsi and its and its != imsi:
                break
            count, imsi = count + 1, imsi or its
        return count, imsi


@dataclass(slots=True)
class _Gateway:
    inbox: int
    """Inbox ids looked at so far."""
    evidence: int
    ports: dict[int, _Port] = field(default_factory=dict)
    habits_at: float = float("-inf")
    sampled: set[int] = field(default_factory=set)
    """Ports whose samples were looked at."""

    def port(self, number: int) -> _Port:
        return self.ports.setdefault(number, _Port())


class PortHabits:
    """`rows(sql, parameters)` reads the database. From any thread; the first answer may take seconds."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows
        self._known: dict[str, _Gateway] = {}
        self._gate = threading.Lock()

    def pasts(self, gateway: str, ports: Iterable[int], now: float) -> dict[int, PortPast]:
        """What is known of each port of a gateway, and of `ports` for which there is nothing but samples. `now` is in
        Unix seconds UTC. Raises StoreError.
        """
        since = now - SPAN
        with self._gate:
            inbox, evidence = self._rows(_NEWEST, ())[0]
            known = self._known.get(gateway)
            if known is None or inbox < known.inbox or evidence < known.evidence:
                known = self._known[gateway] = self._from_the_start(gateway, since, _Gateway(inbox, evidence))
            else:
                self._take_new(gateway, known, inbox, evidence)
            if not 0 <= now - known.habits_at < HABITS_LAST:
                self._work_out_habits(gateway, known, since)
                known.habits_at = now
            self._look_at_samples(gateway, known, ports, since)
            return {number: port.past(since) for number, port in known.ports.items()}

    def _from_the_start(self, gateway: str, since: float, known: _Gateway) -> _Gateway:
        for port, newest, sent_at in self._rows(_LAST_SENT, (gateway, since)):
            it = known.port(port)
            it.last_sent, it.usable_at = newest, sent_at
        for port, message in self._rows(_FAILED, (gateway, since)):
            it = known.port(port)
            if message > it.last_sent and len(it.failed) < _KEPT_FAILURES:
                it.failed[message] = ""
        for it in known.ports.values():
            if it.failed:
                marks = ", ".join("?" * len(it.failed))
                it.failed = dict(self._rows(f"SELECT id, imsi FROM outbox WHERE id IN ({marks})", [*it.failed]))  # noqa: S608
        self._take_inbound(known, self._rows(_LAST_INBOUND, (gateway, since)))
        return known

    def _take_new(self, gateway: str, known: _Gateway, inbox: int, evidence: int) -> None:
        if inbox > known.inbox:
            self._take_inbound(known, self._rows(_NEW_INBOUND, (known.inbox, gateway)))
        if evidence > known.evidence:
            for row in self._rows(_CHANGED, (known.evidence, evidence, gateway)):
                _take_outcome(known, *row)
        known.inbox, known.evidence = inbox, evidence

    def _take_inbound(self, known: _Gateway, found: Sequence[Any]) -> None:
        for name, received_at in found:
            number = port_number(name)
            if number is not None:
                it = known.port(number)
                it.last_inbound = max(received_at, it.last_inbound or 0.0)

    def _work_out_habits(self, gateway: str, known: _Gateway, since: float) -> None:
        for it in known.ports.values():
            it.pause = None
        most: dict[int, int] = {}
        for name, came, pause, long_pause in self._rows(_HABITS, (gateway, since, _LONG - 1)):
            number = port_number(name)
            # A port has two names where a gateway got other firmware: the one it goes by most counts.
            if number is not None and came >= FEWEST and came > most.get(number, 0):
                most[number] = came
                it = known.port(number)
                it.pause, it.long_pause = pause, long_pause

    def _look_at_samples(self, gateway: str, known: _Gateway, ports: Iterable[int], since: float) -> None:
        for number in set(ports) - known.sampled:
            known.sampled.add(number)
            at = self._rows(_SAMPLED, (gateway, number, since))[0][0]
            if at is not None:
                it = known.port(number)
                it.usable_at = max(it.usable_at, at)


def _take_outcome(known: _Gateway, message: int, port: int, state: str, imsi: str, at: float) -> None:
    it = known.port(port)
    if state == "failed":
        if message > it.last_sent:
            it.failed[message] = imsi
            while len(it.failed) > _KEPT_FAILURES:
                del it.failed[min(it.failed)]
        return
    it.failed.pop(message, None)
    it.usable_at = max(it.usable_at, at)
    if message > it.last_sent:
        it.last_sent = message
        it.failed = {failed: by for failed, by in it.failed.items() if failed > message}
