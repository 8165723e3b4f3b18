"""Everything in ASCII, for a terminal or a locale that has no more: each character becomes as many as it has cells.

The one way to the terminal passes here, so frames, bars, states and the texts of strangers are all in it.
"""

from __future__ import annotations

import re

from rich.cells import cell_len

GLYPHS = {
    # states, as in console/ui/format.py: each still another than the rest
    **dict(zip("●◐◌▲△○■□✗✓✔·→←↑↓◔–—⊘◆◇", "*%~!!o#.xvV.><^v@--0+-", strict=True)),
    # what points and what leaves out
    **dict(zip("…▸▶▾▼◂◀≡⚠", "_>>vv<<=!", strict=True)),
    # bars and sparklines, rising
    **dict(zip("▁▂▃▄▅▆▇█░▒▓", "_..--==#.:#", strict=True)),
    **dict(zip("▏▎▍▌▋▊▉▐▕▔▀╎", "|||||||||-||", strict=True)),
    # quotation marks and other letters of our own texts
    **dict(zip("“”‘’«»‹›×÷±≤≥≠°№", "\"\"''<><>x/+<>!oN", strict=True)),
    # controls made visible, and blanks
    **dict(zip("␀␉␊␍␛␡\u00a0\u2007\u202f\ufffd", "0tnr[d   ?", strict=True)),
}
"""One character for one character of a cell. Others of line drawing follow by their shape; the rest becomes `?`."""

_FLAT = "─━┄┅┈┉╌╍═╴╶╸╺▁▔"
_UPRIGHT = "│┃┆┇┊┋╎╏║╵╷╹╻"
_DRAWING = re.compile("[\u2500-\u257f]")
_FOREIGN = re.compile(r"[^\x00-\x7f]+")


def in_ascii(data: str) -> str:
    """`data` for such a terminal, with its sequences as they are; as wide as before, in cells."""
    return data if data.isascii() else _FOREIGN.sub(_replaced, data)


def _replaced(match: re.Match[str]) -> str:
    return "".join(map(_ascii, match[0]))


def _ascii(character: str) -> str:
    if (glyph := GLYPHS.get(character)) is not None:
        return glyph
    if _DRAWING.match(character):
        return "-" if character in _FLAT else "|" if character in _UPRIGHT else "+"
    return "?" * cell_len(character)
