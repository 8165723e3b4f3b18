"""`gsm-console contacts`: names for numbers, listed, set, and in and out as CSV."""

from __future__ import annotations

import csv
import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from console.cli.inbox.entries import reading
from console.cli.inbox.export import plain
from console.cli.kit.arguments import HelpText, add_command, add_config, add_database
from console.cli.kit.output import until_nobody_reads
from console.errors import ConsoleError, ReadOnly

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterator

    from console.store import Store

EXAMPLES = """\
examples:
  gsm-console contacts set +8613632919026 "Li Wei, night shift"
  gsm-console contacts import people.csv
"""

_NUMBER = "with + and the country's code, as it is dialled here, or a sender's name, such as Bank"

_NAMED = 20
"""Rows of a file that are named when they are no contacts."""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `contacts` and what it can do."""
    parser = subparsers.add_parser(
        "contacts",
        help="names for numbers: print, set or remove them, in and out as CSV",
        description="Names that inbox and outbox show beside numbers. A number is the same however it is written: "
        "with the country's code or without.",
        epilog=EXAMPLES,
        formatter_class=HelpText,
    )
    what = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    _add(what, "list", list_contacts, "print every number and its name")
    one = _add(
        what,
        "set",
        set_contact,
        "give a number a name, in place of the one it has",
        '+8613632919026 "Li Wei, night shift"',
    )
    one.add_argument("number", metavar="NUMBER", help=_NUMBER)
    one.add_argument("name", metavar="NAME", help="in quotes if it has blanks")
    one = _add(what, "remove", remove_contact, "forget the name of a number", "+8613632919026")
    one.add_argument("number", metavar="NUMBER", help=_NUMBER)
    one = _add(
        what, "import", import_contacts, "take numbers and names from a CSV file; all other names stay", "people.csv"
    )
    one.add_argument("file", type=Path, metavar="FILE", help="CSV with the columns `number` and `name`")
    _add(what, "export", export_contacts, "print all as CSV, with the columns `number` and `name`", "> people.csv")


def _add(
    what: argparse._SubParsersAction[argparse.ArgumentParser],
    name: str,
    run: Callable[[argparse.Namespace], int],
    words: str,
    example: str = "",
) -> argparse.ArgumentParser:
    parser = add_command(what, name, words, example)
    add_database(parser)
    add_config(parser)
    parser.set_defaults(run=run)
    return parser


def list_contacts(args: argparse.Namespace) -> int:
    """One line a contact. Raises ConfigError and StoreError."""
    from console.protocol.text.safe import safe

    sys.stdout.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    with reading(args) as reader, until_nobody_reads():
        for contact in reader.contacts.all():
            print(f"{safe(contact.number):<16}  {safe(contact.name)}")
    return 0


def export_contacts(args: argparse.Namespace) -> int:
    """CSV that `import` reads back. Raises ConfigError and StoreError."""
    from console.protocol.text.safe import safe

    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    with reading(args) as reader, until_nobody_reads():
        shown = safe if sys.stdout.isatty() else str
        writer = csv.writer(sys.stdout, lineterminator="\n")
        writer.writerow(("number", "name"))
        writer.writerows(
            (plain(shown(contact.number)), plain(shown(contact.name))) for contact in reader.contacts.all()
        )
    return 0


def set_contact(args: argparse.Namespace) -> int:
    """Raises ConsoleError for what is no contact, ConfigError and StoreError."""
    if not args.name.strip():
        raise ConsoleError("The name is empty.", hint="`gsm-console contacts remove NUMBER` forgets one.")
    with _writing(args) as store:
        store.contacts.set(args.number, args.name).result()
    return 0


def remove_contact(args: argparse.Namespace) -> int:
    """Says so where there was nothing to forget. Raises ConfigError and StoreError."""
    with _writing(args) as store:
        if not store.contacts.name_of(args.number):
            print("That number has no name.", file=sys.stderr)
            return 1
        store.contacts.remove(args.number).result()
    return 0


def import_contacts(args: argparse.Namespace) -> int:
    """Says what was kept, and what was not and why; 1 where that is something.

    Raises ConsoleError when the file can't be read, ConfigError and StoreError.
    """
    from console.protocol.lists.csv_rows import LARGEST
    from console.protocol.text.safe import safe

    sys.stderr.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]
    try:
        with args.file.open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise ConsoleError(f"{args.file} can't be read: {error.strerror}.", hint="Name another file.") from None
    with _writing(args) as store:
        loaded = store.contacts.load(data).result()
    print(f"{loaded.contacts} contact{'' if loaded.contacts == 1 else 's'} taken.")
    if loaded.remark:
        print(loaded.remark, file=sys.stderr)
    for each in loaded.rejected[:_NAMED]:
        print(f"{each.place}: {safe(each.typed[:60])}: {each.reason}", file=sys.stderr)
    if more := len(loaded.rejected[_NAMED:]):
        print(f"and {more} rows more", file=sys.stderr)
    return 1 if loaded.rejected else 0


@contextmanager
def _writing(args: argparse.Namespace) -> Iterator[Store]:
    """As `reading`, to write, and raises ReadOnly for who may not. A database that is not there is not made: its name
    may be mistyped.
    """
    from console.config import load
    from console.services.clock import SystemClock
    from console.services.who import operator_now, read_only_reason
    from console.store import Store

    if args.database is None:
        sending = load(getattr(args, "config", None), os.environ).sending
        if reason := read_only_reason(sending, operator_now(os.environ)):
            raise ReadOnly(f"Read only: {reason}.", hint="Ask whoever keeps the configuration.")
    with reading(args) as reader:
        path = reader.path
    store = Store.open(path, clock=SystemClock())
    try:
        yield store
    finally:
        store.close()
