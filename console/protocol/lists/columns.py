"""Which columns of a file have the numbers: by what stands in them, and by what they are called.

A customer's number is made of digits, too. So a column counts as one of numbers by its heading only where its cells can
be numbers, and one without such a heading only where nothing looks more like numbers. What is not certain is a guess.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from enum import IntEnum
from itertools import islice, pairwise
from typing import TYPE_CHECKING

from console.protocol.lists.csv_rows import UnreadableFile
from console.protocol.sms.fields import field_name
from console.protocol.sms.recipients import Rejected, entries, is_damaged, stripped

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from console.protocol.lists.csv_rows import CsvRow
    from console.protocol.sms.recipients import Recipient

_SAMPLE = 50
"""Cells of a column that are looked at, of those that are not empty."""


class Evidence(IntEnum):
    """How much a cell looks like a number that can be written to."""

    NONE = 0
    FEW_DIGITS = 1
    """Three or four, or a column that counts up."""
    DIGITS = 2
    VALID = 3
    """In the region, or with `+` in front."""
    NATIONAL = 4
    """A zero in front, and as long as numbers are."""
    INTERNATIONAL = 5
    """With `+` or 00, and valid."""


_BETTER = {Evidence.NONE: Evidence.DIGITS, Evidence.FEW_DIGITS: Evidence.DIGITS, Evidence.DIGITS: Evidence.VALID}
"""Where the numbers look like this, other columns that look like that may be meant; else those with `+`."""


class _Rank(IntEnum):
    """What a heading says of its column."""

    FAX = -1
    NOTHING = 0
    VAGUE = 1
    """`number`: but a customer has one, too."""
    PHONE = 2


_PHONE_PARTS = (
    "phone fone foon telef telep puhelin rufn handynum mobil movil celul cellul msisdn whatsapp komork "
    "ponsel portable kontaktnum contact_no contact_nu contactno contactnu τηλεφ κινητ телеф мобил мобіл "
    "сотов 手机 手機 电话 電話 携帯 携帶 휴대 전화 핸드폰 โทร มือถือ هاتف جوال موبايل تلفون تلفن محمول טלפון נייד "
    "फोन मोबाइल dien_thoai di_dong"
)
"""What words for a telephone have in common, wherever in a heading."""

_PHONE_BEGINNINGS = "tel cell cep_t cep_n ceptel mob handy natel sms fon hp tlf tfn gsm τηλ тел моб"
"""What a word of a heading begins with."""

_VAGUE = (
    "number numbers recipient recipients destination to no nr nummer nummern numero numeros номер 号码 號碼 번호 "
    "番号 numer numara nomor رقم מספר contact kontakt контакт cep"
)
"""Whole headings that may mean it, the surest first."""

_FAX_PARTS = "fax faks факс φαξ 传真 傳真 팩스 ファックス telecop pager"
_NO_TELEPHONE = re.compile(r"telegram|telex|telefa[xk]|telecop|телефакс")

_IN_FRONT = re.compile(
    r"vorwahl|prefi|indicati|countr.*code|area_?code|dial|calling|riktn|landn|kierunk|^(?:cc|ddd|ddi|isd|lada|std)$|"
    r"код_(?:стран|город)|区号|區號|国家代码|国家码|國碼|国番号|市外局番"
)
"""Headings of what is dialled before the number beside it."""

_COUNTRY = re.compile(r"countr|land$|staat$|pays$|pais$|paese$|ulke$|kraj$|стран|国家|國家|国$")
"""Headings of what tells the code that is dialled in front."""

_PREFIX = re.compile(r"[+(]{0,2}\d{1,5}\)?")
_CERTAIN_PREFIX = re.compile(r"(?:\+|00)[1-9]\d{0,3}")
"""What can be dialled before a number, and what can be nothing else."""

_DATE = r"(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}|\d{1,2}[-/.]\d{1,2}[-/.](?:\d{2}|\d{4}))"
_TIME = r"\d{1,2}:\d{2}(?::\d{2})?"
_NOT_A_NUMBER = re.compile(rf"(?:{_DATE}[T ]+)?{_TIME}|{_DATE}|\d{{1,3}}(?:[ '’.,]\d{{3}})*[.,]\d{{1,2}}")
"""A date, a time, or an amount."""

_ADDRESS = re.compile(r"[^<>]*<([^<>]*)>")
"""A name and its number, as mail programs write them."""

_SHOWN = 40
"""Characters of a cell that a guess repeats."""

_STEP = 10
"""Numbers that follow each other no further apart are counted up."""


@dataclass(frozen=True, slots=True)
class Columns:
    """What the columns of a file are."""

    names: tuple[str, ...]
    """By `field_name`, each unlike the others."""
    numbers: tuple[int, ...]
    """Which of them have the numbers, from 0: at least one."""
    has_heading: bool
    """Whether the first row is one; then every row must have as many columns."""
    taken: tuple[str, ...]
    """What the columns of numbers are called, as in the file."""
    guess: str = ""
    """Why a person should look whether these are the numbers; empty where it is certain."""


def find_columns(rows: Sequence[CsvRow], region: str, wanted: str = "") -> Columns:
    """What the columns of `rows` are; `region` as for `read_recipients`.

    `wanted` is what the column of numbers is called, or its place from 1, where somebody knows. Raises UnreadableFile:
    there is no such column, or none with numbers; the first row can't be read.
    """
    if not rows:
        return Columns((), (0,), has_heading=False, taken=())
    if rows[0].trouble:
        raise UnreadableFile(f"Line {rows[0].line}: {rows[0].trouble}.", hint="Fix the first row.")
    return _Finder(rows, region).find(wanted)


def evidence(cell: str, region: str) -> Evidence:
    """How much a cell looks like a number, or several by the first, however damaged."""
    return Evidence.VALID if is_damaged(cell) else next(iter(_each_evidence(cell, region)), Evidence.NONE)


def _each_evidence(cell: str, region: str) -> list[Evidence]:
    """Of each of the numbers in a cell; empty where something else stands there."""
    found = [] if _NOT_A_NUMBER.fullmatch(cell) else list(entries(_ADDRESS.sub(r"\1;", cell), region))
    if not all(stripped(each.typed).strip("+*#").isdecimal() for each in found):
        return []
    return [_evidence_of(each, region) for each in found]


def _evidence_of(found: Recipient | Rejected, region: str) -> Evidence:
    written = stripped(found.typed)
    digits = len(written.lstrip("+"))
    if digits < 5 or not written.lstrip("+").isdecimal():
        return Evidence.FEW_DIGITS if digits > 2 else Evidence.NONE
    if isinstance(found, Rejected):
        return Evidence.DIGITS
    if written.startswith("+"):
        seen = Evidence.INTERNATIONAL if _is_valid(written) else Evidence.VALID
        return seen if digits > 6 else Evidence.DIGITS
    if written.startswith("00"):
        return Evidence.INTERNATIONAL if _is_valid(f"+{written[2:]}") else Evidence.DIGITS
    is_completed = found.number.startswith("+")
    if written.startswith("0") and digits > 8 and (is_completed or not region):
        return Evidence.NATIONAL
    if is_completed if region else digits > 9 and _is_valid(f"+{written}"):
        return Evidence.VALID
    return Evidence.DIGITS


def _is_mixed(cell: str, region: str) -> bool:
    """Whether it has several numbers, and one of them hardly is one."""
    levels = _each_evidence(cell, region)
    return len(levels) > 1 and min(levels) <= Evidence.DIGITS < max(levels)


def _is_valid(number: str) -> bool:
    import phonenumbers  # 50 ms, for those who need it

    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(number))
    except phonenumbers.NumberParseException:
        return False


class _Finder:
    """Looks at one file."""

    def __init__(self, rows: Sequence[CsvRow], region: str) -> None:
        self._region = region
        self._heading = list(rows[0].cells)
        self._width = max(len(row.cells) for row in rows)
        self._first = [evidence(cell, region) for cell in rows[0].cells]
        self._first += [Evidence.NONE] * (self._width - len(self._first))
        self._may_be_heading = max(self._first) <= Evidence.FEW_DIGITS
        cells = [_sample(rows[self._may_be_heading :], at) for at in range(self._width)]
        self._mixed = [next((cell for cell in column if _is_mixed(cell, region)), "") for column in cells]
        self._counting = [_counts_up(column) for column in cells]
        self._levels = [self._level(column) for column in cells]
        self._lengths = [sum(map(len, column)) / max(1, len(column)) for column in cells]
        self._ranks = [_rank(name) if self._may_be_heading else _Rank.NOTHING for name in rows[0].cells]
        self._ranks += [_Rank.NOTHING] * (self._width - len(self._ranks))
        self._in_front = [at for at, column in enumerate(cells) if column and self._is_in_front(at, column)]

    def find(self, wanted: str) -> Columns:
        if wanted:
            return self._wanted(wanted)
        phones = self._of(_Rank.PHONE)
        if taken := self._enough(phones):
            return self._columns(taken, has_heading=True, guess=self._guess_among(taken))
        at = max(range(self._width), key=self._likeness)
        if self._levels[at] and self._ranks[at] != _Rank.FAX:
            return self._by_look(at)
        if named := phones or sorted(self._of(_Rank.VAGUE), key=self._vagueness):
            return self._columns(named[:1], has_heading=True)
        raise UnreadableFile(
            "The file has no column of numbers.", hint="Write a heading above it, and call the column `number`."
        )

    def _by_look(self, at: int) -> Columns:
        """The column that looks most like numbers, and those like it."""
        level = self._levels[at]
        has_heading = any(self._ranks) or (self._may_be_heading and not self._first[at])
        if phones := self._of(_Rank.PHONE):
            names = ", ".join(map(self._title, phones))
            return self._columns([at], has_heading=True, guess=f"{names} has almost none")
        if self._ranks[at] is _Rank.VAGUE:
            counts = "it counts up" if self._counting[at] and self._width > 1 else ""
            return self._columns([at], has_heading=has_heading, guess=counts or self._guess_among([at]))
        alike = [i for i, other in enumerate(self._levels) if other == level and self._ranks[i] != _Rank.FAX]
        taken = alike if level >= Evidence.NATIONAL or not has_heading else [at]
        is_list = not has_heading and len(taken) == self._width
        if level is Evidence.INTERNATIONAL:
            guess = self._guess_among(taken) if has_heading else ""
        elif self._width == 1 or (is_list and level >= (Evidence.VALID if self._region else Evidence.NATIONAL)):
            guess = self._among_each_other(taken)
        else:
            guess = "no heading names them"
        return self._columns(taken, has_heading=has_heading, guess=guess)

    def _guess_among(self, taken: Sequence[int]) -> str:
        """What is uncertain where a heading, or `+`, tells the columns."""
        best = max(self._levels[at] for at in taken)
        bar = _BETTER.get(best, Evidence.INTERNATIONAL)
        left = [
            self._title(at)
            for at, (rank, level) in enumerate(zip(self._ranks, self._levels, strict=True))
            if at not in taken and rank != _Rank.FAX and level >= (Evidence.FEW_DIGITS if rank is _Rank.PHONE else bar)
        ]
        if left:
            return f"{', '.join(left)} also has numbers"
        if best < Evidence.INTERNATIONAL and (
            in_front := [self._title(at) for at in self._in_front if at not in taken]
        ):
            return f"{', '.join(in_front)} may hold their prefix"
        return "a message goes to each of them" if len(taken) > 1 else self._among_each_other(taken)

    def _among_each_other(self, taken: Sequence[int]) -> str:
        """What is uncertain where one cell has several numbers."""
        mixed = next(filter(None, (self._mixed[at] for at in taken)), "")
        return f'in "{mixed[:_SHOWN]}" one is probably not a number' if mixed else ""

    def _is_in_front(self, at: int, cells: Sequence[str]) -> bool:
        """Whether a column tells what is dialled before a number: the code, or other countries than the region."""
        name, countries = _bare(self._title(at)), {cell.upper() for cell in cells}
        if _COUNTRY.search(name) and not any(map(_PREFIX.fullmatch, cells)):
            return len(countries) > 1 or (len(cells[0]) == len("DE") and countries != {self._region})
        is_named = _IN_FRONT.search(name)
        return all(map((_PREFIX if is_named else _CERTAIN_PREFIX).fullmatch, cells))

    def _enough(self, columns: Sequence[int]) -> list[int]:
        """Those with numbers; not those with a few digits beside others with whole numbers, such as extensions."""
        best = max((self._levels[at] for at in columns), default=Evidence.NONE)
        return [at for at in columns if self._levels[at] and self._levels[at] >= min(best, Evidence.DIGITS)]

    def _likeness(self, at: int) -> tuple[bool, int, int, int, float]:
        """The more, the more a column is one of numbers."""
        rank, level = self._ranks[at], self._levels[at]
        if rank is _Rank.VAGUE and level is Evidence.DIGITS:
            level = Evidence.VALID
        return rank != _Rank.FAX, level, rank, -self._vagueness(at), self._lengths[at]

    def _level(self, cells: Sequence[str]) -> Evidence:
        """What at least half of the cells have."""
        levels = sorted(evidence(cell, self._region) for cell in cells)
        level = levels[len(levels) // 2] if levels else Evidence.NONE
        return min(level, Evidence.FEW_DIGITS) if _counts_up(cells) else level

    def _vagueness(self, at: int) -> int:
        return _WHOLE.index(_bare(self._heading[at])) if self._ranks[at] is _Rank.VAGUE else 0

    def _of(self, rank: _Rank) -> list[int]:
        return [at for at, each in enumerate(self._ranks) if each is rank]

    def _wanted(self, wanted: str) -> Columns:
        """The column of that name, or that place."""
        names = [field_name(each) for each in self._heading]
        if field_name(wanted) in names:
            return self._columns([names.index(field_name(wanted))], has_heading=True)
        if not (wanted.isascii() and wanted.isdigit() and 1 <= int(wanted[:4]) <= self._width):
            known = ", ".join(filter(None, self._heading)) if self._may_be_heading else ""
            raise UnreadableFile(
                f"There is no column {wanted[:40]}.", hint=f"The columns are {known or f'1 to {self._width}'}."
            )
        at = int(wanted[:4]) - 1
        return self._columns([at], has_heading=self._may_be_heading and not self._first[at])

    def _title(self, at: int) -> str:
        return (self._heading[at] if at < len(self._heading) and self._may_be_heading else "") or f"column{at + 1}"

    def _columns(self, numbers: Sequence[int], *, has_heading: bool, guess: str = "") -> Columns:
        while has_heading and not self._heading[-1]:
            self._heading.pop()
        names = [field_name(each) for each in self._heading] if has_heading else [""] * self._width
        taken = tuple(self._title(at) for at in numbers)
        words = f"Numbers were read from {', '.join(taken)}: {guess}." if guess else ""
        return Columns(_unlike(names), tuple(numbers), has_heading, taken, words)


def _sample(rows: Iterable[CsvRow], at: int) -> list[str]:
    cells = (row.cells[at] for row in rows if at < len(row.cells) and row.cells[at])
    return list(islice(cells, _SAMPLE))


def _counts_up(cells: Sequence[str]) -> bool:
    if len(cells) < 3 or not all(cell.isascii() and cell.isdigit() for cell in cells):
        return False
    return all(0 < int(after[:30]) - int(before[:30]) <= _STEP for before, after in pairwise(cells))


def _bare(heading: str) -> str:
    """By `field_name`, without accents: `Téléphone` is `telephone`, `Điện thoại` `dien_thoai`."""
    apart = unicodedata.normalize("NFKD", field_name(heading)).replace("đ", "d")
    return "".join(character for character in apart if not unicodedata.combining(character))


_PARTS, _BEGINNINGS, _WHOLE, _FAX = (
    tuple(map(_bare, words.split())) for words in (_PHONE_PARTS, _PHONE_BEGINNINGS, _VAGUE, _FAX_PARTS)
)


def _rank(heading: str) -> _Rank:
    name = _bare(heading)
    rest = _NO_TELEPHONE.sub("", name)
    words = rest.split("_")
    begins = any("_".join(words[at:]).startswith(_BEGINNINGS) for at in range(len(words)))
    if begins or any(part in rest for part in _PARTS):
        return _Rank.PHONE
    if any(word in name for word in _FAX):
        return _Rank.FAX
    return _Rank.VAGUE if name in _WHOLE else _Rank.NOTHING


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
