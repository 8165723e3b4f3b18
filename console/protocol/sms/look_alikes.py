"""Characters that cost money, and those of the GSM 7-bit alphabet that look or read the same.

One curly quote turns 160 septets a segment into 70 units. The table below names what word processors and
phones put in by themselves; letters with accents that the alphabet lacks go by their Unicode decomposition.
Cyrillic has no entry although some letters look Latin: replacing half a word spoils it and saves nothing.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from console.protocol.sms import gsm7

_ALIKE = {
    "'": "‘’‚‛′ʹʻʼʽˈ`´‹›",
    '"': "“”„‟″«»〝〞",
    "-": "‐‑‒–—―−⁃﹘﹣➖",
    " ": "\t\v\x85\u1680\u2028\u2029",
    "": "\u00ad\u200b\u2060\ufeff",
    "*": "•‣●▪◦",
    ".": "·∙",
    "...": "…⋯",
    "/": "⁄∕÷",
    "\\": "∖",
    "|": "¦∣│",
    "~": "∼˜",
    "^": "ˆ",
    ":": "∶",
    "x": "×",
    "<": "〈",
    ">": "〉",
    "<=": "≤",
    ">=": "≥",
    "->": "→",
    "<-": "←",
    "c": "¢",
    "(c)": "©",
    "(r)": "®",
    "i": "ı",
    "l": "ł",
    "L": "Ł",
    "d": "đð",
    "D": "ĐÐ",
    "h": "ħ",
    "H": "Ħ",
    "th": "þ",
    "Th": "Þ",
    "oe": "œ",
    "OE": "Œ",
    "SS": "ẞ",
}
_GREEK = dict(zip("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧ", "ABEZHIKMNOPTYX", strict=True))
_ASCII_ONLY = {"ß": "ss", "Æ": "AE", "æ": "ae", "Ø": "O", "ø": "o", "€": "EUR", "¿": "?", "¡": "!"}

_TABLE = {char: look for look, chars in _ALIKE.items() for char in chars} | _GREEK
_WITH_MARKS = "[^\u0300-\u036f][\u0300-\u036f]+"
_COMBINED = re.compile(_WITH_MARKS)
_MARKED = re.compile(f"{_WITH_MARKS}|.", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Change:
    """One replacement made in a text."""

    index: int
    """Where `found` stood in the text as it was, in characters, from 0."""
    found: str
    put: str
    """What stands there now; empty when `found` was invisible and left out."""


@lru_cache(maxsize=4096)
def suggestion(char: str, *, ascii_only: bool = False) -> str | None:
    """What could stand for `char` in GSM 7-bit text, or None. An empty string means: leave it out.

    With `ascii_only` the answer also keeps to ASCII, as a message by AMI must to stay GSM-7.
    A character that needs no replacement has none.
    """
    outside = gsm7.OUTSIDE_ASCII if ascii_only else gsm7.OUTSIDE
    if outside.search(char) is None:
        return None
    look = _TABLE.get(char)
    if look is None and ascii_only:
        look = _ASCII_ONLY.get(char)
    if look is None:
        look = _decomposed(char)
    return look if look is not None and outside.search(look) is None else None


def composed(text: str) -> str:
    """`text` with each letter and its combining marks as one character where Unicode has one: `u` + U+0308 is `ü`.

    macOS writes names apart, and apart they cost as UCS-2 what the GSM alphabet has. Nothing else is normalised: that
    would make texts of some scripts longer.
    """
    return _COMBINED.sub(lambda match: unicodedata.normalize("NFC", match[0]), text)


def replace(text: str, *, ascii_only: bool = False) -> tuple[str, tuple[Change, ...]]:
    """`text` with every look-alike replaced, and what was changed, in order.

    A letter and its combining marks count as one character (`e` + U+0301 becomes `é`). Greek capitals become
    their Latin twins only where that leaves no other Greek letter behind that the alphabet lacks.
    """
    outside = gsm7.OUTSIDE_ASCII if ascii_only else gsm7.OUTSIDE
    greek = all(
        suggestion(char, ascii_only=ascii_only) is not None for char in outside.findall(text) if _is_greek(char)
    )
    out: list[str] = []
    changes: list[Change] = []
    for piece in _MARKED.finditer(text):
        found = piece[0]
        put = found
        if outside.search(found) and (greek or not _is_greek(found[0])):
            put = _rewritten(found, ascii_only=ascii_only)
        if put != found:
            changes.append(Change(piece.start(), found, put))
        out.append(put)
    return "".join(out), tuple(changes)


def _rewritten(found: str, *, ascii_only: bool) -> str:
    outside = gsm7.OUTSIDE_ASCII if ascii_only else gsm7.OUTSIDE
    composed = unicodedata.normalize("NFC", found)
    looks = [look if (look := suggestion(char, ascii_only=ascii_only)) is not None else char for char in composed]
    put = "".join(looks)
    return found if outside.search(put) else put


def _decomposed(char: str) -> str | None:
    """The base letters of `char` by compatibility decomposition, without marks, look-alikes put in."""
    decomposed = unicodedata.normalize("NFKD", char)
    bare = [part for part in decomposed if not unicodedata.combining(part)]
    if decomposed == char and bare:
        return None
    return "".join(_TABLE.get(part, part) for part in bare)


def _is_greek(char: str) -> bool:
    return "\u0370" <= char <= "\u03ff" or "\u1f00" <= char <= "\u1fff"
