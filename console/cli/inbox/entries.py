"""Entries of the inbox for the shell: where they are read from, and how one is written."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING

from console.cli.kit.arguments import add_config, add_database
from console.cli.kit.gate import who_may_act
from console.cli.kit.output import utc
from console.cli.kit.query import add_query, add_since

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator
    from pathlib import Path

    from console.config import Regions
    from console.domain.messages import Claim, InboxMessage, OutboxMessage
    from console.store import Reader, Store


def add_source(parser: argparse.ArgumentParser) -> None:
    """Add `--config`, `--database`, `--query`, `--view` and `--since`."""
    add_config(parser)
    add_database(parser)
    add_query(parser)
    add_since(parser)


def source_of(args: argparse.Namespace) -> tuple[Path, Regions]:
    """The database of `--database`, else of the configuration, and how numbers are read there. Raises ConfigError."""
    from console.config.records import NO_REGIONS

    if args.database is not None:
        return args.database, NO_REGIONS
    from console.config import load

    config = load(getattr(args, "config", None), os.environ)
    return config.database, config.regions


@contextmanager
def reading(args: argparse.Namespace) -> Iterator[Reader]:
    """The database of `source_of`. Raises ConfigError and StoreError."""
    from console.store import Reader

    path, regions = source_of(args)
    reader = Reader.open_existing(path, regions=regions)
    try:
        yield reader
    finally:
        reader.close()


@contextmanager
def writing(args: argparse.Namespace) -> Iterator[tuple[Store, str]]:
    """As `reading`, to write, and who does so; raises ReadOnly for who may not, whichever database is named. One that
    is not there is not made: its name may be mistyped.
    """
    from console.config import SendingConfig, has_default, load
    from console.services.clock import SystemClock
    from console.store import Store

    config = getattr(args, "config", None)
    is_there = args.database is None or (config.exists() if config else has_default())
    operator = who_may_act(args, load(config, os.environ).sending if is_there else SendingConfig())
    with reading(args) as reader:
        path, regions = reader.path, reader.regions
    store = Store.open(path, clock=SystemClock(), regions=regions)
    try:
        yield store, str(operator)
    finally:
        store.close()


def fields(entry: InboxMessage) -> dict[str, object]:
    """An entry as a flat object. Times are UTC, ISO 8601; `gateway_time` is as the gateway wrote it."""
    callback = entry.callback
    return {
        "id": entry.id,
        "kind": callback.kind.value,
        "by": _by(entry),
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
        "joined": entry.joined.value if entry.joined else None,
        "read": entry.read,
        "reason": callback.reason,
        "since": utc(entry.since) if entry.since else None,
        "until": utc(entry.until) if entry.until else None,
    }


def claim_fields(claim: Claim | None) -> dict[str, object]:
    """Who looks after an entry, or did, and who has done with it."""
    return {"claimed_by": claim.operator if claim else None, "done_by": (claim.done_by or None) if claim else None}


def _by(entry: InboxMessage) -> str | None:
    """What brought it (of a long SMS, its first part): `callback`, or `ami`. A gap was brought by nothing."""
    from console.domain.messages import CallbackKind

    if entry.callback.kind is CallbackKind.GAP:
        return None
    return "ami" if entry.by_ami else "callback"


def sent_fields(message: OutboxMessage) -> dict[str, object]:
    """A message of the outbox as a flat object. `detail` is the gateway's last word on it."""
    draft = message.draft
    return {
        "id": message.id,
        "created_at": utc(message.created_at),
        "updated_at": utc(message.updated_at),
        "gateway": draft.gateway,
        "port": message.port if draft.port is None else draft.port,
        "number": draft.to,
        "text": draft.text,
        "via": draft.via.value,
        "state": message.state.value,
        "segments": [state.value for state in message.segments],
        "detail": message.detail,
        "operator": message.operator,
    }
