"""`gsm-console contacts`: names for numbers, listed, set, and in and out as CSV or vCard."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from console.cli.inbox.entries import reading, writing
from console.cli.kit import outcomes
from console.cli.kit.arguments import HelpText, add_stored
from console.cli.kit.list_file import add_list, read_file
from console.cli.kit.output import add_excel, refuse_excel, say, warn, write_csv
from console.errors import ConsoleError

if TYPE_CHECKING:
    import argparse

    from console.protocol.lists.book import Contact

EXAMPLES = """\
examples:
  gsm-console contacts set +8613632919026 "Li Wei" --groups "night shift, staff"
  gsm-console contacts import people.vcf
  gsm-console send --to "@night shift" "Please call in"
"""

_NUMBER = "with + and country code, as dialled locally, or a sender's name, such as Bank"

_NAMED = 20
"""Rows of a file that are named when they are no contacts."""

_SHOWN = 3
"""Contacts of a file that are shown before they are written."""

_VERSIONS = {"vcard3": "3.0", "vcard4": "4.0"}


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `contacts` and what it can do."""
    parser = subparsers.add_parser(
        "contacts",
        help="names for numbers: list, set, remove, import or export them (CSV, vCard)",
        description="Names that inbox and outbox show for numbers, and groups you can send to. A number is "
        "the same with or without its country code.",
        epilog=EXAMPLES,
        formatter_class=HelpText,
    )
    what = parser.add_subparsers(title="commands", metavar="COMMAND", required=True)
    add_stored(what, "list", list_contacts, "print every number and its name")
    one = add_stored(
        what,
        "set",
        set_contact,
        "name a number; replaces an earlier name",
        '+8613632919026 "Li Wei, night shift"',
    )
    one.add_argument("number", metavar="NUMBER", help=_NUMBER)
    one.add_argument("name", metavar="NAME", help="in quotes if it contains spaces")
    one.add_argument("--groups", metavar="G,G", help="its groups from now on; '' for none")
    one = add_stored(what, "remove", remove_contact, "remove the name of a number", "+8613632919026")
    one.add_argument("number", metavar="NUMBER", help=_NUMBER)
    one = add_stored(
        what,
        "import",
        import_contacts,
        "import numbers, names and groups from a file; other contacts are kept",
        "people.csv --yes",
    )
    one.add_argument("file", type=Path, metavar="FILE", help="CSV or vCards, as exported by Google and Outlook")
    add_list(one)
    one.add_argument("--yes", action="store_true", help="save them; without it they are only shown")
    one = add_stored(what, "export", export_contacts, "print all contacts", "> people.csv")
    one.add_argument(
        "--format", choices=("csv", *_VERSIONS), default="csv", help="CSV with number, name and groups, or vCards"
    )
    add_excel(one)


def list_contacts(args: argparse.Namespace) -> int:
    """One line a contact. Raises ConfigError and StoreError."""
    with reading(args) as reader:
        for contact in reader.contacts.all():
            print(_line(contact))
    return 0


def _line(contact: Contact) -> str:
    from console.protocol.text.safe import safe

    groups = "".join(f"  @{group}" for group in contact.groups)
    return safe(f"{contact.number:<16}  {contact.name}{groups}")


def export_contacts(args: argparse.Namespace) -> int:
    """What `import` reads back. Raises ConfigError and StoreError."""
    from console.protocol.lists.vcards import write_card
    from console.protocol.text.safe import safe

    refuse_excel(args)
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    shown = safe if sys.stdout.isatty() else str
    with reading(args) as reader:
        contacts = reader.contacts.all()
        if args.format in _VERSIONS:
            for each in contacts:
                card = write_card(each.name, each.number, each.groups, _VERSIONS[args.format])
                print("\n".join(map(shown, card.splitlines())))
            return 0
        rows = ((each.number, each.name, "; ".join(each.groups)) for each in contacts)
        write_csv(sys.stdout, [("number", "name", "groups"), *rows], excel=args.excel)
    return 0


def set_contact(args: argparse.Namespace) -> int:
    """Raises ConsoleError for what is no contact, ConfigError and StoreError."""
    from console.protocol.lists.book import groups_in

    if not args.name.strip():
        raise ConsoleError("The name is empty.", hint="`gsm-console contacts remove NUMBER` removes one.")
    groups = None if args.groups is None else groups_in(args.groups)
    with writing(args) as (store, operator):
        store.contacts.set(args.number, args.name, operator, groups).result()
    return 0


def remove_contact(args: argparse.Namespace) -> int:
    """Says so where there was nothing to forget. Raises ConfigError and StoreError."""
    with writing(args) as (store, operator):
        if not store.contacts.name_of(args.number, store.regions.default):
            warn("That number has no name.")
            return 1
        store.contacts.remove(args.number, operator).result()
    return 0


def import_contacts(args: argparse.Namespace) -> int:
    """Says what is taken from where, and writes it after a yes; 1 where a row is no contact.

    Raises UnreadableFile when the file can't be read, ConfigError and StoreError.
    """
    from console.config import load
    from console.protocol.lists.book import contacts_in
    from console.protocol.text.safe import safe

    region = "" if args.database else load(getattr(args, "config", None), os.environ).sending.default_region
    listed = read_file(args.file, "import", region=region, charset=args.charset, column=args.column)
    contacts, rejected = contacts_in(listed)
    say(safe(listed.taken), *map(_line, contacts[:_SHOWN]))
    warn(*(f"guess: {guess}" for guess in listed.guesses))
    warn(*(f"{each.place}: {each.typed[:60]}: {each.reason}" for each in rejected[:_NAMED]))
    if more := len(rejected[_NAMED:]):
        warn(f"and {more} more rows")
    counted = f"{len(contacts)} contact{'' if len(contacts) == 1 else 's'}"
    if not args.yes:
        warn(f"{counted} read, nothing saved yet: add --yes to save.")
        return outcomes.REFUSED
    with writing(args) as (store, operator):
        store.contacts.add(contacts, operator).result()
    say(f"{counted} imported.")
    return 1 if rejected else 0
