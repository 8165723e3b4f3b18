"""USSD: which codes may be sent, and what an answer means and says (3GPP TS 22.030, TS 27.007 7.15, TS 23.038 5)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from console.domain.ussd import UssdState
from console.errors import CannotSend
from console.protocol.openvox.commands import UssdAnswer, UssdKind, read_ussd_answer

if TYPE_CHECKING:
    from collections.abc import Sequence

LONGEST = 182
"""Characters of a USSD string: 160 octets, seven bits each (3GPP TS 23.038 5)."""

_CODE = re.compile(r"[0-9*#+]+")
_SECRET = re.compile(r"\*{1,2}0[345]")
"""Changes a PIN, a PUK or the password of call barring, and carries them (3GPP TS 22.030 6.5.4, 6.6)."""

_REFUSED = re.compile(r"\s*(?:No such command '|No such span\b|Usage:)")
_TIMED_OUT = re.compile(r"time[\s_-]*out|timed[\s_-]*out", re.IGNORECASE)

_NEEDS_REPLY = 1
_NOT_SUPPORTED = 4
_NOT_ANSWERED = {3, 5}
"""Somebody else replied; the network took too long. What became of the request is not known."""

_LANGUAGE_THEN_UCS2 = 0x11


class Verdict(NamedTuple):
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
        raise CannotSend("There is no USSD code to send.", hint="Type one, such as *100#.")
    if len(code) > LONGEST:
        raise CannotSend(f"A USSD code has {LONGEST} characters at most, not {len(code)}.", hint="Shorten it.")
    if _SECRET.match(code):
        raise CannotSend(
            "This code carries a PIN or a password, which the history would keep.",
            hint="Change it on the gateway's own page.",
        )
    if _CODE.fullmatch(code):
        return code
    if not menu:
        raise CannotSend(
            "A USSD code has digits, *, # and + only.", hint="Words can only reply to a menu that waits for an answer."
        )
    if not code.isprintable():
        raise CannotSend("A reply to a menu is one line of plain characters.", hint="Type it anew.")
    return code


def read_verdict(output: Sequence[str]) -> Verdict:
    """What the output of `gsm send ussd` says. Whatever leaves a doubt is UNKNOWN."""
    answer = read_ussd_answer(output)
    if answer.kind is UssdKind.RECEIVED:
        return Verdict(_state_of(answer), text_of(answer))
    if answer.kind is UssdKind.BUSY:
        return Verdict(UssdState.FAILED, answer.text, busy=True)
    if answer.kind is UssdKind.FAILED:
        # A module that waited in vain may have asked all the same.
        late = _TIMED_OUT.search(answer.text)
        return Verdict(UssdState.UNKNOWN if late else UssdState.FAILED, answer.text)
    if _REFUSED.match(answer.text):
        return Verdict(UssdState.FAILED, answer.text)
    return Verdict(UssdState.UNKNOWN, answer.text or "the answer was empty")


def _state_of(answer: UssdAnswer) -> UssdState:
    if answer.response == _NEEDS_REPLY:
        return UssdState.MENU
    if answer.response == _NOT_SUPPORTED:
        return UssdState.FAILED
    return UssdState.UNKNOWN if answer.response in _NOT_ANSWERED else UssdState.ANSWERED


def text_of(answer: UssdAnswer) -> str:
    """The network's text. Where its coding scheme says UCS-2, a module hands on hexadecimal digits: they are read,
    when all of them can be; else the text stays as it came.
    """
    text = answer.text.strip()
    if answer.code is None or not _is_ucs2(answer.code):
        return text
    try:
        octets = bytes.fromhex("".join(text.split()))
        # The language stands in front, in the first two octets.
        return octets[2 if answer.code == _LANGUAGE_THEN_UCS2 else 0 :].decode("utf-16-be")
    except ValueError:
        return text


def _is_ucs2(scheme: int) -> bool:
    """Whether a cell broadcast data coding scheme, which USSD uses too, says UCS-2 (3GPP TS 23.038 5)."""
    group = scheme >> 4
    return scheme == _LANGUAGE_THEN_UCS2 or (group in {4, 5, 6, 7, 9} and scheme & 0x0C == 0x08)
