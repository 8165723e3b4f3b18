"""What `gsm-console send` is asked for: from its arguments to drafts, and to whom nothing can be sent."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from console.cli.sending.segments import InputError
from console.domain.messages import Draft, Via
from console.errors import CannotSend

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence
    from pathlib import Path

    from console.config import Config, GatewayConfig
    from console.protocol.sms.recipients import Recipient, RecipientList, Rejected

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
    remark: str
    """What is to be known of the list as a whole; else empty."""


def read_request(args: argparse.Namespace, config: Config) -> Request:
    """Raises CannotSend for what can't be sent, InputError for a text that is none, UnreadableFile for the list."""
    gateway = _gateway(args.gateway, config.gateways)
    text = _text(args.text)
    found = _recipients(args.to, args.csv, config.sending.default_region)
    if not found.recipients and not found.rejected:
        raise CannotSend("There is nobody to send to.", hint="Name a number by --to, or a list by --csv.")
    port, pool = _port(args.port)
    via = Via(args.via) if args.via else Via.AMI if gateway.ami is not None else Via.HTTP
    drafts = tuple(
        Draft(gateway.name, recipient.number, words, port, via, pool=pool)
        for recipient, words in zip(found.recipients, _texts(text, found.recipients), strict=True)
    )
    label = args.csv.name if args.csv else " ".join(text.split())[:_LABEL]
    return Request(gateway, drafts, label, found.duplicates, found.rejected, found.remark)


def _gateway(name: str | None, gateways: Sequence[GatewayConfig]) -> GatewayConfig:
    names = ", ".join(gateway.name for gateway in gateways)
    if name is None:
        if len(gateways) == 1:
            return gateways[0]
        raise CannotSend("Which gateway is it to go by?", hint=f"Name one of these: --gateway {names}.")
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
        raise CannotSend("The text is empty.", hint="Write it behind the numbers, or give - and write it to the input.")
    return composed(text)


def _recipients(typed: Sequence[str], path: Path | None, region: str) -> RecipientList:
    from console.protocol.sms.recipients import RecipientList, read_recipients

    lists = [read_recipients(words, region=region) for words in typed]
    if path is not None:
        lists.append(_listed(path, region))
    once: dict[str, Recipient] = {}
    duplicates = [recipient for found in lists for recipient in found.duplicates]
    duplicates += [
        recipient
        for found in lists
        for recipient in found.recipients
        if once.setdefault(recipient.number, recipient) is not recipient
    ]
    rejected = tuple(one for found in lists for one in found.rejected)
    remark = " ".join(found.remark for found in lists if found.remark)
    return RecipientList(tuple(once.values()), tuple(duplicates), rejected, remark)


def _listed(path: Path, region: str) -> RecipientList:
    from console.protocol.sms.csv_rows import LARGEST, UnreadableFile
    from console.protocol.sms.recipients import read_csv

    try:
        with path.expanduser().open("rb") as file:
            data = file.read(LARGEST + 1)
    except OSError as error:
        raise UnreadableFile(
            f"{path} can't be read: {error.strerror}.", hint="Look at the path behind --csv."
        ) from None
    try:
        return read_csv(data, region=region)
    except UnreadableFile as error:
        raise UnreadableFile(f"{path}: {error}", hint=error.hint) from None


def _texts(text: str, recipients: Sequence[Recipient]) -> list[str]:
    """The text for each of them. It has fields only where the list brings some."""
    from console.protocol.sms.fields import fill

    if not any(recipient.fields for recipient in recipients):
        return [text] * len(recipients)
    return [fill(text, recipient.fields, to=recipient.number) for recipient in recipients]


def _port(given: str) -> tuple[int | None, str]:
    """The port that is named, or the set of ports; neither for `auto`."""
    if given == "auto":
        return None, ""
    if given.isascii() and given.isdigit():
        if not 1 <= int(given[:9]) <= 999:
            raise CannotSend(f"There is no port {given[:9]}.", hint="Ports are counted from 1.")
        return int(given), ""
    return None, given
