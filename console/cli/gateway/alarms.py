"""`gsm-console alarms`: what is wrong now, or was."""

from __future__ import annotations

import json
import sys
import time
from itertools import islice
from typing import TYPE_CHECKING

from console.cli.inbox.entries import reading
from console.cli.kit.arguments import HelpText, add_config, add_database, whole
from console.cli.kit.output import moment, one_line, utc, warn
from console.cli.kit.query import add_query, add_since, query_of
from console.cli.kit.status import Figure, Status, Verdict, tell_status

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator

    from console.domain.alarms import Alarm
    from console.store import Reader

DESCRIPTION = """\
Print active alarms, unacknowledged ones first; with --history print past alarms, newest first.
One line per alarm, or with --json one JSON object (ASCII). Times are UTC.

Alarms are raised and cleared by a console or by `gsm-console receive`. If neither runs, standard error says so:
the list may then be out of date.

With --status it prints one line with performance data instead, and its exit code is 0 (OK: no active alarm), 1
(WARNING: alarms of single ports, or acknowledged ones), 2 (CRITICAL: an unacknowledged alarm of a whole gateway or of
the receiver) or 3 (UNKNOWN: nobody monitors, or it can't look).
"""

EXAMPLES = """\
examples:
  gsm-console alarms
  gsm-console alarms --history --limit 20
  gsm-console alarms --status --query gw:north
"""

_AT_ONCE = 500
_NAMED = 5


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `alarms`."""
    parser = subparsers.add_parser(
        "alarms",
        help="print active or past alarms",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=HelpText,
    )
    add_config(parser)
    add_database(parser)
    parser.add_argument("--history", action="store_true", help="print past alarms")
    add_query(parser)
    add_since(parser)
    parser.add_argument("--limit", type=whole(0), metavar="N", help="at most this many alarms (default: all)")
    parser.add_argument("--json", action="store_true", help="one JSON object per alarm")
    parser.add_argument(
        "--status", action="store_true", help="one line and exit code 0 to 3 for Nagios and others, see above"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write it all. Raises ConfigError, StoreError and NotAsked."""
    from console.protocol.query.alarms import ALARMS

    if args.status:
        return tell_status(lambda: _status(args))
    sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    now = time.time()
    with reading(args) as reader:
        query = query_of(args, ALARMS, reader)
        every = _history(reader) if args.history else iter(reader.alarms.open())
        for alarm in islice(filter(query.matches, every), args.limit):
            print(json.dumps(fields(alarm, now)) if args.json else line(alarm, now))
        sys.stdout.flush()
        if not args.history:
            _tell_who_watches(reader, now)
    return 0


def _status(args: argparse.Namespace) -> Verdict:
    """Of the active alarms that are asked for. Raises ConfigError, StoreError and NotAsked."""
    from console.protocol.query.alarms import ALARMS
    from console.store.alarms import WATCH_GRACE, WATCH_ROLE

    with reading(args) as reader:
        query, there = query_of(args, ALARMS, reader), reader.presence(WATCH_ROLE)
        alarms = [alarm for alarm in reader.alarms.open() if query.matches(alarm)]
    if there is None or not there.is_fresh(time.time(), WATCH_GRACE):
        return Verdict(Status.UNKNOWN, "nobody monitors" + ("" if there is None else f" since {utc(there.at)}"))
    new = [alarm for alarm in alarms if alarm.acknowledged_at is None]
    figures = (Figure("alarms", len(alarms)), Figure("unacknowledged", len(new)))
    if not alarms:
        return Verdict(Status.OK, "no active alarm", figures)
    named = [f"{_place(alarm)}: {alarm.kind.value}" for alarm in alarms[:_NAMED]]
    further = [f"{len(alarms) - _NAMED} more"] if len(alarms) > _NAMED else []
    status = Status.CRITICAL if any(not alarm.port for alarm in new) else Status.WARNING
    return Verdict(status, "; ".join((*named, *further)), figures)


def _history(reader: Reader) -> Iterator[Alarm]:
    first = 0
    while found := reader.alarms.history(_AT_ONCE, first):
        yield from found
        first += len(found)


def _tell_who_watches(reader: Reader, now: float) -> None:
    from console.store.alarms import WATCH_GRACE, WATCH_ROLE

    last = reader.presence(WATCH_ROLE)
    if last is None:
        warn("Alarms were never monitored on this database: none was raised.")
    elif not last.is_fresh(now, WATCH_GRACE):
        warn(f"Not monitored since {utc(last.at)}: this is the last known state.")


def fields(alarm: Alarm, now: float) -> dict[str, object]:
    """An alarm as a flat object; times are UTC, ISO 8601, None where they are not yet; `seconds` is how long it
    lasted so far.
    """
    return {
        "id": alarm.id,
        "kind": alarm.kind.code,
        "title": alarm.kind.value,
        "gateway": alarm.gateway,
        "port": alarm.port,
        "words": alarm.words,
        "raised_at": utc(alarm.raised_at),
        "cleared_at": None if alarm.cleared_at is None else utc(alarm.cleared_at),
        "seconds": round(alarm.lasted(now), 3),
        "acknowledged_at": None if alarm.acknowledged_at is None else utc(alarm.acknowledged_at),
        "acknowledged_by": alarm.acknowledged_by,
    }


def line(alarm: Alarm, now: float) -> str:
    """One line, whatever the words."""
    seen = f"acknowledged by {alarm.acknowledged_by}" if alarm.acknowledged_by else ""
    until = "" if alarm.cleared_at is None else "over after "
    lasted = f"{until}{_lasted(alarm.lasted(now))}"
    return one_line(f"{alarm.id}", moment(alarm.raised_at), lasted, _place(alarm), alarm.kind.value, alarm.words, seen)


def _place(alarm: Alarm) -> str:
    return f"{alarm.gateway} port {alarm.port}" if alarm.port else alarm.gateway or "this console"


def _lasted(seconds: float) -> str:
    """`45s`, `4m12s`, `3h12m`, `2d04h`."""
    minutes, rest = divmod(int(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days}d{hours:02}h"
    if hours:
        return f"{hours}h{minutes:02}m"
    return f"{minutes}m{rest:02}s" if minutes else f"{rest}s"
