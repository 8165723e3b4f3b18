"""The only way from outside text to the screen.

An SMS, an operator name or an AMI header may carry anything: escape sequences, a clipboard write (OSC 52),
C1 controls, bidirectional overrides, zero-width characters. Here each becomes a mark that can be seen and does nothing.

Marks, chosen so that a column keeps its width:

* C0 and DEL: Unicode's control pictures (`␛`, `␊`, `␀`, `␡`), one cell each.
* zero-width spaces and joiners: `╎`, one cell. Between two pictographs the joiner is dropped, so that a family emoji
  shows as its members: terminals disagree on how wide the joined one is.
* variation selectors: dropped, for the same reason.
* by their general category (Unicode, section 4.5) C1, format characters, line separators, lone surrogates, and what no
  Unicode that we know has: their code point, `‹202E›`. Only a pictograph may be newer than we are.
* more than three marks on one letter: how many more there were, `‹+497›`.
"""

from __future__ import annotations

import re
from functools import lru_cache
from unicodedata import category

ZERO_WIDTH_MARK = "╎"

_MOST_MARKS = 3
"""On one letter: no living script has more."""

# Whole stretches of Unicode without anything that acts or hides: most texts need no closer look.
_ORDINARY = (
    "\x20-\x7e\u00a0-\u00ac\u00ae-\u02ff\u0391-\u03a1\u03a3-\u0482\u048a-\u052f\u2010-\u2027\u2030-\u205e"
    "\u20a0-\u20bf\u3000-\u3029\u3041-\u3096\u309b-\u30ff\u3400-\u9ffc\uac00-\ud7a3\uff01-\uff9f"
)
_LOOKED_AT = re.compile(f"[^{_ORDINARY}]")

_ZERO_WIDTH = "\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200d\u2060-\u2064\u3164\ufeff\uffa0"
_SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_PICTOGRAPH = "\u2190-\u21ff\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff"
_HIDDEN = re.compile(
    f"(?P<dropped>(?<=[{_PICTOGRAPH}\ufe0f])\u200d(?=[{_PICTOGRAPH}])|[{_SELECTORS}])|(?P<zero>[{_ZERO_WIDTH}])"
)

_MARKS = frozenset({"Mn", "Me"})
_ACTING = frozenset({"Cc", "Cf", "Cs", "Zl", "Zp"})


def safe(text: str) -> str:
    """`text` with everything that could act on a terminal, or hide, turned into a visible mark.

    The result is one line: a line feed shows as `␊`. It is plain text, not markup; give it to the screen as such.
    """
    if not _LOOKED_AT.search(text):
        return text
    shown: list[str] = []
    marks = 0
    for char in _HIDDEN.sub(_mark_of_hidden, text):
        stands, acts = _kind(char)
        if stands:
            marks += 1
            if marks <= _MOST_MARKS:
                shown.append(char)
        else:
            if marks > _MOST_MARKS:
                shown.append(_pile(marks))
            marks = 0
            shown.append(_mark(char) if acts else char)
    return "".join((*shown, _pile(marks)))


def safe_lines(text: str) -> list[str]:
    """The lines of `text` (split at CR LF, LF or CR only), each made `safe`. Never empty."""
    return [safe(line) for line in re.split("\r\n|\n|\r", text)]


@lru_cache(4096)
def _kind(char: str) -> tuple[bool, bool]:
    """Whether it stands on the letter before it, as marks and Korean vowels and finals do; and whether it acts."""
    its = category(char)
    stands = its in _MARKS or "\u1161" <= char <= "\u11ff" or "\ud7b0" <= char <= "\ud7ff"
    return stands, its in _ACTING or (its == "Cn" and not "\U0001f000" <= char <= "\U0001fbff")


def _mark_of_hidden(match: re.Match[str]) -> str:
    return "" if match.lastgroup == "dropped" else ZERO_WIDTH_MARK


def _mark(char: str) -> str:
    if char < "\x20":
        return chr(0x2400 + ord(char))
    return "␡" if char == "\x7f" else f"‹{ord(char):04X}›"


def _pile(marks: int) -> str:
    """In place of the marks that are too many for one letter."""
    return f"‹+{marks - _MOST_MARKS}›" if marks > _MOST_MARKS else ""
