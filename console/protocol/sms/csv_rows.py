"""CSV files as spreadsheets and people write them: bytes to rows, each with the line it stands on."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING

from console.errors import CannotSend

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

_CHARSETS = (
    ("utf-8", ""),
    ("cp1252", "The file is not UTF-8: read as Windows-1252. Look whether its letters are right."),
    ("latin-1", "The file is not UTF-8: read as Latin-1. Look whether its letters are right."),
)
"""What files without a mark are tried as, and the remark. The last one takes anything."""

_SPREADSHEETS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
"""How files of spreadsheet programs begin: `.xlsx` and `.ods`, `.xls`."""

_AMOUNT = re.compile(r"\+?\d[\d ()./-]*")
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


@dataclass(frozen=True, slots=True)
class CsvRows:
    """A file, read."""

    rows: tuple[CsvRow, ...]
    remark: str = ""
    """What the reader of the file should know, such as that its characters were guessed; else empty."""


def read_rows(data: bytes) -> CsvRows:
    """The rows of a CSV file: columns divided by comma, semicolon, tab or `|`, quoted as RFC 4180 says.

    UTF-8, or UTF-16 behind a byte order mark; what is neither is read as Windows-1252, or Latin-1 where that has no
    such character, and the remark says so. Raises UnreadableFile: too large, a spreadsheet's own format, NUL
    characters, a quotation mark that is never closed.
    """
    text, remark = _decoded(data)
    if declared := _DECLARED.match(text):
        text, delimiter, skipped = text[declared.end() :], declared[1], 1
    else:
        delimiter, skipped = _delimiter_of(text), 0
    rows: list[CsvRow] = []
    for row in _rows(text, delimiter):
        if len(rows) > MOST_ROWS:  # one may be the heading
            raise UnreadableFile(
                f"The file has more than {MOST_ROWS:,} rows.", hint="Divide it, and take one part after the other."
            )
        rows.append(CsvRow(row.line + skipped, row.cells, row.trouble) if skipped else row)
    return CsvRows(tuple(rows), remark)


def _decoded(data: bytes) -> tuple[str, str]:
    """The text, and a remark where its characters had to be guessed."""
    if len(data) > LARGEST:
        raise UnreadableFile(
            f"The file has more than {LARGEST:,} bytes.", hint="Divide it, and take one part after the other."
        )
    if data.startswith(_SPREADSHEETS):
        raise UnreadableFile(
            "This is a spreadsheet program's own file, no CSV.", hint="Save it there as CSV (UTF-8), and take that."
        )
    text, remark = _in_some_charset(data)
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise UnreadableFile(
            f"Line {line} has a NUL character: this is no text file.", hint="Save it as CSV (UTF-8), and take that."
        )
    return text, remark


def _in_some_charset(data: bytes) -> tuple[str, str]:
    for mark, charset, name in _MARKS:
        if data.startswith(mark):
            try:
                return data[len(mark) :].decode(charset), ""
            except UnicodeDecodeError as error:
                raise UnreadableFile(
                    f"The file begins as {name} does, and is none at byte {error.start + len(mark)}.",
                    hint="Save it as CSV (UTF-8), and take that.",
                ) from None
    for charset, remark in _CHARSETS[:-1]:
        try:
            return data.decode(charset), remark
        except UnicodeDecodeError:
            continue
    charset, remark = _CHARSETS[-1]
    return data.decode(charset), remark


def _delimiter_of(text: str) -> str:
    """What divides the columns: what cuts the most rows into equally many, more than one; then what leaves numbers."""
    sample = text[:_SAMPLE_CHARACTERS]
    best, chosen = (0.0, 0), ","
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
                    f"Line {line}: a quotation mark is opened there and never closed.",
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
    return "something stands behind a closing quotation mark"
