"""What a delivery report may be of: what left, by which SIM, when, and how many reports of it are still to come."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from console.domain.messages import DeliveryState, Via

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.domain.messages import Evidence, OutboxMessage

REPORTS = frozenset({"SMSStatusReport", "SMS-Status-Report"})
"""Sources of evidence that are reports: AMI's event, and the callback."""

_RESULT_TAKES = 120.0
"""Seconds from the air to the result of what somebody else sent, at most."""

_ANY_NUMBER = 1_000
"""Reports that may be of what somebody else sent: those that were are not counted."""


class Sim(NamedTuple):
    """A card, or where it is not known the port that it is in."""

    imsi: str
    port: int | None

    def seems(self, other: Sim) -> bool:
        """Whether it is the same one, if none was moved of which only the port is known."""
        if self.imsi and other.imsi:
            return self.imsi == other.imsi
        return self.port is None or other.port is None or self.port == other.port

    def may_be(self, other: Sim, *, moves: bool = False) -> bool:
        """Whether it is the same one, moved or not. Where neither is known, the port stands for the SIM; but not where
        SIMs are seen to move (`moves`).
        """
        if self.imsi and other.imsi:
            return self.imsi == other.imsi
        return self.seems(other) or moves or bool(self.imsi or other.imsi)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A segment that a report may be of. All parts of a text that the gateway cuts are one."""

    message_id: int | None
    """None for what somebody else sent by that port, as a result says: reports of it come, too."""
    segment: int
    number: str
    sim: Sim
    left: float
    """It was not on the air before; Unix seconds by our clock."""
    on_air: float | None
    """It was on the air by then, if at all; None where nobody knows."""
    room: int = 1
    """Reports that are still to come of it."""
    of_all: int = 1
    """Reports that are still to come of the whole message: of some it is not known which segment they were of."""
    leaving: bool = False
    """The gateway has not answered yet."""


def candidates_of(message: OutboxMessage, evidence: Sequence[Evidence], imsi: str) -> list[Candidate]:
    """The segments of a message that have left, or may have, with the room that is left in each. `evidence` is all of
    it, in order.
    """
    if not message.is_ours:
        return []  # its results say what it is
    whole = message.draft.via is Via.HTTP
    told = [step for step in evidence if step.source in REPORTS and step.state is not DeliveryState.SENT]
    of_all = max(0, (message.parts if whole else len(message.segments)) - len(told))
    found = []
    for number, state in enumerate(message.segments, start=1):
        steps = [step for step in evidence if step.segment in (0, number)]
        starts = [place for place, step in enumerate(steps) if step.state is DeliveryState.SUBMITTING]
        if not starts or state in (DeliveryState.QUEUED, DeliveryState.CANCELLED):
            continue
        left, after = steps[starts[-1]].at, steps[starts[-1] + 1 :]
        ends = [step for step in after if step.source not in REPORTS and step.state in _ENDS]
        if state is DeliveryState.FAILED and not told and all(step.source == "console" for step in ends):
            continue  # it never left
        room = of_all if whole else int(all(step.segment != number for step in told))
        if any(step.state is DeliveryState.DELIVERED for step in ends):
            room = 0
        # Of one part it is known that it failed; the others may be on the air later.
        end = None if message.parts > 1 and whole and state is DeliveryState.FAILED else next(iter(ends), None)
        found.append(
            Candidate(
                message.id,
                0 if whole else number,
                message.draft.to,
                Sim(imsi, message.port),
                left,
                None if end is None else end.at,
                min(room, of_all),
                of_all,
                leaving=state is DeliveryState.SUBMITTING,
            )
        )
    return found


_ENDS = frozenset({DeliveryState.SENT, DeliveryState.DELIVERED, DeliveryState.FAILED})


def of_others(message_id: int | None, number: str, sim: Sim, at: float) -> Candidate:
    """What somebody else sent, of which a result came `at`; it has a row of its own, or none."""
    return Candidate(message_id, 0, number, sim, at - _RESULT_TAKES, at, room=_ANY_NUMBER, of_all=_ANY_NUMBER)
