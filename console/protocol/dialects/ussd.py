"""USSD of any make: which codes may be sent, and how far one came (3GPP TS 22.030, TS 23.038 5)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from console.errors import CannotSend

if TYPE_CHECKING:
    from console.domain.ussd import UssdState

LONGEST = 182
"""Characters of a USSD string: 160 octets, seven bits each (3GPP TS 23.038 5)."""

_CODE = re.compile(r"[0-9*#+]+")
_SECRET = re.compile(r"\*\*0(?:42?|52?)\*|\*{1,2}03\*")
"""Changes a PIN, a PUK or the password of call barring, and carries them (3GPP TS 22.030 6.5.4, 6.6)."""


class UssdVerdict(NamedTuple):
    """How far a code came, and the words that say so."""

    state: UssdState
    text: str
    """Text from outside, or ours where nothing came."""
    busy: bool = False
    """Nothing was sent, because another request is under way on the port: trying again is safe."""


def check_code(code: str, *, menu: bool) -> str:
    """`code` without blanks around it, when it may be sent: digits, `*`, `#`, `+`; where a `menu` waits for a reply
    any short line. Raises CannotSend.
    """
    code = code.strip()
    if not code:
        raise CannotSend("The USSD code is empty.", hint="Type one, such as *100#.")
    if len(code) > LONGEST:
        raise CannotSend(f"A USSD code has {LONGEST} characters at most, not {len(code)}.", hint="Shorten it.")
    if _SECRET.match(code):
        raise CannotSend(
            "This code contains a PIN or a password, which would be kept in the history.",
            hint="Change it on the gateway's own page.",
        )
    if _CODE.fullmatch(code):
        return code
    if not menu:
        raise CannotSend("A USSD code has only digits, *, # and +.", hint="Text is only possible as a reply to a menu.")
    if not code.isprintable():
        raise CannotSend("A reply to a menu is one line of plain characters.", hint="Type it again.")
    return code
