"""Arguments that several commands take in the same way."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from console.ui.appearance import Appearance

_THEMES = ("dark", "light", "colourblind", "16")


def add_config(parser: argparse.ArgumentParser) -> None:
    """Let `--config FILE` stand behind the command as well as before it."""
    parser.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        default=argparse.SUPPRESS,
        help="configuration to use instead of the usual one",
    )


def add_screen(parser: argparse.ArgumentParser) -> None:
    """How the screen is to look: `--theme`, `--ascii`, `--slow`, before a command or behind it."""
    parser.add_argument(
        "--theme",
        choices=_THEMES,
        default=argparse.SUPPRESS,
        help="colours; dark unless given, 16 where the terminal has no more",
    )
    parser.add_argument(
        "--ascii",
        action=argparse.BooleanOptionalAction,
        default=argparse.SUPPRESS,
        help="draw everything in ASCII; by itself where the locale has no UTF-8",
    )
    parser.add_argument(
        "--slow",
        action="store_true",
        default=argparse.SUPPRESS,
        help="for a slow line: what changes by itself is drawn once a second; keys are answered at once as ever",
    )


def appearance_of(args: argparse.Namespace) -> Appearance:
    """What those arguments and the environment say."""
    from console.ui.appearance import appearance

    return appearance(
        theme=getattr(args, "theme", None),
        ascii_only=getattr(args, "ascii", None),
        slow=getattr(args, "slow", False),
        environ=os.environ,
        # Set by itself only where the locale is C, unless somebody asked Python for it.
        coerced=bool(sys.flags.utf8_mode) and "PYTHONUTF8" not in os.environ,
    )
