"""Frames and marks in ASCII, for a terminal or a font that draws no others; and texts, for a locale that has no more.

The one way to the terminal passes here. Each character becomes as many as it has cells, so that columns stay.
"""

from __future__ import annotations

import re
from unicodedata import category

from rich.cells import cell_len

MARKS = {
    # In service, busy, under way, wrong, wrong and seen, there but not in service, at an end, failed or down.
    **dict(zip("●◐◌▲△○■✗", "*%c!^oBx", strict=True)),
    # How far a message came: queued, accepted, sent or done, delivered, cancelled. `?` is unknown.
    **dict(zip("·◔✓✔–", ".avV-", strict=True)),
    # Out and on, in and back.
    **dict(zip("→↑▶▸←↓◂", ">>>><<<", strict=True)),
    # Unread, left out of auto, a note, one in the log, waits for a reply, paused, cut, a seam, a thing hidden, marked.
    **dict(zip("•⊘✎◆≡Ⅱ…┊╎▪", "N0n&=P~:|+", strict=True)),
    # Bars and sparklines, rising; shades.
    **dict(zip("▁▂▃▄▅▆▇█░▏▌▐▔▀▎", "_..--==#.|||-||", strict=True)),
}
"""One character for one of a cell: a letter means one thing. Line drawing follows by its shape."""

_FLAT = "─━┄┅┈┉╌╍═╴╶╸╺"
_UPRIGHT = "│┃┆┇║╵╷╹╻"
_DRAWING = {chr(code): "+" for code in range(0x2500, 0x2580)}
_DRAWING |= dict.fromkeys(_FLAT, "-") | dict.fromkeys(_UPRIGHT, "|")
_FRAMES = str.maketrans(_DRAWING | MARKS)

_VISIBLE_CONTROLS = str.maketrans({"␛": "[", "␊": "/", "␍": "/", "␉": " ", "␀": "0", "␡": "d", "\ufffd": "?"})
_FOREIGN = re.compile(r"(?P<text>[^\x00-\x7f](?:[^\x00-\x20\x7f]| (?! ))*)(?P<blanks> *)")
"""A text from its first such character on, and the blanks behind it."""


def frames_in_ascii(data: str) -> str:
    """`data` with its frames and marks in ASCII, and texts as they are."""
    return data if data.isascii() else data.translate(_FRAMES)


def in_ascii(data: str) -> str:
    """All of `data` in ASCII, with its sequences as they are; as wide as before, in cells.

    A text is written in Latin letters. Where these take more room than there is, each character is cut to its own.
    """
    data = frames_in_ascii(data)
    return data if data.isascii() else _FOREIGN.sub(_replaced, data.translate(_VISIBLE_CONTROLS))


def _replaced(match: re.Match[str]) -> str:
    from anyascii import anyascii  # here, for hardly anybody needs it

    text, blanks = match["text"], match["blanks"]
    width = cell_len(text)
    letters = [anyascii(character) or _unknown(character) for character in text]
    if sum(map(len, letters)) >= width + max(1, len(blanks)):
        letters = [_cut(each, cell_len(character)) for character, each in zip(text, letters, strict=True)]
    return "".join(letters)[: width + len(blanks)].ljust(width + len(blanks))


def _unknown(character: str) -> str:
    """What no letters are known for. An alef or a soft sign by itself is not heard."""
    return "" if category(character)[0] in "LM" else "?" * cell_len(character)


def _cut(letters: str, width: int) -> str:
    return letters[:width].ljust(width)
