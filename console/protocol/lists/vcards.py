"""vCards (RFC 2426, RFC 6350, and 2.1 as telephones still write it): people in, contacts out."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from vobject.base import Component, ContentLine

_BEGIN = re.compile(r"^(?=BEGIN:VCARD)", re.IGNORECASE | re.MULTILINE)
_END = re.compile(r"^END:VCARD\s*$", re.IGNORECASE | re.MULTILINE)
_NOT_FOR_SMS = frozenset({"FAX", "PAGER"})


@dataclass(frozen=True, slots=True)
class Card:
    """One person in a file of vCards. All of it is text from outside."""

    line: int
    """Where the card begins, from 1."""
    name: str = ""
    numbers: tuple[str, ...] = ()
    """As they are written there; those of fax machines and pagers are left out."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """`name`, `first_name`, `last_name`, `company`, `groups`, by `;` where there are several: those that are there."""
    trouble: str = ""
    """Why it can't be read, in words."""


def is_vcard(text: str) -> bool:
    """Whether this is a file of vCards."""
    return _BEGIN.match(text.lstrip()) is not None


def read_cards(text: str) -> Iterator[Card]:
    """Every card of a file, also those that can't be read."""
    line = 1
    for piece in _BEGIN.split(text):
        if _BEGIN.match(piece):
            yield _read(piece, line)
        line += piece.count("\n")


def write_card(name: str, number: str, groups: Sequence[str], version: str) -> str:
    """One contact as a vCard of `version`, `3.0` or `4.0`."""
    import vobject

    card = vobject.vCard()
    card.add("version").value = version
    card.add("fn").value = name
    card.add("n").value = vobject.vcard.Name(given=name)
    card.add("tel").value = number
    if groups:
        card.add("categories").value = list(groups)
    written: str = card.serialize()
    return written


def _read(piece: str, line: int) -> Card:
    import vobject  # 80 ms, for those who have such a file

    if not _END.search(piece):
        return Card(line, trouble="this card is never closed")
    try:
        card = next(vobject.readComponents(piece, allowQP=True))
    except (vobject.base.VObjectError, ValueError, LookupError) as error:
        return Card(line, trouble=f"this card can't be read: {error}")
    n = next((each.value for each in _lines(card, "n")), None)
    first, last = (_words(getattr(n, part, "")) for part in ("given", "family"))
    name = _first(card, "fn") or f"{first} {last}".strip()
    fields = {
        "name": name,
        "first_name": first,
        "last_name": last,
        "company": _first(card, "org"),
        "groups": ";".join(word for each in _lines(card, "categories") for word in each.value if word),
    }
    numbers = tuple(each.value for each in _lines(card, "tel") if not _NOT_FOR_SMS & _types(each))
    return Card(line, name, numbers, {key: value for key, value in fields.items() if value})


def _lines(card: Component, name: str) -> list[ContentLine]:
    from vobject.base import ContentLine

    return [each for each in card.contents.get(name, ()) if isinstance(each, ContentLine)]


def _first(card: Component, name: str) -> str:
    return next((_words(each.value) for each in _lines(card, name)), "")


def _words(value: str | list[str]) -> str:
    """vCard values may be lists."""
    return (value if isinstance(value, str) else " ".join(value)).strip()


def _types(line: ContentLine) -> set[str]:
    """`TYPE=fax,work` and, as of 2.1, a bare `FAX`."""
    given = [*line.params.get("TYPE", ()), *line.singletonparams]
    return {word.upper() for words in given for word in words.split(",")}
