"""`gsm-console setup`: the first configuration, asked for on the screen, tried out and written."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from console.cli.kit.appearance import appearance_of
from console.cli.kit.arguments import HelpText, add_config
from console.cli.kit.output import say
from console.errors import ConfigError

if TYPE_CHECKING:
    import argparse
    from pathlib import Path

EXAMPLES = """\
examples:
  gsm-console setup
  gsm-console setup --config second.toml
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the `setup` subcommand."""
    parser = subparsers.add_parser(
        "setup",
        help="set up the first gateway on the screen, step by step",
        description="Set up the first gateway, step by step: give its address and accounts, test them, see "
        "what to type on its own pages, write the configuration (readable only by you, never over another file) and "
        "open the console on it. `gsm-console` without a configuration does the same. Nothing is sent.",
        epilog=EXAMPLES,
        formatter_class=HelpText,
    )
    add_config(parser, "write the configuration here instead of to the usual place")
    parser.set_defaults(run=run)


def on_terminal() -> bool:
    """Whether somebody sits in front of a terminal that can do more than write lines."""
    standard = (sys.stdin, sys.stdout, sys.stderr)
    return all(stream.isatty() for stream in standard) and os.environ.get("TERM") != "dumb"


def need_terminal() -> None:
    """Raise ConfigError where there is none: no key would come, or the screen would be drawn into a pipe or a file."""
    if not on_terminal():
        raise ConfigError(
            "The console needs a terminal on standard input, output and error, and TERM must not be dumb.",
            hint="Start it in a terminal, or use --plain for pipes. `gsm-console check --terminal` explains.",
        )


def is_missing(path: Path) -> bool:
    """Whether surely nothing is there. What can't be looked at is for those to tell who read it."""
    try:
        path.lstat()
    except FileNotFoundError:
        return True
    except OSError:
        return False
    return False


def run(args: argparse.Namespace) -> int:
    """Raises ConfigError where there is no terminal, or a configuration already."""
    from console.config import default_path

    path = args.config or default_path()
    if not is_missing(path):
        raise ConfigError(
            f"There is already a configuration at {path}; it was not changed.",
            hint="Edit it, or set up another one: `gsm-console --config FILE setup`.",
        )
    if not on_terminal():
        raise ConfigError("Setup needs a terminal.", hint="`gsm-console config init` writes an example to fill in.")
    return run_setup(args)


def run_setup(args: argparse.Namespace) -> int:
    """Ask, write and go on: the console on the new configuration, or the demo. 0 also where it was left."""
    from console.config import default_path, load
    from console.runtime.page_values import page_values
    from console.runtime.setup import ask

    path = args.config or default_path()
    appearance = appearance_of(args)
    ending = ask(path, appearance)
    if ending.wants_demo:
        from console.runtime.demo import DemoOptions, run_demo

        return run_demo(DemoOptions(appearance=appearance, read_only=args.read_only))
    if not ending.wrote:
        say("Nothing was written. `gsm-console setup` starts again, `gsm-console demo` needs no configuration.")
        return 0
    from console.protocol.dialects.known import DIALECTS
    from console.runtime.console import run as run_console

    config = load(path, os.environ)
    say(f"Wrote {path}. On the gateway's page {DIALECTS['openvox'].pages.callbacks}, with SMS Received on:")
    say(*(f"    {name:14}{value}" for name, value in page_values(config)))
    return run_console(config, read_only=args.read_only, appearance=appearance)
