"""How the screen is to look, from the command line and the environment."""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from console.terminal.appearance import Appearance, Colours

_THEMES = ("dark", "light", "colourblind")
_COLOURS: tuple[Colours, ...] = ("16", "256", "truecolor")
"""Those of `console.terminal.appearance`, which is not loaded for `--help`."""


def add_appearance(parser: argparse.ArgumentParser) -> None:
    """Add `--theme`, `--colours`, `--ascii`, `--slow` and `--plain`, before a command or behind it."""
    parser.add_argument(
        "--theme",
        choices=_THEMES,
        default=argparse.SUPPRESS,
        help="colour theme (default: dark)",
    )
    parser.add_argument(
        "--colours",
        choices=_COLOURS,
        default=argparse.SUPPRESS,
        help="number of colours (default: what the terminal is known to have; at most 256 in GNU screen)",
    )
    parser.add_argument(
        "--ascii",
        action=argparse.BooleanOptionalAction,
        default=argparse.SUPPRESS,
        help="draw frames and marks in ASCII (default: only if the locale has no UTF-8; then texts are ASCII, too)",
    )
    parser.add_argument(
        "--slow",
        action="store_true",
        default=argparse.SUPPRESS,
        help="for a slow line: background updates once a second; keys respond as usual",
    )
    parser.add_argument(
        "--plain",
        action="store_true",
        default=argparse.SUPPRESS,
        help="no screen: print events as lines, for screen readers and pipes; ctrl+c ends it",
    )


def appearance_of(args: argparse.Namespace) -> Appearance:
    """What those arguments and the environment say."""
    from console.terminal.appearance import appearance

    return appearance(
        theme=getattr(args, "theme", None),
        colours=getattr(args, "colours", None),
        ascii_only=getattr(args, "ascii", None),
        slow=getattr(args, "slow", False),
        environ=os.environ,
        coerced=locale_was_made_up(),
    )


def locale_was_made_up() -> bool:
    """Whether Python took UTF-8 for the locale C by itself (PEP 538, PEP 540), and nobody asked for it."""
    return bool(sys.flags.utf8_mode) and "PYTHONUTF8" not in os.environ
