"""`gsm-console export`: the inbox as CSV or JSON lines, oldest first."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

from console.cli.inbox.entries import add_source, fields, reading
from console.cli.kit.arguments import HelpText
from console.cli.kit.output import add_output, output, refuse_excel, write_csv
from console.cli.kit.query import query_of

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Iterator

    from console.domain.messages import InboxMessage
    from console.protocol.query.inbox import Searched
    from console.protocol.query.table import Query
    from console.store import Reader

DESCRIPTION = """\
Write the inbox, oldest entry first. UTF-8; times are UTC, `gateway_time` is as the gateway wrote it.

jsonl  one JSON object per entry, ASCII, every text exactly as received; `raw`
       holds each callback of the entry in base64, byte for byte.
csv    one row per entry. A text that a spreadsheet would run as a formula (it
       begins with = + - @, a tab or a line end) gets a ' in front; a
       number such as +8613632919026 stays as it is.
"""

EXAMPLES = """\
examples:
  gsm-console export --format csv -o inbox.csv
  gsm-console export --format jsonl --query 'from:+8613 after:2026-11-01'
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `export`."""
    parser = subparsers.add_parser(
        "export",
        help="write the inbox as CSV or JSON lines",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=HelpText,
    )
    parser.add_argument("--format", choices=("csv", "jsonl"), required=True, help="see above")
    add_source(parser)
    add_output(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write it all. Raises ConfigError, StoreError, and ConsoleError when the file can't be written."""
    from console.protocol.query.inbox import INBOX

    refuse_excel(args)
    with reading(args) as reader:
        query = query_of(args, INBOX, reader)
        with output(args.output) as stream:
            entries = _oldest_first(reader, query)
            if args.format == "csv":
                write_csv(stream, _rows(entries), excel=args.excel)
            else:
                stream.writelines(json.dumps({**fields(entry), "raw": _raw(reader, entry)}) + "\n" for entry in entries)
    return 0


def _oldest_first(reader: Reader, query: Query[Searched]) -> Iterator[InboxMessage]:
    if query.is_empty:
        mark = reader.mark()
        return reader.inbox_messages(range(mark.entry - reader.inbox_count() + 1, mark.entry + 1))
    return reader.inbox_messages(reversed(list(reader.search_ids(query))))


def _rows(entries: Iterable[InboxMessage]) -> Iterator[Iterable[object]]:
    from console.domain.messages import Callback, CallbackKind, InboxMessage

    yield fields(InboxMessage(0, "", 0.0, Callback(CallbackKind.SMS), b"", read=False))
    yield from (fields(entry).values() for entry in entries)


def _raw(reader: Reader, entry: InboxMessage) -> list[str]:
    if entry.copies == entry.parts == 1:
        every = [entry.raw] if entry.raw else []
    else:
        every = [received.raw for received in reader.callbacks_of(entry.id)]
    return [base64.b64encode(raw).decode("ascii") for raw in every]
