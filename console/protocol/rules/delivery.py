"""How far a message is known to have come: one table of moves, for one segment.

Evidence arrives late, twice, out of order and against itself: the answer of a send, an AMI event, a result
callback and a delivery report each tell of the same segment. The table says which of them moves a segment on;
what moves nothing is still kept as evidence. The rules behind it:

* Only the console moves a segment that has not left (QUEUED): nobody else can know of it.
* SUBMITTING goes back to QUEUED only when the console knows that no byte left, or that the gateway said `WAS
  USING`.
* UNKNOWN is open: any later word of the gateway or the network settles it. It never goes back to QUEUED. Which
  message a word of the network is of, `console.protocol.rules.matching` says.
* SENT becomes DELIVERED or FAILED (a report says `not received on handset`). A late ACCEPTED or UNKNOWN takes
  nothing back.
* FAILED stays, also when a `Sent` follows: by HTTP the gateway splits a text and calls once for each part
  with the same id, so `Fail` and then `Sent` is a part that is missing. Only DELIVERED outweighs it: the
  handset has it. (Of two reports of one part the first that is final stands: `console.store.outbox.reports`.)
* DELIVERED and CANCELLED are final.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from console.domain.messages import DeliveryState

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_Q = DeliveryState.QUEUED
_SUB = DeliveryState.SUBMITTING
_ACC = DeliveryState.ACCEPTED
_SENT = DeliveryState.SENT
_DEL = DeliveryState.DELIVERED
_FAIL = DeliveryState.FAILED
_UNK = DeliveryState.UNKNOWN
_CAN = DeliveryState.CANCELLED

MOVES: Mapping[DeliveryState, frozenset[DeliveryState]] = MappingProxyType(
    {
        _Q: frozenset({_SUB, _FAIL, _CAN}),
        _SUB: frozenset({_Q, _ACC, _SENT, _DEL, _FAIL, _UNK}),
        _ACC: frozenset({_SENT, _DEL, _FAIL, _UNK}),
        _SENT: frozenset({_DEL, _FAIL}),
        _DEL: frozenset(),
        _FAIL: frozenset({_DEL}),
        _UNK: frozenset({_ACC, _SENT, _DEL, _FAIL}),
        _CAN: frozenset(),
    }
)
"""From each state, the states that evidence may move it to."""

_WORST_FIRST = (_FAIL, _UNK, _SUB, _ACC, _SENT, _DEL)


def advance(current: DeliveryState, new: DeliveryState) -> DeliveryState:
    """The state after evidence for `new`: `new` where the table has the move, else `current`."""
    return new if new in MOVES[current] else current


def rollup(segments: Sequence[DeliveryState]) -> DeliveryState:
    """The state of a message: that of its worst segment.

    QUEUED and CANCELLED are said only of a message of which nothing left: one that is partly out and partly
    waiting is SUBMITTING, and one whose rest was called off is FAILED (UNKNOWN, when it is not known whether
    a part is out).
    """
    states = set(segments)
    if not states:
        raise ValueError("a message has at least one segment")
    if len(states) == 1:
        return segments[0]
    if _CAN in states:
        return _UNK if _UNK in states else _FAIL
    if _Q in states:
        states.add(_SUB)
    return next(state for state in _WORST_FIRST if state in states)


def apply(segments: Sequence[DeliveryState], segment: int, new: DeliveryState) -> tuple[DeliveryState, ...]:
    """The segments after evidence for one of them (from 1), or with `segment` 0 for each of them."""
    if not 0 <= segment <= len(segments):
        raise ValueError(f"segment {segment} of a message of {len(segments)}")
    return tuple(
        advance(state, new) if segment in (0, number) else state for number, state in enumerate(segments, start=1)
    )


def apply_to_next(segments: Sequence[DeliveryState], new: DeliveryState) -> tuple[DeliveryState, ...]:
    """The segments after evidence that tells of one segment without saying which: the first that it can move.

    Results and reports come once for each part and name no part. Segments leave in order, so the first one
    still open is the likely one; whichever it was, the number of segments in each state is right.
    """
    for number, state in enumerate(segments, start=1):
        if advance(state, new) is not state:
            return apply(segments, number, new)
    return tuple(segments)
