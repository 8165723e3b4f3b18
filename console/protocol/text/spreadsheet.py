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


def utc(at: float) -> str:
    """`2026-11-22T12:00:00.000Z`, for programs."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def plain(value: object) -> object:
    """A value for CSV that no spreadsheet runs as a formula."""
    if isinstance(value, str) and _FORMULA.match(value) and not _NUMBER.fullmatch(value):
        return f"'{value}"
    return value


def csv_line(values: Iterable[object]) -> str:
    """A row of CSV without its line end; nothing in it is run as a formula."""
    line = io.StringIO(newline="")
    csv.writer(line).writerow([plain(value) for value in values])
    return line.getvalue().removesuffix("\r\n")
