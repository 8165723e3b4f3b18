"""`gsm-console help`: the manual, topic by topic."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from console.cli.kit.arguments import HelpText

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable

    from console.protocol.query.table import Table

FOLDER = Path(__file__).resolve().parent.parent / "topics"

TOPICS = {
    "screen": "what each pane shows and does",
    "searching": "the search language of `/`: fields, times, views",
    "keys": "every key and command, and how to choose your own",
    "configuration": "every setting; what a reload changes",
    "rules": "what is done by itself: programs, webhooks, notifications, answers",
    "shell": "every command and its options; exit codes",
    "receiver": "a permanent receiver: systemd, containers, a shared database",
    "monitoring": "what Prometheus reads from `/metrics`; dashboard and alert rules",
    "backup": "backup and restore, and why not `cp`",
    "copying": "copying text to your clipboard over SSH",
    "security": "who may call, what is encrypted, where secrets are stored",
    "trouble": "what you see, what it means, what to do",
}
"""In the order of the list, with what each is about."""

_PAGES_AS_GIT_DOES = "FRX"
"""Of `less`: quit if it fits on one screen, colours, and leave the text on the terminal."""

_WIDEST = 100


EXAMPLES = """\
examples:
  gsm-console help
  gsm-console help trouble
  gsm-console help configuration | less
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the `help` subcommand."""
    parser = subparsers.add_parser(
        "help",
        help="read the manual, topic by topic",
        description="Print a topic of the manual: in a pager on a terminal, as Markdown to a pipe or file.\n\n"
        + _list(),
        epilog=EXAMPLES,
        formatter_class=HelpText,
    )
    parser.add_argument(
        "topic", nargs="?", choices=list(TOPICS), metavar="TOPIC", help="one of these (default: list them)"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the topic, or the list of topics."""
    if args.topic is None:
        print(f"{_list()}\n\n`gsm-console help TOPIC` shows one, `gsm-console COMMAND --help` explains a command.")
    elif sys.stdout is not None and sys.stdout.isatty():  # None: it was closed
        _page(text_of(args.topic))
    else:
        print(text_of(args.topic), end="")
    return 0


def text_of(topic: str) -> str:
    """One of TOPICS, as Markdown."""
    text = (FOLDER / f"{topic}.md").read_text(encoding="utf-8")
    for place, made in _MADE.items():
        if place in text:
            text = text.replace(place, made())
    return text


def _list() -> str:
    return "\n".join(f"  {name:<14} {about}" for name, about in TOPICS.items())


def _keys() -> str:
    from console.ui.keys.actions import ACTIONS, TITLES, key_name
    from console.ui.keys.commands import Command, is_command

    lines: list[str] = []
    for scope, actions in ACTIONS.items():
        lines += [f"## {TITLES[scope]}", "", "| keys | command | what they do |", "|---|---|---|"]
        for action in actions:
            keys = " ".join(f"`{key_name(key)}`" for key in filter(None, action.key.split(",")))
            command = f"`:{action.name} {action.takes}".rstrip() + "`" if is_command(Command(action, scope)) else ""
            lines.append(f"| {keys} | {command} | {action.help} |")
        lines.append("")
    return "\n".join(lines)


def _fields() -> str:
    from console.protocol.query.alarms import ALARMS
    from console.protocol.query.inbox import INBOX
    from console.protocol.query.log import LOG
    from console.protocol.query.outbox import OUTBOX
    from console.protocol.query.ports import PORTS

    lines: list[str] = []
    tables: dict[str, Table[Any]] = {"Inbox": INBOX, "Outbox": OUTBOX, "Ports": PORTS, "AMI log": LOG, "Alarms": ALARMS}
    for name, table in tables.items():
        lines += [f"## {name}", "", "| field | values | what it means |", "|---|---|---|"]
        for field in table.fields:
            values = ", ".join(f"`{word}`" for word in field.words) or field.kind
            lines.append(f"| `{field.example}` | {values} | {field.says} |")
        lines.append("")
    return "\n".join(lines)


_MADE: dict[str, Callable[[], str]] = {"<!-- keys -->\n": _keys, "<!-- fields -->\n": _fields}
"""Tables that are made from the code when they are shown, by where they go."""


def _page(text: str) -> None:
    """In pages, as `man` does."""
    from rich.console import Console
    from rich.markdown import Markdown

    os.environ.setdefault("LESS", _PAGES_AS_GIT_DOES)
    console = Console()
    console.width = min(console.width, _WIDEST)
    with console.pager(styles=True):
        console.print(Markdown(text))
