"""How many SMS went through each port, asked often and answered from what is new since the last time."""

from __future__ import annotations

import threading
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from console.domain.messages import PortCounts
from console.protocol.openvox.port_names import port_number

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_KEPT = 64
"""Questions remembered, each of a gateway and a moment."""


# By port and state, with the seconds from the air to the handset where it was delivered.
_OUTGOING = (
    "SELECT port, state, count(*), avg(delivered_at - sent_at) FROM outbox "
    "WHERE gateway = ? AND created_at >= ? AND port IS NOT NULL GROUP BY port, state"
)


@dataclass(slots=True)
class _Received:
    up_to: int = 0
    """Inbox ids counted so far."""
    ports: Counter[int] = field(default_factory=Counter)


def with_state(counts: PortCounts, state: str, count: int, seconds: float | None) -> PortCounts:
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


class PortTally:
    """`rows(sql, parameters)` reads the database."""

    def __init__(self, rows: Callable[[str, Sequence[object]], list[Any]]) -> None:
        self._rows = rows
        self._received: dict[tuple[str, float], _Received] = {}
        self._gate = threading.Lock()

    def counts(self, gateway: str, since: float) -> dict[int, PortCounts]:
        """By port, since the start of the minute of `since` (Unix seconds UTC).

        Whole minutes, so that "the last 24 hours", asked every second, is the same question for a minute.
        """
        since -= since % 60
        received = self._count_received(gateway, since)
        counts = {port: PortCounts(count) for port, count in received.items()}
        for port, state, count, seconds in self._rows(_OUTGOING, (gateway, since)):
            counts[port] = with_state(counts.get(port, PortCounts()), state, count, seconds)
        return {port: counts[port] for port in sorted(counts) if counts[port] != PortCounts()}

    def _count_received(self, gateway: str, since: float) -> Counter[int]:
        with self._gate:
            known = self._received.get((gateway, since))
            newest = self._rows("SELECT coalesce(max(id), 0) FROM inbox", ())[0][0]
            if known is None:
                if len(self._received) >= _KEPT:
                    self._received.clear()
                known = self._received[(gateway, since)] = _Received()
                found = self._rows(
                    "SELECT port, count(*) FROM inbox "
                    "WHERE kind = 'sms' AND gateway = ? AND received_at >= ? AND id <= ? GROUP BY port",
                    (gateway, since, newest),
                )
            else:
                found = self._rows(
                    "SELECT port, count(*) FROM inbox NOT INDEXED "
                    "WHERE id > ? AND id <= ? AND kind = 'sms' AND gateway = ? AND received_at >= ? "
                    "GROUP BY port",
                    (known.up_to, newest, gateway, since),
                )
            known.up_to = newest
            for name, count in found:
                port = port_number(name)
                if port is not None:
                    known.ports[port] += count
            return known.ports.copy()
