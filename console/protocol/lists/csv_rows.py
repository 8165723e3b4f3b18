"""CSV files as spreadsheets and people write them: bytes to rows, each with the line it stands on."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from console.config.charsets import charset_name
from console.errors import CannotSend
from console.protocol.sms.look_alikes import composed

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LARGEST = 16 * 2**20
"""Bytes of a file: a hundred thousand rows of 160 characters."""

MOST_ROWS = 100_000

_MOST_COLUMNS = 1_000

_DELIMITERS = "\t;,|"
"""In the order of trust: commas stand in texts and amounts, tabs hardly ever do."""

_SAMPLE = 50
"""Rows that are looked at to tell how a file is written."""

_SAMPLE_CHARACTERS = 65_536

_MARKS = (
    (b"\xef\xbb\xbf", "utf-8", "UTF-8"),
    (b"\xff\xfe", "utf-16-le", "UTF-16"),
    (b"\xfe\xff", "utf-16-be", "UTF-16"),
)
"""Byte order marks, what a file that begins with one is written in, and how that is called."""

_LOOKED_AT = 65_536
"""Bytes by which the characters are guessed."""

_LAST_RESORT = "Latin-1"
"""Takes any bytes."""

_COMMON = ("Windows-1252", "Windows-1251", "Windows-1250")
"""Called so where a rare character set reads the same."""

_FOREIGN = re.compile(r"[^\W\d_]*[^\W\d_a-zA-Z][^\W\d_]*")
"""A word with a letter that is not ASCII."""

_SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How files of spreadsheet programs begin: `.xlsx` and `.ods`, `.xls`."""

_AMOUNT = re.compile(r"\+?\d[\d ()./-]*")
_ROUNDED = re.compile(r"\d,\d+[eE]\+\d")
"""A number as spreadsheets round it where a comma stands for the point: it divides nothing."""
_DECLARED = re.compile(r"sep=([,;\t|])(?:\r\n|\r|\n|\Z)", re.IGNORECASE)


class UnreadableFile(CannotSend):
    """A file that holds no rows, or none that can be trusted. Nothing of it is used."""

    title = "File"
    exit_code = 2


@dataclass(frozen=True, slots=True)
class CsvRow:
    """One row that is not blank."""

    line: int
    """Where it begins, from 1."""
    cells: tuple[str, ...]
    """Without blanks around them."""
    trouble: str = ""
    """Why it can't be read, in words; then it has no cells."""


def read_rows(text: str) -> tuple[CsvRow, ...]:
    """The rows of a CSV file: columns divided by comma, semicolon, tab or `|`, quoted as RFC 4180 says.

    Raises UnreadableFile: too many rows, a quotation mark that is never closed.
    """
    if declared := _DECLARED.match(text):
        text, delimiter, skipped = text[declared.end() :], declared[1], 1
    else:
        delimiter, skipped = _delimiter_of(text), 0
    rows: list[CsvRow] = []
    for row in _rows(text, delimiter):
        if len(rows) > MOST_ROWS:  # one may be the heading
            raise UnreadableFile(
                f"The file has more than {MOST_ROWS:,} rows.", hint="Split it, and use one part after the other."
            )
        rows.append(CsvRow(row.line + skipped, row.cells, row.trouble) if skipped else row)
    return tuple(rows)


def decoded(data: bytes, charset: str = "") -> tuple[str, str]:
    """The text of a file, and in words how its characters were guessed, where they had to be.

    Without a `charset` it is UTF-8, or UTF-16 behind a byte order mark; what is neither is guessed. Letters and their
    marks are composed. Raises UnreadableFile: too large, a spreadsheet's own format, NUL characters, a `charset` that
    is not known or in which this can't be.
    """
    if len(data) > LARGEST:
        raise UnreadableFile(
            f"The file has more than {LARGEST:,} bytes.", hint="Split it, and use one part after the other."
        )
    if data.startswith(_SPREADSHEETS):
        raise UnreadableFile(
            "This is a spreadsheet file, not CSV.", hint="Save it as CSV (UTF-8) in that program, and use that file."
        )
    text, guess = _in_charset(data, charset) if charset else _in_some_charset(data)
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise UnreadableFile(
            f"Line {line} has a NUL character: this is not a text file.",
            hint="Save it as CSV (UTF-8), and use that file.",
        )
    return composed(text), guess


def _in_some_charset(data: bytes) -> tuple[str, str]:
    for mark, charset, name in _MARKS:
        if data.startswith(mark):
            try:
                return data[len(mark) :].decode(charset), ""
            except UnicodeDecodeError as error:
                raise UnreadableFile(
                    f"The file begins as {name}, but is not {name} at byte {error.start + len(mark)}.",
                    hint="Save it as CSV (UTF-8), and use that file.",
                ) from None
    with suppress(UnicodeDecodeError):
        return data.decode(), ""
    import chardet  # 70 ms, for those who have such a file

    found = chardet.detect(data[:_LOOKED_AT])["encoding"]
    readings: dict[str, str] = {}
    for charset in filter(None, (found, *_COMMON, _LAST_RESORT)):
        with suppress(UnicodeDecodeError, LookupError):
            readings[charset] = data.decode(charset)
    text = next(iter(readings.values()))
    charset = next((name for name in _COMMON if readings.get(name) == text), next(iter(readings)))
    word = _FOREIGN.search(text)
    letters = f" Check that its letters are right: {word[0][:40]}." if word else ""
    return text, f"The file is not UTF-8; it is read as {charset}.{letters}"


def _in_charset(data: bytes, charset: str) -> tuple[str, str]:
    name = charset_name(charset)
    if not name:
        raise UnreadableFile(f"{charset[:40]} is not a known character set.", hint="Use one such as cp1251 or gb18030.")
    try:
        return data.decode(name).removeprefix("\ufeff"), ""
    except UnicodeDecodeError as error:
        raise UnreadableFile(
            f"The file is not {name}: byte {error.start} can't be read.", hint="Give another character set, or none."
        ) from None


def _delimiter_of(text: str) -> str:
    """What divides the columns: what cuts the most rows into equally many, more than one; then what leaves numbers."""
    sample = _ROUNDED.sub("0", text[:_SAMPLE_CHARACTERS])
    best, chosen = (0.0, 0), "," if "," in sample else ";"
    for delimiter in _DELIMITERS:
        rows = list(islice(_rows(sample, delimiter, is_cut_off=True), _SAMPLE))
        widths = Counter(len(row.cells) for row in rows)
        width, times = max(widths.items(), key=lambda counted: (counted[1], counted[0]), default=(0, 0))
        score = (times / len(rows), sum(any(map(_AMOUNT.fullmatch, row.cells)) for row in rows)) if width > 1 else best
        if score > best:
            best, chosen = score, delimiter
    return chosen


def _rows(text: str, delimiter: str, *, is_cut_off: bool = False) -> Iterator[CsvRow]:
    """Rows that are not blank. What `is_cut_off` ends at the first that can't be read."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True, skipinitialspace=True)
    while True:
        line = reader.line_num + 1
        try:
            cells: Sequence[str] = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            if is_cut_off:
                return
            if "unexpected end" in str(error) or reader.line_num > line:
                raise UnreadableFile(
                    f"Line {line}: a quotation mark opens there and is never closed.",
                    hint='Close it; within a quoted cell write "" for a quotation mark.',
                ) from None
            yield CsvRow(line, (), _trouble(error))
            continue
        stripped = tuple(cell.strip() for cell in cells)
        if len(stripped) > _MOST_COLUMNS:
            yield CsvRow(line, (), f"more than {_MOST_COLUMNS:,} columns")
        elif any(stripped):
            yield CsvRow(line, stripped)


def _trouble(error: csv.Error) -> str:
    if "field larger" in str(error):
        return f"a cell has more than {csv.field_size_limit():,} characters"
    return "there is text after a closing quotation mark"
