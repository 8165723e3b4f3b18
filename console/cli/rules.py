"""`gsm-console rules`: how the rules fare, what one would match, and what was given up."""

from __future__ import annotations

import os
import re
import sys
import time
from typing import TYPE_CHECKING, get_args

from console.cli.inbox.entries import reading, writing
from console.cli.kit.arguments import HelpText, add_stored, whole
from console.cli.kit.output import moment, one_line, say, warn
from console.config.rule_records import RuleAbout
from console.domain.audit import NEW_SIM
from console.errors import ConfigError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator, Sequence

    from console.config import RuleConfig
    from console.domain.rules import Hit, RuleReport
    from console.protocol.rules.telling import Subject
    from console.store import Reader

EXAMPLES = """\
examples:
  gsm-console rules list
  gsm-console rules try --when 'parcel -test'
  gsm-console rules retry --all
"""

_PLACE = re.compile(r"(.*) port (\d{1,4})")
_IMSIS = re.compile(r"IMSI (\S*), before IMSI (\S*)")
_WEEK = 7 * 86_400.0
_AT_ONCE = 500
_SHOWN = 20


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `rules` and what it can do."""
    parser = subparsers.add_parser(
        "rules",
        help="list what is done by itself, try a rule, retry what failed",
        description="The [[rules]] of the configuration: `gsm-console help rules` explains them.",
        epilog=EXAMPLES,
        formatter_class=HelpText,
    )
    what = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    add_stored(what, "list", list_rules, "print each rule: matches, the last one, what waits, and the last failure")
    one = add_stored(what, "try", try_rules, "print what rules would have matched in a week; does nothing", "parcels")
    one.add_argument("name", nargs="*", metavar="NAME", help="rules of the configuration (default: all)")
    one.add_argument("--when", metavar="QUERY", help="a search instead of a rule")
    one.add_argument("--on", choices=get_args(RuleAbout), default="sms", help="its list (default: sms)")
    one.add_argument("--limit", type=whole(0), default=_SHOWN, metavar="N", help=f"print N of each (default: {_SHOWN})")
    add_stored(what, "failed", list_failed, "print what was given up, oldest first")
    one = add_stored(what, "retry", retry, "try again what was given up", "17")
    one.add_argument("id", nargs="*", type=whole(1), metavar="ID", help="as printed by `failed`")
    one.add_argument("--all", action="store_true", help="everything that was given up")


def list_rules(args: argparse.Namespace) -> int:
    """One line a rule. Raises ConfigError and StoreError."""
    from console.store.rules import GRACE, ROLE

    with reading(args) as reader:
        reports, there = reader.rules.reports(), reader.presence(ROLE)
    for report in reports:
        print(line(report))
    if not reports:
        warn("No rule has run on this database yet.")
    elif there is None or not there.is_fresh(time.time(), GRACE):
        warn("No process runs the rules now: start a console or `gsm-console receive`.")
    return 0


def line(report: RuleReport) -> str:
    """How a rule fares, on one line."""
    hits = "1 match" if report.hits == 1 else f"{report.hits:,} matches"
    return one_line(
        f"{report.name:<16}",
        f"on {report.about.value}",
        hits if report.hit_at is None else f"{hits}, last {moment(report.hit_at)}",
        f"{report.backlog:,} waiting" if report.backlog else "",
        f"{report.dead:,} given up" if report.dead else "",
        "" if report.armed else "not in the configuration any more",
        "" if report.failed_at is None else f"{moment(report.failed_at)}: {report.failure}",
    )


def list_failed(args: argparse.Namespace) -> int:
    """One line a dead letter. Raises ConfigError and StoreError."""
    with reading(args) as reader:
        for hit in reader.rules.dead():
            print(dead_line(hit, reader))
    return 0


def dead_line(hit: Hit, reader: Reader) -> str:
    """What was given up, on one line."""
    from console.protocol.rules.telling import headline
    from console.store.rules import subject_of

    subject = subject_of(reader, hit.happening)
    what = "deleted" if subject is None else headline(subject.fields)
    return one_line(f"{hit.id}", moment(hit.at), hit.rule, hit.left[0].value, hit.failure, what)


def retry(args: argparse.Namespace) -> int:
    """Says how many; 1 where there was none. Raises ConfigError, ReadOnly and StoreError."""
    if bool(args.id) == args.all:
        raise ConfigError("Nothing to retry is named.", hint="Give ids, as printed by `rules failed`, or --all.")
    with writing(args) as (store, operator):
        number = store.rules.retry(None if args.all else args.id, operator).result()
    say(f"{number:,} will be tried again.")
    return 0 if number else 1


def try_rules(args: argparse.Namespace) -> int:
    """What would have matched. Raises ConfigError, NotAsked and StoreError."""
    from console.cli.kit.query import asked
    from console.domain.rules import About
    from console.protocol.rules.judging import LISTS
    from console.protocol.rules.telling import headline

    sys.stdout.reconfigure(encoding="utf-8", errors="backslashreplace")  # type: ignore[union-attr]
    since = time.time() - _WEEK
    with reading(args) as reader:
        for rule in _wanted(args):
            about = About(rule.on)
            query = asked(LISTS[about], rule.when, f"the rule {rule.name}" if rule.name else "--when", reader)
            of = 0
            found: list[Subject] = []
            for subject in _LAST[rule.on](reader, since):
                of += 1
                if query.matches(subject.record):
                    found.append(subject)
            name = rule.name or "this search"
            say(f"{name} would have matched {len(found):,} of {of:,} in the last week.")
            for subject in found[: args.limit]:
                print(one_line(" ", f"{subject.fields['at']}", headline(subject.fields)))
            if len(found) > args.limit:
                print(f"  … and {len(found) - args.limit:,} more")
    return 0


def _wanted(args: argparse.Namespace) -> Sequence[RuleConfig]:
    from console.config import RuleConfig, load

    if args.when is not None:
        if args.name:
            raise ConfigError("Both a rule and --when are given.", hint="Give one of them.")
        return [RuleConfig("", args.on, args.when)]
    rules = {rule.name: rule for rule in load(getattr(args, "config", None), os.environ).rules.all}
    for name in args.name:
        if name not in rules:
            raise ConfigError(f"There is no rule {name!a}.", hint=f"Rules: {', '.join(rules) or 'none'}.")
    return [rules[name] for name in args.name or rules]


def _last_sms(reader: Reader, since: float) -> Iterator[Subject]:
    from console.domain.messages import CallbackKind
    from console.protocol.rules.telling import of_entry

    first = 0
    while found := reader.inbox_slice(first, _AT_ONCE):
        claims = reader.claims.of([entry.id for entry in found])
        for entry in found:
            if entry.received_at < since:
                return
            if entry.callback.kind is CallbackKind.SMS:
                yield of_entry(entry, claims.get(entry.id))
        first += len(found)


def _last_results(reader: Reader, since: float) -> Iterator[Subject]:
    """In the state that they are in now: earlier ones would have matched, too."""
    from console.domain.messages import DeliveryState as State
    from console.domain.rules import About, Happening
    from console.protocol.rules.telling import of_message

    first = 0
    while found := reader.outbox_slice(first, _AT_ONCE):
        for message in found:
            if message.created_at < since:
                return
            if message.is_ours and message.state in {State.SENT, State.DELIVERED, State.FAILED, State.UNKNOWN}:
                yield of_message(message, Happening(About.RESULT, message.id, message.updated_at, message.state.value))
        first += len(found)


def _last_alarms(reader: Reader, since: float) -> Iterator[Subject]:
    from console.domain.rules import About, Happening
    from console.protocol.rules.telling import of_alarm

    for alarm in reader.alarms.every():
        if alarm.raised_at < since:
            return
        if alarm.cleared_at is not None:
            yield of_alarm(alarm, Happening(About.ALARM, alarm.id, alarm.cleared_at, "cleared"))
        yield of_alarm(alarm, Happening(About.ALARM, alarm.id, alarm.raised_at, "raised"))


def _last_sims(reader: Reader, since: float) -> Iterator[Subject]:
    """As the audit has them."""
    from console.domain.rules import About, Happening
    from console.protocol.rules.telling import of_sim

    first = 0
    while found := reader.audit.newest(_AT_ONCE, first=first):
        for entry in found:
            if entry.at < since:
                return
            place, imsis = _PLACE.fullmatch(entry.target), _IMSIS.fullmatch(entry.detail)
            if entry.action == NEW_SIM and place and imsis:
                yield of_sim(Happening(About.SIM, int(place[2]), entry.at, imsis[1], place[1], imsis[2]))
        first += len(found)


_LAST: dict[str, Callable[[Reader, float], Iterator[Subject]]] = {
    "sms": _last_sms,
    "result": _last_results,
    "alarm": _last_alarms,
    "sim": _last_sims,
}
