"""`gsm-console opt-out`: who asked for no more messages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.cli.inbox.entries import reading, writing
from console.cli.kit.arguments import HelpText, add_stored
from console.cli.kit.listing import add_listing, write_listing
from console.cli.kit.output import moment, one_line, say, utc, warn

if TYPE_CHECKING:
    import argparse

    from console.domain.sending import OptOut

DESCRIPTION = """\
Who asked for no more messages. Sending to one of them is asked about first, here (`send --yes`) and on the screen; of
several recipients they are left out, unless you include them (`send --opted-out`). The audit shows what was sent to
them. Nobody is added by what they write: a person does it (`:opt-out` on a message), or a rule with mark = "opted-out".
"""

_COLUMNS = ("number", "at", "operator", "words")

EXAMPLES = """\
examples:
  gsm-console opt-out add +4915112345678
  gsm-console opt-out list --json | jq -r .number
  gsm-console opt-out list --format csv --output opted-out.csv
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `opt-out` and what it can do."""
    parser = subparsers.add_parser(
        "opt-out",
        help="who asked for no more messages: list, add or remove numbers",
        description=DESCRIPTION,
        epilog=EXAMPLES,
        formatter_class=HelpText,
    )
    what = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    one = add_stored(what, "list", list_opt_outs, "print who opted out, when, and who said so")
    add_listing(one)
    for name, run, words in (
        ("add", add_opt_outs, "note that these numbers want no more messages"),
        ("remove", remove_opt_outs, "let these numbers be written to again"),
    ):
        one = add_stored(what, name, run, words, "+4915112345678")
        one.add_argument("number", nargs="+", metavar="NUMBER", help="with + and country code, or as dialled locally")


def list_opt_outs(args: argparse.Namespace) -> int:
    """One line each, the oldest first. Raises ConfigError, ConsoleError and StoreError."""
    with reading(args) as reader:
        write_listing(args, reader.opt_outs.all(), _COLUMNS, _fields, _line)
    return 0


def _fields(one: OptOut) -> dict[str, object]:
    """As a flat object; the time is UTC, ISO 8601, and the words are as they were written."""
    return dict(zip(_COLUMNS, (one.number, utc(one.at), one.operator, one.words), strict=True))


def _line(one: OptOut) -> str:
    return one_line(one.number, moment(one.at), one.operator, one.words)


def add_opt_outs(args: argparse.Namespace) -> int:
    """Says how many are new. Raises ConfigError, ReadOnly, StoreError, and ConsoleError for no number at all."""
    with writing(args) as (store, operator):
        new = [store.opt_outs.set(number, operator).result() for number in args.number]
    say(f"{sum(new)} of {len(new)} added.")
    return 0


def remove_opt_outs(args: argparse.Namespace) -> int:
    """Names those who had not opted out, then with exit code 1. Raises ConfigError, ReadOnly and StoreError."""
    with writing(args) as (store, operator):
        known = [store.opt_outs.remove(number, operator).result() for number in args.number]
    for number, was in zip(args.number, known, strict=True):
        if not was:
            warn(one_line(f"{number} had not opted out."))
    return 0 if all(known) else 1
