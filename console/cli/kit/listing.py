"""A list that is printed for people, as CSV or as JSON: the same options and the same shapes for every command."""

from __future__ import annotations

import json
from itertools import chain
from typing import TYPE_CHECKING, TypeVar

from console.cli.kit.output import add_output, output, refuse_excel, write_csv

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Mapping, Sequence

R = TypeVar("R")


def add_listing(parser: argparse.ArgumentParser) -> None:
    """Add `--format`, `--json`, `--output` and `--excel`."""
    parser.add_argument(
        "--format", choices=("table", "csv", "json"), default="table", help="see above (default: table)"
    )
    parser.add_argument("--json", dest="format", action="store_const", const="json", help="the same as --format json")
    add_output(parser)


def write_listing(
    args: argparse.Namespace,
    records: Iterable[R],
    columns: Sequence[str],
    fields: Callable[[R], Mapping[str, object]],
    line: Callable[[R], str],
) -> None:
    """Write what `add_listing` asks for: each record by its `fields`, in the order of the `columns`, or as a `line` in
    which nothing acts on a terminal. Raises ConfigError and ConsoleError.
    """
    refuse_excel(args)
    with output(args.output) as stream:
        if args.format == "csv":
            rows = (list(fields(record).values()) for record in records)
            write_csv(stream, chain([columns], rows), excel=args.excel)
        elif args.format == "json":
            stream.writelines(f"{json.dumps(fields(record))}\n" for record in records)
        else:
            stream.writelines(f"{line(record)}\n" for record in records)
