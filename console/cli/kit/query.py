"""`--query` and `--view`: what is asked of a list, in the words of its own line on the screen."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from console.errors import ConsoleError
from console.protocol.query.grammar import Text

if TYPE_CHECKING:
    import argparse

    from console.protocol.query.table import Query, Table
    from console.store import Reader

R = TypeVar("R")

QUERY_HELP = (
    'only what matches this search, as `/` on the screen: words, "two words", -word, OR, /regex/ and fields such as '
    "port:1-8; a wrong field lists all fields"
)


class NotAsked(ConsoleError):
    """What is asked for makes no sense, or there is no such view."""

    title = "Query"
    exit_code = 2


def add_query(parser: argparse.ArgumentParser, earlier: str = "--search", *, views: bool = True) -> None:
    """Add `--query`, which is called `earlier` as well, and `--view` where the list has some."""
    asked = parser.add_mutually_exclusive_group()
    names = ("--query", earlier)
    asked.add_argument(*names, dest="query", default="", metavar="QUERY", help=QUERY_HELP)
    if views:
        asked.add_argument("--view", metavar="NAME", help="show this saved view")


def add_since(parser: argparse.ArgumentParser) -> None:
    """Add `--since`, for what has no query of its own as well."""
    parser.add_argument("--since", metavar="WHEN", help="only from then on, such as 2d, yesterday or 2026-11-22")


def query_of(args: argparse.Namespace, table: Table[R], reader: Reader) -> Query[R]:
    """What `--query` or `--view`, and `--since`, ask of a list. Raises NotAsked, also for a view that is not there."""
    query = _of_line(args, table, reader)
    since = getattr(args, "since", None)
    if not since:
        return query
    later = asked(table, f"since:{Text(since)}", "--since", reader)
    return replace(query, clauses=(*later.clauses, *query.clauses))


def _of_line(args: argparse.Namespace, table: Table[R], reader: Reader) -> Query[R]:
    view = getattr(args, "view", None)
    if view is None:
        return asked(table, args.query, "--query", reader)
    line = reader.views.query_of(view, table.name)
    if line is None:
        names = ", ".join(view.name for view in reader.views.all(table.name))
        hint = f"Views: {names}." if names else "You can save a search on the screen as a view."
        raise NotAsked(f"There is no view {view!r} of this list.", hint=hint)
    return asked(table, line, f"--view {view}", reader)


def asked(table: Table[R], line: str, of: str, reader: Reader | None = None) -> Query[R]:
    """What a line asks of a list; `of` names where it was given. Raises NotAsked."""
    from console.protocol.query.fields import Asker
    from console.protocol.query.grammar import NoQuery
    from console.services.who import operator_now

    regions = ("",) if reader is None else tuple(reader.regions.all)
    asker = Asker(now=time.time(), operator=str(operator_now(os.environ)), regions=regions)
    try:
        return table.ask(line, asker)
    except NoQuery as error:
        raise NotAsked(f"{of}: {error}") from None
