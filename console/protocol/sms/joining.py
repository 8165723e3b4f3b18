"""Which SMS of one sender are parts of one long SMS, and in which order (3GPP TS 23.040 9.2.3.24.1).

A gateway may hand over a long SMS part by part. Where it numbers the parts (Yeastar's `ID`, `Index` and
`Total`) the numbers decide. Where it does not, as in OpenVox callbacks, the pieces are judged by what a part
looks like. They are taken for one SMS when all of this holds:

* They came through one gateway and port from one sender, at times no more than `NEAR` seconds apart.
* All but one fill a part: 153 septets of the GSM 7-bit alphabet, or 67 UTF-16 units where any of them needs
  UCS-2; or one less, for a longer header or a character that was not cut in two. None holds more.
* No two begin alike: two texts of one template are two messages.

The one that does not fill its part is the last. The rest stand in the order of their times, then as they came.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations, pairwise
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

from console.protocol.sms.gsm7 import is_gsm7, septets

if TYPE_CHECKING:
    from collections.abc import Sequence

NEAR = 6.0
"""Seconds: a part takes two to five on the air."""

MAX_PIECES = 64
"""A longer SMS than that is none. The header has room for 255, but no phone sends them."""

_GSM7 = range(152, 154)
_UCS2 = range(66, 68)
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


def may_fill_part(text: str) -> bool:
    """Whether `text` is as long as a part that others follow."""
    length = len(text)
    if length > _GSM7.stop - 1 or length < _UCS2.start // 2:
        return False
    if length < _GSM7.start // 2:
        return _utf16_units(text) in _UCS2
    return _utf16_units(text) in _UCS2 or (is_gsm7(text) and septets(text) in _GSM7)


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
    times = sorted(piece.at for piece in pieces)
    if any(later - earlier > NEAR for earlier, later in pairwise(times)):
        return False
    texts = [piece.text for piece in pieces]
    if any(len(one) >= _ALIKE and one[:_ALIKE] == other[:_ALIKE] for one, other in combinations(texts, 2)):
        return False
    sizes, full = _measured(texts)
    return max(sizes) < full.stop and sum(size not in full for size in sizes) <= 1


def joined(pieces: Sequence[Piece]) -> str:
    """The text of pieces that `are_one`, given in the order they came."""
    if pieces[0].declared is not None:
        return "".join(piece.text for piece in sorted(pieces, key=_index))
    sizes, full = _measured([piece.text for piece in pieces])
    places = sorted(range(len(pieces)), key=lambda number: (sizes[number] not in full, pieces[number].at))
    return "".join(pieces[number].text for number in places)


def missing(pieces: Sequence[Piece]) -> int:
    """How many parts have not come. 0 where the gateway does not number them: then nobody knows."""
    declared = pieces[0].declared
    return declared.total - len(pieces) if declared is not None else 0


def may_go_on(text: str, parts: int, raw: bytes) -> bool:
    """Whether more parts may belong to a text joined of so many; `raw` is one of them as it came.

    The gateway numbers none of them, and no part is short, as the last one is. Nothing more can be told: a part
    between two full ones leaves no trace, and a short last one ends the text whatever is missing before it.
    """
    if parts < 2 or declared_part(raw) is not None:
        return False
    (size,), full = _measured([text])
    return size >= full.start * parts


def _index(piece: Piece) -> int:
    return piece.declared.index if piece.declared is not None else 0


def _measured(texts: Sequence[str]) -> tuple[list[int], range]:
    """The size of each, and the sizes of a part that is full, in the alphabet that all of them need."""
    if all(map(is_gsm7, texts)):
        return [septets(text) for text in texts], _GSM7
    return [_utf16_units(text) for text in texts], _UCS2


def _utf16_units(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2


def _is_small(word: str) -> bool:
    return word.isascii() and word.isdecimal() and len(word) <= 3
