"""Keeps columns where they are, whatever width the terminal gives to a character.

Terminals and Unicode tables disagree on vowel signs, joined emoji and the like: `मिलते` is four cells in one and five
in another. What is drawn behind such text would stand elsewhere than Textual believes. So the cursor is saved before it
and afterwards put where it belongs: blanks, back, the text, back, forward by the width that Textual counts.
"""

from __future__ import annotations

import re

from rich.cells import cell_len

SAVE, RESTORE = "\x1b7", "\x1b8"
"""DECSC and DECRC: known to every terminal since the VT100."""

# Everything is agreed upon up to Latin, Greek, Cyrillic, in line drawing and in the CJK blocks; not beyond.
_DISPUTED = (
    "\u0300-\u036f\u0483-\u0489\u0590-\u10ff\u1160-\u11ff\u1200-\u1cff\u1dc0-\u1dff\u200b-\u200f\u20d0-\u20ff"
    "\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\ua4d0-\ua95f\ua980-\uabff\ud7b0-\ud7ff\ufb1d-\ufdff\ufe00-\ufe2f\ufe70-\ufeff"
    "\U00010000-\U0001afff\U0001f000-\U0001faff"
)
_SEARCH = re.compile(f"[{_DISPUTED}]")
DEVICE_CONTROL = r"\x1bP(?:[^\x1b]|\x1b(?:\x1b|[^\\]))*\x1b\\"
"""A whole DCS (ECMA-48 8.3.27), with ESC doubled in it, as what is passed through tmux has."""

_PIECE = re.compile(
    rf"(?:{DEVICE_CONTROL}"
    r"|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b\[[0-?]*[ -/]*[@-~]|\x1b.|[\x00-\x1f])"  # sequences: as they are
    rf"|(?P<text>[^\x1b\x00-\x1f]*[{_DISPUTED}][^\x1b\x00-\x1f]*)"
)


def is_disputed(text: str) -> bool:
    """Whether terminals disagree on how wide `text` is."""
    return _SEARCH.search(text) is not None


def steady(data: str) -> str:
    """`data` for the terminal, with the cursor steadied around each run of text whose width is disputed."""
    return _PIECE.sub(_steadied, data) if _SEARCH.search(data) else data


def _steadied(match: re.Match[str]) -> str:
    text: str | None = match["text"]
    if text is None:
        return match[0]
    width = cell_len(text)
    # Blanks at its end stand there already; written once more they could push on what is behind it.
    return f"{SAVE}{' ' * width}{RESTORE}{SAVE}{text.rstrip(' ')}{RESTORE}\x1b[{width}C"
