"""What other programs send through the gateway, as rows of the outbox: seen and counted, never acted on.

All that is known of it are results: the gateway raises an event for each, tells it to every AMI session, and calls with
it where that is switched on. What they name is the number, the port, the SIM and the id that the other program chose,
if any. Results of one id follow each other as the parts of one text do.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from console.domain.messages import DeliveryState, Draft, Evidence, OutboxMessage, Via
from console.protocol.http.inbound import outcome
from console.protocol.rules import delivery
from console.protocol.sms.numbers import tail
from console.protocol.text.port_names import port_number
from console.store.outbox import allowance, messages
from console.store.outbox.wire_id import WireId
from console.store.ports import totals

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Mapping

    from console.domain.messages import Callback

UNNAMED = "others"
"""Who sent it, where no name is configured for its id."""

_NO_ID = frozenset({"", "0", "null", "none", "(null)"})
"""What a gateway writes where it was given no id."""

SAME_ID = 86_400.0
"""Seconds within which results of one id, number and meaning may be one: a gateway's calls may lie in a queue."""

SAME_WITHOUT_ID = 60.0
"""The same where they have none."""

_PARTS_WITHIN = 120.0
"""Seconds within which results of one id are of parts of one text."""

_LOOKED_AT = 8
_LONGEST_NUMBER = 64

# Ours that went to that number and has not had a result for each of its parts: old firmware hands no id on.
_OURS = """
    SELECT id, parts FROM outbox o WHERE gateway = ? AND tail = ? AND left_at >= ? AND via <> 'others'
    AND (port = ? OR port IS NULL) AND state NOT IN ('queued', 'cancelled')
    AND (state IN ('submitting', 'accepted') OR left_at >= ?)
    AND parts > (SELECT count(*) FROM notice WHERE message_id = o.id AND kind = 'result' AND repeated = 0)
        + (SELECT count(*) FROM notice WHERE tail = o.tail AND asked = CAST(o.id AS TEXT) AND asked <> ''
            AND kind = 'result' AND repeated = 0)
    ORDER BY left_at LIMIT ?
"""
_SAME_TEXT = (
    f"SELECT {messages.COLUMNS} FROM outbox WHERE gateway = ? AND tail = ? AND left_at >= ? "  # noqa: S608
    "AND via = 'others' AND token = ? AND port IS ? ORDER BY left_at DESC LIMIT 1"
)


def has_id(wire_id: str) -> bool:
    """Whether a result says what it is of."""
    return wire_id.strip().lower() not in _NO_ID


def sender_of(wire_id: str, names: Mapping[str, str]) -> str:
    """Who sends with such ids: the name of the longest beginning that is configured."""
    fitting = [prefix for prefix in names if wire_id.startswith(prefix)]
    return names[max(fitting, key=len)] if fitting else UNNAMED


def ours(
    connection: sqlite3.Connection, gateway: str, callback: Callback, at: float, names: Mapping[str, str]
) -> int | None:
    """The message of ours that a result may be of though its id does not say so: one to that number by that port which
    lacks a result. None where there is none, or where the id is known to be another program's or another console's.
    """
    if sender_of(callback.id, names) != UNNAMED or WireId.parse(callback.id) is not None:
        return None
    port = port_number(callback.port)
    row = connection.execute(
        _OURS,
        (gateway, tail(callback.number), at - SAME_ID, port, at - SAME_WITHOUT_ID, _LOOKED_AT),
    ).fetchone()
    return None if row is None else int(row[0])


def keep(
    connection: sqlite3.Connection, gateway: str, callback: Callback, at: float, source: str, names: Mapping[str, str]
) -> OutboxMessage:
    """Keep what a result says was sent: a row of its own, or one more part of the row before."""
    state = outcome(callback) or DeliveryState.UNKNOWN
    words = " ".join(word for word in (callback.status, callback.cause) if word)
    known = _same_text(connection, gateway, callback, at)
    message = _insert(connection, gateway, callback, at, state, words, names) if known is None else known
    if known is not None:
        segments = (*known.segments, state)
        message = _with_part(connection, replace(known, segments=segments, parts=len(segments)), at, words)
    totals.settled(connection, known, message)
    why = f"id {callback.id}" if has_id(callback.id) else "it has no id"
    messages.insert_evidence(
        connection, Evidence(message.id, len(message.segments), at, state, source, words, why=f"{why}: not ours")
    )
    failed = state is DeliveryState.FAILED
    allowance.ended(connection, gateway, message.port, callback.imsi, at, failed=failed)
    return message


def _same_text(connection: sqlite3.Connection, gateway: str, callback: Callback, at: float) -> OutboxMessage | None:
    if not has_id(callback.id):
        return None
    row = connection.execute(
        _SAME_TEXT,
        (gateway, tail(callback.number), at - _PARTS_WITHIN, callback.id, port_number(callback.port)),
    ).fetchone()
    return None if row is None else messages.message_of(row)


def _insert(
    connection: sqlite3.Connection,
    gateway: str,
    callback: Callback,
    at: float,
    state: DeliveryState,
    words: str,
    names: Mapping[str, str],
) -> OutboxMessage:
    port, number = port_number(callback.port), callback.number[:_LONGEST_NUMBER]
    message = OutboxMessage(
        id=messages.next_id(connection),
        created_at=at,
        updated_at=at,
        draft=Draft(gateway, number, callback.text, None, Via.OTHERS),
        state=state,
        segments=(state,),
        detail=words,
        port=port,
        operator=sender_of(callback.id, names),
        sent_at=at if state is DeliveryState.SENT else None,
    )
    values = {
        "id": message.id,
        "created_at": at,
        "updated_at": at,
        "gateway": gateway,
        "number": number,
        "tail": tail(number),
        "text": callback.text,
        "port": port,
        "via": Via.OTHERS.value,
        "state": state.value,
        "segments": state.value,
        "unsettled": 0,
        "detail": words,
        "token": callback.id,
        "owner": "",
        "operator": message.operator,
        "parts": 1,
        "imsi": callback.imsi,
        "sent_at": message.sent_at,
        "left_at": at,
        "gone": allowance.gone(message),
        "reason": messages.reason(message),
    }
    connection.execute(
        f"INSERT INTO outbox ({', '.join(values)}) VALUES ({', '.join('?' * len(values))})",  # noqa: S608
        tuple(values.values()),
    )
    return message


def _with_part(connection: sqlite3.Connection, message: OutboxMessage, at: float, words: str) -> OutboxMessage:
    """With its last segment, which was added now."""
    state = delivery.rollup(message.segments)
    all_out = message.sent_at if message.segments[-1] is DeliveryState.SENT else None
    after = replace(message, state=state, updated_at=at, detail=words, sent_at=all_out)
    connection.execute(
        "UPDATE outbox SET updated_at = ?, state = ?, segments = ?, detail = ?, parts = ?, gone = ?, sent_at = ?, "
        "reason = ? WHERE id = ?",
        (
            *(at, state.value, " ".join(after.segments), words, after.parts, allowance.gone(after), all_out),
            *(messages.reason(after), after.id),
        ),
    )
    return after
