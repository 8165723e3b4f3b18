"""Arguments that several commands take in the same way."""

from __future__ import annotations

import argparse
from pathlib import Path


def add_config(parser: argparse.ArgumentParser) -> None:
    """Let `--config FILE` stand behind the command as well as before it."""
    parser.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        default=argparse.SUPPRESS,
        help="configuration to use instead of the usual one",
    )
