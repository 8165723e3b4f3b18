"""`gsm-console figures`: how many were sent, how far they came, and how long that took."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING

from console.cli.inbox.entries import reading
from console.cli.kit.arguments import HelpText, add_config, add_database
from console.cli.kit.listing import add_listing, write_listing
from console.cli.kit.output import one_line, warn
from console.cli.kit.query import add_query, add_since, asked, query_of
from console.domain.figures import By, Figure, median

if TYPE_CHECKING:
    import argparse

    from console.protocol.query.figures import Place
    from console.protocol.query.table import Query
    from console.store import Reader

DESCRIPTION = """\
Print how many messages were sent, delivered, failed or unknown, by day, port, SIM, gateway, country, network, user or
reason. Days are whole days in UTC, the last 30 unless you name others. Figures stay when old messages are deleted.
A ~ marks a guess: medians are counted in stretches of seconds, numbers are ported, and prices are those of today.

table  one line per value; control characters are made visible.
csv    one row per value.
json   one JSON object per line, ASCII.
"""

EXAMPLES = """\
examples:
  gsm-console figures --by port --since 7d
  gsm-console figures --by reason --query gw:north
  gsm-console figures --by day --since 2026-11-01 --until 2026-12-01 --format csv -o november.csv
"""

_DEFAULT = "30d"


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `figures`."""
    parser = subparsers.add_parser(
        "figures",
        help="print how many were sent, delivered and failed",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=HelpText,
    )
    add_config(parser)
    add_database(parser)
    parser.add_argument(
        "--by",
        choices=[each.value for each in By],
        default=By.DAY.value,
        metavar="WHAT",
        help=f"{', '.join(each.value for each in By)} (default: day)",
    )
    add_query(parser, views=False)
    add_since(parser)
    parser.add_argument("--until", metavar="WHEN", help="only before then, such as today or 2026-12-01")
    add_listing(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write it all. Raises ConfigError, StoreError, NotAsked, and ConsoleError for a file that can't be written."""
    from console.protocol.sms.figure_rows import COLUMNS, fields

    prices = _prices(args)
    with reading(args) as reader:
        found = reader.figures.read(By(args.by), _query(args, reader))
    write_listing(
        args, found.rows, COLUMNS, lambda figure: fields(figure, prices), lambda figure: _line(figure, prices)
    )
    if found.counted < 1:
        warn(f"Messages of earlier versions are still being counted: {found.counted:.0%} are done.")
    return 0


def _query(args: argparse.Namespace, reader: Reader) -> Query[Place]:
    from console.protocol.query.figures import FIGURES
    from console.protocol.query.grammar import Text

    query = query_of(args, FIGURES, reader)
    more = []
    if args.until:
        more.append(asked(FIGURES, f"before:{Text(args.until)}", "--until", reader))
    elif not query.tells_time:
        more.append(asked(FIGURES, f"since:{_DEFAULT}", "--since", reader))
    return replace(query, clauses=(*(clause for each in more for clause in each.clauses), *query.clauses))


def _prices(args: argparse.Namespace) -> dict[str, tuple[float, str]]:
    """A segment's price and currency of each gateway that has one; none where there is no configuration."""
    from console.config import has_default, load

    config = getattr(args, "config", None)
    if args.database is not None and not (config.exists() if config else has_default()):
        return {}
    gateways = load(config, os.environ).gateways
    return {
        each.name: (each.price_per_segment, each.currency) for each in gateways if each.price_per_segment is not None
    }


def _line(figure: Figure, prices: dict[str, tuple[float, str]]) -> str:
    from console.protocol.sms.figure_rows import words_of

    air, phone, price = median(figure.to_sent), median(figure.to_delivered), figure.price(prices)
    return one_line(
        words_of(figure),
        f"{figure.sent} sent",
        f"{figure.delivered} delivered" + (f" ({figure.share:.0%})" if figure.share is not None else ""),
        f"{figure.failed} failed",
        f"{figure.unknown} unknown",
        f"{figure.segments} segments",
        "" if air is None else f"~{air:.1f} s to the air",
        "" if phone is None else f"~{phone:.1f} s to the phone",
        f"~{price}" if price else "",
    )
