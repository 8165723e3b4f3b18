"""Arguments that several commands take in the same way, and how their help is broken into lines."""

from __future__ import annotations

import argparse
import re
from pathlib import Path

_AS_IT_IS = re.compile(r"^ |\S  ", re.MULTILINE)
"""A line that is set in, or in columns."""


class HelpText(argparse.HelpFormatter):
    """Help whose paragraphs fit the terminal. Blank lines part them; examples and lists stay as they are written."""

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        paragraphs = text.strip("\n").split("\n\n")
        return "\n\n".join(
            paragraph if _AS_IT_IS.search(paragraph) else super(HelpText, self)._fill_text(paragraph, width, indent)
            for paragraph in paragraphs
        )


def add_config(parser: argparse.ArgumentParser) -> None:
    """Let `--config FILE` stand behind the command as well as before it."""
    parser.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        default=argparse.SUPPRESS,
        help="configuration to use instead of the usual one",
    )
