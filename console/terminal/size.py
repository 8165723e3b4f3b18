"""How large the terminal is."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

USUAL = (80, 24)


def terminal_size(fileno: int, environ: Mapping[str, str]) -> tuple[int, int]:
    """Columns and rows, by the terminal's own word (ioctl TIOCGWINSZ).

    COLUMNS and LINES of the environment stay as they were exported while the window is resized: they are asked only
    where the terminal says 0, as a serial line does.
    """
    try:
        columns, rows = os.get_terminal_size(fileno)
    except OSError:
        columns = rows = 0
    return columns or _exported(environ, "COLUMNS") or USUAL[0], rows or _exported(environ, "LINES") or USUAL[1]


def _exported(environ: Mapping[str, str], name: str) -> int:
    value = environ.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 5 else 0
