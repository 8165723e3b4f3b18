"""`gsm-console inbox`: the inbox in the shell, once or as it goes on."""

from __future__ import annotations

import json
import sys
import time
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from console.cli.inbox.entries import add_source, claim_fields, fields, reading, sent_fields
from console.cli.kit.arguments import HelpText, whole
from console.cli.kit.output import moment, one_line, reader_left, warn
from console.cli.kit.query import query_of
from console.errors import ConfigError, StoreError

if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from console.domain.messages import Claim, InboxMessage, OutboxMessage
    from console.protocol.query.inbox import Searched
    from console.protocol.query.table import Query
    from console.store import Reader
    from console.store.inbox.reader import Mark

T = TypeVar("T")

LOOK_PERIOD = 0.1
"""Seconds between two looks for new entries; each is two small reads."""

PATIENCE = 60.0
"""Seconds that the database may be away for, or unreadable, while somebody puts another in its place."""

LIMIT = 100

EXAMPLES = """\
examples:
  gsm-console inbox --query 'is:unread port:2'
  gsm-console inbox --follow --limit 0 --json | jq -r .text
  gsm-console inbox --thread +8613632919026
"""


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add `inbox`."""
    parser = subparsers.add_parser(
        "inbox",
        help="print the inbox, and new messages",
        description="Print the newest entries of the inbox, oldest first. Control characters in texts "
        "are made visible; --json escapes everything that is not ASCII.",
        epilog=EXAMPLES,
        formatter_class=HelpText,
    )
    add_source(parser)
    parser.add_argument(
        "--limit", type=whole(0), default=LIMIT, metavar="N", help=f"at most this many entries (default: {LIMIT})"
    )
    parser.add_argument(
        "--follow",
        action="store_true",
        help="keep printing new entries, whichever process receives; an entry is repeated when a part or copy joins it",
    )
    parser.add_argument(
        "--thread",
        metavar="NUMBER",
        help="print the conversation with this number instead: received and sent, the latter with its state",
    )
    parser.add_argument(
        "--gateway",
        default="",
        metavar="NAME",
        help="with --thread: a number without country code is read by this gateway's region",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object per line")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print, and follow until interrupted or nobody reads. Raises ConfigError and StoreError."""
    if args.thread is not None:
        return _run_thread(args)
    if args.gateway:
        raise ConfigError("--gateway needs --thread.", hint="--query gw:NAME finds what a gateway received.")
    from console.protocol.query.inbox import INBOX

    shown = _json if args.json else _line
    with reading(args) as reader:
        query = query_of(args, INBOX, reader)
        mark = reader.mark()
        newest = [entry for entry in reader.search(query, count=args.limit) if entry.id <= mark.entry]
        _print_entries(reader, newest[::-1], shown)
        if not args.follow:
            return 0
        followed = _follow(reader, query, mark, shown)
    while followed is not None:
        if followed.words:
            # Not before ours is closed, when SQLite removes its -wal by name: whoever reads this may make a new one.
            warn(followed.words)
        with _opened_anew(args) as reader:
            mark = reader.mark_at(followed.at) if followed.mark is None else followed.mark
            followed = _follow(reader, query, mark, shown)
    return 0


def _run_thread(args: argparse.Namespace) -> int:
    if args.query or args.view is not None or args.follow:
        raise ConfigError(
            "--thread takes only --gateway, --limit and --json.", hint="It prints the conversation as it is now."
        )
    if not args.thread.strip():
        raise ConfigError("--thread needs a number, or the name of a sender.")
    shown = _thread_json if args.json else _thread_line
    with reading(args) as reader:
        _print(reversed(reader.thread(reader.person(args.thread, args.gateway), count=args.limit)), shown)
    return 0


class _Followed(NamedTuple):
    """How far it was followed until somebody changed the files of the database."""

    mark: Mark | None
    """None where it is another database now."""
    at: float
    """When it was looked at last, Unix seconds."""
    words: str = ""
    """What to tell of it."""


def _follow(
    reader: Reader, query: Query[Searched], mark: Mark, shown: Callable[[InboxMessage, Claim | None], str]
) -> _Followed | None:
    """Print what comes until nobody reads it; something is returned where the database is to be opened anew."""
    from console.protocol.query.inbox import Searched
    from console.store.engine.guard import Changed, What

    at = time.time()
    try:
        reader.look()
        while not reader_left(LOOK_PERIOD):
            now = time.time()
            try:
                ids, mark = reader.changes(mark)
                entries, claims = list(reader.inbox_messages(ids)), reader.claims.of(ids)
            except StoreError:
                reader.look()  # That is why, where it is so.
                raise
            wanted = [entry for entry in entries if query.matches(Searched.of(entry, claims.get(entry.id)))]
            _print_entries(reader, wanted, shown)
            reader.look()
            at = now
    except Changed as changed:
        if changed.what is What.NAMES:
            return _Followed(mark, at)
        words = f"gsm-console: {reader.path}: {changed.strerror}. Following the database that now has that name."
        return _Followed(None, at, words)
    return None


@contextmanager
def _opened_anew(args: argparse.Namespace) -> Iterator[Reader]:
    """The database, as soon as it can be read again. Raises StoreError where that takes too long."""
    until = time.monotonic() + PATIENCE
    while True:
        try:
            with ExitStack() as opened:
                reader = opened.enter_context(reading(args))
                reader.mark()
                opened_well = opened.pop_all()
            break
        except StoreError:
            if time.monotonic() > until:
                raise
            time.sleep(LOOK_PERIOD)
    with opened_well:
        yield reader


def _print(entries: Iterable[T], shown: Callable[[T], str]) -> None:
    for entry in entries:
        print(shown(entry))
    sys.stdout.flush()


def _print_entries(
    reader: Reader, entries: Sequence[InboxMessage], shown: Callable[[InboxMessage, Claim | None], str]
) -> None:
    claims = reader.claims.of(entry.id for entry in entries)
    _print(entries, lambda entry: shown(entry, claims.get(entry.id)))


def _json(entry: InboxMessage, claim: Claim | None) -> str:
    return json.dumps({**fields(entry), "pieces": list(entry.pieces), **claim_fields(claim)})


def _line(entry: InboxMessage, claim: Claim | None = None) -> str:
    """One line, whatever the text."""
    from console.domain.messages import CallbackKind

    callback = entry.callback
    received = moment(entry.received_at)
    if callback.kind is CallbackKind.GAP:
        return f"{received}  not receiving {moment(entry.since)} - {moment(entry.until)}"
    text = entry.seamed
    if callback.kind is CallbackKind.UNREADABLE:
        text = f"unreadable: {callback.reason} {entry.raw.decode('utf-8', 'backslashreplace')}"
    port = f"port {callback.port}" if callback.port else ""
    return one_line(received, entry.gateway, port, callback.number, text, *_marks(entry), _claim_words(claim))


def _thread_json(message: InboxMessage | OutboxMessage) -> str:
    from console.domain.messages import InboxMessage

    if isinstance(message, InboxMessage):
        return json.dumps({"direction": "in", **fields(message), "pieces": list(message.pieces)})
    return json.dumps({"direction": "out", **sent_fields(message)})


def _thread_line(message: InboxMessage | OutboxMessage) -> str:
    """One line, whatever the text: time, direction, state of what went out, gateway, port, number, text."""
    from console.domain.messages import DeliveryState, InboxMessage
    from console.protocol.sms.causes import in_words

    if isinstance(message, InboxMessage):
        received, _, rest = _line(message).partition("  ")
        return f"{received}  <- in   {rest}"
    draft, state = message.draft, message.state
    port = message.port if draft.port is None else draft.port
    why = (
        f"[{in_words(message.detail)}]"
        if state in {DeliveryState.FAILED, DeliveryState.UNKNOWN} and message.detail
        else ""
    )
    through = "" if port is None else f"port {port}"
    said = one_line(state.value, draft.gateway, through, draft.to, draft.text, why)
    return f"{moment(message.created_at)}  -> out  {said}"


def _marks(entry: InboxMessage) -> list[str]:
    from console.protocol.sms.joining import parts_words

    marks = ["[by AMI]"] if entry.lacks_callback else []
    if entry.copies > 1:
        marks.append(f"[x{entry.copies}]")
    words = parts_words(entry)
    return [*marks, f"[{words}]"] if words else marks


def _claim_words(claim: Claim | None) -> str:
    if claim is None:
        return ""
    return f"[done by {claim.done_by}]" if claim.done_by else f"[claimed by {claim.operator}]"
