"""`gsm-console restore`: a backup in the place of the database."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING

from console.cli.backup import contents
from console.cli.inbox.entries import source_of
from console.cli.kit.arguments import HelpText, add_config, add_database
from console.cli.kit.gate import who_may_act
from console.cli.kit.output import say

if TYPE_CHECKING:
    import argparse

DESCRIPTION = """\
Replace the database with a backup. Refused while a console or the receiver has the database open. The old database
is kept beside it under another name. Messages that were queued when the backup was made may have been sent
since: none is sent by itself, they are held in the outbox until you release them.
"""

EXAMPLES = """\
examples:
  systemctl stop gsm-console-receive
  gsm-console restore /var/backups/console-20261130-160005.db
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `restore`."""
    parser = subparsers.add_parser(
        "restore",
        help="replace the database with a backup",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=HelpText,
    )
    add_config(parser)
    add_database(parser)
    parser.add_argument("file", type=Path, metavar="FILE", help="a file made by `gsm-console backup`")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Restore, and say what is there now. Raises ConfigError, StoreError, and ReadOnly for who may only look."""
    from console.config import SendingConfig, default_path, load
    from console.store.backups import restore

    config = getattr(args, "config", None)
    is_there = args.database is None or (config or default_path()).exists()
    operator = who_may_act(args, load(config, os.environ).sending if is_there else SendingConfig())
    database = source_of(args)[0]
    done = restore(args.file, database, at=time.time(), operator=str(operator))
    say(f"{database} has {contents(done.held)}.")
    if done.before is not None:
        say(f"The old database is in {done.before}.")
    if done.waiting:
        say(f"{done.waiting:,} were queued and may have been sent since: held in the outbox until you release them.")
    return 0
