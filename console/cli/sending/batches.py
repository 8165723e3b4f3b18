"""`gsm-console batches`: how far each batch has come."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.cli.inbox.entries import reading
from console.cli.kit.arguments import HelpText, add_config, add_database, whole
from console.cli.kit.listing import add_listing, write_listing
from console.cli.kit.output import moment, one_line, utc
from console.cli.kit.query import add_query, add_since, query_of
from console.domain.messages import DeliveryState

if TYPE_CHECKING:
    import argparse

    from console.domain.sending import Batch

DESCRIPTION = """\
Print batches, newest first: number, when it was queued (UTC), state, how many messages left, how many failed or are
unknown, and what it is. `gsm-console outbox --batch N` prints the messages of one.

table  one line per batch; control characters are made visible.
csv    one row per batch, with its messages by state.
json   one JSON object per line, ASCII.
"""

EXAMPLES = """\
examples:
  gsm-console batches --limit 5
  gsm-console batches --query is:ended --since 7d --format csv -o batches.csv
"""

_NEWEST = 2**62
_COLUMNS = ("id", "at", "operator", "label", "state", "total", "gone", *(state.value for state in DeliveryState))


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `batches`."""
    parser = subparsers.add_parser(
        "batches",
        help="print batches and how far each has come",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=HelpText,
    )
    add_config(parser)
    add_database(parser)
    add_query(parser, views=False)
    add_since(parser)
    parser.add_argument("--limit", type=whole(0), metavar="N", help="only the newest N (default: all)")
    add_listing(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write it all. Raises ConfigError, StoreError, NotAsked, and ConsoleError for a file that can't be written."""
    from console.protocol.query.batches import BATCHES

    with reading(args) as reader:
        query = query_of(args, BATCHES, reader)
        found = [batch for batch in reader.sending.batches(_NEWEST) if query.matches(batch)][: args.limit]
    write_listing(args, found, _COLUMNS, _fields, _line)
    return 0


def _fields(batch: Batch) -> dict[str, object]:
    """A batch as a flat object, with its messages by state; the time is UTC, ISO 8601."""
    from console.protocol.query.batches import state_of

    about = (batch.id, utc(batch.created_at), batch.operator, batch.label, state_of(batch), batch.total, batch.gone)
    return dict(zip(_COLUMNS, (*about, *(batch.counts.get(state, 0) for state in DeliveryState)), strict=True))


def _line(batch: Batch) -> str:
    from console.protocol.query.batches import state_of

    counts = (f"{batch.counts[state]} {state.value}" for state in _TROUBLE if batch.counts.get(state))
    done = f"{batch.gone} of {batch.total}"
    return one_line(
        f"{batch.id}", moment(batch.created_at), state_of(batch), done, ", ".join(counts), batch.operator, batch.label
    )


_TROUBLE = (DeliveryState.FAILED, DeliveryState.UNKNOWN)
