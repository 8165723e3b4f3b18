"""Numbers and names of those who write: when two of them are the same."""

from __future__ import annotations

import re

_TAIL = 8
"""Digits at a number's end by which the gateway itself matches a report: prefixes are written in many
ways.
"""

_NUMBER = re.compile(r"[@+]?[\d *#().-]*\d[\d *#().-]*")


def tail(number: str) -> str:
    """The last eight digits, or all of fewer; empty for a name."""
    return "".join(character for character in number if character.isdecimal())[-_TAIL:]


def correspondent(number: str) -> str:
    """What two writings of one correspondent have in common: a number's last digits, a name without case."""
    number = number.strip()
    return tail(number) if _NUMBER.fullmatch(number) else number.casefold()
