"""When a rule must not answer: a person decides in doubt, so anything that speaks against an answer forbids it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.protocol.sms.numbers import identity, undecorated

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from console.domain.sending import Remark

TOO_OLD = 3_600.0
"""Seconds after which nobody waits for an answer any more."""

_FEWEST_DIGITS = 7
"""Of a number of a person's."""

_FEWEST_LETTERS = 10
"""Of a text that is an echo though more stands around it."""


def why_not(
    number: str,
    text: str,
    age: float,
    *,
    own: Iterable[str],
    said: Sequence[str],
    remarks: Sequence[Remark],
    region: str = "",
) -> str:
    """Why the SMS `text` from `number` gets no answer; empty where it may. `age` is in seconds; `own` are the numbers
    of our SIMs; `said` are the texts that went to that number last; `remarks` speak against the answer.
    """
    digits = undecorated(number).removeprefix("+")
    if not digits.isdecimal() or len(digits) < _FEWEST_DIGITS:
        return "the sender is no phone number"
    if identity(number, region) in {identity(each, region) for each in own if each}:
        return "the sender is one of our own SIMs"
    if age > TOO_OLD:
        return f"it came {age / 60:.0f} minutes ago"
    heard, ours = _folded(text), [_folded(each) for each in said]
    if any(each == heard or (len(each) >= _FEWEST_LETTERS and each in heard) for each in ours):
        return "it repeats what was sent there: an echo"
    return " ".join(remark.words for remark in remarks)


def _folded(text: str) -> str:
    return "".join(text.casefold().split())
