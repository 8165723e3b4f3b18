"""Numbers as people type and paste them."""

from __future__ import annotations

import re

_BETWEEN = re.compile(r"[,;\r\n\t]+")
_WITHIN = re.compile(r"[\s()./\u00a0\u2010-\u2015-]+")
"""What people put inside a number to read it: blanks, brackets, dots, dashes."""

_DIALLABLE = re.compile(r"\+?[0-9*#]{1,22}")


def recipients(typed: str) -> list[str]:
    """`+49 (170) 123-4567; 10086` as `["+491701234567", "10086"]`: each once, in order.

    Commas, semicolons and line ends stand between numbers; blanks, brackets, dots and dashes inside one are left out.
    What is no number comes back as it was typed, so that it can be named. Nothing typed gives `[""]`.
    """
    pieces = [piece.strip() for piece in _BETWEEN.split(typed)]
    numbers = [number if is_diallable(number := _WITHIN.sub("", piece)) else piece for piece in pieces if piece]
    return list(dict.fromkeys(numbers)) or [""]


def is_diallable(number: str) -> bool:
    """Whether it can be sent to: digits, `*` and `#`, with an optional `+` in front; not a name such as `DHL`."""
    return _DIALLABLE.fullmatch(number) is not None
