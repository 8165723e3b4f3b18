"""`gsm-console ports`: how each GSM port was when it was last watched, and what went through it."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING, NamedTuple

from console.cli.inbox.entries import reading
from console.cli.kit.arguments import HelpText, add_config, add_database
from console.cli.kit.listing import add_listing, write_listing
from console.cli.kit.output import moment, one_line, utc, warn
from console.cli.kit.query import add_query, asked

if TYPE_CHECKING:
    import argparse

    from console.config import AlarmConfig
    from console.domain.ports import KeptPort
    from console.store import Reader

DESCRIPTION = """\
Print each GSM port: state, with its time (UTC) where it is old, signal, SIM, today's messages, failures in a row, and a
colleague's note. As CSV and JSON also when the state was written down, and the last message received and sent.

A console or `gsm-console receive` writes the state down every five minutes; this command asks no gateway itself. If
neither runs, standard error says so, and the state is the last one known. `gsm-console check` asks the gateways.

table  one line per port; control characters are made visible.
csv    one row per port.
json   one JSON object per line, ASCII.
"""

EXAMPLES = """\
examples:
  gsm-console ports
  gsm-console ports --query 'down OR suspect' --json | jq -r .port
"""

_COLUMNS = (
    *("gateway", "port", "state", "in_service", "state_at", "state_seconds", "signal", "imsi", "sim_changed"),
    *("received_today", "sent_today", "delivered_today", "failed_today", "unknown_today"),
    *("received_at", "sent_at", "sent_by_others_at", "failures_in_a_row", "suspect", "locked_out", "note", "note_by"),
)


class Looked(NamedTuple):
    """The ports that are asked for, and what they are judged by."""

    ports: list[KeptPort]
    now: float
    """Unix seconds UTC."""
    thresholds: AlarmConfig
    watched: bool
    """Whether some process writes their state down."""
    watched_since: float | None
    """Since when one does, or until when one did; Unix seconds UTC, None: never."""

    def is_suspect(self, port: KeptPort) -> bool:
        """Whether so many failed in a row that its SIM may be blocked."""
        return port.failures >= self.thresholds.suspect_after


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `ports`."""
    parser = subparsers.add_parser(
        "ports",
        help="print GSM ports with state, SIM and traffic",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=HelpText,
    )
    add_config(parser)
    add_database(parser)
    add_query(parser, views=False)
    add_listing(parser)
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write it all. Raises ConfigError, StoreError, NotAsked, and ConsoleError for a file that can't be written."""
    with reading(args) as reader:
        looked = look(args, reader)
    write_listing(args, looked.ports, _COLUMNS, lambda port: _fields(port, looked), lambda port: _line(port, looked))
    if not looked.watched:
        since = f"since {utc(looked.watched_since)}" if looked.watched_since is not None else "yet"
        warn(f"No process monitors the ports {since}: start a console or `gsm-console receive`.")
    return 0


def look(args: argparse.Namespace, reader: Reader) -> Looked:
    """The ports that `--query` asks for, of the gateways of the configuration where there is one. Raises ConfigError,
    StoreError and NotAsked.
    """
    from console.config import AlarmConfig, load
    from console.protocol.query.ports import PORTS, SearchedPort
    from console.protocol.text.time_words import midnight
    from console.services.clock import SystemClock
    from console.store.alarms import WATCH_GRACE, WATCH_ROLE

    thresholds, names = AlarmConfig(), None
    if args.database is None:
        config = load(getattr(args, "config", None), os.environ)
        thresholds, names = config.alarms, [gateway.name for gateway in config.gateways]
    now, query = time.time(), asked(PORTS, args.query, "--query", reader)
    there = reader.presence(WATCH_ROLE)
    watched = there is not None and there.is_fresh(now, WATCH_GRACE)
    since = None if there is None else there.since if watched else there.at
    ports = reader.kept_ports(SystemClock(), names, midnight(now))
    found = [port for port in ports if query.matches(SearchedPort.kept(port, now, thresholds.suspect_after))]
    return Looked(found, now, thresholds, watched, since)


def _fields(port: KeptPort, looked: Looked) -> dict[str, object]:
    """A port as a flat object. Times are UTC, ISO 8601, None where there was none in the last fourteen days;
    `state_seconds` is the age of the state.
    """
    sample, today, past, now = port.sample, port.today, port.past, looked.now
    state = (None, None, None) if sample is None else (utc(sample.at), round(now - sample.at, 3), sample.signal)
    values = (
        *(port.gateway, port.port, port.health.value, port.in_service(now), *state),
        *(port.imsi, port.sim is not None and port.sim.is_other),
        *(today.received, today.sent, today.delivered, today.failed, today.unknown),
        *map(_time, (past.received_at, past.sent_at, past.others_at)),
        *(port.failures, looked.is_suspect(port), port.locked_out),
        *(("", "") if port.note is None else (port.note.note, port.note.operator)),
    )
    return dict(zip(_COLUMNS, values, strict=True))


def _time(at: float | None) -> str | None:
    return None if at is None else utc(at)


def _line(port: KeptPort, looked: Looked) -> str:
    sample, today, now = port.sample, port.today, looked.now
    signal = "" if sample is None or sample.signal is None else f"signal {sample.signal}"
    traffic = (
        f"{number} {word}"
        for number, word in (
            (today.received, "received"),
            (today.sent, "sent"),
            (today.failed, "failed"),
            (today.unknown, "unknown"),
        )
        if number
    )
    return one_line(
        f"{port.gateway} {port.port}",
        state_words(port, now),
        signal,
        f"IMSI {port.imsi}" if port.imsi else "",
        "SIM changed" if port.sim is not None and port.sim.is_other else "",
        ", ".join(traffic),
        f"{port.failures} failed in a row" if looked.is_suspect(port) else "",
        "locked out" if port.locked_out else "",
        port.note.note if port.note is not None else "",
    )


def state_words(port: KeptPort, now: float) -> str:
    """`ready`, with its time where it is not of now."""
    if port.sample is None:
        return "never watched"
    word = port.health.value
    return word if port.is_known(now) else f"{word} at {moment(port.sample.at)}"
