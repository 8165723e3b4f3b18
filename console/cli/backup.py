"""`gsm-console backup`: the database in one file, while it is in use."""

from __future__ import annotations

import time
from pathlib import Path
from typing import TYPE_CHECKING

from console.cli.inbox.entries import source_of
from console.cli.kit.arguments import HelpText, add_config, add_database
from console.cli.kit.output import moment, say

if TYPE_CHECKING:
    import argparse

    from console.store.backups import Held

DESCRIPTION = """\
Copy the database into one self-contained file, readable only by you. Consoles and the receiver can keep running. The
copy is checked before it gets its name; an existing file is never overwritten.
"""

EXAMPLES = """\
examples:
  gsm-console backup /var/backups              makes console-20261130-160005.db there
  gsm-console backup --replace /mnt/nas/sms.db
  gsm-console inbox --database /var/backups/console-20261130-160005.db
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `backup`."""
    parser = subparsers.add_parser(
        "backup",
        help="copy the database into one file, while it is in use",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=HelpText,
    )
    add_config(parser)
    add_database(parser)
    parser.add_argument("--replace", action="store_true", help="replace an existing file, once the copy is complete")
    parser.add_argument(
        "file", type=Path, metavar="FILE", help="the file to write; in a folder it is named by date and time (UTC)"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Copy, and say what is in it. Raises ConfigError and StoreError."""
    from console.store.backups import backup

    database, target = source_of(args)[0], args.file
    if target.is_dir():
        target = target / f"{database.stem}-{time.strftime('%Y%m%d-%H%M%S', time.gmtime())}.db"
    held = backup(database, target, replace=args.replace)
    say(f"{target} has {contents(held)}.")
    return 0


def contents(held: Held) -> str:
    """`1,203 received and 45 sent, the newest of 2026-11-30 16:00:05Z`."""
    newest = f", the newest of {moment(held.newest_at)}" if held.newest_at is not None else ""
    return f"{held.received:,} received and {held.sent:,} sent{newest}"
