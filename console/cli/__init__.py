"""The command line: one module a command. Nothing heavy is imported before the command that needs it runs."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from console import __version__
from console.cli.appearance import add_appearance, appearance_of
from console.cli.outcomes import tell
from console.errors import ConsoleError

DESCRIPTION = """\
Operator console for OpenVox GSM gateways: live SMS inbox, GSM port status, compose with a truthful
segment preview, and the AMI log. Without a command it opens the console on the configured gateways.
"""

EPILOG = """\
exit codes: 0 done, 1 failed, 2 configuration or arguments, 3 database, 4 an address can't be listened on
of what was sent: 10 refused, 11 failed, 12 unknown, 13 waiting
"""


def build_parser() -> argparse.ArgumentParser:
    """The parser of every command. Each command sets `run`, a function from the arguments to the exit code."""
    from console.cli import (
        alarms,
        audit,
        check,
        completion,
        config,
        contacts,
        decode,
        demo,
        export,
        inbox,
        log,
        receive,
        segments,
        send,
        setup,
        simulate,
        ussd,
    )

    parser = argparse.ArgumentParser(
        prog="gsm-console",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action="version", version=f"gsm-console {__version__}")
    parser.add_argument("--config", type=Path, metavar="FILE", help="configuration to use instead of the usual one")
    parser.add_argument(
        "--read-only", action="store_true", help="open the console to look only: nothing is sent or changed"
    )
    add_appearance(parser)
    parser.set_defaults(run=run_console)
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND")
    shown = (demo, setup, config, check, receive, inbox, export, contacts, send, ussd, audit, log, alarms)
    for module in (*shown, segments, decode, simulate, completion):
        module.add_parser(subparsers)
    return parser


def main(argv: list[str]) -> int:
    """Run one command; returns its exit code. What can be explained is explained on standard error."""
    arguments = build_parser().parse_args(argv)
    try:
        return int(arguments.run(arguments))
    except ConsoleError as error:
        tell(error)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except BrokenPipeError:
        # The reader of our output left (`| head`): not an error of ours, and nothing more to say.
        sys.stderr.close()
        return 0


def run_console(arguments: argparse.Namespace) -> int:
    """Open the console on the configured gateways; without a configuration, on a terminal, help to set it up."""
    import os

    from console.cli.setup import is_missing, on_terminal, run_setup
    from console.config import default_path, load
    from console.runtime.console import run

    path = arguments.config or default_path()
    if is_missing(path) and on_terminal() and not getattr(arguments, "plain", False):
        return run_setup(arguments)
    config = load(arguments.config, os.environ)
    return run(
        config,
        read_only=arguments.read_only,
        appearance=appearance_of(arguments),
        plain=getattr(arguments, "plain", False),
    )
