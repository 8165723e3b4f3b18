"""Stories of what went on the air, and what gateways and networks told of it: played to a store, and compared.

Networks stamp reports by clocks of their own; gateways lose answers, results and reports, tell them by several ways and
twice; callers call again when they had no answer; SIMs change ports; others send through the same ports to the same
numbers. What a story keeps to is what a port does: it sends one SMS at a time.
"""

from __future__ import annotations

import sqlite3
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from console.domain.messages import Callback, CallbackKind, Draft, Evidence, OutboxMessage, Via
from console.domain.messages import DeliveryState as S
from console.domain.sending import ANYTHING
from console.protocol.rules.candidates import REPORTS
from console.protocol.rules.timing import Now
from console.store.outbox import messages as outbox
from console.store.outbox import notices, reports
from console.store.outbox.wire_id import WireId
from tests.support import new_database

if TYPE_CHECKING:
    import random

START = 1_795_348_800.0
REGION = "DE"
SECOND_PARTS = 3.0


def database() -> sqlite3.Connection:
    """An empty one, in memory."""
    connection = sqlite3.connect(":memory:", isolation_level=None)
    new_database.fill(connection)
    return connection


@dataclass
class Part:
    """One SMS that we or others meant to send."""

    message: int | None
    """The place of the message in the story; None for somebody else's."""
    on_air: float | None = None
    delivered: bool | None = None
    told: bool = False
    """A report of it reached us."""


@dataclass
class Sent:
    """A message of ours, and its parts as they really were."""

    via: Via
    parts: list[Part]
    id: int = 0
    token: str = ""


class Event(NamedTuple):
    at: float
    order: int
    what: str
    arguments: tuple[object, ...]


class Verdict(NamedTuple):
    """What a story came to."""

    messages: int
    knowable: int
    """Messages of which every part's report reached us."""
    settled: int
    """Of those, the ones that are as they were on the air."""
    wrong: tuple[str, ...]


@dataclass
class Story:
    """One gateway for some hours."""

    rng: random.Random
    gateway: str
    foreign: bool = True
    clocks_change: bool = True
    """The networks' clocks may be set by an hour in between."""
    events: list[Event] = field(default_factory=list)
    sent: list[Sent] = field(default_factory=list)
    others: list[Part] = field(default_factory=list)

    def __post_init__(self) -> None:
        rng = self.rng
        self.number = f"+4915{rng.randrange(10**9):09d}"
        self.other_number = f"+3361{rng.randrange(10**7):07d}{self.number[-8:]}"[:4] + self.number[-8:]
        self.sims = [f"26201{rng.randrange(10**10):010d}" for _ in range(rng.choice((1, 1, 2)))]
        self.lead = {sim: rng.randrange(-48, 57) * 900 + rng.choice((0.0, rng.uniform(-300, 300))) for sim in self.sims}
        self.ports = list(range(1, len(self.sims) + 2))
        self.sim_in = dict(zip(self.ports, self.sims, strict=False))
        self.at_first = dict(self.sim_in)
        self.tells_imsi, self.knows_imsi = rng.random() < 0.7, rng.random() < 0.7
        self.results, self.http_reports = rng.random() < 0.5, rng.random() < 0.6
        self.links = [name for name in ("one", "two") if rng.random() < 0.6]
        if not self.links and not self.http_reports:
            self.links = ["one"]
        self.free = dict.fromkeys(self.ports, 0.0)
        self.late: list[tuple[int, float]] = []
        """What leaves by a port on its own, while nobody waits for it."""
        self.now = START

    # ---- what happens ---------------------------------------------------------------------------------------

    def write(self) -> Story:
        """A few hours of it."""
        rng = self.rng
        for _ in range(rng.choice((1, 2, 2, 3, 4, 6))):
            self.wait()
            if rng.random() < 0.1:
                self.move_sim()
            if rng.random() < 0.03:
                self.set_clocks()
            if rng.random() < 0.15:
                self.others_send()
            elif rng.random() < 0.6:
                self.send_by_ami()
            else:
                self.send_by_http()
        return self

    def wait(self) -> None:
        """Some time, or none."""
        rng = self.rng
        self.now += rng.choice((0.0, rng.uniform(0, 5), rng.uniform(5, 60), rng.uniform(60, 7_200)))

    def set_clocks(self) -> None:
        """Summer begins or ends, once at most."""
        if self.clocks_change:
            self.clocks_change = False
            by = self.rng.choice((-3600, 3600))
            self.lead = {sim: lead + by for sim, lead in self.lead.items()}

    def move_sim(self) -> None:
        """To another port. Where nobody knows the SIMs, the port stands for its SIM, and it stays."""
        port = self._a_port()
        empty = [each for each in self.ports if each not in self.sim_in]
        if empty and (self.tells_imsi or self.knows_imsi):
            self.now += 60
            self.sim_in[empty[0]] = self.sim_in.pop(port)
            self._do(self.now, "moved", port, empty[0])

    def _a_port(self) -> int:
        return self.rng.choice(list(self.sim_in))

    def _do(self, at: float, what: str, *arguments: object) -> None:
        self.events.append(Event(at, len(self.events), what, arguments))

    def send_by_ami(self) -> None:
        """One of ours, part by part."""
        rng, port = self.rng, self._a_port()
        place, number = len(self.sent), self._to()
        parts = [Part(place) for _ in range(rng.choice((1, 1, 1, 2, 3)))]
        self.sent.append(Sent(Via.AMI, parts))
        self._do(self.now, "queue", place, number, port, Via.AMI, len(parts))
        at = max(self.now, self.free[port]) + 0.01
        for segment, part in enumerate(parts, start=1):
            if rng.random() < 0.1:  # the module is busy: nothing leaves, and it is tried again
                self._do(at, "begin", place, segment, port, self._known(port))
                self._do(at + 0.1, "say", place, segment, S.QUEUED, "ami answer", "WAS USING")
                at += 2.0
            took = rng.uniform(0.5, 5)
            for of, late in sorted(self.late):
                if of == port and at - 0.2 < late < at + took + 1:
                    at = late + 0.2
            self._do(at, "begin", place, segment, port, self._known(port))
            fate = rng.random()
            if fate < 0.75:
                self._air(part, at + took, port, number)
                at += took + rng.uniform(0.01, 0.8)
                self._do(at, "say", place, segment, S.SENT, "ami answer", "SUCCESSFULLY")
                self._result(at - 0.01, place, segment, port, number, sent=True)
            elif fate < 0.82:
                at += took
                self._do(at, "say", place, segment, S.FAILED, "ami answer", "WAS FAILED")
                if rng.random() < 0.15:
                    self._air(part, at - took / 2, port, number)
                break
            else:
                # The link is cut, or the driver keeps it: it may be on the air, now or later.
                patience = rng.choice((0.5, 20.0, 30.0))
                if rng.random() < 0.6:
                    late = at + (took if rng.random() < 0.6 else rng.uniform(30, 150))
                    self._air(part, late, port, number)
                    self.late.append((port, late))
                    if rng.random() < 0.3:
                        self._result(late + 0.1, place, segment, port, number, sent=True)
                self._do(at + patience, "say", place, segment, S.UNKNOWN, "console", "the link broke")
                at += patience
                break
        for left in range(segment + 1, len(parts) + 1):
            self._do(at + 0.02, "say", place, left, S.CANCELLED, "console", "not sent")
        self.free[port] = max(at, self.free[port]) + 0.05

    def send_by_http(self) -> None:
        """One of ours, that the gateway cuts into parts."""
        rng, port = self.rng, self._a_port()
        place, number = len(self.sent), self._to()
        parts = [Part(place) for _ in range(rng.choice((1, 1, 2, 3)))]
        self.sent.append(Sent(Via.HTTP, parts))
        self._do(self.now, "queue", place, number, port, Via.HTTP, len(parts))
        self._do(self.now + 0.01, "begin", place, 0, port, self._known(port))
        fate = rng.random()
        held = rng.choice((0.2, 0.2, 0.2, rng.uniform(5, 60)))
        if fate < 0.8:
            self._do(self.now + held, "say", place, 0, S.ACCEPTED, "http answer", "sending")
        elif fate < 0.86:
            self._do(self.now + held, "say", place, 0, S.FAILED, "http answer", "not ready")
            return
        else:
            self._do(self.now + held, "say", place, 0, S.UNKNOWN, "console", "no readable answer")
            if rng.random() < 0.4:
                return
        at = max(self.now, self.free[port]) + rng.choice((0.5, rng.uniform(0.5, 40)))
        for part in parts:
            at += rng.uniform(1, 4)
            ok = rng.random() < 0.93
            if ok:
                self._air(part, at, port, number)
            self._result(at + rng.uniform(0.1, 5), place, 0, port, number, sent=ok)
        self.free[port] = at + 0.1
        if rng.random() < 0.5:
            self._do(at + 120, "expire", place)

    def others_send(self) -> None:
        """What another program sends, where the gateway tells of it."""
        if not (self.foreign and self.results):
            return
        part, port = Part(None), self._a_port()
        self.others.append(part)
        at = max(self.now, self.free[port]) + self.rng.uniform(0.5, 5)
        number = self._to()
        self._air(part, at, port, number)
        self.free[port] = at + 0.1
        self._do(at + 0.05, "told", "http", self._result_call("null", number, port, at, sent=True), b"", False)

    def _air(self, part: Part, at: float, port: int, number: str) -> None:
        """It leaves by that port, as soon as nothing else does."""
        rng = self.rng
        sim = self.sim_in[port]
        part.on_air, part.delivered = at, rng.random() < 0.85
        if rng.random() < 0.05:
            return  # its report is lost
        came = at + rng.choice((rng.uniform(0.2, 3), rng.uniform(3, 30), rng.uniform(30, 9_000)))
        stamp = int(at + self.lead[sim])
        if rng.random() < 0.05:
            self._report(part, came, number, port, sim, stamp, received=False, cause="32", final=False)
            came += rng.uniform(10, 600)
        self._report(part, came, number, port, sim, stamp, received=part.delivered, cause="", final=True)
        part.told = True

    def _report(
        self,
        part: Part,
        at: float,
        number: str,
        port: int,
        sim: str,
        stamp: int,
        *,
        received: bool,
        cause: str,
        final: bool,
    ) -> None:
        rng = self.rng
        spelt = rng.choice((number, number.removeprefix("+"), number))
        time = datetime.fromtimestamp(stamp, UTC).strftime("%Y/%m/%d %H:%M:%S")
        imsi = sim if self.tells_imsi else ""
        cause = cause or ("0" if received else "70")
        # The port is filled in when it comes: the SIM may be in another one by then.
        port = sim  # type: ignore[assignment]
        for link in self.links:
            status = "SUCCESS" if received else "FAIL"
            call = Callback(
                CallbackKind.REPORT, spelt, port=str(port), gateway_time=time, imsi=imsi, status=status, cause=cause
            )
            self._do(at + rng.uniform(0, 0.05), "told", link, call, b"Event: SMSStatusReport", True)
        if self.http_reports:
            status = "Message received on handset" if received else "Message not received on handset"
            call = Callback(
                CallbackKind.REPORT, spelt, port=str(port), gateway_time=time, imsi=imsi, status=status, cause=cause
            )
            self._call(at + rng.uniform(0, 4), call)

    def _result(self, at: float, place: int, segment: int, port: int, number: str, *, sent: bool) -> None:
        call = self._result_call(f"{place}/{segment}", number, port, at, sent=sent)
        if self.sent[place].via is Via.AMI or self.rng.random() < 0.7:
            for link in self.links:
                self._do(at, "told", link, call, b"Event: SMSSendStatus", True)
        if self.results and self.rng.random() < 0.95:
            self._call(at + self.rng.uniform(0, 4), call)

    def _result_call(self, wire: str, number: str, port: int, at: float, *, sent: bool) -> Callback:
        time = datetime.fromtimestamp(int(at), UTC).strftime("%Y-%m-%d %H:%M:%S")
        return Callback(
            CallbackKind.RESULT, number, port=str(port), gateway_time=time, id=wire, status="Sent" if sent else "Fail"
        )

    def _call(self, at: float, call: Callback) -> None:
        """By HTTP. A call that had no answer is made again."""
        raw = repr(call).encode()
        while self.rng.random() < 0.1:
            self._do(at, "told", "http", call, raw, False)
            at += self.rng.uniform(1, 3)
        self._do(at, "told", "http", call, raw, True)

    def _known(self, port: int) -> str:
        """The SIM in a port, as far as we know."""
        return self.sim_in[port] if self.knows_imsi else ""

    def _to(self) -> str:
        return self.number if self.rng.random() < 0.85 else self.other_number

    # ---- what the store makes of it -------------------------------------------------------------------------

    def play(self, connection: sqlite3.Connection) -> Verdict:
        """Tell the store, and compare."""
        self.sim_in = self.at_first
        for event in sorted(self.events):
            getattr(self, f"_on_{event.what}")(connection, event.at, *event.arguments)
        return self._compare(connection)

    def _on_queue(
        self, connection: sqlite3.Connection, at: float, place: int, number: str, port: int, via: Via, parts: int
    ) -> None:
        order = outbox.Order(Draft(self.gateway, number, "hi", port, via), 1 if via is Via.HTTP else parts, parts, 60.0)
        sent = self.sent[place]
        sent.id = outbox.insert(connection, order, at, "one").id
        sent.token = connection.execute("SELECT token FROM outbox WHERE id = ?", (sent.id,)).fetchone()[0]

    def _on_begin(
        self, connection: sqlite3.Connection, at: float, place: int, segment: int, port: int, imsi: str
    ) -> None:
        begun = outbox.begin(
            connection,
            Evidence(self.sent[place].id, segment, at, S.SUBMITTING, "console", "", port, imsi),
            "one",
            ANYTHING,
            Now(at, at),
        )
        assert isinstance(begun, OutboxMessage)

    def _on_say(
        self, connection: sqlite3.Connection, at: float, place: int, segment: int, state: S, source: str, raw: str
    ) -> None:
        message = outbox.add_evidence(connection, Evidence(self.sent[place].id, segment, at, state, source, raw))
        reports.look_again_for(connection, message, at, REGION)

    def _on_moved(self, connection: sqlite3.Connection, at: float, before: int, after: int) -> None:
        self.sim_in[after] = self.sim_in.pop(before)

    def _on_expire(self, connection: sqlite3.Connection, at: float, place: int) -> None:
        outbox.expire(connection, at)

    def _on_told(
        self, connection: sqlite3.Connection, at: float, way: str, call: Callback, raw: bytes, answered: bool
    ) -> None:
        if "/" in call.id:
            place, segment = map(int, call.id.split("/"))
            sent = self.sent[place]
            several = sent.via is Via.AMI and len(sent.parts) > 1
            wire = WireId(sent.token, sent.id, segment if several else 0)
            call = Callback(
                call.kind, call.number, port=call.port, gateway_time=call.gateway_time, id=str(wire), status=call.status
            )
        if call.kind is CallbackKind.REPORT:
            now_in = next(port for port, sim in self.sim_in.items() if sim == call.port)
            call, raw = replace(call, port=str(now_in)), raw.replace(call.port.encode(), b"%d" % now_in)
        notice = notices.take(connection, self.gateway, at, call, raw or b"x", way, notices.KnownBy(REGION))
        if way == "http" and answered:
            notices.answered(connection, [notice])

    def _compare(self, connection: sqlite3.Connection) -> Verdict:
        knowable = settled = 0
        wrong = []
        for sent in self.sent:
            message = outbox.message(connection, sent.id)
            flown = [part for part in sent.parts if part.on_air is not None]
            truth = S.DELIVERED if all(part.delivered for part in sent.parts) else S.FAILED
            known = len(flown) == len(sent.parts) and all(part.told for part in flown)
            knowable += known
            settled += known and message.state is truth
            steps = outbox.evidence_of(connection, [sent.id])
            by_report = [step.state for step in steps if step.source in REPORTS]
            if message.state is S.DELIVERED and truth is not S.DELIVERED:
                wrong.append(f"message {sent.id} of {self.gateway} is delivered, and was not")
            flights = Counter(part.delivered for part in flown)
            if by_report.count(S.FAILED) > flights[False]:
                wrong.append(f"message {sent.id} of {self.gateway} failed by a report that was another's")
        return Verdict(len(self.sent), knowable, settled, tuple(wrong))
