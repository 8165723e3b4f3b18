"""Whether a SIM may carry one more message now, whichever process asks: looked at where it begins to leave, in the
same transaction, so that no two can both be the last one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.domain.messages import DeliveryState, OutboxMessage
from console.domain.sending import Held, SimUsage
from console.store import presence

if TYPE_CHECKING:
    import sqlite3

    from console.domain.sending import Allowance

_BUSY = 0.25
"""Seconds until it is worth looking again whether a port is done with what another process sends."""

# What is counted is what left by the SIM, through whichever port; where it is not known, through the port.
_BY_SIM = (
    "SELECT coalesce(sum(gone), 0) FROM outbox WHERE gateway = ? AND imsi = ? AND left_at >= ? AND gone > 0 AND id <> ?"
)
_BY_PORT_UNKNOWN = f"{_BY_SIM} AND port = ?"
_BY_PORT = (
    "SELECT coalesce(sum(gone), 0) FROM outbox WHERE gateway = ? AND left_at >= ? AND gone > 0 AND id <> ? AND port = ?"
)
_LEAVING = "SELECT owner FROM outbox WHERE gateway = ? AND port = ? AND state = 'submitting' AND id <> ?"
_REST = "SELECT ended_at, failed FROM sim_rest WHERE gateway = ? AND sim = ?"
_END = "INSERT OR REPLACE INTO sim_rest VALUES (?, ?, ?, ?)"


def held(
    connection: sqlite3.Connection, message: OutboxMessage, port: int, imsi: str, rule: Allowance, at: float
) -> Held | None:
    """Why a message of which nothing has left must not leave by a port now; None when it may."""
    gateway = message.draft.gateway
    if rule.daily is not None or rule.monthly is not None:
        usage = SimUsage(
            _gone(connection, message, port, imsi, rule.today),
            _gone(connection, message, port, imsi, rule.month),
            rule.daily,
            rule.monthly,
        )
        if words := usage.refusal(port, message.parts):
            return Held(words, None)
    owners = {row[0] for row in connection.execute(_LEAVING, (gateway, port, message.id))}
    if owners and owners & set(presence.those_there(connection, presence.STORE_ROLE, at, presence.GRACE)):
        return Held(f"Port {port} is sending another message.", _BUSY)
    rest = connection.execute(_REST, (gateway, _name(port, imsi))).fetchone()
    if rest is not None:
        ended_at, failed = rest
        pause = rule.pace_after_failure if failed else rule.pace
        left = ended_at + pause - at
        if 0 < left <= pause:  # the clock may be set back
            return Held(f"Port {port} pauses after a message.", left)
    return None


def ended(
    connection: sqlite3.Connection, gateway: str, port: int | None, imsi: str, at: float, *, failed: bool
) -> None:
    """Note that a message by a SIM is over, whoever sent it: the pause begins."""
    if port is not None:
        connection.execute(_END, (gateway, _name(port, imsi), at, failed))


def gone(message: OutboxMessage) -> int:
    """How many parts count as gone by the SIM: of a message that failed in its middle those that are out, of one that
    the handset did not take all.
    """
    match message.state:
        case DeliveryState.QUEUED | DeliveryState.CANCELLED:
            return 0
        case DeliveryState.FAILED if message.sent_at is None:
            return sum(state in (DeliveryState.SENT, DeliveryState.DELIVERED) for state in message.segments)
        case _:
            return message.parts


def _gone(connection: sqlite3.Connection, message: OutboxMessage, port: int, imsi: str, since: float) -> int:
    gateway = message.draft.gateway
    if not imsi:
        found = [connection.execute(_BY_PORT, (gateway, since, message.id, port))]
    else:
        found = [
            connection.execute(_BY_SIM, (gateway, imsi, since, message.id)),
            connection.execute(_BY_PORT_UNKNOWN, (gateway, "", since, message.id, port)),
        ]
    return sum(row.fetchone()[0] for row in found)


def _name(port: int, imsi: str) -> str:
    return imsi or f"port {port}"
