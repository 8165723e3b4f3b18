"""How the driver of 2013 (chan_extra 2.0.8 with libgsmat) reads and writes the text of an SMS.

It joins nothing: each part of a long SMS is an SMS of its own, without its number. A text of the GSM 7-bit alphabet
comes out in bytes that are nearly Latin-1, any other as a byte order mark and UTF-8. Both are handed on as str with
surrogateescape, so that the bytes come out again as they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from console.protocol.sms.gsm7 import BASIC, EXTENSION, is_gsm7
from console.simulator.options import gateway_time

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from console.simulator.options import Dialect
    from console.simulator.radio.network import Sim


_ESCAPED = {char: code for code, char in EXTENSION.items()}
_WRONG = {"é": 0xDF, "Ö": 0xCC}
_NO_LATIN = 0xFF
"""The byte for what it has no Latin-1 for: Greek capitals, and the escape to the extension table."""


class DriverSms(NamedTuple):
    """One SMS, or one part of a long one, as the driver hands it to the dialplan: values raw, `time` in words."""

    number: str
    text: str
    time: str
    smsc: str = ""
    imsi: str = ""


def received(number: str, text: str, sim: Sim | None, at: float, dialect: Dialect) -> Iterator[DriverSms]:
    """What the dialplan gets of an SMS that came in at `at` (Unix seconds): only the dialect of 2013 gives the parts of
    a long one, and the time of the SMSC.
    """
    smsc, imsi = (sim.smsc, sim.imsi) if sim else ("", "")
    if dialect != "openvox-2013":
        yield DriverSms(number, text, gateway_time(at, slashes=True), smsc, imsi)
        return
    parts = decoded_parts(text)
    for count, part in enumerate(parts, start=1):
        stamp = gateway_time(at - (len(parts) - count), slashes=True, zone=sim.zone if sim else None)
        yield DriverSms(decoded_sender(number), part, stamp, smsc, imsi)


def decoded_sender(number: str) -> str:
    """Seven letters fill seven octets but for seven bits, which the driver takes for one more letter, `@`."""
    return f"{number}@" if len(number) == 7 and not number.lstrip("+").isdigit() else number


def decoded_parts(text: str) -> list[str]:
    """The parts of a text, as decoded."""
    return list(map(_decoded_gsm7 if is_gsm7(text) else _decoded_ucs2, parts_of(text)))


def parts_of(text: str) -> list[str]:
    """The parts that a phone makes of a text (3GPP TS 23.040 9.2.3.24.1, references of 8 bits)."""
    if is_gsm7(text):
        return _cut(text, lambda char: 2 if char in _ESCAPED else 1, 160, 153)
    return _cut(text, lambda char: 2 if char > "\uffff" else 1, 70, 67)


def leaving(text: str) -> str:
    """What it really sends for a text: outside the Basic Multilingual Plane it writes a wrong character and loses the
    next one, and two characters of ASCII it takes for others of the GSM alphabet.
    """
    if text.isascii():
        return text.replace("\t", "Ç").replace("`", "¿")
    chars = iter(text)
    return "".join(char if char <= "\uffff" else _instead(chars) for char in chars)


def _instead(chars: Iterator[str]) -> str:
    next(chars, "")
    return "\u07d8"


def _decoded_gsm7(text: str) -> str:
    octets = bytearray()
    for char in text:
        if char in _ESCAPED:
            octets.append(_NO_LATIN)
        # It reads the code behind an escape as if there were none.
        plain = BASIC[_ESCAPED[char]] if char in _ESCAPED else char
        octets.append(_WRONG.get(plain) or (ord(plain) if plain <= "\xff" else _NO_LATIN))
    return octets.decode(errors="surrogateescape")


def _decoded_ucs2(text: str) -> str:
    """A surrogate (an emoji has two) ends the text."""
    end = next((at for at, char in enumerate(text) if char > "\uffff"), len(text))
    return "\ufeff" + text[:end]


def _cut(text: str, weight: Callable[[str], int], single: int, part: int) -> list[str]:
    """Nothing of more than one unit is torn."""
    if sum(map(weight, text)) <= single:
        return [text]
    parts, room = [""], part
    for char in text:
        if weight(char) > room:
            parts.append("")
            room = part
        parts[-1] += char
        room -= weight(char)
    return parts
