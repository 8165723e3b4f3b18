"""How a GSM port reads in text."""

from __future__ import annotations

import re

_PORT = re.compile(r"(?:(?:gsm|umts|lte|cdma)-)?(?:([1-9][0-9]?)\.)?0{0,3}([1-9][0-9]{0,3})", re.IGNORECASE)
_PORTS_OF_A_BOARD = 4


def port_number(words: str) -> int | None:
    """The GSM port as a number from 1: 3 of `3`, `gsm-3` or `lte-1.3`. Boards have four ports: `gsm-4.2` is the second
    of the fourth, 14. None when it can't be told.
    """
    match = _PORT.fullmatch(words.strip())
    if match is None:
        return None
    board, port = int(match[1] or 1), int(match[2])
    if board > 1 and port > _PORTS_OF_A_BOARD:
        return None  # a gateway with other boards
    return (board - 1) * _PORTS_OF_A_BOARD + port
