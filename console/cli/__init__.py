"""The command line: one module a command. Nothing heavy is imported before the command that needs it runs."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from console import __version__
from console.errors import ConsoleError

DESCRIPTION = """\
Operator console for OpenVox GSM gateways: live SMS inbox, GSM port status, compose with a truthful
segment preview, and the AMI log. Without a command it opens the console on the configured gateways.
"""

EPILOG = """\
exit codes: 0 done, 1 failed, 2 configuration or arguments, 3 database, 4 an address can't be listened on
"""


def build_parser() -> argparse.ArgumentParser:
    """The parser of every command. Each command sets `run`, a function from the arguments to the exit code."""
    from console.cli import check, config, decode, demo, export, inbox, receive, segments, simulate

    parser = argparse.ArgumentParser(
        prog="gsm-console",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"gsm-console {__version__}")
    parser.add_argument("--config", type=Path, metavar="FILE", help="configuration to use instead of the usual one")
    parser.set_defaults(run=run_console)
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND")
    for module in (demo, config, check, receive, inbox, export, segments, decode, simulate):
        module.add_parser(subparsers)
    return parser


def main(argv: list[str]) -> int:
    """Run one command; returns its exit code. What can be explained is explained on standard error."""
    arguments = build_parser().parse_args(argv)
    try:
        return int(arguments.run(arguments))
    except ConsoleError as error:
        print(f"gsm-console: {error.title}: {error}", file=sys.stderr)
        if error.hint:
            print(error.hint, file=sys.stderr)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader of our output left (`| head`): not an error of ours, and nothing more to say.
        sys.stderr.close()
        return 0


def run_console(arguments: argparse.Namespace) -> int:
    """Open the console on the configured gateways."""
    import os

    from console.config import load
    from console.runtime.console import run

    return run(load(arguments.config, os.environ))
