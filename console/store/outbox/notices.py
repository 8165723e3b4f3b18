"""What the gateway and the network say about our own messages: kept, and told to the message it belongs to.

A result names its message by the id that we sent it with. A report carries none: `console.protocol.rules.matching` says
which message it is of. What it can't say yet is kept as a question, and looked at again with each later word.

The same word reaches us more than once: by AMI to every console with a link, by HTTP, and by HTTP again when wget had
no answer. It is the same when gateway, SIM, number, time and meaning are. Each way brings a word once, so a way that
lags behind another repeats it; two that come by one way are two parts. A call that was answered 200 is not made again,
so the same bytes after it are the next part. A repetition is kept, and moves nothing.

By HTTP the gateway splits a long text itself and the message is one entry here, while each part has its own word. It is
SENT or DELIVERED once as many words say so as the gateway makes parts of the text (`OutboxMessage.parts`); until then
it stays as it is. One part that failed is enough for FAILED.
"""

from __future__ import annotations

from collections import Counter
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from console.domain.messages import Callback, CallbackKind, DeliveryState, Evidence
from console.protocol.http.inbound import outcome
from console.protocol.rules.candidates import Sim
from console.protocol.sms.joining import gateway_seconds
from console.protocol.sms.numbers import meant, tail
from console.protocol.text.port_names import port_number
from console.store.inbox.callbacks import insert_notice
from console.store.outbox import messages as outbox
from console.store.outbox import others, reports
from console.store.outbox.wire_id import WireId

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Mapping, Sequence

    from console.domain.messages import OutboxMessage

HTTP = "http"
"""The way of a callback; one by AMI is named for the process that has the link."""

REPEATED, CALLED_AGAIN = 1, 2
"""How a word may be one that came before: by another way, or because its call had no answer."""

_CALLS_AGAIN_AFTER = 60.0
"""Seconds after which the same bytes are a call made again though it was answered: the answer was lost on its way.
Parts of one second come right behind each other, and wget waits 900 seconds for an answer.
"""

_WORDS = (
    "SELECT way, repeated, status, gateway_time, number, port, imsi, raw, received_at, answered, message_id FROM notice"
)
_SAME_RESULTS = f"{_WORDS} WHERE message_id = ? AND kind = 'result' AND wire_id = ? ORDER BY id DESC LIMIT ?"
_SAME_OF_OTHERS = (
    f"{_WORDS} WHERE tail = ? AND kind = 'result' AND gateway = ? AND wire_id = ? AND received_at >= ? "
    "ORDER BY id DESC LIMIT ?"
)
_SAME_REPORTS = f"{_WORDS} WHERE tail = ? AND kind = 'report' AND gateway = ? ORDER BY id DESC LIMIT ?"


class _Word(NamedTuple):
    """What came before and may be the same."""

    way: str
    repeated: int
    status: str
    time: str
    number: str
    port: str
    imsi: str
    raw: bytes
    at: float
    answered: bool
    message_id: int | None

    @property
    def sim(self) -> Sim:
        return Sim(self.imsi, port_number(self.port))


class KnownBy(NamedTuple):
    """How numbers and senders are told."""

    region: str = ""
    """The gateway's; empty: not known."""
    senders: Mapping[str, str] = MappingProxyType({})
    """How the ids of another program begin -> its name."""


def take(
    connection: sqlite3.Connection,
    gateway: str,
    at: float,
    callback: Callback,
    raw: bytes,
    owner: str,
    known_by: KnownBy = KnownBy(),  # noqa: B008 - immutable
) -> int:
    """Keep a result or report, and what it says of the outbox message it belongs to; the notice's id. `owner` names
    this process.
    """
    way = f"ami {owner}" if reports.is_by_ami(raw) else HTTP
    if callback.kind is CallbackKind.RESULT:
        return _take_result(connection, gateway, at, callback, raw, way, known_by)
    region = known_by.region
    repeated, message_id = _repeats(_same_reports(connection, gateway, callback, region), at, raw, way)
    notice_id = insert_notice(connection, gateway, at, callback, raw, message_id=message_id, way=way, repeated=repeated)
    if not repeated and outcome(callback) is not None:
        reports.look_again(connection, gateway, callback.number, at, region, new=notice_id)
    return notice_id


def answered(connection: sqlite3.Connection, ids: Sequence[int]) -> None:
    """Those callers had their 200, and have no reason to call again."""
    marks = ", ".join("?" * len(ids))
    connection.execute(f"UPDATE notice SET answered = 1 WHERE id IN ({marks})", ids)  # noqa: S608


# ---- results ------------------------------------------------------------------------------------------------


def _take_result(
    connection: sqlite3.Connection, gateway: str, at: float, callback: Callback, raw: bytes, way: str, known_by: KnownBy
) -> int:
    message, segment = _named(connection, gateway, callback.id)
    if message is None:
        return _take_of_others(connection, gateway, at, callback, raw, way, known_by)
    state = outcome(callback)
    rows = connection.execute(_SAME_RESULTS, (message.id, callback.id, reports.LOOKED_AT))
    words = [word for word in map(_Word._make, rows) if _meaning(callback.kind, word.status) is state]
    repeated, _ = _repeats(words, at, raw, way)
    notice_id = insert_notice(connection, gateway, at, callback, raw, message_id=message.id, way=way, repeated=repeated)
    if repeated or state is None:
        return notice_id
    raw_words = reports.words_of(callback.status, callback.cause)
    if state is DeliveryState.SENT:
        said = 1 + sum(word.way == way and word.repeated != CALLED_AGAIN for word in words)
        state, raw_words = reports.by_parts(message, said, state, raw_words)
    source = reports.result_source(raw)
    message = reports.fill_in(connection, message, port_number(callback.port), callback.imsi)
    reports.record(connection, message, Evidence(message.id, segment, at, state, source, raw_words))
    reports.look_again_for(connection, message, at, known_by.region)
    return notice_id


def _take_of_others(
    connection: sqlite3.Connection,
    gateway: str,
    at: float,
    callback: Callback,
    raw: bytes,
    way: str,
    known_by: KnownBy,
) -> int:
    """A result whose id is none of ours: what another program sent, unless one of ours lacks its result."""
    repeated, message_id = _repeats(_same_of_others(connection, gateway, at, callback, known_by.region), at, raw, way)
    if repeated:
        return insert_notice(connection, gateway, at, callback, raw, message_id=message_id, way=way, repeated=repeated)
    source = reports.result_source(raw)
    may_be = others.ours(connection, gateway, callback, at, known_by.senders)
    if may_be is not None:
        words = reports.words_of(callback.status, callback.cause)
        why = f"it may be of message {may_be} or of another program: its id is not ours"
        question = Evidence(may_be, 0, at, DeliveryState.UNKNOWN, f"{source}, ambiguous", words, why=why)
        outbox.insert_evidence(connection, question)
        notice_id = insert_notice(connection, gateway, at, callback, raw, message_id=None, way=way, repeated=0)
        connection.execute("UPDATE notice SET asked = ? WHERE id = ?", (str(may_be), notice_id))
        return notice_id
    message = others.keep(connection, gateway, callback, at, source, known_by.senders)
    notice_id = insert_notice(connection, gateway, at, callback, raw, message_id=message.id, way=way, repeated=0)
    reports.look_again_for(connection, message, at, known_by.region)
    return notice_id


def _same_of_others(
    connection: sqlite3.Connection, gateway: str, at: float, callback: Callback, region: str
) -> list[_Word]:
    """Results that say the same of what may be the same message, newest first."""
    says, sim = outcome(callback), Sim(callback.imsi, port_number(callback.port))
    since = at - (others.SAME_ID if others.has_id(callback.id) else others.SAME_WITHOUT_ID)
    rows = connection.execute(_SAME_OF_OTHERS, (tail(callback.number), gateway, callback.id, since, reports.LOOKED_AT))
    words = [
        word for word in map(_Word._make, rows) if _meaning(callback.kind, word.status) is says and word.sim.may_be(sim)
    ]
    numbers = meant(callback.number, {word.number for word in words}, region)
    return [word for word in words if word.number in numbers]


def _named(connection: sqlite3.Connection, gateway: str, wire_id: str) -> tuple[OutboxMessage | None, int]:
    """The outbox message and segment (0: not said) that a result tells of. Of what went by one gateway no other one
    knows; of a call it may not be known which one made it.
    """
    known = WireId.parse(wire_id)
    if known is None:
        return None, 0
    row = connection.execute(
        "SELECT id FROM outbox WHERE id = ? AND token = ? AND via <> 'others' AND ? IN (gateway, '')",
        (known.message_id, known.token, gateway),
    ).fetchone()
    if row is None:
        return None, 0
    message = outbox.message(connection, row[0])
    return message, known.segment if known.segment <= len(message.segments) else 0


# ---- both ---------------------------------------------------------------------------------------------------


def _same_reports(connection: sqlite3.Connection, gateway: str, callback: Callback, region: str) -> list[_Word]:
    """Reports that say the same, newest first."""
    time, says = _comparable(callback.gateway_time), _meaning(callback.kind, callback.status)
    sim = Sim(callback.imsi, port_number(callback.port))
    rows = connection.execute(_SAME_REPORTS, (tail(callback.number), gateway, reports.LOOKED_AT))
    words = [
        word
        for word in map(_Word._make, rows)
        if (_comparable(word.time), _meaning(callback.kind, word.status)) == (time, says) and word.sim.may_be(sim)
    ]
    numbers = meant(callback.number, {word.number for word in words}, region)
    return [word for word in words if word.number in numbers]


def _repeats(words: Iterable[_Word], at: float, raw: bytes, way: str) -> tuple[int, int | None]:
    """Whether a word is one of those `words` of the same meaning, newest first, and the message that they are of; 0
    when it is the first to say so.
    """
    words = list(words)
    if way == HTTP:
        alike = next((word for word in words if word.way == HTTP and word.raw == raw), None)
        if alike is not None and (not alike.answered or at - alike.at > _CALLS_AGAIN_AFTER):
            return CALLED_AGAIN, alike.message_id
    said = [word for word in reversed(words) if word.repeated != CALLED_AGAIN]
    counts = Counter(word.way for word in said)
    ahead = next((known for known in counts if counts[known] > counts[way]), None)
    if ahead is None:
        return 0, None
    return REPEATED, [word.message_id for word in said if word.way == ahead][counts[way]]


def _meaning(kind: CallbackKind, status: str) -> DeliveryState | None:
    return outcome(Callback(kind, status=status))


def _comparable(time: str) -> float | str:
    seconds = gateway_seconds(time)
    return time if seconds is None else seconds
