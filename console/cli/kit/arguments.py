"""Arguments that several commands take in the same way, and how their help is broken into lines."""

from __future__ import annotations

import argparse
import re
from pathlib import Path
from typing import TYPE_CHECKING

from console.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Callable

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


def add_command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, words: str, example: str = ""
) -> argparse.ArgumentParser:
    """A command below another. `words` say what it does; `example` is what may stand behind it."""
    parser = commands.add_parser(
        name, help=words, description=f"{words[0].upper()}{words[1:]}.", formatter_class=HelpText
    )
    parser.epilog = f"example:\n  {parser.prog} {example}".rstrip()
    return parser


def add_stored(
    commands: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    run: Callable[[argparse.Namespace], int],
    words: str,
    example: str = "",
) -> argparse.ArgumentParser:
    """The same, of a command that works on the database; `run` does it."""
    parser = add_command(commands, name, words, example)
    add_database(parser)
    add_config(parser)
    parser.set_defaults(run=run)
    return parser


def add_config(
    parser: argparse.ArgumentParser, words: str = "configuration file (default: see `gsm-console config path`)"
) -> None:
    """Let `--config FILE` stand behind the command as well as before it."""
    parser.add_argument(
        "--config",
        type=Path,
        metavar="FILE",
        default=argparse.SUPPRESS,
        help=words,
    )


def add_database(parser: argparse.ArgumentParser) -> None:
    """Let `--database PATH` stand in for the configuration."""
    parser.add_argument("--database", type=Path, metavar="PATH", help="use this database; needs no configuration")


def refuse_bytes(arguments: argparse.Namespace) -> None:
    """Raises ConfigError for an argument that is no text, unless it is a path: names of files may be any bytes."""
    for value in vars(arguments).values():
        for words in value if isinstance(value, list) else [value]:
            if isinstance(words, str) and any("\ud800" <= char <= "\udfff" for char in words):
                raise ConfigError(f"The argument {words[:60]!a} is not UTF-8.", hint="Convert it to UTF-8.")


def whole(low: int, high: int | None = None) -> Callable[[str], int]:
    """The `type` of an argument that is a whole number, `low` to `high`."""

    def read(words: str) -> int:
        try:
            number = int(words)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{words!a} is not a whole number") from None
        _refuse_outside(number, low, high)
        return number

    return read


def decimal(low: float, high: float) -> Callable[[str], float]:
    """The `type` of an argument that is a number, `low` to `high`."""

    def read(words: str) -> float:
        try:
            number = float(words)
        except ValueError:
            raise argparse.ArgumentTypeError(f"{words!a} is not a number") from None
        _refuse_outside(number, low, high)
        return number

    return read


def _refuse_outside(number: float, low: float, high: float | None) -> None:
    """Raises ArgumentTypeError. NaN is outside of everything."""
    if high is None and not number >= low:
        raise argparse.ArgumentTypeError(f"{number:,} is less than {low:,}")
    if high is not None and not low <= number <= high:
        raise argparse.ArgumentTypeError(f"{number:,} is not between {low:,} and {high:,}")


DIALECTS = ("openvox", "openvox-2014", "openvox-2013", "yeastar")
"""Those of the configuration, which would take too long to be imported for this."""


def add_dialect(parser: argparse._ActionsContainer) -> None:
    """Add `--dialect`."""
    parser.add_argument(
        "--dialect",
        choices=DIALECTS,
        default=DIALECTS[0],
        help="make and firmware to imitate; openvox-2013: driver 2.0.8, which delivers each part of a long SMS "
        f"separately (default {DIALECTS[0]})",
    )
