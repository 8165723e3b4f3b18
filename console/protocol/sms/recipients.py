"""Numbers as people type, paste and list them."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from console.protocol.sms.csv_rows import UnreadableFile, read_rows
from console.protocol.sms.fields import field_name
from console.protocol.sms.numbers import identities, read_number, undecorated

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from console.protocol.sms.csv_rows import CsvRow

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

_ADDRESS = re.compile(r"(?P<name>[^<>]*)<(?P<number>[^<>]*)>")

_ROUNDED = re.compile(r"[+-]?\d+(?:[.,]\d+)?[eE][+-]?\d+")
_AMOUNT = re.compile(r"\d{5,}[.,]00?")
_LISTED = re.compile(r"\+?[0-9*#]{3,}")
"""What looks like a number in a list without a heading."""

_NUMBER_WORDS = (
    "number numbers phone_number phonenumber phone_no phone mobile_number mobile_phone mobile_no mobile msisdn cell "
    "cellphone cell_phone recipient recipients destination to tel telephone handy handynummer mobil mobilnummer "
    "telefon telefonnummer rufnummer nummer numéro numero telefono teléfono móvil portable gsm 手机 手机号 手机号码 "
    "电话 电话号码 号码 номер телефон"
)
_NUMBER_COLUMNS = tuple(_NUMBER_WORDS.split())
"""How the column of numbers is called, the surest first."""

_FIRST_WORDS = frozenset({"phone", "mobile", "tel", "telephone", "handy", "telefon", "msisdn", "cell"})
"""A heading that begins with one of these, such as `Phone 1 - Value`, is the next best."""

_NAME_COLUMNS = ("name", "full_name", "display_name", "contact", "kontakt", "nom", "nombre", "姓名", "名字", "имя")
_FIRST = ("first_name", "firstname", "given_name", "vorname", "prénom")
_LAST = ("last_name", "lastname", "surname", "family_name", "nachname")

_FILE = "a file of numbers stands alone, with nothing else before or behind it"

_SAMPLE = 50
"""Rows that are looked at to find the column of numbers."""


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
    rejected: tuple[Rejected, ...]
    remark: str = ""
    """What is to be known of the file as a whole, such as that its characters were guessed; else empty."""


def is_diallable(number: str) -> bool:
    """Whether it can be sent to: digits, `*` and `#`, with an optional `+` in front; not a name such as `DHL`."""
    return _DIALLABLE.fullmatch(number) is not None


def read_recipients(text: str, *, region: str = "", in_use: Collection[str] = ()) -> RecipientList:
    """What was typed or pasted: numbers divided by comma, semicolon, `|`, tab or line end.

    An entry is a number as people write it, `+49 (151) 234-567`, or one out of an address book, `Alice <+49151…>`.
    Digits of any script are read as digits. `region` (ISO 3166, `DE`) is the country that numbers without `+` belong
    to: what is valid there or abroad becomes E.164, what can't be is rejected, unless it is one of those `in_use`:
    they have written themselves. Without it numbers go as typed.
    """
    found: list[Recipient | Rejected] = []
    line = entry = 1
    several = _LINE_END.search(text.strip()) is not None
    for match in _PIECE.finditer(text):
        piece = match[0]
        if _LINE_END.match(piece):
            line += 1
        elif typed := piece.strip():
            place = f"line {line}" if several else f"entry {entry}"
            found.append(Rejected(typed, place, _FILE) if typed[0] == "@" else _entry(typed, place, region, in_use))
            entry += 1
    return _sorted_out(found, region)


def read_csv(data: bytes, *, region: str = "") -> RecipientList:
    """A CSV file: one column of numbers, the others are each recipient's `fields` by the names in the heading.

    The column of numbers is the one that is called so, else the first that looks so; without a heading the fields are
    `column1`, `column2`, … A row with too few or too many columns is rejected, for its fields would be another's.
    `region` as for `read_recipients`. Raises UnreadableFile, as `read_rows` does and where no column has numbers.
    """
    file = read_rows(data)
    if not file.rows:
        return RecipientList((), (), (), file.remark)
    columns, has_heading = _columns(file.rows)
    rows = file.rows[1:] if has_heading else file.rows
    return _sorted_out([columns.read(row, region) for row in rows], region, file.remark)


@dataclass(frozen=True, slots=True)
class _Columns:
    names: tuple[str, ...]
    """By `field_name`, each unlike the others."""
    number: int
    """Which of them has the numbers, from 0."""
    is_exact: bool
    """Whether every row must have as many: there is a heading."""

    def read(self, row: CsvRow, region: str) -> Recipient | Rejected:
        typed, place = " | ".join(row.cells), f"line {row.line}"
        width = len(row.cells)
        if row.trouble:
            return Rejected(typed, place, row.trouble)
        if self.is_exact and width < len(self.names):
            return Rejected(typed, place, f"{width} of {len(self.names)} columns")
        if self.is_exact and any(row.cells[len(self.names) :]):
            return Rejected(
                typed, place, f"{width} columns, and {len(self.names)} in the heading: is a text not quoted?"
            )
        if width <= self.number or not row.cells[self.number]:
            return Rejected(typed, place, "no number")
        found = _entry(row.cells[self.number], place, region)
        if isinstance(found, Rejected):
            return found
        fields = {
            name: cell
            for index, (name, cell) in enumerate(zip(self.names, row.cells, strict=False))
            if index != self.number
        }
        return replace(found, fields=fields, name=found.name or _name_in(fields))


def _columns(rows: Sequence[CsvRow]) -> tuple[_Columns, bool]:
    """What the columns are, and whether the first row is a heading. Raises UnreadableFile."""
    if rows[0].trouble:
        raise UnreadableFile(f"Line {rows[0].line}: {rows[0].trouble}.", hint="Put the first row right.")
    heading = [field_name(cell) for cell in rows[0].cells]
    while heading and not heading[-1]:
        heading.pop()
    named = [heading.index(name) for name in _NUMBER_COLUMNS if name in heading]
    named += [index for index, name in enumerate(heading) if name.partition("_")[0] in _FIRST_WORDS]
    if named:
        return _Columns(_unlike(heading), named[0], is_exact=True), True
    number = _column_of_numbers(rows)
    if number < len(heading) and not _looks_like_number(rows[0].cells[number]):
        return _Columns(_unlike(heading), number, is_exact=True), True
    width = max(len(row.cells) for row in rows)
    return _Columns(_unlike([""] * width), number, is_exact=False), False


def _unlike(heading: Sequence[str]) -> tuple[str, ...]:
    """Names for columns: `text`, `text2` for the second of that name, `column3` for one without."""
    times: Counter[str] = Counter()
    names: dict[str, None] = {}
    for place, words in enumerate(heading, 1):
        name = words or f"column{place}"
        while name in names:
            times[words] += 1
            name = f"{words}{times[words] + 1}"
        names[name] = None
    return tuple(names)


def _column_of_numbers(rows: Sequence[CsvRow]) -> int:
    counts = Counter(
        index for row in rows[:_SAMPLE] for index, cell in enumerate(row.cells) if _looks_like_number(cell)
    )
    most = max(counts.values(), default=0)
    for index in sorted(counts):
        if 2 * counts[index] >= most:
            return index
    raise UnreadableFile(
        "The file has no column with numbers.", hint="Write a heading above it, and call the column `number`."
    )


def _looks_like_number(cell: str) -> bool:
    """However it is written, or damaged."""
    return bool(_LISTED.fullmatch(_plain(cell)) or _ROUNDED.fullmatch(cell))


def _name_in(fields: Mapping[str, str]) -> str:
    for column in _NAME_COLUMNS:
        if name := fields.get(column, ""):
            return name
    parts = (next((fields[column] for column in columns if column in fields), "") for columns in (_FIRST, _LAST))
    return " ".join(part for part in parts if part)


def _sorted_out(found: Sequence[Recipient | Rejected], region: str, remark: str = "") -> RecipientList:
    whose = identities((each.number for each in found if isinstance(each, Recipient)), region)
    once: dict[str, Recipient] = {}
    duplicates: list[Recipient] = []
    rejected: list[Rejected] = []
    for each in found:
        if isinstance(each, Rejected):
            rejected.append(each)
        elif once.setdefault(whose[each.number], each) is not each:
            duplicates.append(each)
    return RecipientList(tuple(once.values()), tuple(duplicates), tuple(rejected), remark)


def _entry(typed: str, place: str, region: str, in_use: Collection[str] = ()) -> Recipient | Rejected:
    """A number, with or without a name before it."""
    words, name = typed, ""
    if address := _ADDRESS.fullmatch(typed):
        words, name = address["number"], address["name"].strip().strip("\"'").strip()
    number = _plain(words)
    if reason := _obstacle(_bare(words), number):
        return Rejected(typed, place, reason)
    read = read_number(number, region)
    if read.trouble and not read.may_be_sent and words not in in_use:
        return Rejected(typed, place, read.trouble)
    return Recipient(typed, read.number, {}, name, place, read.doubt)


def _bare(words: str) -> str:
    """Digits of any script as digits; without what nobody sees, and without quotation marks around it."""
    words = _UNSEEN.sub("", words).translate(_WIDE).strip(" \t\u00a0'\"")
    words = _SCHEME.sub("", words, count=1) if _SCHEME.match(words) else words
    return words if words.isascii() else "".join(str(int(each)) if each.isdecimal() else each for each in words)


def _plain(words: str) -> str:
    """The number without what makes it easier to read."""
    return undecorated(_bare(words))


def _obstacle(bare: str, number: str) -> str:
    """Why it can't be dialled at all; empty when it can."""
    if _ROUNDED.fullmatch(bare):
        return "a spreadsheet rounded it: format that column as text there, and take the numbers in anew"
    if _AMOUNT.fullmatch(bare):
        return "a spreadsheet took it for an amount: format that column as text there, and take the numbers in anew"
    if any(character.isalpha() for character in number):
        return "letters can't be dialled"
    if not any(character.isdecimal() for character in number):
        return "there is no number in it"
    if number.rfind("+") > 0:
        return "these look like two numbers: put a comma between them"
    if len(number) > LONGEST_NUMBER:
        return f"too long: {len(number)} characters, at most {LONGEST_NUMBER} can be sent to"
    return "" if is_diallable(number) else "only digits, * and # can be dialled, with + in front for abroad"
