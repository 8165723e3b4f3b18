"""Octets of the gateway's driver into text, where nobody said which charset they are in.

The driver (chan_extra 2.0.8, libgsmat) writes a UCS-2 text as UTF-8 behind a byte order mark, and one of the GSM 7-bit
alphabet as Latin-1 without: `ü` is FC. The euro sign, which Latin-1 has not, is FF and `e`; FF is in no UTF-8.
"""

from __future__ import annotations

import re
from urllib.parse import unquote_to_bytes

_SIGNED = re.compile(rb"%[Ff]{6}(?=[89A-Fa-f][0-9A-Fa-f])")
_CONTROL = re.compile(rb"[\x80-\x9f]")
_EURO = "\xffe"
_MARK = "\ufeff"


def unsigned(value: bytes) -> bytes:
    """`%C3` for `%FFFFFFC3`: Asterisk on some processors writes octets from 0x80 as negative numbers."""
    return _SIGNED.sub(b"%", value) if b"%FFFFFF" in value.upper() else value


def without_marks(text: str) -> str:
    """The text without byte order marks. Each part of a long SMS has its own, which stays where the gateway joins them.

    In a text that begins without one they are blanks of no width, and stay.
    """
    return text.replace(_MARK, "") if text.startswith(_MARK) else text


def read(value: bytes) -> str:
    """UTF-8 with or without marks; else Latin-1, one character an octet.

    Where only an octet here or there is no UTF-8 (it was cut), or Latin-1 would read a control (the driver writes
    none), those octets show as `\\xe4`.
    """
    try:
        return without_marks(value.decode())
    except UnicodeDecodeError:
        text = without_marks(value.decode("utf-8", "backslashreplace"))
    if not text.isascii() or _CONTROL.search(value):
        return text
    return value.decode("latin-1").replace(_EURO, "€")


def decode_percent(text: str) -> str:
    """Undo Asterisk's `URIENCODE`, once. A byte order mark in front is taken off.

    Asterisk 1.8 writes bytes from 0x80 as negative numbers, `%FFFFFFC3` for `%C3`; both spellings are read. What is no
    escape stays. Bytes are read as `read` says.
    """
    return read(unquote_to_bytes(unsigned(text.encode("utf-8", "surrogatepass"))))
