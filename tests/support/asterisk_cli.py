"""How Asterisk splits a command line (main/cli.c `parse_args`), as measured on 1.8 and 22."""

from __future__ import annotations

MOST_WORDS = 62
"""Words that arrive whole; of the next only its first character does, and the rest of the line is lost."""


def parse_args(line: bytes) -> list[bytes]:
    """The words of `line` as a command sees them."""
    words: list[bytearray] = []
    inside = quoted = False
    rest = iter(line.partition(b"\0")[0])
    for byte in rest:
        char = bytes([byte])
        if char in (b" ", b"\t") and not quoted:
            inside = False
            continue
        if char == b'"':
            quoted = not quoted
            if not quoted or inside:
                continue
            char = b""
        elif char == b"\\":
            following = next(rest, None)
            if following is None:
                break
            char = bytes([following])
        if not inside:
            words.append(bytearray())
            inside = True
        words[-1] += char
        if len(words) > MOST_WORDS:
            break
    return [bytes(word) for word in words]
