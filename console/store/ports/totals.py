"""What each port did since its database counts: numbers that only rise, whatever retention removes and whatever becomes
known of a message later.

Each is counted in the transaction that keeps it, where all ways meet: an SMS where it becomes an entry of the inbox, a
message where its fate moves. One that was unknown and is found to be sent counts as both.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from console.domain.messages import DeliveryState
from console.domain.ports import OTHERS, OURS, TIME_BOUNDS, PortTotal, Total
from console.protocol.text.port_names import port_number

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator

    from console.domain.messages import Callback, OutboxMessage
    from console.store.inbox.search import Rows

_ADD = """
    INSERT INTO port_total (gateway, port, name, label, value) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (gateway, port, name, label) DO UPDATE SET value = value + excluded.value
"""
_ALL = "SELECT gateway, port, name, label, value FROM port_total ORDER BY gateway, port"
_LEFT_AT = "SELECT left_at FROM outbox WHERE id = ?"

MOST_PORTS = 256
"""More than any gateway has. A call may name any number, and a total is kept for good."""

_COUNTED = {DeliveryState.FAILED: Total.FAILED, DeliveryState.UNKNOWN: Total.UNKNOWN}


class PortTotalsReader:
    """Reads, from any thread. Raises StoreError when the database can't be read."""

    def __init__(self, rows: Rows) -> None:
        self._rows = rows

    def all(self) -> Iterator[PortTotal]:
        """Each number of each port, those of a port together."""
        return map(PortTotal._make, self._rows(_ALL, ()))


def received(connection: sqlite3.Connection, gateway: str, callback: Callback) -> None:
    """Count an SMS that became an entry of the inbox."""
    connection.execute(_ADD, (gateway, _number(port_number(callback.port)), Total.RECEIVED, "", 1))


def settled(connection: sqlite3.Connection, before: OutboxMessage | None, after: OutboxMessage) -> None:
    """Count what is known of a message, as it was written `after`, and was not `before`; None: there was none."""
    label = OURS if after.is_ours else OTHERS
    was = None if before is None else before.state
    sent_before = None if before is None else before.sent_at
    found = [(_COUNTED[after.state], label, 1.0)] if after.state in _COUNTED and after.state is not was else []
    if after.sent_at is not None and sent_before is None:
        found.append((Total.SENT, label, 1.0))
        # How long it took is not known of one that nobody could tell about meanwhile, or that was on the air before.
        if after.is_ours and was is not DeliveryState.UNKNOWN and after.state is DeliveryState.SENT:
            left_at = connection.execute(_LEFT_AT, (after.id,)).fetchone()[0]
            found += _timed(Total.SENDING, after.sent_at - left_at)
    if after.delivered_at is not None and (before is None or before.delivered_at is None):
        found.append((Total.DELIVERED, label, 1.0))
        if sent_before is not None:
            found += _timed(Total.DELIVERY, after.delivered_at - sent_before)
    place = (after.draft.gateway, _number(after.port))
    connection.executemany(_ADD, ((*place, *each) for each in found))


def _number(port: int | None) -> int:
    return port if port is not None and port <= MOST_PORTS else 0


def _timed(name: Total, seconds: float) -> list[tuple[Total, str, float]]:
    """One more in its class, and in the sum. The clock may be set back."""
    seconds, bounds = max(0.0, seconds), TIME_BOUNDS[name]
    at = bisect_left(bounds, seconds)
    return [(name, str(bounds[at]) if at < len(bounds) else "inf", 1.0), (name, "sum", seconds)]
