"""`gsm-console outbox`: who got what, and why not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.cli.inbox.entries import reading
from console.cli.kit.arguments import HelpText, add_config, add_database, whole
from console.cli.kit.listing import add_listing
from console.cli.kit.output import moment, one_line, output, refuse_excel, write_csv
from console.cli.kit.query import add_query, add_since, query_of
from console.domain.messages import DeliveryState
from console.errors import ConsoleError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from console.domain.messages import OutboxMessage
    from console.store import Reader

DESCRIPTION = """\
Print the outbox, oldest message first: number, state and since when (UTC), port, and reason. A
message that was sent again names its replacement.

table  one line per message; control characters are made visible.
csv    one row per message, with its text. A text that a spreadsheet would run as
       a formula (it begins with = + - @, a tab or a line end) gets a ' in front.
json   one JSON object per line, ASCII, every text exactly as sent.
"""

EXAMPLES = """\
examples:
  gsm-console outbox --limit 20
  gsm-console outbox --batch 7 --format csv -o who-got-it.csv
  gsm-console outbox --query 'state:failed,unknown after:2d port:1-8' --format json | jq -r .number
"""

_AT_ONCE = 500
_ALL = 2**62


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `outbox`."""
    parser = subparsers.add_parser(
        "outbox",
        help="print messages sent, with state, port and reason",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=HelpText,
    )
    add_config(parser)
    add_database(parser)
    add_query(parser)
    add_since(parser)
    parser.add_argument("--batch", type=whole(1), metavar="N", help="only this batch")
    parser.add_argument(
        "--state",
        action="append",
        choices=[state.value for state in DeliveryState],
        metavar="STATE",
        help=f"only this state, or any of several: {', '.join(state.value for state in DeliveryState)}",
    )
    parser.add_argument("--limit", type=whole(0), metavar="N", help="only the newest N (default: all)")
    add_listing(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write it all. Raises ConfigError, StoreError, NotAsked, and ConsoleError for a batch that is not there or a file
    that can't be written.
    """
    from console.protocol.query.outbox import OUTBOX
    from console.protocol.sms.fate_rows import csv_rows, json_lines
    from console.protocol.text.safe import safe

    refuse_excel(args)
    shown = json_lines if args.format == "json" else _table_lines
    states = [DeliveryState(word) for word in args.state or ()]
    with reading(args) as reader:
        query = query_of(args, OUTBOX, reader)
        if args.batch is not None and not reader.outbox.ids_of_batch(args.batch):
            raise ConsoleError(
                f"There is no batch {args.batch}.", hint="In the console, press 5 and b to list batches."
            )
        limit = _ALL if args.limit is None else args.limit
        messages = _messages(reader, reader.outbox.find(limit, query, states=states, batch=args.batch)[::-1])
        with output(args.output) as stream:
            if args.format == "csv":
                write_csv(stream, csv_rows(messages), excel=args.excel)
                return 0
            to_terminal = stream.isatty()
            stream.writelines(f"{safe(line) if to_terminal else line}\n" for line in shown(messages))
    return 0


def _messages(reader: Reader, ids: Sequence[int]) -> Iterator[OutboxMessage]:
    for start in range(0, len(ids), _AT_ONCE):
        yield from reader.outbox.messages(ids[start : start + _AT_ONCE])


def _table_lines(messages: Iterator[OutboxMessage]) -> Iterator[str]:
    return (_line(message) for message in messages)


def _line(message: OutboxMessage) -> str:
    from console.protocol.sms.fate_rows import reason_of

    port = f"port {message.port}" if message.port is not None else "port unknown"
    again = f"sent again as {message.again_as}" if message.again_as is not None else ""
    state = message.state.value
    return one_line(
        str(message.id), message.draft.to, state, moment(message.updated_at), port, reason_of(message), again
    )
