"""Which SMS of one sender are parts of one long SMS, and in which order (3GPP TS 23.040 9.2.3.24.1).

A gateway may hand over a long SMS part by part. Where it numbers the parts (Yeastar's `ID`, `Index` and
`Total`) the numbers decide. Where it does not, as in OpenVox callbacks, whatever is joined is a guess. The pieces
stand in the order of their times, then as they came, and are taken for one SMS when all of this holds:

* They came through one gateway and port from one sender, each no more than `NEAR` seconds after the one before.
* One text would be cut into them in this order (`console.protocol.sms.part_sizes`). A piece that is short where
  others follow was cut by something else, such as the emoji at which the driver of 2013 ends a text.
* No two begin alike: two texts of one template are two messages.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, pairwise
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from console.domain.messages import Joined
from console.protocol.sms.part_sizes import goes_on, is_cut

if TYPE_CHECKING:
    from collections.abc import Sequence

    from console.domain.messages import InboxMessage

NEAR = 6.0
"""Seconds: a part takes two to five on the air."""

MAX_PIECES = 64
"""A longer SMS than that is none. The header has room for 255, but no phone sends them."""

_ALIKE = 12
"""Characters at the beginning by which two texts are of one template."""

_TIME = re.compile(r"(\d{4})[-/](\d\d)[-/](\d\d) (\d\d):(\d\d):(\d\d)")
_EPOCH = datetime.datetime(1970, 1, 1)  # noqa: DTZ001 - the gateway's time has no zone
_DIALPLAN_STEP = b"Event: Newexten"
"""It tells nothing of parts, and holds the text as its sender wrote it."""
_DECLARED = re.compile(rb"(?:^|[?&\r\n])(id|smsid|msgid|index|total)\s*[=:][ \t]*([^&\r\n]*)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Declared:
    """What the gateway itself says of a part."""

    reference: str
    """The same for all parts of one SMS."""
    index: int
    """Its place; counted from 0 by some firmware, from 1 by other."""
    total: int
    """Parts of the whole SMS, two or more."""


@dataclass(frozen=True, slots=True)
class Piece:
    """One SMS as it came, perhaps a part."""

    text: str
    at: float
    """Seconds of the gateway's clock where it tells the time, else of ours."""
    declared: Declared | None = None


def declared_part(raw: bytes) -> Declared | None:
    """The part's own numbers, from the request target or AMI event it came as; None where there are none.

    `Index: 1` and `Total: 3` of Yeastar's `ReceivedSMS`, or `index=1&total=3`.
    """
    if (b"otal" not in raw and b"OTAL" not in raw) or raw.startswith(_DIALPLAN_STEP):
        return None
    values: dict[str, str] = {}
    for name, value in _DECLARED.findall(raw):
        word = unquote_to_bytes(value.strip()).decode("utf-8", "replace")
        values.setdefault(name.decode("ascii").lower(), word)
    index, total = values.get("index", ""), values.get("total", "")
    if not (_is_small(index) and _is_small(total)) or not 2 <= int(total) <= 255 or int(index) > int(total):
        return None
    reference = values.get("id") or values.get("smsid") or values.get("msgid") or ""
    return Declared(reference, int(index), int(total))


@lru_cache(maxsize=256)
def gateway_seconds(time: str) -> float | None:
    """`2014/09/11 09:36:47` as seconds of the gateway's own clock since 1970 began there; None for anything
    else.
    """
    match = _TIME.fullmatch(time)
    if match is None:
        return None
    try:
        moment = datetime.datetime(*map(int, match.groups()))  # type: ignore[arg-type]  # noqa: DTZ001
    except ValueError:
        return None
    return (moment - _EPOCH).total_seconds()


def are_one(pieces: Sequence[Piece]) -> bool:
    """Whether pieces of one sender, gateway and port are parts of one SMS."""
    if not 2 <= len(pieces) <= MAX_PIECES:
        return False
    declared = [piece.declared for piece in pieces if piece.declared is not None]
    if declared:
        first = declared[0]
        return (
            len(declared) == len(pieces) == len({part.index for part in declared})
            and len(pieces) <= first.total
            and all((part.reference, part.total) == (first.reference, first.total) for part in declared)
        )
    ordered = in_order(pieces)
    if any(later.at - earlier.at > NEAR for earlier, later in pairwise(ordered)):
        return False
    texts = [piece.text for piece in ordered]
    if any(len(one) >= _ALIKE and one[:_ALIKE] == other[:_ALIKE] for one, other in combinations(texts, 2)):
        return False
    return is_cut(texts)


def compete(pieces: Sequence[Piece], other: Piece) -> bool:
    """Whether `other` may be the last of the pieces as well as the one that is: then nobody knows which is."""
    if len(pieces) < 2 or other.declared is not None:
        return False
    *full, last = in_order(pieces)
    instead = [*full, other]
    return are_one(instead) and not any(
        goes_on([piece.text for piece in in_order(both)]) for both in ([*full, last], instead)
    )


def in_order(pieces: Sequence[Piece]) -> list[Piece]:
    """Pieces given as they came, in the order of their numbers, or else of their times."""
    return sorted(pieces, key=lambda piece: piece.at if piece.declared is None else piece.declared.index)


def missing(pieces: Sequence[Piece]) -> int:
    """How many parts have not come. 0 where the gateway does not number them: then nobody knows."""
    declared = pieces[0].declared
    return declared.total - len(pieces) if declared is not None else 0


def parts_words(message: InboxMessage) -> str:
    """`2/3, 1 missing`, or `3 parts, guessed`; `2 or more parts, guessed` where none is short, as the last one is.

    Empty for an SMS in one piece. Nothing more can be told of parts that nobody numbers: one that did not come leaves
    no trace.
    """
    parts, joined = message.parts, message.joined
    if message.missing:
        words = f"{parts}/{parts + message.missing}, {message.missing} missing"
    elif parts == 1:
        return ""
    else:
        open_end = joined is Joined.GUESSED and goes_on(message.pieces)
        words = f"{parts} or more parts" if open_end else f"{parts} parts"
    return f"{words}, {joined}" if joined in {Joined.GUESSED, Joined.APART} else words


def _is_small(word: str) -> bool:
    return word.isascii() and word.isdecimal() and len(word) <= 3
