"""One search line: words and filters, read once, and whether an entry of the inbox is among what it asks for.

    余额 "two words" port:2 from:+8613 gw:north after:2026-11-01 before:2026-11-22T12:00 is:unread kind:sms

Words must all be in the text or the number, anywhere, in any case. Filters of different names must all hold; of one
name given twice, either. A name that is no filter is a word: `http://…` can be searched for.
"""

from __future__ import annotations

import datetime
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from console.domain.messages import CallbackKind
from console.protocol.grams import folded
from console.protocol.http_inbound import port_number

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from console.domain.messages import InboxMessage

FILTERS: Mapping[str, str] = {
    "port": "GSM port: `port:2`, `port:gsm-1.2`",
    "from": "part of the sender: `from:+8613`, `from:bank`",
    "gw": "gateway by its name: `gw:north`",
    "after": "received at or after: `after:2026-11-22`, `after:2026-11-22T14:30`",
    "before": "received before: as `after:`",
    "is": "`is:unread` or `is:read`",
    "kind": "`kind:sms`, `kind:unreadable` or `kind:gap`",
}
"""Name to what it means, for the help of whoever types one."""

_TOKEN = re.compile(r'(?=\S)(?:(?P<name>[A-Za-z]+):)?(?:"(?P<quoted>[^"]*)"?|(?P<bare>\S*))')
_READ = {"read": True, "unread": False}
_KINDS = {kind.value: kind for kind in (CallbackKind.SMS, CallbackKind.UNREADABLE, CallbackKind.GAP)}
_SPACED = re.compile(r"[\s()-]")
_RAW_LIMIT = 4_000
"""Bytes of an unreadable callback that are searched."""


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """What a line asks for. Empty tuples and None ask for nothing."""

    words: tuple[str, ...] = ()
    """Folded; all must be there."""
    senders: tuple[str, ...] = ()
    """Folded; any must be in the number."""
    ports: tuple[str, ...] = ()
    """Folded."""
    gateways: tuple[str, ...] = ()
    kinds: tuple[CallbackKind, ...] = ()
    read: bool | None = None
    since: float | None = None
    """Received at or after, Unix seconds UTC."""
    until: float | None = None
    """Received before."""
    problems: tuple[str, ...] = ()
    """Filters whose value makes no sense, in words for the operator. They hold nothing back."""

    @property
    def is_empty(self) -> bool:
        """It asks for everything."""
        return self == SearchQuery(problems=self.problems)

    def matches(self, entry: Searched) -> bool:
        """Whether an entry is among what is asked for."""
        return (
            (self.read is None or entry.read is self.read)
            and (self.since is None or entry.received_at >= self.since)
            and (self.until is None or entry.received_at < self.until)
            and (not self.kinds or entry.kind in self.kinds)
            and (not self.gateways or entry.gateway in self.gateways)
            and (not self.ports or entry.has_port(self.ports))
            and (not self.senders or entry.is_from(self.senders))
            and entry.has_words(self.words)
        )


@dataclass(frozen=True, slots=True)
class Searched:
    """What a search looks at in an entry of the inbox."""

    gateway: str
    received_at: float
    kind: CallbackKind
    number: str
    text: str
    port: str
    reason: str
    raw: bytes
    """Of an unreadable one, else empty."""
    read: bool

    @classmethod
    def of(cls, entry: InboxMessage) -> Searched:
        """An entry as the store gives it."""
        callback = entry.callback
        raw = entry.raw if callback.kind is CallbackKind.UNREADABLE else b""
        return cls(
            entry.gateway,
            entry.received_at,
            callback.kind,
            callback.number,
            callback.text,
            callback.port,
            callback.reason,
            raw,
            entry.read,
        )

    @property
    def haystack(self) -> str:
        """All that words are looked for in, folded, a line each."""
        parts = [self.number, self.text]
        if self.reason:
            parts.append(self.reason)
        if self.raw:
            parts.append(self.raw[:_RAW_LIMIT].decode("utf-8", "backslashreplace"))
        return folded("\n".join(parts))

    def has_words(self, words: tuple[str, ...]) -> bool:
        """Whether all are in it."""
        if not words:
            return True
        haystack = self.haystack
        return all(word in haystack for word in words)

    def has_port(self, ports: tuple[str, ...]) -> bool:
        """Whether it came through one of them."""
        number = port_number(self.port)
        return folded(self.port) in ports or (number is not None and str(number) in ports)

    def is_from(self, senders: tuple[str, ...]) -> bool:
        """Whether the number has one of them in it."""
        number = folded(self.number)
        return any(sender in number for sender in senders)


def parse_search(line: str, *, zone: datetime.tzinfo | None = None) -> SearchQuery:
    """Read a line. Dates without a zone are in `zone`, None for this machine's."""
    found: dict[str, list[str]] = {name: [] for name in FILTERS}
    words: list[str] = []
    problems: list[str] = []
    for match in _TOKEN.finditer(line):
        name = (match["name"] or "").lower()
        value = match["quoted"] if match["quoted"] is not None else match["bare"]
        if name not in FILTERS:
            words.append(folded(match[0].replace('"', "") if name else value))
        elif not value:
            problems.append(f"`{name}:` needs a value: {FILTERS[name]}")
        else:
            found[name].append(value)
    return SearchQuery(
        words=tuple(word for word in words if word),
        senders=tuple(folded(_SPACED.sub("", sender) or sender) for sender in found["from"]),
        ports=tuple(folded(port) for port in found["port"]),
        gateways=tuple(found["gw"]),
        kinds=tuple(_choices("kind", found["kind"], _KINDS, problems)),
        read=_only(_choices("is", found["is"], _READ, problems)),
        since=max(_moments("after", found["after"], zone, problems), default=None),
        until=min(_moments("before", found["before"], zone, problems), default=None),
        problems=tuple(problems),
    )


T = TypeVar("T")


def _choices(name: str, values: Sequence[str], choices: Mapping[str, T], problems: list[str]) -> list[T]:
    unknown = [value for value in values if value.lower() not in choices]
    problems += [f"`{name}:{value}` is not known: {FILTERS[name]}" for value in unknown]
    return [choices[value.lower()] for value in values if value.lower() in choices]


def _only(values: Sequence[bool]) -> bool | None:
    """Both asked for is neither."""
    return values[0] if len(set(values)) == 1 else None


def _moments(name: str, values: Sequence[str], zone: datetime.tzinfo | None, problems: list[str]) -> Iterator[float]:
    for value in values:
        try:
            moment = datetime.datetime.fromisoformat(value.replace("/", "-"))
            yield (moment if moment.tzinfo or zone is None else moment.replace(tzinfo=zone)).timestamp()
        except (ValueError, OverflowError, OSError):
            problems.append(f"`{name}:{value}` is no date: {FILTERS[name]}")
