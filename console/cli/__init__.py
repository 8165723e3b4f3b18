"""The command line: one module a command. Nothing heavy is imported before the command that needs it runs."""

from __future__ import annotations

import argparse
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from console import __version__
from console.cli.kit.appearance import add_appearance, appearance_of
from console.cli.kit.arguments import HelpText, refuse_bytes
from console.cli.kit.outcomes import tell
from console.errors import ConsoleError
from console.runtime import streams

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

DESCRIPTION = """\
Operator console for OpenVox and Yeastar GSM gateways: live SMS inbox, GSM port status, compose with a
truthful segment preview, and the AMI log. Without a command it opens the console on the configured gateways,
or helps to set up the first one.

  gsm-console demo     try it on a simulated gateway; nothing to configure
  gsm-console setup    set up the first gateway, step by step
  gsm-console check    test the set-up, and see what to type where

Every command has its own --help, with examples.
"""

EPILOG = """\
exit codes:
    0  done
    1  failed; of `check`: something does not work
    2  configuration or arguments
    3  database
    4  an address can't be listened on
  130  interrupted by ctrl+c
and of `send` and `ussd`:
   10  refused: nothing was sent
   11  failed: the gateway or the network says so
   12  unknown: it may have been sent; check before you send it again
   13  the gateway has it, but its outcome was not known in time
"""


_COMMANDS = {
    "demo": "demo",
    "setup": "setup",
    "config": "config",
    "check": "gateway.check",
    "receive": "receive",
    "inbox": "inbox.inbox",
    "export": "inbox.export",
    "claim": "inbox.claim",
    "contacts": "inbox.contacts",
    "opt-out": "inbox.opt_out",
    "send": "sending.send",
    "outbox": "sending.outbox",
    "batches": "sending.batches",
    "figures": "sending.figures",
    "ports": "gateway.ports",
    "note": "gateway.note",
    "check-ports": "gateway.check_ports",
    "ussd": "gateway.ussd",
    "audit": "audit",
    "backup": "backup",
    "restore": "restore",
    "log": "gateway.log",
    "alarms": "gateway.alarms",
    "ack": "gateway.ack",
    "rules": "rules",
    "monitoring": "monitoring",
    "segments": "sending.segments",
    "decode": "gateway.decode",
    "simulate": "gateway.simulate",
    "completion": "completion",
    "help": "topics",
}
"""As `--help` shows them, and the module of each here."""


def build_parser(argv: Sequence[str] | None = None) -> argparse.ArgumentParser:
    """The parser of every command, or of those only that `argv` may need. Each command sets `run`, a function from
    the arguments to the exit code.
    """
    parser = argparse.ArgumentParser(
        prog="gsm-console",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=HelpText,
    )
    parser.add_argument("--version", action="version", version=f"gsm-console {__version__}")
    parser.add_argument(
        "--config", type=Path, metavar="FILE", help="configuration file (default: see `gsm-console config path`)"
    )
    parser.add_argument("--read-only", action="store_true", help="open the console read-only: send and change nothing")
    add_appearance(parser)
    parser.set_defaults(run=run_console)
    subparsers = parser.add_subparsers(title="commands", metavar="COMMAND")
    for name in _COMMANDS if argv is None else _needed(argv):
        import_module(f"{__name__}.{_COMMANDS[name]}").add_parser(subparsers)
    return parser


def _needed(argv: Sequence[str]) -> Collection[str]:
    """The command that is plainly named, none where plainly none is; else all, as for `--help` and for what is
    mistyped.
    """
    if argv[:1] == ["--config"]:
        return _needed(argv[2:])
    return argv[:1] if not argv or argv[0] in _COMMANDS else _COMMANDS


def main(argv: list[str]) -> int:
    """Run one command; returns its exit code. What can be explained is explained on standard error."""
    arguments = build_parser(argv).parse_args(argv)
    try:
        refuse_bytes(arguments)
        return int(arguments.run(arguments))
    except ConsoleError as error:
        tell(error)
        return error.exit_code
    except KeyboardInterrupt:
        return 130
    except Exception as error:
        broken = streams.lost() if isinstance(error, OSError) else None
        if isinstance(broken, BrokenPipeError):
            return 0  # who read it left (`| head`): nothing is wrong, and there is nothing more to say
        if broken is not None:
            tell(streams.OutputLost(broken))
            return streams.OutputLost.exit_code
        from console.cli.kit.fault import explained

        fault = explained(error)
        tell(fault)
        return fault.exit_code


def run_console(arguments: argparse.Namespace) -> int:
    """Open the console on the configured gateways; without a configuration, on a terminal, help to set it up."""
    import os

    from console.cli.setup import is_missing, need_terminal, on_terminal, run_setup
    from console.config import default_path, load
    from console.runtime import memory

    path, plain = arguments.config or default_path(), getattr(arguments, "plain", False)
    if is_missing(path) and on_terminal() and not plain:
        return run_setup(arguments)
    config = load(arguments.config, os.environ)
    if not plain:
        need_terminal()
    memory.leave_for_now()
    memory.keep_in_one_piece()
    from console.runtime.console import run

    return run(
        config,
        read_only=arguments.read_only,
        appearance=appearance_of(arguments),
        plain=plain,
    )
