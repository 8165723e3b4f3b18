"""What `gsm-console send` is asked for: from its arguments to drafts, and to whom nothing can be sent."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from console.cli.kit.list_file import read_file
from console.cli.sending.segments import InputError
from console.domain.messages import Draft, Via
from console.domain.sending import Remark
from console.errors import CannotSend

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence

    from console.config import Config, GatewayConfig
    from console.protocol.sms.recipients import Book, Recipient, RecipientList, Rejected
    from console.protocol.text.time_words import Window

_LABEL = 40
"""Characters of a text by which a batch is known."""


@dataclass(frozen=True, slots=True)
class Request:
    """One call of the command, understood."""

    gateway: GatewayConfig
    drafts: tuple[Draft, ...]
    """One for each number."""
    label: str
    """The list's file, or the beginning of the text."""
    duplicates: tuple[Recipient, ...]
    """Named more than once: they get it once."""
    rejected: tuple[Rejected, ...]
    """To whom nothing can be sent."""
    remarks: tuple[Remark, ...]
    """Why the list or the text should be looked at twice."""
    opted_out: tuple[str, ...] = ()
    """Numbers of those who get nothing, for they opted out."""

    @property
    def is_planned(self) -> bool:
        """Whether it is to leave later, by whoever sends then."""
        return any(draft.not_before is not None for draft in self.drafts)


def read_request(args: argparse.Namespace, config: Config) -> Request:
    """Raises CannotSend for what can't be sent, InputError for a text that is none, UnreadableFile for the list."""
    from console.protocol.sms.guards import doubts

    gateway = _gateway(args.gateway, config.gateways)
    text = _text(args.text)
    found = _recipients(args, config, gateway.name)
    if not found.recipients and not found.rejected:
        raise CannotSend("There are no recipients.", hint="Give a number with --to, or a list with --csv.")
    port, pool = _port(args.port)
    via = Via(args.via) if args.via else Via.AMI if gateway.ami is not None else Via.HTTP
    texts, remark = _texts(text, found.recipients)
    when = _window(args.at, args.until)
    drafts = tuple(
        Draft(
            gateway.name,
            recipient.number,
            words,
            port,
            via,
            pool=pool,
            not_before=when.not_before,
            not_after=when.not_after,
        )
        for recipient, words in zip(found.recipients, texts, strict=True)
    )
    remarks = [*doubts(found.recipients), *(Remark("guess", words) for words in found.guesses)]
    label = args.csv.name if args.csv else " ".join(text.split())[:_LABEL]
    odd = tuple(Remark("time", words) for words in when.remarks)
    return Request(gateway, drafts, label, found.duplicates, found.rejected, (*remarks, *remark, *odd))


def _window(at: str, until: str) -> Window:
    """When it may leave. Raises CannotSend for words that say no time."""
    from console.protocol.text.time_words import NoTime, between

    try:
        return between(at, until, time.time())
    except NoTime as error:
        raise CannotSend(str(error)) from None


def _gateway(name: str | None, gateways: Sequence[GatewayConfig]) -> GatewayConfig:
    names = ", ".join(gateway.name for gateway in gateways)
    if name is None:
        if len(gateways) == 1:
            return gateways[0]
        raise CannotSend("Which gateway?", hint=f"Choose one: --gateway {names}.")
    for gateway in gateways:
        if gateway.name == name:
            return gateway
    raise CannotSend(f"There is no gateway named {name[:40]!a}.", hint=f"The configuration has {names}.")


def _text(given: str) -> str:
    """The text, or that of standard input, whose last line end is the shell's."""
    from console.protocol.sms.look_alikes import composed

    try:
        text = (
            sys.stdin.buffer.read().decode("utf-8-sig").removesuffix("\n").removesuffix("\r") if given == "-" else given
        )
        text.encode()
    except UnicodeError:
        raise InputError("The text is not UTF-8.", hint="Convert it to UTF-8.") from None
    if not text.strip():
        raise CannotSend(
            "The text is empty.", hint="Write it after the options, or give - and write it to standard input."
        )
    return composed(text)


def _recipients(args: argparse.Namespace, config: Config, gateway: str) -> RecipientList:
    from console.protocol.sms.recipients import read_recipients, sorted_out

    region = config.regions.of(gateway)
    with _contacts(config) as book:
        lists = [read_recipients(words, region=region, book=book) for words in args.to]
        if args.csv is not None:
            asked = {"charset": args.charset, "column": args.column}
            lists.append(read_file(args.csv, "--csv", region=region, book=book, **asked))
    every: list[Recipient | Rejected] = []
    for part in lists:
        every += [*part.recipients, *part.rejected]
    found = sorted_out(every, region)
    again = tuple(one for part in lists for one in part.duplicates)
    guesses = tuple(words for part in lists for words in part.guesses)
    return replace(found, duplicates=(*again, *found.duplicates), guesses=guesses)


@contextmanager
def _contacts(config: Config) -> Iterator[Book | None]:
    """Those of the database; None where there is none yet. Raises StoreError."""
    from console.store import Reader

    if not config.database.exists():
        yield None
        return
    reader = Reader.open_existing(config.database, regions=config.regions)
    try:
        yield reader.contacts
    finally:
        reader.close()


def _texts(text: str, people: Sequence[Recipient]) -> tuple[list[str], tuple[Remark, ...]]:
    """The text for each of them, and a remark where it has fields that nothing fills."""
    from console.protocol.sms.fields import fill, is_personal, unfilled

    has_fields, has_names = any(one.fields for one in people), any(one.name for one in people)
    if is_personal(text, has_fields=has_fields, has_names=has_names):
        return [fill(text, one.values, to=one.number) for one in people], ()
    remark = unfilled(text)
    return [text] * len(people), (remark,) if remark else ()


def _port(given: str) -> tuple[int | None, str]:
    """The port that is named, or the set of ports; neither for `auto`."""
    if given == "auto":
        return None, ""
    if given.isascii() and given.isdigit():
        if not 1 <= int(given[:9]) <= 999:
            raise CannotSend(f"There is no port {given[:9]}.", hint="Ports are counted from 1.")
        return int(given), ""
    return None, given
