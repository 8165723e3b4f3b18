"""`gsm-console ack`: say that an alarm was seen."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.cli.inbox.entries import writing
from console.cli.kit.arguments import add_command, add_config, add_database, whole
from console.cli.kit.output import say
from console.errors import ConfigError

if TYPE_CHECKING:
    import argparse


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `ack`."""
    parser = add_command(subparsers, "ack", "acknowledge active alarms, in your name", "17")
    add_config(parser)
    add_database(parser)
    parser.add_argument("id", nargs="*", type=whole(1), metavar="ID", help="as printed by `gsm-console alarms`")
    parser.add_argument("--all", action="store_true", help="all active alarms")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Says how many; 1 where not all of them were active and new. Raises ConfigError, ReadOnly and StoreError."""
    if bool(args.id) == args.all:
        raise ConfigError("No alarm is named.", hint="Give ids, as printed by `gsm-console alarms`, or --all.")
    with writing(args) as (store, operator):
        new = [alarm.id for alarm in store.alarms.open() if alarm.acknowledged_at is None]
        wanted = new if args.all else list(dict.fromkeys(args.id))
        number = store.alarms.acknowledge(wanted, operator).result()
    say(f"{number} acknowledged." if number == len(wanted) else f"{number} of {len(wanted)} acknowledged.")
    return 0 if number == len(wanted) else 1
