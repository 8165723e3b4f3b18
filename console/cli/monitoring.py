"""`gsm-console monitoring`: a dashboard and alert rules for what `/metrics` tells."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from console.cli.kit.arguments import HelpText, add_command
from console.cli.kit.output import say
from console.errors import ConsoleError

if TYPE_CHECKING:
    import argparse
    from importlib.resources.abc import Traversable

EXAMPLES = """\
examples:
  gsm-console monitoring export
  gsm-console monitoring export --replace /etc/prometheus
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `monitoring` with `export`."""
    parser = subparsers.add_parser(
        "monitoring",
        help="write a Grafana dashboard and Prometheus alert rules",
        description="Write a Grafana dashboard and Prometheus alert rules that fit `/metrics`: "
        "`gsm-console help monitoring`.",
        epilog=EXAMPLES,
        formatter_class=HelpText,
    )
    commands = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    export = add_command(commands, "export", "write both files into a folder", "--replace /etc/prometheus")
    export.add_argument(
        "folder", nargs="?", type=Path, default=Path(), metavar="DIR", help="where to write them (default: here)"
    )
    export.add_argument("--replace", action="store_true", help="replace files that are already there")
    export.set_defaults(run=run_export)


def files() -> list[Traversable]:
    """What is written, each under its own name."""
    from importlib.resources import files

    return sorted(files("console").joinpath("monitoring").iterdir(), key=lambda file: file.name)


def run_export(args: argparse.Namespace) -> int:
    """Write both, or none where one is there already. Raises ConsoleError."""
    targets = {args.folder / file.name: file.read_text(encoding="utf-8") for file in files()}
    there = [target for target in targets if target.exists()]
    if there and not args.replace:
        raise ConsoleError(f"{there[0]} already exists; nothing was written.", hint="Replace it with --replace.")
    for target, text in targets.items():
        try:
            with target.open("w" if args.replace else "x", encoding="utf-8") as stream:
                stream.write(text)
        except OSError as error:
            raise ConsoleError(
                f"{target} can't be written: {error.strerror}.", hint="Choose a folder that exists and is yours."
            ) from error
        say(f"Wrote {target}")
    return 0
