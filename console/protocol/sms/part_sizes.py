"""How much text a part of a long SMS holds when it is full: by alphabet, by header, and by who made it.

An SMS has 140 octets. The header of a part takes 6 of them where its reference has 8 bits and 7 where it has 16 (3GPP
TS 23.040 9.2.3.24.1 and 9.2.3.24.8), and 3 more for each national table of TS 23.038 that the text is written with:
single shift (9.2.3.24.15) for characters of two septets, locking shift (9.2.3.24.16) for characters of one. The rest
holds septets of 7 bits, or UTF-16 units of 16:

    header    septets   units
     6,  7    153, 152  67, 66   no national table
     9, 10    149, 148           one
    12, 13    146, 145           both

A gateway of this make has its own sizes. It cuts an ASCII text that came by `/sendsms` into 140 characters, and one
from its page into 132, or 129 where it finds no blank; any other text into 67.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from console.protocol.sms.gsm7 import BASIC, EXTENSION, OUTSIDE_ASCII

if TYPE_CHECKING:
    from collections.abc import Sequence

_OCTETS = 140
_NEVER = re.compile("(?!)")
_ALWAYS = re.compile("")
_ALPHABET = BASIC.replace("\x1b", "")
_ASTRAL = "\U00010000-\U0010ffff"
_EXTENSION = "".join(EXTENSION.values())


class _Coding(NamedTuple):
    """One way to write a long text."""

    sizes: tuple[int, ...]
    """Units that a full part holds."""
    foreign: re.Pattern[str]
    """Matches a character that it can't write."""
    double: re.Pattern[str] = _NEVER
    """Matches a character of two units, which is not cut in two: a part before it may have one unit left."""
    cause: re.Pattern[str] = _ALWAYS
    """Matches what a text has in it that is written so."""

    def units(self, text: str) -> int:
        return len(text) + len(self.double.findall(text))

    def fills(self, text: str, size: int, following: str) -> bool:
        """Whether a part of `text` is full, where what follows it begins so."""
        left = size - self.units(text)
        return left == 0 or (left == 1 and self.double.match(following) is not None)


def _septets(*headers: int, single: str = "", double: str = "") -> _Coding:
    """The 7-bit alphabet and further characters of one septet and of two, behind headers of so many octets."""
    twice = "".join(char for char in _EXTENSION + double if char not in single)
    return _Coding(
        tuple((_OCTETS - header) * 8 // 7 for header in headers),
        re.compile(f"[^{re.escape(_ALPHABET + single + twice)}]"),
        re.compile(f"[{re.escape(twice)}]"),
    )


# What a national table has beside the alphabet (3GPP TS 23.038 A.2 and A.3).
_TURKISH = "ĞİŞçğış"
_TURKISH_LOCKING = "€ıĞğŞşİç"
_SPANISH = "çÁÍÓÚáíóú"
_PORTUGUESE = "êçÔôÁáÊÀÍÓÚÃÕÂíóúãõâ"
_PORTUGUESE_LOCKING = "êúíóçÔôÁáªÀ∞^\\€Ó|ÂâÊºÍÃÕÚ~ãõ`"

_CODINGS = (
    _septets(6, 7, 9, 10, 12, 13),
    # The driver of 2013 hands on `Ö` as `Ì` and capitals of Greek as `ÿ`: one septet each, though in no alphabet.
    _septets(6, 7, 9, 10, 12, 13, single="Ìÿ"),
    _septets(9, 10, double=_TURKISH),
    _septets(9, 10, single=_TURKISH_LOCKING),
    _septets(12, 13, single=_TURKISH_LOCKING, double=_TURKISH),
    _septets(9, 10, double=_SPANISH),
    _septets(9, 10, double=_PORTUGUESE),
    _septets(9, 10, single=_PORTUGUESE_LOCKING),
    _septets(12, 13, single=_PORTUGUESE_LOCKING, double=_PORTUGUESE),
    _Coding((140, 132, 129), foreign=OUTSIDE_ASCII),
    # Some senders, this make's driver among them, use UCS-2 for whatever is not ASCII.
    _Coding((67, 66), foreign=_NEVER, double=re.compile(f"[{_ASTRAL}]"), cause=OUTSIDE_ASCII),
)
"""Every way that is known, the likeliest first."""

_FULL = frozenset(size - left for coding in _CODINGS for size in coding.sizes for left in (0, 1))
_LENGTHS = range(min(_FULL) // 2, max(_FULL) + 1)
_DOUBLE = re.compile(f"[{re.escape(_EXTENSION + _TURKISH + _SPANISH + _PORTUGUESE)}{_ASTRAL}]")
"""Matches a character that is one of two units anywhere."""


def is_cut(texts: Sequence[str]) -> bool:
    """Whether one text may have been cut into these: all but the last fill a part, and the last is no longer."""
    return _are_cut(texts, last_fills=False)


def goes_on(texts: Sequence[str]) -> bool:
    """Whether one text may have been cut into these and more: all of them fill a part."""
    return _are_cut(texts, last_fills=True)


def may_fill(text: str) -> bool:
    """Whether `text` is as long as a part that others follow."""
    if len(text) not in _LENGTHS or (len(text) not in _FULL and not _DOUBLE.search(text)):
        return False  # nearly every SMS: the codings are tried one by one for a few
    return any(
        size - coding.units(text) in {0, 1}
        for coding in _CODINGS
        if not coding.foreign.search(text)
        for size in coding.sizes
    )


def _are_cut(texts: Sequence[str], *, last_fills: bool) -> bool:
    *full, last = texts
    for coding in _CODINGS:
        if any(map(coding.foreign.search, texts)) or not any(map(coding.cause.search, texts)):
            continue
        for size in coding.sizes:
            end = coding.units(last)
            if end == size if last_fills else end <= size:
                pairs = zip(full, texts[1:], strict=True)
                if all(coding.fills(text, size, following) for text, following in pairs):
                    return True
    return False
