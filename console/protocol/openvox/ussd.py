"""What an answer to a USSD code means and says (3GPP TS 27.007 7.15, TS 23.038 5)."""

from __future__ import annotations

import codecs
import re
import unicodedata
from typing import TYPE_CHECKING

from console.domain.ussd import UssdState
from console.protocol.dialects.ussd import UssdVerdict
from console.protocol.driver.refusals import is_refusal
from console.protocol.openvox.commands import UssdAnswer, UssdKind, read_ussd_answer
from console.protocol.sms.gsm7 import unpacked

if TYPE_CHECKING:
    from collections.abc import Sequence

_TIMED_OUT = re.compile(r"time[\s_-]*out|timed[\s_-]*out", re.IGNORECASE)

_NEEDS_REPLY = 1
_NOT_SUPPORTED = 4
_NOT_ANSWERED = {3, 5}
"""Somebody else replied; the network took too long. What became of the request is not known."""

_LANGUAGE_THEN_UCS2 = 0x11

_HEX = re.compile(r"[0-9A-Fa-f]+")
_FEWEST_DIGITS = 8
_WORDS = re.compile(r"[A-Za-z0-9]{2}")


def read_verdict(output: Sequence[str]) -> UssdVerdict:
    """What the output of `gsm send ussd` says. Whatever leaves a doubt is UNKNOWN."""
    answer = read_ussd_answer(output)
    if answer.kind is UssdKind.RECEIVED:
        return UssdVerdict(_state_of(answer), text_of(answer))
    if answer.kind is UssdKind.BUSY:
        return UssdVerdict(UssdState.FAILED, answer.text, busy=True)
    if answer.kind is UssdKind.FAILED:
        # A module that waited in vain may have asked all the same.
        late = _TIMED_OUT.search(answer.text)
        return UssdVerdict(UssdState.UNKNOWN if late else UssdState.FAILED, answer.text)
    if is_refusal(output):
        return UssdVerdict(UssdState.FAILED, answer.text)
    return UssdVerdict(UssdState.UNKNOWN, answer.text or "the answer was empty")


def _state_of(answer: UssdAnswer) -> UssdState:
    if answer.response == _NEEDS_REPLY:
        return UssdState.MENU
    if answer.response == _NOT_SUPPORTED:
        return UssdState.FAILED
    return UssdState.UNKNOWN if answer.response in _NOT_ANSWERED else UssdState.ANSWERED


def text_of(answer: UssdAnswer) -> str:
    """The network's text. A module may hand on its octets as hexadecimal digits, with whatever coding scheme: they are
    read by trial, and unless the scheme says how, the digits stand below in brackets. Digits alone stay digits.
    """
    text = answer.text.strip()
    digits = "".join(text.strip("\"'").split())
    if len(digits) < _FEWEST_DIGITS or not _HEX.fullmatch(digits):
        return text
    octets = bytes.fromhex(digits[: len(digits) // 2 * 2])
    declared = answer.code is not None and _is_ucs2(answer.code)
    # The language stands in front, in the first two octets.
    read = _ucs2(octets[2:] if answer.code == _LANGUAGE_THEN_UCS2 else octets)
    if digits.isdecimal():
        return read if read.isascii() and read.isprintable() and len(digits) % 4 == 0 else text
    if declared and len(digits) % 4 == 0:
        return read
    if not declared and _is_ascii(octets):
        read = octets.decode("ascii")
    elif not (declared or _is_one_script(read)):
        read = next(filter(_is_plain, (unpacked(octets), octets.decode("latin-1"))), "")
    return f"{read}\n[{digits}]" if read else text


def _ucs2(octets: bytes) -> str:
    """Without a last character that was cut, and without a byte order mark, which says what comes first."""
    order = "utf-16-le" if octets.startswith(codecs.BOM_UTF16_LE) else "utf-16-be"
    return octets[: len(octets) // 2 * 2].decode(order, "ignore").removeprefix("\ufeff")


def _is_ascii(octets: bytes) -> bool:
    """Whether they are a text of one octet a character. Two characters of UCS-2 might look so by chance, four not."""
    return len(octets) >= _FEWEST_DIGITS and octets.isascii() and octets.decode("ascii").isprintable()


def _is_one_script(text: str) -> bool:
    """Whether it looks like a text that somebody wrote: letters of one script, beside ASCII."""
    foreign = {_script(char) for char in text if not char.isascii() and char.isalpha()}
    written = all(char.isprintable() or char in "\r\n\t" for char in text)
    return len(text) > 1 and written and len(foreign - {""}) <= 1


def _script(letter: str) -> str:
    """Empty for a letter that goes with any, such as `º`, `µ` or `ー`; Japanese is written in three, read as one."""
    script = unicodedata.name(letter, "?").split()[0]
    if letter in "ªºµー":
        return ""
    return "CJK" if script in {"HIRAGANA", "KATAKANA"} else script


def _is_plain(text: str) -> bool:
    """Whether it is of the letters, figures and signs that networks write in."""
    return bool(text) and all(char.isprintable() or char in "\r\n" for char in text) and _WORDS.search(text) is not None


def _is_ucs2(scheme: int) -> bool:
    """Whether a cell broadcast data coding scheme, which USSD uses too, says UCS-2 (3GPP TS 23.038 5)."""
    group = scheme >> 4
    return scheme == _LANGUAGE_THEN_UCS2 or (group in {4, 5, 6, 7, 9} and scheme & 0x0C == 0x08)
