"""`gsm-console log`: the AMI log kept on disk, in the shell."""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

from console.cli.kit.arguments import HelpText, add_config
from console.cli.kit.output import reader_left, warn
from console.cli.kit.query import add_query, asked
from console.errors import ConfigError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from console.domain.link import LogRecord
    from console.protocol.query.table import Query
    from console.store.ami.files import Reading

DESCRIPTION = """\
Print the AMI log kept by the consoles, oldest record first. Times are UTC; secrets are masked. What two consoles
received at the same time appears twice.

--query takes what `/` takes in the AMI log on screen: words, "two words", event:SMSSendStatus, event:SMS*, port:1-3,
dir:in, gw:NAME, is:mark, OR and /regex/; a leading - excludes. If the query begins with an exclusion, write
--query=-event:Newexten.

--since takes 2026-11-22, 2026-11-22T14:30 (this machine's time unless you give a zone), 14:30 (the last time the
clock showed it), today, yesterday, "yesterday 14:30", or how long ago: 90s, 15m, 2h, 3d.
"""

EXAMPLES = """\
examples:
  gsm-console log --since 2h --query 'event:SMS* port:3'
  gsm-console log --follow --query=-event:VarSet
"""

LOOK_PERIOD = 0.25
"""Seconds between two looks for new records."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `log`."""
    parser = subparsers.add_parser(
        "log",
        help="print the AMI log kept on disk",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=HelpText,
    )
    add_config(parser)
    parser.add_argument(
        "--directory", type=Path, metavar="PATH", help="read the files in this folder; needs no configuration"
    )
    parser.add_argument("--since", metavar="WHEN", help="only records from then on (default: all)")
    add_query(parser, "--grep", views=False)
    parser.add_argument("--follow", action="store_true", help="keep printing new records; without --since, only those")
    parser.add_argument("--json", action="store_true", help="one JSON object per line, as stored")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print, and follow until interrupted or nobody reads. Raises ConfigError, and ConsoleError for a file."""
    from console.protocol.query.log import LOG
    from console.store.ami.files import Reading, log_files, read_all

    query = asked(LOG, args.query, "--query")
    since = moment(args.since) if args.since is not None else time.time() if args.follow else 0.0
    directory = args.directory or _configured(args)
    if not args.follow and not log_files(directory):
        raise ConfigError(f"There is no AMI log in {directory}.", hint="The console keeps one while it runs.")
    sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    reading = Reading()
    if args.follow:
        _follow(args, directory, query, since, reading)
    else:
        _print(read_all(directory, reading, since=since), query, as_json=args.json)
    if reading.unreadable:
        warn(f"{reading.unreadable} lines are not records and were skipped.")
    return 0


def moment(words: str) -> float:
    """The time that `--since` means, Unix seconds UTC. Raises ConfigError."""
    from console.protocol.text.time_words import NoTime, past

    try:
        return past(words, time.time()).at
    except NoTime as error:
        raise ConfigError(f"--since: {error}") from None


def _configured(args: argparse.Namespace) -> Path:
    from console.config import load

    config = load(getattr(args, "config", None), os.environ)
    return config.ami_log.directory or config.database.parent / "ami-log"


def _follow(args: argparse.Namespace, directory: Path, query: Query[LogRecord], since: float, reading: Reading) -> None:
    """What there is since then, then what comes. Each file is read on from where the last look ended."""
    from console.protocol.ami.log_record import read_record
    from console.store.ami.files import log_files, read_lines, unwanted

    ends = {file.path: size for file in log_files(directory) if (size := unwanted(file.path, since))}

    def news() -> Iterator[LogRecord]:
        for file in log_files(directory):
            for line, end in read_lines(file.path, ends.get(file.path, 0)):
                ends[file.path] = end
                record = read_record(line)
                if record is None:
                    reading.unreadable += 1
                elif record.at >= since:
                    yield record

    while True:
        _print(sorted(news(), key=lambda record: record.at), query, as_json=args.json)
        if reader_left(LOOK_PERIOD):
            return


def _print(records: Iterator[LogRecord] | list[LogRecord], query: Query[LogRecord], *, as_json: bool) -> None:
    from console.protocol.ami.log_record import write_record
    from console.protocol.ami.log_text import text_line

    shown = write_record if as_json else text_line
    for record in records:
        if query.matches(record):
            print(shown(record))
    sys.stdout.flush()
