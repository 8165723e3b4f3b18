"""How a GSM port reads in text."""

from __future__ import annotations

import re

_PORT = re.compile(r"(?:gsm-)?(?:1\.)?0{0,3}([1-9][0-9]{0,3})", re.IGNORECASE)


def port_number(words: str) -> int | None:
    """The GSM port as a number from 1: `3`, `gsm-3`, or `gsm-1.3` of the first board. None when it can't be told."""
    match = _PORT.fullmatch(words.strip())
    return int(match[1]) if match else None
