"""What the operator's own terminal is asked for, which works over SSH too, where the terminal allows it: text for its
clipboard (OSC 52), and notifications, by OSC 9 (iTerm2, Windows Terminal, WezTerm), OSC 777 (urxvt, foot, Ghostty) or
OSC 99 (kitty's protocol).

tmux and screen stand between and get each wrapped for the terminal behind them (tmux: `set -g allow-passthrough on`;
screen: in short pieces). For the clipboard tmux is asked itself as well (`set -s set-clipboard on`).
"""

from __future__ import annotations

import re
from base64 import b64encode
from typing import TYPE_CHECKING

from console.protocol.text.safe import safe

if TYPE_CHECKING:
    from collections.abc import Mapping

    from console.config.rule_records import NotifyBy

LIMIT = 74_994
"""Bytes of UTF-8 that are sent: with its frame no more than 100,000 bytes of base64, which terminals take."""

LONGEST = 160
"""Characters of a notification's text."""

_NAME = "gsm-console"

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


def notification(way: NotifyBy, text: str, environ: Mapping[str, str]) -> str:
    """What to write to the terminal; nothing where it is switched off. `environ` as of `osc52`.

    The text is made of what is safe to show, on one line, and not too long. Where it would stand as it is, it begins
    with our name: behind `OSC 9 ;` a number is a command to some (ConEmu's progress bar, its working folder). kitty
    gets it as base64.
    """
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
