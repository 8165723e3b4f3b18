"""Which message of ours a delivery report tells of.

A report carries no id. It names a number and a SIM, and by the network's clock the moment at which the network took the
message (TP-SCTS, 3GPP TS 23.040 9.2.3.11). Nobody says how far that clock is ahead of ours, and in which zone it is. So
each report that is surely of one message bounds the lead of its SIM's clock, and the lead tells the next ones apart.

A report is of a message where, in every way to give each report a message, it is of that one; or where the others that
it may be of get the same words. Anything else is a question: it decides nothing until a later word answers it.

* Where each way gives all messages the same words, it is all one which report is whose.
* A SIM may be in another port by now. Where both SIMs are known, the port counts for nothing; where nobody knows any,
  it stands for the SIM.
* While a message is leaving, what comes for it is kept: the answer may be that nothing left.
* A clock may be set by an hour at any time, and a SIM be moved of which only the port is known. What would fit then is
  a rival of what fits as it is, and is never settled by that alone.
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
    from collections.abc import Iterable, Mapping, Sequence

_JITTER = 1.0
"""Seconds by which moments are uncertain: the network tells whole ones, and its machines differ a little."""

_DRIFT = 2.0 / 86_400
"""Seconds in a second by which a clock may run away from ours: two a day."""

_MOST_LATE = 3_600.0
"""Seconds after which what the driver kept for itself is not expected to leave any more; a report that says so is a
question.
"""

_HOUR = 3_600.0
_SET_BY = (0.0, -_HOUR, _HOUR)
"""By how many seconds a clock may have been set in between: not at all, or as summer ends or begins."""

_MOST_STEPS = 1_000
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

    def ahead(self, seconds: float) -> Lead:
        """The same of a clock that many seconds ahead of this one."""
        return Lead(self.low + seconds, self.high + seconds)


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
    ways: list[_Way] = []
    choices: list[Choice] = []
    for set_by in _SET_BY:
        more = _all_ways(seen, candidates, set_by)
        if more is None:
            return [_question(look, candidates, "there are too many to tell apart") for look in seen]
        most = max(way.placed for way in (*ways, *more))
        ways = [way for way in (*ways, *more) if way.placed == most]
        gets = [_words_of(way, seen, candidates) for way in ways]
        choices = [_choose(place, look, candidates, ways, gets) for place, look in enumerate(seen)]
        if all(choice.candidate is None for choice in choices):
            break
    return choices


def clock_key(sim: Sim) -> Sim:
    """A SIM's clock goes with it from port to port."""
    return Sim(sim.imsi, None) if sim.imsi else sim


_SET = "by the network's clock it was sent at another time"
_MOVED = "it came through another port; the SIM may have been moved"


class _Look(NamedTuple):
    """A report, and the places of the candidates that it may be of."""

    report: Report
    lead: Lead
    open: dict[int, Lead]
    """With the leads with which it is of each."""
    told: list[int]
    """Such that all their reports have come."""
    of_number: int
    """Messages to that number by that SIM, whenever."""
    apart: bool = False
    """The clock was set between it and the SIM's other reports."""
    doubt: str = ""
    """Why it settles nothing by itself."""


def _look(report: Report, candidates: Sequence[Candidate], clock: NetworkClock, region: str) -> _Look:
    numbers = meant(report.number, {each.number for each in candidates}, region)
    moves = any(each.sim.imsi for each in candidates)
    near = {
        place: _bounds(report, each)
        for place, each in enumerate(candidates)
        if each.number in numbers and each.sim.may_be(report.sim, moves=moves) and each.left <= report.at
    }
    of_number = len({candidates[place].message_id for place in near})
    still_open = {place: bounds for place, bounds in near.items() if candidates[place].room}
    fitting = [place for place, bounds in near.items() if bounds.within(clock.lead)]
    seeming = [place for place in fitting if candidates[place].sim.seems(report.sim)]
    nearest = seeming or fitting
    if any(place in still_open for place in nearest):
        leads = [clock.lead.ahead(seconds) for seconds in _SET_BY]
        rivals = {place: bounds for place, bounds in still_open.items() if any(map(bounds.within, leads))}
        return _Look(report, clock.lead, rivals, [], of_number, doubt="" if seeming else _MOVED)
    if nearest or not near:
        return _Look(report, clock.lead, {}, nearest, of_number)
    if clock.doubt is not None and clock.doubted_by != report.id:
        alike = {place: bounds for place, bounds in still_open.items() if bounds.within(clock.doubt)}
        if len({candidates[place].message_id for place in alike}) == 1:
            return _Look(report, clock.doubt, alike, [], of_number, apart=True)
    return _Look(report, _ANY, still_open, [], of_number, apart=True, doubt=_SET)


def _bounds(report: Report, candidate: Candidate) -> Lead:
    """The leads with which it may be of the candidate."""
    if report.stamp is None:
        return _ANY
    latest = candidate.left + _MOST_LATE if candidate.on_air is None else candidate.on_air
    on_air = min(latest, report.at)
    return Lead(report.stamp - on_air - _JITTER, report.stamp - candidate.left + _JITTER + 1)


_NOWHERE = 0
"""In place of a message's id."""


class _Way(NamedTuple):
    """One way to give the reports to candidates."""

    places: tuple[int | None, ...]
    """For each report the place of a candidate, or None."""
    placed: int
    steady: bool
    """No clock was set, and no SIM moved unseen."""


def _all_ways(seen: Sequence[_Look], candidates: Sequence[Candidate], set_by: float) -> list[_Way] | None:
    """All ways to give reports to candidates, of those that place the most; None where there are too many. Each clock
    may have been set by so many seconds at any time, and each SIM moved; 0: all is steady.
    """
    best: list[_Way] = []
    steps = 0
    room = [each.room for each in candidates]
    of_all = {each.message_id: each.of_all for each in candidates}
    options = [
        [
            (place, (bounds, bounds.ahead(-set_by)) if set_by else (bounds,))
            for place, bounds in look.open.items()
            if set_by or look.doubt or candidates[place].sim.seems(look.report.sim)
        ]
        for look in seen
    ]

    placeable = [sum(map(bool, options[number:])) for number in range(len(seen) + 1)]

    def go_on(places: tuple[int | None, ...], leads: dict[Sim, tuple[Lead, ...]], placed: int) -> bool:
        nonlocal best, steps
        steps += 1
        number = len(places)
        if steps > _MOST_STEPS:
            return False
        if best and placed + placeable[number] < best[0].placed:
            return True
        if number == len(seen):
            if best and placed > best[0].placed:
                best = []
            best.append(_Way(places, placed, steady=not set_by))
            return True
        look = seen[number]
        sim = clock_key(look.report.sim)
        known = (look.lead,) if look.apart else leads.get(sim, (look.lead,))
        # While the network tries on, another report comes.
        takes = look.report.says is not DeliveryState.SENT
        for place, bounds in options[number]:
            message = candidates[place].message_id
            if takes and not (room[place] and of_all[message]):
                continue
            left = tuple(both for each in bounds for lead in known if (both := each.within(lead)))
            if not left:
                continue
            room[place] -= takes
            of_all[message] -= takes
            done = go_on((*places, place), leads if look.apart else {**leads, sim: left}, placed + 1)
            room[place] += takes
            of_all[message] += takes
            if not done:
                return False
        return go_on((*places, None), leads, placed)

    return best if go_on((), {}, 0) else None


def _words_of(
    way: _Way, seen: Sequence[_Look], candidates: Sequence[Candidate]
) -> Counter[tuple[int | None, DeliveryState]]:
    """What each message gets in one way."""
    return Counter(
        (candidates[place].message_id, look.report.says)
        for place, look in zip(way.places, seen, strict=True)
        if place is not None
    )


def _choose(
    place: int,
    look: _Look,
    candidates: Sequence[Candidate],
    ways: Sequence[_Way],
    gets: Sequence[Counter[tuple[int | None, DeliveryState]]],
) -> Choice:
    first = ways[0].places[place]
    places = {way.places[place] for way in ways}
    found = {_NOWHERE if each is None else candidates[each].message_id for each in places}
    if first is None and len(places) == 1:
        return _of_none(look, candidates)
    if first is None or look.doubt or not ways[0].steady:
        return _question(look, candidates, look.doubt)
    chosen = candidates[first]
    if len(places) > 1:
        chosen = replace(chosen, segment=0)  # that it is of this message is all that is known
    if any(each is not None and candidates[each].leaving for each in places):
        return _question(look, candidates, "kept until the gateway has answered")
    if chosen.message_id is None and len(found) == 1:
        return Choice(look.report.id, None)
    if len(found) == 1:
        why = "the only one it can be about" if look.of_number == 1 else _by_time(look)
        return Choice(look.report.id, chosen, why=why, lead=_lead_of(look, places))
    if None not in found and all(get == gets[0] for get in gets):
        others = sorted(one for one in found if one)
        why = f"messages {' and '.join(map(str, others))} get the same" if len(others) > 1 else "one of several alike"
        return Choice(look.report.id, chosen, why=why)
    return _question(look, candidates, "")


def _lead_of(look: _Look, places: Iterable[int | None]) -> Lead | None:
    """What it says of its clock by itself, whichever candidate it is of: the others are not settled yet."""
    if look.report.stamp is None:
        return None
    leads = [lead for place in places if place is not None and (lead := look.open[place].within(look.lead))]
    return Lead(min(lead.low for lead in leads), max(lead.high for lead in leads)) if leads else None


def _by_time(look: _Look) -> str:
    return "the only one still open" if look.report.stamp is None else "it was sent when the network says"


def _of_none(look: _Look, candidates: Sequence[Candidate]) -> Choice:
    """It is of no open one: of one whose reports have all come, or of none of ours."""
    messages = sorted({candidates[place].message_id or 0 for place in look.told})
    if not messages:
        return _question(look, candidates, look.doubt)
    others = f" on message {' or '.join(map(str, messages))}" if len(messages) > 1 else ""
    return Choice(look.report.id, candidates[look.told[-1]], why=f"after the network's final report{others}")


def _question(look: _Look, candidates: Sequence[Candidate], why: str) -> Choice:
    may_be = {candidates[place].message_id for place in look.open}
    messages = tuple(sorted(one for one in may_be if one is not None))
    if not messages:
        return Choice(look.report.id, None)
    doubt = None
    if look.doubt == _SET and len(may_be) == 1 and look.report.stamp is not None:
        bounds = [_bounds(look.report, candidates[place]) for place in look.open]
        doubt = Lead(min(lead.low for lead in bounds), max(lead.high for lead in bounds))
    others = " or of another program" if None in may_be else ""
    words = why or f"it may be about message {' or '.join(map(str, messages))}{others}"
    return Choice(look.report.id, None, messages, f"{words}: nothing is decided yet", doubt=doubt)
