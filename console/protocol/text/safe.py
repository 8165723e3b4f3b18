"""The only way from outside text to the screen.

An SMS, an operator name or an AMI header may carry anything: escape sequences, a clipboard write (OSC 52),
C1 controls, bidirectional overrides, zero-width characters. Here each becomes a mark that can be seen and does nothing.

Marks, chosen so that a column keeps its width:

* C0 and DEL: Unicode's control pictures (`␛`, `␊`, `␀`, `␡`), one cell each.
* zero-width spaces and joiners: `╎`, one cell. Between two pictographs the joiner is dropped, so that a family emoji
  shows as its members: terminals disagree on how wide the joined one is.
* variation selectors: dropped, for the same reason.
* C1, bidirectional controls, line separators, tags, lone surrogates and the like: their code point, `‹202E›`.
* more than three combining marks on one letter: the rest as `╎`.
"""

from __future__ import annotations

import re

ZERO_WIDTH_MARK = "╎"

_ZERO_WIDTH = "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u2064\u3164\ufeff\uffa0"
_SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_ACTING = (
    "\u061c\u200e\u200f\u2028-\u202e\u2065-\u206f\ufff0-\ufffb\ufffe\uffff\ud800-\udfff"
    "\U0001d173-\U0001d17a\U000e0000-\U000e00ff\U000e01f0-\U000e0fff"
)
_COMBINING = "\u0300-\u034e\u0350-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_PICTOGRAPH = "\u2190-\u21ff\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff"

_UNSAFE = re.compile(
    f"(?P<control>[\x00-\x1f\x7f])"
    f"|(?P<joined>(?<=[{_PICTOGRAPH}\ufe0f])\u200d(?=[{_PICTOGRAPH}]))"
    f"|(?P<selector>[{_SELECTORS}])"
    f"|(?P<zero>[{_ZERO_WIDTH}])"
    f"|(?P<pile>(?<=[{_COMBINING}]{{3}})[{_COMBINING}]+)"
    f"|(?P<acting>[\x80-\x9f{_ACTING}])"
)


def safe(text: str) -> str:
    """`text` with everything that could act on a terminal, or hide, turned into a visible mark.

    The result is one line: a line feed shows as `␊`. It is plain text, not markup; give it to the screen as such.
    """
    if text.isascii() and text.isprintable():
        return text
    return _UNSAFE.sub(_mark, text)


def safe_lines(text: str) -> list[str]:
    """The lines of `text` (split at CR LF, LF or CR only), each made `safe`. Never empty."""
    return [safe(line) for line in re.split("\r\n|\n|\r", text)]


def _mark(match: re.Match[str]) -> str:
    char = match[0]
    match match.lastgroup:
        case "control":
            return "␡" if char == "\x7f" else chr(0x2400 + ord(char))
        case "joined" | "selector":
            return ""
        case "zero":
            return ZERO_WIDTH_MARK
        case "pile":
            return ZERO_WIDTH_MARK * len(char)
        case _:
            return f"‹{ord(char):04X}›"
