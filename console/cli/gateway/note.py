"""`gsm-console note`: what colleagues should know of a port."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from console.cli.inbox.entries import writing
from console.cli.kit.arguments import HelpText, add_config, add_database, whole
from console.cli.kit.output import one_line, say
from console.errors import ConfigError

if TYPE_CHECKING:
    import argparse

EXAMPLES = """\
examples:
  gsm-console note 3 "antenna loose" --lock
  gsm-console note 3 "" --unlock
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `note`."""
    parser = subparsers.add_parser(
        "note",
        help="leave a note on a port, or lock it out of `auto`",
        description="Leave a note on a GSM port for colleagues, in place of the one before; an empty text removes it. "
        "--lock locks the port out of `auto` and port sets until --unlock; without either that stays as it is.",
        epilog=EXAMPLES,
        formatter_class=HelpText,
    )
    add_config(parser)
    add_database(parser)
    parser.add_argument("port", type=whole(1, 999), metavar="PORT", help="the GSM port")
    parser.add_argument("text", metavar="TEXT", nargs="?", help="the note (default: it stays as it is)")
    parser.add_argument("--gateway", metavar="NAME", help="its gateway; may be left out where there is one only")
    locked = parser.add_mutually_exclusive_group()
    locked.add_argument("--lock", dest="locked", action="store_true", default=None, help="lock the port out of `auto`")
    locked.add_argument("--unlock", dest="locked", action="store_false", help="unlock it")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Says what stands there now. Raises ConfigError, ReadOnly and StoreError."""
    if args.text is None and args.locked is None:
        raise ConfigError("There is nothing to note.", hint="Give a text, --lock or --unlock.")
    gateway = _gateway(args)
    with writing(args) as (store, operator):
        before = store.port_notes.of(gateway).get(args.port)
        text = args.text if args.text is not None else before.note if before else ""
        locked = args.locked if args.locked is not None else bool(before and before.locked_out)
        store.port_notes.set(gateway, args.port, text, locked, operator).result()
    words = [word for word in (text.strip(), "locked out" if locked else "") if word]
    say(one_line(f"{gateway} port {args.port}: {', '.join(words) or 'no note'}"))
    return 0


def _gateway(args: argparse.Namespace) -> str:
    """Raises ConfigError where it is not plain which one."""
    from console.config import load

    if args.database is not None:
        if args.gateway is None:
            raise ConfigError("Which gateway is not named.", hint="Give --gateway NAME beside --database.")
        return str(args.gateway)
    names = [gateway.name for gateway in load(getattr(args, "config", None), os.environ).gateways]
    if args.gateway is None and len(names) == 1:
        return names[0]
    if args.gateway not in names:
        what = "Which gateway is not named." if args.gateway is None else f"There is no gateway {args.gateway!a}."
        raise ConfigError(what, hint=f"Give --gateway with one of: {', '.join(names)}.")
    return str(args.gateway)
