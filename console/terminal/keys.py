"""Which key an escape sequence is, by Textual's tables and without its guesses."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from textual._ansi_sequences import ANSI_SEQUENCES_KEYS
from textual._keyboard_protocol import FUNCTIONAL_KEYS
from textual._xterm_parser import XTermParser
from textual.events import Key
from textual.keys import Keys

if TYPE_CHECKING:
    from collections.abc import Iterator

_LINE_FEED = "\n"
"""What Enter is when it was pressed before the console had the terminal, which made a line of it."""

_MODIFIED = re.compile(r"\x1b\[([0-9]{1,6})?(?:;([0-9]{1,3}))?([A-FHPQS])|\x1b\[([0-9]{1,7})(?:;([0-9]{1,3}))?([~u])")
"""A key with its modifiers (xterm, "PC-Style Function Keys"; `u`: kitty's keyboard protocol, which some terminals use
without being asked). Other numbers than those of keys are characters to Textual, and types of events are no part.
"""

_MISNAMED = {"\x1bOb", "\x1b[7^", "\x1b[8^", "\x1b[~"}
"""Of rxvt, with ctrl: down, home and end, which Textual calls up, end and home. Of Windows: shift+tab, or home."""

_MOST_MODIFIERS = 256
"""Of eight bits, plus one (kitty)."""


def is_key(sequence: str) -> bool:
    """Whether an escape sequence is that of a key which Textual names rightly."""
    match = _MODIFIED.fullmatch(sequence)
    if match is None:
        return sequence in ANSI_SEQUENCES_KEYS and sequence not in _MISNAMED
    number, modifiers, final = (match[1] or "1", match[2], match[3]) if match[3] else (match[4], match[5], match[6])
    if not 1 <= int(modifiers or "1") <= _MOST_MODIFIERS:
        return False
    return f"{int(number)}{final}" in FUNCTIONAL_KEYS or (final == "u" and _is_printable(int(number)))


def _is_printable(code: int) -> bool:
    return 0x20 <= code <= 0x10FFFF and chr(code).isprintable()


class KeyReader(XTermParser):
    """Whole sequences in, keys out."""

    def keys(self, sequence: str, *, alt: bool = False) -> Iterator[Key]:
        """The keys of one character or one whole sequence, mostly one; none where it is no key's."""
        if alt and f"\x1b{sequence}" in ANSI_SEQUENCES_KEYS:
            sequence, alt = f"\x1b{sequence}", False
        if sequence[0] == "\x1b" and sequence != "\x1b" and not alt and not is_key(sequence):
            return
        for key in self._sequence_to_key_events("\r" if sequence == _LINE_FEED else sequence, alt=alt):
            if key.key == Keys.Ignore:
                continue
            if alt and not key.key.startswith("alt+"):
                yield Key(f"alt+{key.key}", None)  # Textual names Alt with letters and digits only
            else:
                yield key
