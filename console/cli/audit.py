"""`gsm-console audit`: who sent or changed what, and when."""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from console.cli.inbox.entries import reading
from console.cli.kit.arguments import HelpText, add_config, add_database, whole
from console.cli.kit.output import add_excel, moment, one_line, refuse_excel, utc, write_csv

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator

    from console.domain.audit import AuditEntry

DESCRIPTION = """\
Print who sent or changed what: every entry, or the newest ones, oldest first. Times are UTC. Entries are never
removed.

text   one line per entry; control characters are made visible.
csv    one row per entry. A text that a spreadsheet would run as a formula (it
       begins with = + - @, a tab or a line end) gets a ' in front.
jsonl  one JSON object per entry, ASCII, every text exactly as stored.
"""

EXAMPLES = """\
examples:
  gsm-console audit --limit 20
  gsm-console audit --format csv > audit.csv
"""

_COLUMNS = ("id", "at", "operator", "action", "target", "detail")


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `audit`."""
    parser = subparsers.add_parser(
        "audit",
        help="print who sent or changed what",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=HelpText,
    )
    add_config(parser)
    add_database(parser)
    parser.add_argument("--limit", type=whole(0), metavar="N", help="only the newest N (default: all)")
    parser.add_argument("--format", choices=("text", "csv", "jsonl"), default="text", help="see above (default: text)")
    add_excel(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write it all. Raises ConfigError and StoreError."""
    refuse_excel(args)
    sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    with reading(args) as reader:
        entries: Iterable[AuditEntry] = reader.audit.all()
        if args.limit is not None:
            entries = reversed(reader.audit.newest(args.limit))
        if args.format == "csv":
            write_csv(sys.stdout, _rows(entries), excel=args.excel)
        else:
            shown = _json if args.format == "jsonl" else _line
            for entry in entries:
                print(shown(entry))
    return 0


def _fields(entry: AuditEntry) -> dict[str, object]:
    """An entry as a flat object; the time is UTC, ISO 8601."""
    values = (entry.id, utc(entry.at), entry.operator, entry.action, entry.target, entry.detail)
    return dict(zip(_COLUMNS, values, strict=True))


def _json(entry: AuditEntry) -> str:
    return json.dumps(_fields(entry))


def _line(entry: AuditEntry) -> str:
    """One line, whatever the words."""
    return one_line(moment(entry.at), entry.operator, entry.action, entry.target, entry.detail)


def _rows(entries: Iterable[AuditEntry]) -> Iterator[Iterable[object]]:
    yield _COLUMNS
    yield from (_fields(entry).values() for entry in entries)
