"""Text for the terminal's own clipboard (OSC 52), which works over SSH too, where the terminal allows it.

tmux and screen stand between: tmux is asked both ways, by the sequence itself (`set -s set-clipboard on`) and wrapped
for the terminal behind it (`set -g allow-passthrough on`); screen takes it wrapped, and in short pieces.
"""

from __future__ import annotations

import re
from base64 import b64encode
from typing import TYPE_CHECKING

from console.ui.format import count, plural

if TYPE_CHECKING:
    from collections.abc import Mapping

    from textual.widget import Widget

LIMIT = 74_994
"""Bytes of UTF-8 that are sent: with its frame no more than 100,000 bytes of base64, which terminals take."""

_SCREEN_PIECE = 240
"""Bytes of one wrapped piece; screen holds 256 of a string."""

_ACTING = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")

HONEST = (
    "Sent to the terminal's clipboard (OSC 52). If nothing arrives, your terminal or tmux (set -s set-clipboard on) "
    "does not allow it."
)


def pasteable(text: str) -> str:
    """Without the controls that would act where it is pasted: line ends and tabs stay, of CR LF the LF."""
    return _ACTING.sub("", text)


def osc52(text: str, environ: Mapping[str, str]) -> str:
    """What to write to the terminal: ASCII, in which nothing of the text stands but as base64.

    `environ` tells whether tmux or screen stand between (TMUX, STY, TERM).
    """
    plain = f"\x1b]52;c;{b64encode(pasteable(text).encode()).decode('ascii')}\x07"
    if environ.get("TMUX") or environ.get("TERM", "").startswith("tmux"):
        return f"{plain}\x1bPtmux;{plain.replace(chr(27), chr(27) * 2)}\x1b\\"
    if environ.get("STY"):
        pieces = (plain[first : first + _SCREEN_PIECE] for first in range(0, len(plain), _SCREEN_PIECE))
        return "".join(f"\x1bP{piece}\x1b\\" for piece in pieces)
    return plain


def offer(widget: Widget, text: str, what: str) -> None:
    """Send it to the clipboard, and say so honestly; say why not where it can't be. `what`: `The text`."""
    size = len(pasteable(text).encode())
    if not size:
        widget.notify(f"{what} is empty: nothing was copied.", severity="warning", markup=False)
    elif size > LIMIT:
        words = f"{what} is too long for a terminal's clipboard: {plural(size, 'byte')}, {count(LIMIT)} at most."
        widget.notify(f"{words} Nothing was copied.", severity="warning", markup=False)
    else:
        widget.app.copy_to_clipboard(text)
        left_out = len(text.replace("\r\n", "\n")) - len(pasteable(text))
        less = f" {plural(left_out, 'control character')} left out." if left_out else ""
        widget.notify(f"{what}: {plural(size, 'byte')}.{less} {HONEST}", timeout=8, markup=False)
