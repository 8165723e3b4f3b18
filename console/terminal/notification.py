"""A notification of the operator's own terminal, which works over SSH too: OSC 9 (iTerm2, Windows Terminal, WezTerm),
OSC 777 (urxvt, foot, Ghostty) or OSC 99 (kitty's protocol).

The text is made of what is safe to show, on one line, and not too long. Where it would stand as it is, it begins with
our name: behind `OSC 9 ;` a number is a command to some (ConEmu's progress bar, its working folder). kitty gets it as
base64. tmux and screen get it wrapped for the terminal behind them (tmux: `set -g allow-passthrough on`).
"""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

from console.protocol.text.safe import safe
from console.terminal.clipboard import passed_through

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.config.rule_records import NotifyBy

LONGEST = 160
"""Characters of the text."""

_NAME = "gsm-console"


def notification(way: NotifyBy, text: str, environ: Mapping[str, str]) -> str:
    """What to write to the terminal; nothing where it is switched off. `environ` as of `clipboard.osc52`."""
    words = "".join(char for char in safe(text[:LONGEST]) if char.isprintable())[:LONGEST]
    match way:
        case "off":
            return ""
        case "osc9":
            sequence = f"\x1b]9;{_NAME}: {words}\x07"
        case "osc777":  # fields are divided by semicolons
            sequence = f"\x1b]777;notify;{_NAME};{words.replace(';', ',')}\x07"
        case "osc99":  # an identifier joins the two; d=0: more follows, e=1: base64; BEL, for screen ends at an ST
            title, body = (b64encode(part.encode()).decode("ascii") for part in (_NAME, words))
            parts = (f"\x1b]99;i={_NAME}:d=0:e=1;{title}\x07", f"\x1b]99;i={_NAME}:d=1:e=1:p=body;{body}\x07")
            return "".join(passed_through(part, environ) for part in parts)
    return passed_through(sequence, environ)
