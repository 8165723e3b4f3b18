"""`gsm-console completion`: what makes a shell complete commands, options and file names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from console.cli.kit.arguments import HelpText

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

SHELLS = ("bash", "zsh", "fish")

DESCRIPTION = """\
Print a script that completes commands, options and file names. Save it where your shell looks, in an existing folder
(mkdir -p), and open a new shell:

  bash  gsm-console completion bash > \\
            ~/.local/share/bash-completion/completions/gsm-console
  zsh   gsm-console completion zsh > FOLDER/_gsm-console
            with FOLDER in fpath before compinit runs
  fish  gsm-console completion fish > ~/.config/fish/completions/gsm-console.fish
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the `completion` subcommand."""
    parser = subparsers.add_parser(
        "completion",
        help="print a script that completes commands and options in your shell",
        description=DESCRIPTION,
        formatter_class=HelpText,
    )
    parser.add_argument("shell", choices=SHELLS, help="your shell")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the script for `args.shell`."""
    print(script(args.shell))
    return 0


def script(shell: str) -> str:
    """The script for one of SHELLS, made from the parser itself."""
    import shtab

    from console.cli import build_parser

    parser = build_parser()
    for action in _actions(parser):
        if action.type is Path or action.metavar == "FILE":
            action.complete = shtab.FILE  # type: ignore[attr-defined]
    return shtab.complete(parser, shell)


def _actions(parser: argparse.ArgumentParser) -> Iterator[argparse.Action]:
    """All arguments of a parser and of the commands below it."""
    for action in parser._actions:  # noqa: SLF001 - argparse has no other way to them
        if isinstance(action.choices, dict):
            for below in action.choices.values():
                yield from _actions(below)
        else:
            yield action
