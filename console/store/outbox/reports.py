"""Delivery reports, and the messages that they are of, as `console.protocol.rules.matching` finds them.

What it can't say yet is kept as a question, and looked at again with each later word.

With TP-Status 0x40 and above the network has given up, so nothing comes after it (3GPP TS 23.040 9.2.3.15). A report
that says otherwise than the last word is shown as a question at its message, and decides nothing.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from console.domain.messages import Callback, CallbackKind, DeliveryState, Evidence, Via
from console.protocol.http.inbound import outcome
from console.protocol.rules import delivery, matching
from console.protocol.rules.candidates import Candidate, Sim, candidates_of, of_others
from console.protocol.rules.matching import ZONES, Lead, NetworkClock
from console.protocol.sms.joining import gateway_seconds
from console.protocol.sms.numbers import tail
from console.protocol.text.port_names import port_number
from console.store.outbox import messages as outbox

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from console.domain.messages import OutboxMessage
    from console.protocol.rules.matching import Choice

LOOKED_AT = 64
"""Words of one number that a new one may repeat, and messages to it that one may be of."""

_LOOKED_BACK = 14 * 86_400.0
"""Seconds for which the network keeps trying; what is older has no report to come."""

# Their indexes have the gateway first: another one may have said a million things of the same number.
_OPEN_REPORTS = (
    "SELECT id, received_at, number, port, gateway_time, imsi, status, cause, raw, asked FROM notice "
    "WHERE tail = ? AND asked <> '' AND kind = 'report' AND gateway = ? ORDER BY id DESC LIMIT ?"
)
_REPORT = "SELECT id, received_at, number, port, gateway_time, imsi, status, cause, raw, asked FROM notice WHERE id = ?"
_SENT_TO = (
    f"SELECT {outbox.COLUMNS}, imsi FROM outbox WHERE tail = ? AND gateway = ? AND left_at >= ? "  # noqa: S608
    "ORDER BY left_at DESC, id DESC LIMIT ?"
)
# Also those that only repeat another: two programs may have written to that number in one minute.
_OTHERS = (
    "SELECT number, port, imsi, received_at, message_id FROM notice n "
    "WHERE tail = ? AND kind = 'result' AND gateway = ? AND received_at >= ? AND (message_id IS NULL "
    "OR EXISTS (SELECT 1 FROM outbox WHERE id = n.message_id AND via = 'others')) "
    "ORDER BY received_at DESC LIMIT ?"
)
_CLOCK = (
    "SELECT low, high, at, doubt_low, doubt_high, doubted_by FROM network_clock "
    "WHERE gateway = ? AND imsi = ? AND port = ?"
)
_SET_CLOCK = "INSERT OR REPLACE INTO network_clock VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"


def look_again(
    connection: sqlite3.Connection, gateway: str, number: str, at: float, region: str, *, new: int | None = None
) -> None:
    """Settle what the reports that were a question until now, and the `new` one, say of messages to that number."""
    digits = tail(number)
    if not digits:
        return
    while True:
        rows = connection.execute(_OPEN_REPORTS, (digits, gateway, LOOKED_AT)).fetchall()[::-1]
        if new is not None and all(row[0] != new for row in rows):
            rows += connection.execute(f"{_REPORT} AND message_id IS NULL", (new,)).fetchall()
        if not rows:
            return
        candidates = _left_for(connection, gateway, digits, at)
        reports = {row[0]: _report_of(row) for row in rows}
        sims = {matching.clock_key(report.sim) for report in reports.values()}
        known = {sim: _clock(connection, gateway, sim, at) for sim in sims}
        choices = matching.match(list(reports.values()), candidates, known, region)
        for choice in choices:
            _learn(connection, gateway, matching.clock_key(reports[choice.report].sim), choice, at)
        by_id = {row[0]: row for row in rows}
        found = [choice for choice in choices if choice.candidate is not None]
        for choice in found:
            _tell(connection, choice, by_id[choice.report])
        if not found:
            for choice in choices:
                _ask(connection, choice, by_id[choice.report], at)
            return


def look_again_for(connection: sqlite3.Connection, message: OutboxMessage, at: float, region: str) -> None:
    """The same, when something else became known of a message to that number."""
    look_again(connection, message.draft.gateway, message.draft.to, at, region)


def _left_for(connection: sqlite3.Connection, gateway: str, digits: str, at: float) -> list[Candidate]:
    """What was sent to numbers that end so, as far as a report may be of it, oldest first."""
    rows = connection.execute(_SENT_TO, (digits, gateway, at - _LOOKED_BACK, LOOKED_AT)).fetchall()[::-1]
    messages = {row[0]: outbox.message_of(row) for row in rows}
    evidence: dict[int, list[Evidence]] = {message_id: [] for message_id in messages}
    for step in outbox.evidence_of(connection, list(messages)):
        evidence[step.message_id].append(step)
    candidates = [candidate for row in rows for candidate in candidates_of(messages[row[0]], evidence[row[0]], row[-1])]
    of_theirs = connection.execute(_OTHERS, (digits, gateway, at - _LOOKED_BACK, LOOKED_AT))
    candidates += [
        of_others(message_id, number, Sim(imsi, port_number(port)), came)
        for number, port, imsi, came, message_id in of_theirs
    ]
    return sorted(candidates, key=lambda each: each.left)


def _report_of(row: Sequence[object]) -> matching.Report:
    notice_id, at, number, port, time, imsi, status, cause, *_ = row
    says = _says(status, cause)
    assert isinstance(notice_id, int)
    assert isinstance(at, float)
    assert says is not None, "only what says something is looked at"
    sim = Sim(str(imsi), port_number(str(port)))
    return matching.Report(notice_id, str(number), sim, gateway_seconds(str(time)), at, says)


def _tell(connection: sqlite3.Connection, choice: matching.Choice, row: Sequence[object]) -> None:
    """Give a report to its message."""
    notice_id, at, _, port, _, imsi, status, cause, raw, _ = row
    candidate = choice.candidate
    assert candidate is not None
    assert candidate.message_id is not None
    assert isinstance(at, float)
    message = fill_in(connection, outbox.message(connection, candidate.message_id), port_number(str(port)), str(imsi))
    connection.execute("UPDATE notice SET message_id = ?, asked = '' WHERE id = ?", (message.id, notice_id))
    says = _says(status, cause)
    assert says is not None, "only what says something is looked at"
    told = _told(connection, message)
    state, words = says, words_of(str(status), str(cause))
    if says is DeliveryState.DELIVERED:
        state, words = by_parts(message, told[says], state, words)
    source = _report_source(raw)
    evidence = Evidence(message.id, candidate.segment, at, state, source, words, why=choice.why)
    if candidate.room:
        record(connection, message, evidence)
    elif says is DeliveryState.SENT or told[says] > 1:
        outbox.insert_evidence(connection, replace(evidence, source=f"{source}, again"))
    else:
        why = f"{choice.why}: nothing is decided"
        question = replace(evidence, state=DeliveryState.UNKNOWN, source=f"{source}, ambiguous", why=why)
        outbox.insert_evidence(connection, question)


def _ask(
    connection: sqlite3.Connection,
    choice: matching.Choice,
    row: Sequence[object],
    at: float,
) -> None:
    """Show a report as a question at each message that it may be of. Once, and again where that has changed."""
    notice_id, _, _, _, _, _, status, cause, raw, asked = row
    now = " ".join(map(str, choice.asked))
    if now == asked:
        return
    connection.execute("UPDATE notice SET asked = ? WHERE id = ?", (now, notice_id))
    words, source = words_of(str(status), str(cause)), f"{_report_source(raw)}, ambiguous"
    for message_id in choice.asked:
        if str(message_id) not in str(asked).split():
            question = Evidence(message_id, 0, at, DeliveryState.UNKNOWN, source, words, why=choice.why)
            outbox.insert_evidence(connection, question)


def _told(connection: sqlite3.Connection, message: OutboxMessage) -> Counter[DeliveryState | None]:
    """How many reports of a message say what."""
    rows = connection.execute(
        "SELECT status, cause FROM notice WHERE message_id = ? AND kind = 'report' AND repeated = 0", (message.id,)
    )
    return Counter(_says(status, cause) for status, cause in rows)


def _says(status: object, cause: object) -> DeliveryState | None:
    return outcome(Callback(CallbackKind.REPORT, status=str(status), cause=str(cause)))


# ---- the network's clocks -----------------------------------------------------------------------------------


def _clock(connection: sqlite3.Connection, gateway: str, sim: Sim, at: float) -> NetworkClock:
    """What is known of a SIM's clock at a moment."""
    row = connection.execute(_CLOCK, (gateway, sim.imsi, sim.port or 0)).fetchone()
    if row is None:
        return NetworkClock()
    low, high, known_at, doubt_low, doubt_high, doubted_by = row
    lead, doubt = Lead(low, high), None if doubt_low is None else Lead(doubt_low, doubt_high)
    return NetworkClock(lead if lead == ZONES else lead.after(at - known_at), doubt, doubted_by)


def _learn(connection: sqlite3.Connection, gateway: str, sim: Sim, choice: Choice, at: float) -> None:
    """Keep what a report says of its SIM's clock: all that is known by now, or a doubt of it."""
    if choice.lead is not None:
        known = NetworkClock(_clock(connection, gateway, sim, at).lead.within(choice.lead) or choice.lead)
    elif choice.doubt is not None:
        known = _clock(connection, gateway, sim, at)
        if known.doubted_by == choice.report:
            return
        known = NetworkClock(known.lead, choice.doubt, choice.report)
    else:
        return
    key, doubt = (gateway, sim.imsi, sim.port or 0), known.doubt or (None, None)
    connection.execute(_SET_CLOCK, (*key, *known.lead, at, *doubt, known.doubted_by))


# ---- as results do, too -------------------------------------------------------------------------------------


def by_parts(message: OutboxMessage, said: int, state: DeliveryState, words: str) -> tuple[DeliveryState, str]:
    """What `said` words of one meaning come to for a message that the gateway itself cut into parts."""
    if message.draft.via is not Via.HTTP or said >= message.parts:
        return state, words
    return DeliveryState.ACCEPTED, f"{words} ({said} of {message.parts} parts)"


def record(connection: sqlite3.Connection, message: OutboxMessage, evidence: Evidence) -> None:
    if evidence.segment:
        segments = delivery.apply(message.segments, evidence.segment, evidence.state)
    else:
        segments = delivery.apply_to_next(message.segments, evidence.state)
    outbox.record(connection, message, evidence, segments)


def fill_in(connection: sqlite3.Connection, message: OutboxMessage, port: int | None, imsi: str) -> OutboxMessage:
    """The port that the gateway chose, and the SIM in it, where they were not known: before its fate moves, which
    counts for that port.
    """
    if port is None or message.port not in (None, port):
        return message
    connection.execute(
        "UPDATE outbox SET port = ?, imsi = CASE imsi WHEN '' THEN ? ELSE imsi END WHERE id = ?",
        (port, imsi, message.id),
    )
    return replace(message, port=port)


def is_by_ami(raw: object) -> bool:
    return isinstance(raw, bytes) and raw[:6].lower() == b"event:"


def result_source(raw: bytes) -> str:
    """The AMI event that told a result, by its name; else the callback."""
    return raw.partition(b"\r\n")[0][6:].strip().decode("ascii", "replace") if is_by_ami(raw) else "SMS-Status-Result"


def _report_source(raw: object) -> str:
    return "SMSStatusReport" if is_by_ami(raw) else "SMS-Status-Report"


def words_of(status: str, cause: str) -> str:
    return " ".join(word for word in (status, cause) if word)
