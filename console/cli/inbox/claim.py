"""`gsm-console claim`: say who looks after an entry of the inbox."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.cli.inbox.entries import writing
from console.cli.kit.arguments import HelpText, add_config, add_database, whole
from console.cli.kit.output import moment, one_line, say, warn
from console.domain.audit import Deed

if TYPE_CHECKING:
    import argparse

    from console.domain.messages import Claim

EXAMPLES = """\
examples:
  gsm-console claim 4711
  gsm-console claim --done 4711 4712
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `claim`."""
    parser = subparsers.add_parser(
        "claim",
        help="claim received messages, mark them as done, or release them",
        description="Claim received messages in your name, mark them as done, or release them. What somebody else "
        "has claimed stays theirs, unless you take it over.",
        epilog=EXAMPLES,
        formatter_class=HelpText,
    )
    add_config(parser)
    add_database(parser)
    parser.add_argument("id", nargs="+", type=whole(1), metavar="ID", help="as printed by `gsm-console inbox --json`")
    what = parser.add_mutually_exclusive_group()
    what.add_argument("--done", dest="deed", action="store_const", const=Deed.DONE, default=Deed.CLAIM, help="done")
    what.add_argument("--release", dest="deed", action="store_const", const=Deed.RELEASE, help="nobody's")
    parser.add_argument("--take-over", action="store_true", help="also what somebody else claimed")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Says how many, and whose the others are; 1 where some were left. Raises ConfigError, ReadOnly and StoreError."""
    entries = list(dict.fromkeys(args.id))
    with writing(args) as (store, operator):
        missing = set(entries) - {entry.id for entry in store.inbox_messages(entries)}
        seen = store.claims.of(entries) if args.take_over else {}
        wanted = {entry: seen.get(entry) for entry in entries if entry not in missing}
        claimed = store.claims.change_all(args.deed, wanted, operator).result()
    say(f"{_PAST[args.deed]}: {claimed.changed} of {len(entries)}.")
    for entry in sorted(missing):
        warn(f"There is no message {entry}.")
    for claim in claimed.others:
        warn(_theirs(claim))
    return 1 if missing or claimed.others else 0


def _theirs(claim: Claim) -> str:
    done = f", done by {claim.done_by}" if claim.done_at is not None else ""
    return one_line(f"{claim.entry} is claimed by {claim.operator} since {moment(claim.claimed_at)}{done}")


_PAST = {Deed.CLAIM: "claimed", Deed.DONE: "done", Deed.RELEASE: "released"}
