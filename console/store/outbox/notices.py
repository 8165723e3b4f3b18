"""What the gateway and the network say about our own messages: kept, and told to the message it belongs to.

The same report reaches us more than once: by AMI to every console with a link, by HTTP, and by HTTP again
when wget tries again. It is the same when gateway, end of number, time and words are. Each way brings a
report once, so a way that lags behind another repeats it; two that come by one way are two parts. A
repetition is kept, and moves nothing.

By HTTP the gateway splits a long text itself and the message is one entry here, while the handset reports
each part. Such a message is DELIVERED once as many reports say so as the gateway makes parts of the text
(`OutboxMessage.parts`); until then it stays as it is. One part that was not received is enough for
FAILED.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from console.domain.messages import Callback, CallbackKind, DeliveryState, Evidence, Via
from console.protocol.http.inbound import outcome
from console.protocol.openvox.port_names import port_number
from console.protocol.rules import delivery
from console.protocol.sms.joining import gateway_seconds
from console.protocol.sms.numbers import identity, lacks_country, resolved, tail
from console.store.inbox.callbacks import insert_notice
from console.store.outbox import messages as outbox
from console.store.outbox.wire_id import WireId

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection

    from console.domain.messages import OutboxMessage

HTTP = "http"
"""The way of a callback; one by AMI is named for the process that has the link."""

_LOOKED_AT = 64
"""Reports of one number that a new one may repeat."""


def take(
    connection: sqlite3.Connection,
    gateway: str,
    at: float,
    callback: Callback,
    raw: bytes,
    owner: str,
    *,
    region: str = "",
) -> int:
    """Keep a result or report, and what it says of the outbox message it belongs to; the notice's id.

    `owner` names this process; `region` is the gateway's, empty: not known.
    """
    by_ami = raw[:6].lower() == b"event:"
    way = f"ami {owner}" if by_ami else HTTP
    message_id, segment = _match(connection, gateway, callback, region)
    repeated = False
    if callback.kind is CallbackKind.REPORT:
        earlier = _earlier(connection, gateway, callback, raw, way, region)
        if earlier is not None:
            repeated, message_id = True, earlier[0]
    elif message_id is not None:
        repeated = _is_kept(connection, message_id, raw)
    notice_id = insert_notice(connection, gateway, at, callback, raw, message_id=message_id, way=way, repeated=repeated)
    state = outcome(callback)
    if message_id is None or state is None:
        return notice_id
    message = outbox.message(connection, message_id)
    words = " ".join(word for word in (callback.status, callback.cause) if word)
    source = _source(callback.kind, by_ami=by_ami)
    if repeated and callback.kind is CallbackKind.RESULT:
        source += ", again"
    if not repeated and state is DeliveryState.DELIVERED:
        state, words = _by_parts(connection, message, words)
    evidence = Evidence(message_id, segment, at, state, source, words)
    evidence = outbox.by_parts(connection, message, evidence)
    state = evidence.state
    if repeated:
        segments = message.segments
    elif segment:
        segments = delivery.apply(message.segments, segment, state)
    else:
        segments = delivery.apply_to_next(message.segments, state)
    outbox.record(connection, message, evidence, segments)
    port = port_number(callback.port)
    if port is not None:
        connection.execute("UPDATE outbox SET port = ? WHERE id = ? AND port IS NULL", (port, message_id))
    return notice_id


def _source(kind: CallbackKind, *, by_ami: bool) -> str:
    if kind is CallbackKind.RESULT:
        return "SMSSendStatus" if by_ami else "SMS-Status-Result"
    return "SMSStatusReport" if by_ami else "SMS-Status-Report"


def _by_parts(connection: sqlite3.Connection, message: OutboxMessage, words: str) -> tuple[DeliveryState, str]:
    """What a report of receipt says of a message that the gateway itself cut into parts."""
    if message.draft.via is not Via.HTTP:
        return DeliveryState.DELIVERED, words
    parts = message.parts
    if parts == 1:
        return DeliveryState.DELIVERED, words
    reports = connection.execute(
        "SELECT status FROM notice WHERE message_id = ? AND kind = 'report' AND repeated = 0", (message.id,)
    ).fetchall()
    received = sum(
        outcome(Callback(CallbackKind.REPORT, status=status)) is DeliveryState.DELIVERED for (status,) in reports
    )
    if received >= parts:
        return DeliveryState.DELIVERED, words
    return DeliveryState.ACCEPTED, f"{words} ({received} of {parts} parts)"


def _earlier(
    connection: sqlite3.Connection, gateway: str, callback: Callback, raw: bytes, way: str, region: str
) -> tuple[int | None] | None:
    """The message that the same report was told of when it came by another way, or this one in the same
    bytes; None when this is the first to bring it.
    """
    time = _comparable(callback.gateway_time)
    rows = connection.execute(
        "SELECT way, raw, message_id, gateway_time, number FROM notice WHERE tail = ? AND kind = 'report' "
        "AND gateway = ? AND status = ? ORDER BY id DESC LIMIT ?",
        (tail(callback.number), gateway, callback.status, _LOOKED_AT),
    ).fetchall()
    rows = [row for row in reversed(rows) if _comparable(row[3]) == time]
    meant = _meant(callback.number, {row[4] for row in rows}, region)
    same = [row for row in rows if row[4] in meant]
    if way == HTTP:
        # wget calls again after a time-out: the same bytes do not tell of a second part.
        for _, known_raw, message_id, *_ in same:
            if known_raw == raw:
                return (message_id,)
    counts = Counter(row[0] for row in same)
    ahead = next((known for known in counts if counts[known] > counts[way]), None)
    if ahead is None:
        return None
    told: list[int | None] = [row[2] for row in same if row[0] == ahead]
    return (told[counts[way]],)


def _comparable(time: str) -> float | str:
    seconds = gateway_seconds(time)
    return time if seconds is None else seconds


def _match(connection: sqlite3.Connection, gateway: str, callback: Callback, region: str) -> tuple[int | None, int]:
    """The outbox message and segment (0: not said) that a result or report tells of; None when there is
    none.
    """
    wire_id = WireId.parse(callback.id)
    if wire_id is not None:
        row = connection.execute(
            "SELECT segments FROM outbox WHERE id = ? AND token = ?", (wire_id.message_id, wire_id.token)
        ).fetchone()
        if row is not None:
            known = wire_id.segment <= len(row[0].split())
            return wire_id.message_id, wire_id.segment if known else 0
    if callback.kind is CallbackKind.REPORT:
        return _match_report(connection, gateway, callback, region), 0
    return None, 0


def _match_report(connection: sqlite3.Connection, gateway: str, callback: Callback, region: str) -> int | None:
    """A report carries no id. As the gateway does: the newest message sent by that port to that number.

    Where no result callback is set up a message stays ACCEPTED, so one of those is the second choice.
    """
    digits = tail(callback.number)
    if not digits:
        return None
    waiting = (
        "FROM outbox WHERE tail = ? AND state IN ('accepted', 'sent') AND gateway = ? AND (port = ? OR port IS NULL)"
    )
    values = (digits, gateway, port_number(callback.port))
    numbers = {row[0] for row in connection.execute(f"SELECT DISTINCT number {waiting}", values)}
    meant = _meant(callback.number, numbers, region)
    marks = ", ".join("?" * len(meant))
    row = connection.execute(
        f"SELECT id {waiting} AND number IN ({marks}) ORDER BY state = 'sent' DESC, id DESC LIMIT 1",
        (*values, *meant),
    ).fetchone()
    return None if row is None else int(row[0])


def _meant(number: str, known: Collection[str], region: str) -> set[str]:
    """Those of the `known` numbers, all of one tail, that a report's number is: networks write prefixes in many ways.
    Of numbers without their country it may be any, so it is the only one that it may be.
    """
    read = {each: identity(each, region) for each in (number, *known)}
    whose = {each: resolved(who, read.values()) for each, who in read.items()}
    same = {each for each in known if whose[each] == whose[number]}
    if same:
        return same
    possible = {each for each in known if lacks_country(whose[each]) or lacks_country(whose[number])}
    return possible if len({whose[each] for each in possible}) == 1 else set()


def _is_kept(connection: sqlite3.Connection, message_id: int, raw: bytes) -> bool:
    row = connection.execute(
        "SELECT 1 FROM notice WHERE message_id = ? AND raw = ? LIMIT 1", (message_id, raw)
    ).fetchone()
    return row is not None
