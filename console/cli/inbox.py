"""`gsm-console inbox`: the inbox in the shell, once or as it goes on."""

from __future__ import annotations

import json
import select
import sys
from typing import TYPE_CHECKING

from console.cli.entries import add_source, fields, query_of, reading, until_nobody_reads, utc

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable

    from console.domain.messages import InboxMessage
    from console.protocol.search_query import SearchQuery
    from console.store import Reader
    from console.store.inbox_reader import Mark

LOOK_PERIOD = 0.1
"""Seconds between two looks for new entries; each is two small reads."""

LIMIT = 100


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `inbox`."""
    parser = subparsers.add_parser(
        "inbox",
        help="print the inbox, and what comes in",
        description="Print the newest entries of the inbox, oldest of them first. Texts from outside are shown so that "
        "nothing in them acts on the terminal; --json escapes all that is not ASCII.",
    )
    add_source(parser)
    parser.add_argument("--limit", type=_count, default=LIMIT, metavar="N", help=f"so many; {LIMIT} unless given")
    parser.add_argument(
        "--follow",
        action="store_true",
        help="go on with what comes in, from whichever process; an entry that another part or copy joined comes again",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print, and follow until interrupted or nobody reads. Raises ConfigError and StoreError."""
    query = query_of(args)
    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    shown = _json if args.json else _line
    with reading(args) as reader, until_nobody_reads():
        mark = reader.mark()
        newest = [entry for entry in reader.search(query, count=args.limit) if entry.id <= mark.entry]
        _print(reversed(newest), shown)
        if args.follow:
            _follow(reader, query, mark, shown)
    return 0


def _follow(reader: Reader, query: SearchQuery, mark: Mark, shown: Callable[[InboxMessage], str]) -> None:
    from console.protocol.search_query import Searched

    while not _reader_left(LOOK_PERIOD):
        ids, mark = reader.changes(mark)
        entries = reader.inbox_messages(ids)
        _print((entry for entry in entries if query.matches(Searched.of(entry))), shown)


def _reader_left(seconds: float) -> bool:
    """Wait; True as soon as whoever reads standard output is gone."""
    watched = select.poll()
    watched.register(sys.stdout.fileno(), 0)
    return bool(watched.poll(seconds * 1_000))


def _print(entries: Iterable[InboxMessage], shown: Callable[[InboxMessage], str]) -> None:
    for entry in entries:
        print(shown(entry))
    sys.stdout.flush()


def _json(entry: InboxMessage) -> str:
    return json.dumps(fields(entry))


def _line(entry: InboxMessage) -> str:
    """One line, whatever the text."""
    from console.domain.messages import CallbackKind
    from console.protocol.safe_text import safe

    callback = entry.callback
    received = _moment(entry.received_at)
    if callback.kind is CallbackKind.GAP:
        return f"{received}  not listening {_moment(entry.since)} - {_moment(entry.until)}"
    text = callback.text
    if callback.kind is CallbackKind.UNREADABLE:
        text = f"unreadable: {callback.reason} {entry.raw.decode('utf-8', 'backslashreplace')}"
    port = f"port {callback.port}" if callback.port else ""
    words = [received, entry.gateway, port, callback.number, text, *_marks(entry)]
    return "  ".join(safe(word) for word in words if word)


def _marks(entry: InboxMessage) -> list[str]:
    marks = [f"[x{entry.copies}]"] if entry.copies > 1 else []
    if entry.missing:
        marks.append(f"[{entry.parts}/{entry.parts + entry.missing}, {entry.missing} missing]")
    elif entry.parts > 1:
        marks.append(f"[{entry.parts} parts]")
    return marks


def _moment(at: float) -> str:
    return utc(at)[:19].replace("T", " ") + "Z"


def _count(words: str) -> int:
    number = int(words)
    if number < 0:
        raise ValueError(words)
    return number
