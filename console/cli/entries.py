"""Entries of the inbox for the shell: where they are read from, and how one is written."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from console.errors import ConfigError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from console.domain.messages import InboxMessage
    from console.protocol.search_query import SearchQuery
    from console.store import Reader

SEARCH_HELP = (
    "words in text or number, and filters: port:2 from:+8613 gw:NAME after:2026-11-01 before:2026-11-22T12:00 "
    'is:unread kind:sms "two words"'
)


def add_source(parser: argparse.ArgumentParser) -> None:
    """Add `--database` and `--search`."""
    parser.add_argument("--database", type=Path, metavar="PATH", help="read this database; needs no configuration")
    parser.add_argument("--search", default="", metavar="QUERY", help=SEARCH_HELP)


@contextmanager
def reading(args: argparse.Namespace) -> Iterator[Reader]:
    """The database of `--database`, else of the configuration. Raises ConfigError and StoreError."""
    from console.store import Reader

    path = args.database
    if path is None:
        from console.config import load

        path = load(getattr(args, "config", None), os.environ).database
    reader = Reader.open_existing(path)
    try:
        yield reader
    finally:
        reader.close()


def query_of(args: argparse.Namespace) -> SearchQuery:
    """What `--search` asks for. Raises ConfigError when a filter makes no sense."""
    from console.protocol.search_query import parse_search

    query = parse_search(args.search)
    if query.problems:
        raise ConfigError(f"--search: {'; '.join(query.problems)}")
    return query


@contextmanager
def until_nobody_reads() -> Iterator[None]:
    """End quietly when the reader of standard output leaves (`| head`)."""
    try:
        yield
        sys.stdout.flush()
    except BrokenPipeError:
        # Python flushes once more at its end, and would complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def fields(entry: InboxMessage) -> dict[str, object]:
    """An entry as a flat object. Times are UTC, ISO 8601; `gateway_time` is as the gateway wrote it."""
    callback = entry.callback
    return {
        "id": entry.id,
        "kind": callback.kind.value,
        "received_at": utc(entry.received_at),
        "gateway": entry.gateway,
        "port": callback.port,
        "port_name": callback.port_name,
        "number": callback.number,
        "text": callback.text,
        "gateway_time": callback.gateway_time,
        "imsi": callback.imsi,
        "copies": entry.copies,
        "parts": entry.parts,
        "missing": entry.missing,
        "read": entry.read,
        "reason": callback.reason,
        "since": utc(entry.since) if entry.since else None,
        "until": utc(entry.until) if entry.until else None,
    }


def utc(at: float) -> str:
    """`2026-11-22T12:00:00.000Z`."""
    return datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
