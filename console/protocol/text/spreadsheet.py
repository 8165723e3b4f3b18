"""What goes into a file that a spreadsheet may open: moments, and cells that it does not run."""

from __future__ import annotations

import csv
import io
import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_FORMULA = re.compile(r"[=+\-@＝＋－＠\t\r\n]")
_NUMBER = re.compile(r"[+-]?\d+")
_CHANGED = re.compile(
    r"[\s'\"=+\-@＝＋－＠(\d$€£¥.,%]|(?:true|false)$|(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\W*\d",
    re.IGNORECASE,
)
"""What Excel may make a number, a date or a formula of, or cut."""
_KEPT = re.compile(r"0|[1-9]\d{0,10}|\d{4}-\d\d-\d\dT[\d:.]+Z")
"""What it shows as it is all the same: short numbers, and `utc`."""
_LONGEST_LITERAL = 255
"""Characters of a text in an Excel formula."""

BOM = "\ufeff"
"""What Excel knows UTF-8 by."""


def utc(at: float) -> str:
    """`2026-11-22T12:00:00.000Z`, for programs."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def plain(value: object) -> object:
    """A value for CSV that no spreadsheet runs as a formula."""
    if isinstance(value, str) and _FORMULA.match(value) and not _NUMBER.fullmatch(value):
        return f"'{value}"
    return value


def literal(value: object) -> object:
    """A value for CSV that Excel shows as it is: `="007"` for what it would make something else of. What is too long
    for that gets a ' in front.
    """
    if not isinstance(value, str) or not _CHANGED.match(value) or _KEPT.fullmatch(value):
        return value
    if len(value) > _LONGEST_LITERAL or not value.isprintable():
        return f"'{value}"
    quoted = value.replace('"', '""')
    return f'="{quoted}"'


def csv_line(values: Iterable[object], *, excel: bool = False) -> str:
    """A row of CSV without its line end; nothing in it is run as a formula. `excel`: or made something else of."""
    line = io.StringIO(newline="")
    csv.writer(line).writerow([(literal if excel else plain)(value) for value in values])
    return line.getvalue().removesuffix("\r\n")
