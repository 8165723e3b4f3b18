"""The GSM 7-bit default alphabet and its extension table (3GPP TS 23.038 6.2.1 and 6.2.1.1)."""

from __future__ import annotations

import re

BASIC = (
    "@£$¥èéùìòÇ\nØø\rÅå"
    "Δ_ΦΓΛΩΠΨΣΘΞ\x1bÆæßÉ"
    " !\"#¤%&'()*+,-./"
    "0123456789:;<=>?"
    "¡ABCDEFGHIJKLMNO"
    "PQRSTUVWXYZÄÖÑÜ§"
    "¿abcdefghijklmno"
    "pqrstuvwxyzäöñüà"
)
"""The basic table in code order, 0x00 to 0x7F. 0x1B is the escape to the extension table, not a character."""

EXTENSION = {
    0x0A: "\f",
    0x14: "^",
    0x28: "{",
    0x29: "}",
    0x2F: "\\",
    0x3C: "[",
    0x3D: "~",
    0x3E: "]",
    0x40: "|",
    0x65: "€",
}
"""Characters reached by the escape: two septets each."""

_SINGLE = BASIC.replace("\x1b", "")
_DOUBLE = "".join(EXTENSION.values())
_ASCII = "".join(char for char in _SINGLE + _DOUBLE if char.isascii())

OUTSIDE = re.compile(f"[^{re.escape(_SINGLE + _DOUBLE)}]")
"""A character that the alphabet has no code for."""

OUTSIDE_ASCII = re.compile(f"[^{re.escape(_ASCII)}]")
"""A character that is not both ASCII and in the alphabet: what makes a gateway's driver send Unicode."""

ESCAPED = re.compile(f"[{re.escape(_DOUBLE)}]")
"""A character that takes two septets."""


def is_gsm7(text: str) -> bool:
    """Whether every character of `text` is in the alphabet or its extension."""
    return OUTSIDE.search(text) is None


def septets(text: str) -> int:
    """Septets of a text that `is_gsm7`."""
    return len(text) + len(ESCAPED.findall(text))


def unpacked(octets: bytes) -> str:
    """The text of septets packed into octets (3GPP TS 23.038 6.1.2.1); without the CR or `@` that fills the last."""
    number = int.from_bytes(octets, "little")
    codes = [number >> 7 * place & 0x7F for place in range(len(octets) * 8 // 7)]
    if len(octets) % 7 == 0 and codes[-1:] in ([0x0D], [0x00]):
        codes.pop()
    text, escaped = "", False
    for code in codes:
        text += EXTENSION.get(code, BASIC[code]) if escaped else "" if code == 0x1B else BASIC[code]
        escaped = code == 0x1B and not escaped
    return text
