"""Text for the terminal's own clipboard (OSC 52), which works over SSH too, where the terminal allows it.

tmux and screen stand between: tmux is asked both ways, by the sequence itself (`set -s set-clipboard on`) and wrapped
for the terminal behind it (`set -g allow-passthrough on`); screen takes it wrapped, and in short pieces.
"""

from __future__ import annotations

import re
from base64 import b64encode
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

LIMIT = 74_994
"""Bytes of UTF-8 that are sent: with its frame no more than 100,000 bytes of base64, which terminals take."""

_SCREEN_PIECE = 240
"""Bytes of one wrapped piece; screen holds 256 of a string."""

_ACTING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")


def pasteable(text: str) -> str:
    """Without the controls that would act where it is pasted: line ends and tabs stay, of CR LF the LF."""
    return _ACTING.sub("", text)


def osc52(text: str, environ: Mapping[str, str]) -> str:
    """What to write to the terminal: ASCII, in which nothing of the text stands but as base64.

    `environ` tells whether tmux or screen stand between (TMUX, STY, TERM).
    """
    plain = f"\x1b]52;c;{b64encode(pasteable(text).encode()).decode('ascii')}\x07"
    wrapped = passed_through(plain, environ)
    return plain + wrapped if _in_tmux(environ) else wrapped


def passed_through(sequence: str, environ: Mapping[str, str]) -> str:
    """A sequence for the terminal behind tmux or screen, where they stand between; else as it is."""
    if _in_tmux(environ):
        return f"\x1bPtmux;{sequence.replace(chr(27), chr(27) * 2)}\x1b\\"
    if environ.get("STY"):
        pieces = (sequence[first : first + _SCREEN_PIECE] for first in range(0, len(sequence), _SCREEN_PIECE))
        return "".join(f"\x1bP{piece}\x1b\\" for piece in pieces)
    return sequence


def _in_tmux(environ: Mapping[str, str]) -> bool:
    return bool(environ.get("TMUX")) or environ.get("TERM", "").startswith("tmux")
