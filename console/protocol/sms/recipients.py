"""Numbers as people type, paste and list them."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Protocol

from console.protocol.sms.numbers import identities, lacks_country, read_number, undecorated

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from console.protocol.lists.book import Contact

LONGEST_NUMBER = 23
"""Characters of a number: the gateway keeps it in 24 bytes, one of them the end mark."""

_DIALLABLE = re.compile(r"\+[0-9*#]{1,22}|[0-9*#]{1,23}")

_WIDE = str.maketrans({"＋": "+", "＊": "*", "＃": "#", "（": "(", "）": ")", "－": "-", "．": ".", "＇": "'"})
_UNSEEN = re.compile(r"[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]|‹(?:200[EF]|202[A-E]|206[6-9])›|╎")
"""What address books wrap numbers in for the sake of direction, as it is and as `safe` marks it."""

_SCHEME = re.compile(r"(?:tel|sms|callto):", re.IGNORECASE)
_PIECE = re.compile(r'(?:"[^"\n\r]*"(?=[ \t]*<)|\d,\d+[eE][+]\d|[^,;|\t\r\n，；、｜␉␊␍])+|\r\n|[\r\n␊␍]')
"""What stands between separators, or a line end. A quoted name before `<` and a damaged number may hold a comma."""

_LINE_END = re.compile(r"[\r\n␊␍]")

_AROUND = " \t\u00a0'\"‘’`´"
"""What stands around a number in lists: an apostrophe in front keeps spreadsheets from rounding it."""

_ADDRESS = re.compile(r"(?P<name>[^<>]*)<(?P<number>[^<>]*)>")

_TOKEN = re.compile(r"[^\s/:]+")
"""What may be one number, or a part of one: blanks and `/` stand within numbers and between them."""

_LONGEST_E164 = 15
"""Digits of any number in the world, with its country's code (ITU-T E.164)."""

_EXIT_PREFIX = re.compile(r"00|011|810")
"""What is dialled in place of `+`; 3 digits at most."""

_SHORTEST_WHOLE = 7
"""Digits of what is taken for a whole number where two stand side by side."""

_PLACE_IN_LIST = re.compile(r"[1-9]\d{0,4}[.)]\s+(?=[+(\d])")
"""Before a number in a list that is counted: `1. 0151 2345678`."""

_BEHIND_FEW = re.compile(r"[1-9]\d{0,5}\s+(\(?0[\d\s()/.-]{8,})")
"""A few digits, and behind them what begins and may end as a number does: `1 0151 2345678`."""

_FORMULA = re.compile(r'^=\s*"')
"""Before a number in `="0151…"`: how a zero in front is kept from spreadsheets."""

_ROUNDED = re.compile(r"[+-]?\d+(?:[.,]\d+)?[eE][+-]?\d+")
_AMOUNT = re.compile(r"\d{5,}[.,]00?")

_NO_GROUP = "there is no such contact group; a file must be the only entry"


@dataclass(frozen=True, slots=True)
class Recipient:
    """One to whom a message can be sent."""

    typed: str
    """As it came, in every character."""
    number: str
    """As it will be sent: only `[+0-9*#]`, at most 23 characters."""
    fields: Mapping[str, str] = field(default_factory=dict)
    """What else the list tells of them, by `console.protocol.sms.fields.field_name`. Text from outside."""
    name: str = ""
    """What the list calls them. Text from outside."""
    place: str = ""
    """Where it stands: `entry 3`, or `line 7`."""
    doubt: str = ""
    """What else the number may be, to be asked about: `it may be +33612345678, too`."""

    @property
    def values(self) -> Mapping[str, str]:
        """What fills the fields of a text: `fields`, and `name` where a name is known."""
        return self.fields if self.fields.get("name") or not self.name else {**self.fields, "name": self.name}


@dataclass(frozen=True, slots=True)
class Rejected:
    """One to whom nothing can be sent."""

    typed: str
    """As it came. Text from outside."""
    place: str
    """As of a Recipient."""
    reason: str
    """Why, in words: `too short`."""


@dataclass(frozen=True, slots=True)
class RecipientList:
    """Everybody that was asked for: each entry is in exactly one of the three."""

    recipients: tuple[Recipient, ...]
    """Each number once, in order."""
    duplicates: tuple[Recipient, ...]
    """Entries whose number stands among the recipients already."""
    rejected: tuple[Rejected, ...] = ()
    guesses: tuple[str, ...] = ()
    """What was guessed of a file, such as its characters or its column of numbers: each needs a yes. In words, with
    text from outside.
    """
    taken: str = ""
    """Which columns of a file the numbers and names were taken from, in words, with text from outside."""


class Book(Protocol):
    """The contacts, as far as it takes to write to them."""

    def name_of(self, number: str, region: str = "") -> str:
        """What the one who has a number of a region is called; empty where nobody is."""
        ...

    def named(self, name: str) -> Sequence[Contact]:
        """Those who are called so."""
        ...

    def group(self, name: str) -> Sequence[Contact]:
        """Those who belong to a group."""
        ...


def is_diallable(number: str) -> bool:
    """Whether it can be sent to: digits, `*` and `#`, with an optional `+` in front; not a name such as `DHL`."""
    return _DIALLABLE.fullmatch(number) is not None


def read_recipients(
    text: str, *, region: str = "", in_use: Collection[str] = (), book: Book | None = None
) -> RecipientList:
    """What was typed or pasted: numbers divided by comma, semicolon, `|`, tab or line end.

    An entry is a number as people write it, `+49 (151) 234-567`, or one out of an address book, `Alice <+49151…>`.
    Digits of any script are read as digits. `region` (ISO 3166, `DE`) is the country that numbers without `+` belong
    to: what is valid there or abroad becomes E.164, what can't be is rejected, unless it is one of those `in_use`:
    they have written themselves. Without it numbers go as typed.
    With a `book` an entry may be a contact's name, or `@` and a group, and whoever is a contact has a name.
    """
    return sorted_out(list(entries(text, region, in_use=in_use, book=book)), region)


def entries(
    text: str, region: str, place: str = "", *, in_use: Collection[str] = (), book: Book | None = None
) -> Iterator[Recipient | Rejected]:
    """Every number in a text, in order, as `read_recipients` takes them; each stands at `place` where that is given."""
    line = entry = 1
    several = _LINE_END.search(text.strip()) is not None
    for match in _PIECE.finditer(text):
        piece = match[0]
        if _LINE_END.match(piece):
            line += 1
        elif typed := piece.strip():
            for each in _apart(typed):
                at = place or (f"line {line}" if several else f"entry {entry}")
                yield from _people(each, at, region, in_use, book)
                entry += 1


def sorted_out(
    found: Sequence[Recipient | Rejected], region: str, guesses: tuple[str, ...] = (), taken: str = ""
) -> RecipientList:
    """Each number once, in full where it stands so anywhere, the others apart; `region` as for `read_recipients`."""
    whose = identities((each.number for each in found if isinstance(each, Recipient)), region)
    once: dict[str, Recipient] = {}
    duplicates: list[Recipient] = []
    rejected: list[Rejected] = []
    for each in found:
        if isinstance(each, Rejected):
            rejected.append(each)
        elif (known := once.setdefault(whose[each.number], each)) is not each:
            in_full = lacks_country(known.number) and not lacks_country(each.number)
            if in_full:
                once[whose[each.number]] = each
            duplicates.append(known if in_full else each)
    return RecipientList(tuple(once.values()), tuple(duplicates), tuple(rejected), guesses, taken)


def _apart(piece: str) -> list[str]:
    """The numbers in a piece, each as it was typed: several where they can't be one.

    `+` begins a number, `:` ends one, and its place in a counted list is no part of it. Where the digits are too many
    for one number, each part is a whole one: between `/`, between blanks, or from one beginning such as `0` to the
    next.
    """
    counted = _PLACE_IN_LIST.match(piece)
    if counted and _is_whole(piece[counted.end() :]):
        piece = piece[counted.end() :]
    tokens = [match.span() for match in _TOKEN.finditer(piece)]
    if not tokens or any(character.isalpha() for character in piece):
        return [piece]
    found: list[str] = []
    starts = [i for i, (at, _) in enumerate(tokens) if i == 0 or piece[at] == "+" or ":" in _gap(piece, tokens, i)]
    for first, behind in pairwise([*starts, len(tokens)]):
        found += _whole_numbers(piece, tokens[first:behind])
    return found


def _gap(piece: str, tokens: Sequence[tuple[int, int]], index: int) -> str:
    """What stands before a token."""
    return piece[tokens[index - 1][1] : tokens[index][0]]


def _whole_numbers(piece: str, tokens: Sequence[tuple[int, int]]) -> list[str]:
    words = [piece[at:end] for at, end in tokens]
    whole = piece[tokens[0][0] : tokens[-1][1]]
    number, first = stripped(whole), stripped(words[0])
    if _fits(number) and (number[:1] in ("+", "0") or not all(map(_is_whole, words))):
        return [whole]
    beginning = "00" if first.startswith("00") else words[0][0] if words[0][0] in "0(" else "\0"
    inner = range(1, len(tokens))
    for starts in (
        [i for i in inner if "/" in _gap(piece, tokens, i)],
        list(inner),
        [i for i in inner if words[i].startswith(beginning)],
    ):
        cuts = pairwise([0, *starts, len(tokens)])
        parts = [piece[tokens[begin][0] : tokens[behind - 1][1]] for begin, behind in cuts]
        if starts and all(map(_is_whole, parts)):
            return parts
    return [whole]


def _is_whole(words: str) -> bool:
    number = stripped(words)
    return len(number.lstrip("+")) >= _SHORTEST_WHOLE and _fits(number)


def _fits(number: str) -> bool:
    """Whether it has no more digits than one number can have."""
    if number.startswith("+"):
        return len(number) - 1 <= _LONGEST_E164
    prefix = _EXIT_PREFIX.match(number)
    return len(number) <= _LONGEST_E164 + (3 if prefix else 0)


def _people(
    typed: str, place: str, region: str, in_use: Collection[str], book: Book | None
) -> Iterator[Recipient | Rejected]:
    """A number, a contact by its name, or all of a group."""
    if typed[0] == "@":
        members = book.group(typed[1:]) if book else ()
        for contact in members:
            yield _contact(contact, contact.number, place, region)
        if not members:
            yield Rejected(typed, place, _NO_GROUP)
        return
    found = _entry(typed, place, region, in_use)
    called = book.named(typed) if book and isinstance(found, Rejected) else ()
    if len(called) == 1:
        yield _contact(called[0], typed, place, region)
    elif called:
        yield Rejected(
            typed, place, f"several contacts have this name: type {' or '.join(each.number for each in called)}"
        )
    elif book and isinstance(found, Recipient) and not found.name:
        yield replace(found, name=book.name_of(found.number, region))
    else:
        yield found


def _contact(contact: Contact, typed: str, place: str, region: str) -> Recipient | Rejected:
    found = replace(_entry(contact.number, place, region), typed=typed)
    return found if isinstance(found, Rejected) else replace(found, name=contact.name)


def _entry(typed: str, place: str, region: str, in_use: Collection[str] = ()) -> Recipient | Rejected:
    """A number, with or without a name before it."""
    words, name = typed, ""
    if address := _ADDRESS.fullmatch(typed):
        words, name = address["number"], address["name"].strip().strip("\"'").strip()
    number = stripped(words)
    if reason := _obstacle(_bare(words), number):
        return Rejected(typed, place, reason)
    read = read_number(number, region)
    if read.trouble and not read.may_be_sent and words not in in_use:
        return Rejected(typed, place, read.trouble)
    return Recipient(typed, read.number, {}, name, place, read.doubt or _doubt(_bare(words), read.number, region))


def _doubt(bare: str, number: str, region: str) -> str:
    """Whether only the end of it may be meant, in words."""
    behind = _BEHIND_FEW.fullmatch(bare)
    end = read_number(undecorated(behind[1]), region).number if behind else number
    return "" if end == number else f"it may also be {end}"


def _bare(words: str) -> str:
    """Digits of any script as digits; without what nobody sees, and without quotation marks around it."""
    words = _UNSEEN.sub("", words).translate(_WIDE).strip(_AROUND)
    words = _FORMULA.sub("", words)
    words = _SCHEME.sub("", words, count=1) if _SCHEME.match(words) else words
    return words if words.isascii() else "".join(str(int(each)) if each.isdecimal() else each for each in words)


def stripped(words: str) -> str:
    """A number without what makes it easier to read, whether it can be dialled or not."""
    return undecorated(_bare(words))


def is_damaged(words: str) -> bool:
    """Whether a spreadsheet has made something else of a number: `4.91512E+12`, `4915112345678.0`."""
    bare = _bare(words)
    return bool(_ROUNDED.fullmatch(bare) or _AMOUNT.fullmatch(bare))


def _obstacle(bare: str, number: str) -> str:
    """Why it can't be dialled at all; empty when it can."""
    if _ROUNDED.fullmatch(bare):
        return "a spreadsheet rounded it: format that column as text there, and copy the numbers again"
    if _AMOUNT.fullmatch(bare):
        return "a spreadsheet read it as an amount: format that column as text there, and copy the numbers again"
    if any(character.isalpha() for character in number):
        return "letters can't be dialled"
    if not any(character.isdecimal() for character in number):
        return "it contains no number"
    if number.rfind("+") > 0:
        return "these look like two numbers: put a comma between them"
    if len(number) > LONGEST_NUMBER:
        return f"too long: {len(number)} characters, at most {LONGEST_NUMBER} can be sent to"
    if number.lstrip("+").isdecimal() and not _fits(number):
        return f"too long for one number, which has {_LONGEST_E164} digits at most: put a comma between several"
    return "" if is_diallable(number) else "only digits, * and # can be dialled, with a leading + for abroad"
