"""Which message of ours a delivery report tells of.

A report carries no id. It names a number and a SIM, and by the network's clock the moment at which the network took the
message (TP-SCTS, 3GPP TS 23.040 9.2.3.11). Nobody says how far that clock is ahead of ours, and in which zone it is. So
each report that is surely of one message bounds the lead of its SIM's clock, and the lead tells the next ones apart.

A report is of a message where, in every way to give each report a message, it is of that one; or where the others that
it may be of get the same words. Anything else is a question: it decides nothing until a later word answers it.

* Where each way gives all messages the same words, it is all one which report is whose.
* A SIM may be in another port by now: where both SIMs are known, the port counts for nothing.
* While a message is leaving, what comes for it is kept: the answer may be that nothing left.
* While the gateway answers one send by AMI, nothing else leaves by that port.
* A report that contradicts the lead is a question; two that do so alike show that the clock was set.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

from console.domain.messages import DeliveryState
from console.protocol.rules.candidates import Candidate, Sim
from console.protocol.sms.numbers import meant

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_JITTER = 1.0
"""Seconds by which moments are uncertain: the network tells whole ones, and its machines differ a little."""

_DRIFT = 2.0 / 86_400
"""Seconds in a second by which a clock may run away from ours: two a day."""

_MOST_LATE = 3_600.0
"""Seconds after which what the driver kept for itself is not expected to leave any more; a report that says so is a
question.
"""

_MOST_STEPS = 5_000
"""Of the search for all ways; beyond it everything is a question. A number has a few reports open, if any."""


class Lead(NamedTuple):
    """By how many seconds a SIM's network clock is ahead of ours: between these."""

    low: float
    high: float

    def within(self, other: Lead) -> Lead | None:
        """What is in both; None for nothing."""
        low, high = max(self.low, other.low), min(self.high, other.high)
        return Lead(low, high) if low <= high else None

    def after(self, seconds: float) -> Lead:
        """What is left of it when the clocks ran on for so long."""
        drift = max(0.0, seconds) * _DRIFT
        return Lead(self.low - drift, self.high + drift)


ZONES = Lead(-13 * 3600.0, 15 * 3600.0)
"""A clock that is right, or minutes wrong, in whichever zone."""

_ANY = Lead(-math.inf, math.inf)


@dataclass(frozen=True, slots=True)
class NetworkClock:
    """What is known of the clock that a SIM's reports are stamped by."""

    lead: Lead = ZONES
    doubt: Lead | None = None
    """What a report says that contradicts it."""
    doubted_by: int = 0
    """The id of that report."""

    @property
    def is_known(self) -> bool:
        return self.lead != ZONES


@dataclass(frozen=True, slots=True)
class Report:
    """One that is not known yet to be of a message."""

    id: int
    number: str
    sim: Sim
    stamp: float | None
    """When the network took the message, by its clock; None where that can't be read."""
    at: float
    """When it came, Unix seconds by our clock."""
    says: DeliveryState


class Choice(NamedTuple):
    """What a report was found to be of."""

    report: int
    candidate: Candidate | None
    """None for a question, and where there is no message that it may be of."""
    asked: tuple[int, ...] = ()
    """Messages at which it is a question."""
    why: str = ""
    lead: Lead | None = None
    """What it says of its SIM's clock, where it is surely of the candidate."""
    doubt: Lead | None = None
    """What it says of it, against what is known."""


def match(
    reports: Sequence[Report], candidates: Sequence[Candidate], clocks: Mapping[Sim, NetworkClock], region: str = ""
) -> list[Choice]:
    """What each of the reports, all of one tail and oldest first, is of. `clocks` has those that are known, by
    `clock_key`.
    """
    seen = [_look(report, candidates, clocks.get(clock_key(report.sim), NetworkClock()), region) for report in reports]
    ways = _all_ways(seen, candidates)
    if ways is None:
        return [_question(look, candidates, "there are too many to tell apart") for look in seen]
    gets = [_words_of(way, seen, candidates) for way in ways]
    return [_choose(place, look, candidates, ways, gets) for place, look in enumerate(seen)]


def clock_key(sim: Sim) -> Sim:
    """A SIM's clock goes with it from port to port."""
    return Sim(sim.imsi, None) if sim.imsi else sim


class _Look(NamedTuple):
    """A report, and the places of the candidates that it may be of."""

    report: Report
    lead: Lead
    open: list[int]
    told: list[int]
    """Such that all their reports have come."""
    of_number: int
    """Messages to that number by that SIM, whenever."""
    doubt: bool


def _look(report: Report, candidates: Sequence[Candidate], clock: NetworkClock, region: str) -> _Look:
    numbers = meant(report.number, {each.number for each in candidates}, region)
    near = [
        place
        for place, each in enumerate(candidates)
        if each.number in numbers and each.sim.may_be(report.sim) and each.left <= report.at
    ]
    of_number = len({candidates[place].message_id for place in near})

    def under(lead: Lead, *, doubt: bool = False) -> _Look:
        fitting = [place for place in near if _bounds(report, candidates[place]).within(lead)]
        fitting = _without_shadowed(report, candidates, fitting, lead)
        return _Look(
            report,
            lead,
            [place for place in fitting if candidates[place].room],
            [place for place in fitting if not candidates[place].room],
            of_number,
            doubt,
        )

    look = under(clock.lead)
    if look.open and clock.is_known and all(candidates[place].on_air is None for place in look.open):
        # What has no end fits nearly always: not if another would fit to the second by a clock that was set for summer.
        hours = [under(Lead(clock.lead.low + set_by, clock.lead.high + set_by)).open for set_by in (-3600, 3600)]
        exact = [place for places in hours for place in places if candidates[place].on_air is not None]
        return look._replace(open=sorted({*look.open, *exact}), lead=_ANY, doubt=True) if exact else look
    if look.open or look.told or not near:
        return look
    if clock.doubt is not None and clock.doubted_by != report.id:
        look = under(clock.doubt)
        if len({candidates[place].message_id for place in look.open}) == 1:
            return look
    return under(_ANY, doubt=True)


def _bounds(report: Report, candidate: Candidate) -> Lead:
    """The leads with which it may be of the candidate."""
    if report.stamp is None:
        return _ANY
    latest = candidate.left + _MOST_LATE if candidate.on_air is None else candidate.on_air
    on_air = min(latest, report.at)
    return Lead(report.stamp - on_air - _JITTER, report.stamp - candidate.left + _JITTER + 1)


def _without_shadowed(report: Report, candidates: Sequence[Candidate], places: list[int], lead: Lead) -> list[int]:
    """One of them that had the port to itself for all of the time that is meant is the only one."""
    if report.stamp is None:
        return places
    for place in places:
        one = candidates[place]
        if one.alone and one.on_air is not None:
            inside = report.stamp - one.on_air <= lead.low and lead.high <= report.stamp - one.left
            if inside:
                port = one.sim.port
                return [each for each in places if each == place or candidates[each].sim.port not in (port, None)]
    return places


_NOWHERE = 0
"""In place of a message's id."""

_Way = tuple[int | None, ...]
"""For each report the place of a candidate, or None."""


def _all_ways(seen: Sequence[_Look], candidates: Sequence[Candidate]) -> list[tuple[_Way, dict[Sim, Lead]]] | None:
    """All ways to give reports to candidates, of those that place the most; None where there are too many."""
    best = 0
    ways: list[tuple[_Way, dict[Sim, Lead]]] = []
    steps = 0
    room = [each.room for each in candidates]
    of_all = {each.message_id: each.of_all for each in candidates}

    def go_on(way: _Way, leads: dict[Sim, Lead], placed: int) -> bool:
        nonlocal best, ways, steps
        steps += 1
        if steps > _MOST_STEPS:
            return False
        rest = len(seen) - len(way)
        if placed + rest < best:
            return True
        if not rest:
            if placed > best:
                best, ways = placed, []
            ways.append((way, leads))
            return True
        look = seen[len(way)]
        sim = clock_key(look.report.sim)
        for place in look.open:
            message = candidates[place].message_id
            # While the network tries on, another report comes.
            takes = look.report.says is not DeliveryState.SENT
            if takes and not (room[place] and of_all[message]):
                continue
            lead = _bounds(look.report, candidates[place]).within(look.lead)
            lead = lead and lead.within(leads.get(sim, _ANY))
            if lead is None:
                continue
            room[place] -= takes
            of_all[message] -= takes
            done = go_on((*way, place), {**leads, sim: lead}, placed + 1)
            room[place] += takes
            of_all[message] += takes
            if not done:
                return False
        return go_on((*way, None), leads, placed)

    return ways if go_on((), {}, 0) else None


def _words_of(
    way: tuple[_Way, dict[Sim, Lead]], seen: Sequence[_Look], candidates: Sequence[Candidate]
) -> Counter[tuple[int | None, DeliveryState]]:
    """What each message gets in one way."""
    return Counter(
        (candidates[place].message_id, look.report.says)
        for place, look in zip(way[0], seen, strict=True)
        if place is not None
    )


def _choose(
    place: int,
    look: _Look,
    candidates: Sequence[Candidate],
    ways: Sequence[tuple[_Way, dict[Sim, Lead]]],
    gets: Sequence[Counter[tuple[int | None, DeliveryState]]],
) -> Choice:
    first = ways[0][0][place]
    places = {way[place] for way, _ in ways}
    found = {_NOWHERE if each is None else candidates[each].message_id for each in places}
    if first is None and len(places) == 1:
        return _of_none(look, candidates)
    if first is None or look.doubt:
        words = "by the network's clock it left at another time" if look.doubt else ""
        return _question(look, candidates, words)
    chosen = candidates[first]
    if len(places) > 1:
        chosen = replace(chosen, segment=0)  # that it is of this message is all that is known
    if any(each is not None and candidates[each].leaving for each in places):
        return _question(look, candidates, "kept until the gateway has answered")
    if chosen.message_id is None and len(found) == 1:
        return Choice(look.report.id, None)
    if len(found) == 1:
        why = "the only one it can be about" if look.of_number == 1 else _by_time(look)
        return Choice(look.report.id, chosen, why=why, lead=_hull(look, ways))
    if None not in found and all(get == gets[0] for get in gets):
        others = sorted(one for one in found if one)
        why = f"messages {' and '.join(map(str, others))} get the same" if len(others) > 1 else "one of several alike"
        return Choice(look.report.id, chosen, why=why)
    return _question(look, candidates, "")


def _hull(look: _Look, ways: Sequence[tuple[_Way, dict[Sim, Lead]]]) -> Lead | None:
    """What all ways leave of the lead."""
    if look.report.stamp is None:
        return None
    leads = [leads[clock_key(look.report.sim)] for _, leads in ways]
    return Lead(min(lead.low for lead in leads), max(lead.high for lead in leads))


def _by_time(look: _Look) -> str:
    return "the only one that is open" if look.report.stamp is None else "it left when the network says"


def _of_none(look: _Look, candidates: Sequence[Candidate]) -> Choice:
    """It is of no open one: of one whose reports have all come, or of none of ours."""
    messages = {candidates[place].message_id for place in look.told}
    if not messages:
        return _question(look, candidates, "") if look.open else Choice(look.report.id, None)
    chosen = candidates[look.told[0]] if len(messages) == 1 and not look.doubt else candidates[look.told[-1]]
    return Choice(look.report.id, chosen, why="a further word, when all had come")


def _question(look: _Look, candidates: Sequence[Candidate], why: str) -> Choice:
    may_be = {candidates[place].message_id for place in look.open}
    messages = tuple(sorted(one for one in may_be if one is not None))
    if not messages:
        return Choice(look.report.id, None)
    doubt = None
    if look.doubt and len(may_be) == 1 and look.report.stamp is not None:
        bounds = [_bounds(look.report, candidates[place]) for place in look.open]
        doubt = Lead(min(lead.low for lead in bounds), max(lead.high for lead in bounds))
    others = " or somebody else's" if None in may_be else ""
    words = why or f"it may be about message {' or '.join(map(str, messages))}{others}"
    return Choice(look.report.id, None, messages, f"{words}: it decides nothing yet", doubt=doubt)
