"""One search line: words and filters, read once, and whether an entry of the inbox is among what it asks for.

    余额 "two words" port:2 from:+8613 gw:north after:2026-11-01 before:2026-11-22T12:00 is:unread kind:sms

Words must all be in the text or the number, anywhere, in any case; a number may be written with blanks, and as it is
dialled. Filters of different names must all hold; of one
name given twice, either. `is:unread` and `is:mine` ask for different things, so both must hold. A name that is no
filter is a word: `http://…` can be searched for.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from console.domain.messages import CallbackKind
from console.domain.operator import user_of
from console.protocol.openvox.port_names import port_number
from console.protocol.sms.numbers import sought
from console.protocol.text.grams import folded
from console.protocol.text.time_words import NoTime, past

if TYPE_CHECKING:
    import datetime
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from console.domain.messages import Claim, InboxMessage

FILTERS: Mapping[str, str] = {
    "port": "GSM port: `port:2`, `port:gsm-1.2`",
    "from": "part of the sender: `from:+8613`, `from:bank`",
    "gw": "gateway by its name: `gw:north`",
    "after": 'received at or after: `after:1h`, `after:14:30`, `after:2026-11-22`, `after:"yesterday 14:30"`',
    "before": "received before: as `after:`",
    "is": "`is:unread`, `is:read`; `is:open` (nobody's yet), `is:claimed`, `is:mine`, `is:done`",
    "kind": "`kind:sms`, `kind:unreadable` or `kind:gap`",
}
"""Name to what it means, for the help of whoever types one."""

_TOKEN = re.compile(r'(?=\S)(?:(?P<name>[A-Za-z]+):)?(?:"(?P<quoted>[^"]*)"?|(?P<bare>\S*))')
_READ = {"read": True, "unread": False}
_CLAIMS = {word: word for word in ("open", "claimed", "mine", "done")}
_IS = {**dict.fromkeys(_READ, ""), **_CLAIMS}
_KINDS = {kind.value: kind for kind in (CallbackKind.SMS, CallbackKind.UNREADABLE, CallbackKind.GAP)}
_SPACED = re.compile(r"[\s()-]")
_DIGITS = re.compile(r"[+\d()./-]*\d[+\d()./-]*")
"""A word that may be a number, or a piece of one."""

_FEWEST = 6
"""Digits of words that are looked for as a number, too."""

_FEWEST_OF_SENDER = 3
"""The same of what is known to be meant as one."""

_RAW_LIMIT = 4_000
"""Bytes of an unreadable callback that are searched."""


class SoughtNumber(NamedTuple):
    """Words side by side that may be one number."""

    words: tuple[str, ...]
    """As words of a text: all must be in it."""
    sought: tuple[str, ...]
    """As a number: any must be in the sender's."""


@dataclass(frozen=True, slots=True)
class SearchQuery:
    """What a line asks for. Empty tuples and None ask for nothing."""

    words: tuple[str, ...] = ()
    """Folded; all must be there."""
    numbers: tuple[SoughtNumber, ...] = ()
    """All must be there."""
    senders: tuple[str, ...] = ()
    """Folded; any must be in the number."""
    ports: tuple[str, ...] = ()
    """Folded."""
    gateways: tuple[str, ...] = ()
    kinds: tuple[CallbackKind, ...] = ()
    read: bool | None = None
    claims: tuple[str, ...] = ()
    """`open`, `claimed`, `mine` or `done`; any of them."""
    operator: str = ""
    """Whose claims are `mine`; empty where that is not asked for."""
    within: str = ""
    """The gateway that all of it is asked within; empty: any. What is nobody's, such as a gap, is everybody's."""
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
            and (not self.claims or entry.is_claimed_as(self.claims, self.operator))
            and (not self.within or entry.gateway == self.within or entry.kind is CallbackKind.GAP)
            and (self.since is None or entry.received_at >= self.since)
            and (self.until is None or entry.received_at < self.until)
            and (not self.kinds or entry.kind in self.kinds)
            and (not self.gateways or entry.gateway in self.gateways)
            and (not self.ports or entry.has_port(self.ports))
            and (not self.senders or entry.is_from(self.senders))
            and entry.has_words(self.words)
            and all(entry.has_words(each.words) or entry.is_from(each.sought) for each in self.numbers)
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
    claimed_by: str = ""
    """Who looks after it, or did; empty: nobody."""
    is_done: bool = False

    @classmethod
    def of(cls, entry: InboxMessage, claim: Claim | None = None) -> Searched:
        """An entry as the store gives it, and the claim on it."""
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
            "" if claim is None else claim.operator,
            claim is not None and claim.done_at is not None,
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

    def is_claimed_as(self, claims: tuple[str, ...], operator: str) -> bool:
        """Whether one of the words is true of it. There is nothing to look after in a gap."""
        if self.kind is CallbackKind.GAP:
            return False
        if self.is_done:
            return "done" in claims
        if not self.claimed_by:
            return "open" in claims
        return "claimed" in claims or ("mine" in claims and user_of(self.claimed_by) == user_of(operator))

    def is_from(self, senders: tuple[str, ...]) -> bool:
        """Whether the number has one of them in it."""
        number = folded(self.number)
        return any(sender in number for sender in senders)


def parse_search(
    line: str,
    *,
    zone: datetime.tzinfo | None = None,
    now: float = 0.0,
    operator: str = "",
    regions: Collection[str] = ("",),
) -> SearchQuery:
    """Read a line. Times are in `zone`, None for this machine's, and `now` is what `today` and `1h` are told from (Unix
    seconds UTC); `operator` is who asks, empty where nobody may say `is:mine`; `regions` are
    the countries that numbers without `+` may belong to, `""` where that is not known.
    """
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
    asked_is = _choices("is", found["is"], _IS, problems)
    claims = tuple(dict.fromkeys(word for word in asked_is if word))
    if "mine" in claims and not operator:
        problems.append("`is:mine` needs to know who asks")
        claims = tuple(word for word in claims if word != "mine")
    words, numbers = _told_apart([word for word in words if word], regions)
    return SearchQuery(
        words=tuple(words),
        numbers=tuple(numbers),
        senders=tuple(dict.fromkeys(each for sender in found["from"] for each in _senders(sender, regions))),
        ports=tuple(folded(port) for port in found["port"]),
        gateways=tuple(found["gw"]),
        kinds=tuple(_choices("kind", found["kind"], _KINDS, problems)),
        read=_only([_READ[value.lower()] for value in found["is"] if value.lower() in _READ]),
        claims=claims,
        operator=operator if "mine" in claims else "",
        since=max(_moments("after", found["after"], zone, now, problems), default=None),
        until=min(_moments("before", found["before"], zone, now, problems), default=None),
        problems=tuple(problems),
    )


def _told_apart(words: Sequence[str], regions: Collection[str]) -> tuple[list[str], list[SoughtNumber]]:
    """Words, and those that may be a number: `0151 123-45678` has two of them."""
    others: list[str] = []
    numbers: list[SoughtNumber] = []
    for of_digits, group in groupby(words, lambda word: _DIGITS.fullmatch(word) is not None):
        run = tuple(group)
        joined = "".join(run)
        may_be = _sought(joined, regions) if of_digits and _digits_in(joined) >= _FEWEST else set()
        if may_be <= set(run):
            others += run
        else:
            numbers.append(SoughtNumber(run, tuple(sorted(may_be))))
    return others, numbers


def _senders(sender: str, regions: Collection[str]) -> Iterable[str]:
    plain = folded(_SPACED.sub("", sender) or sender)
    if _DIGITS.fullmatch(plain) and _digits_in(plain) >= _FEWEST_OF_SENDER:
        return sorted(_sought(plain, regions) | {plain})
    return (plain,)


def _sought(typed: str, regions: Collection[str]) -> set[str]:
    """A query is for all gateways, so it may mean the number that it is in any of their countries."""
    return {each for region in regions for each in sought(typed, region)}


def _digits_in(word: str) -> int:
    return sum(character.isdecimal() for character in word)


T = TypeVar("T")


def _choices(name: str, values: Sequence[str], choices: Mapping[str, T], problems: list[str]) -> list[T]:
    unknown = [value for value in values if value.lower() not in choices]
    problems += [f"`{name}:{value}` is not known: {FILTERS[name]}" for value in unknown]
    return [choices[value.lower()] for value in values if value.lower() in choices]


def _only(values: Sequence[bool]) -> bool | None:
    """Both asked for is neither."""
    return values[0] if len(set(values)) == 1 else None


def _moments(
    name: str, values: Sequence[str], zone: datetime.tzinfo | None, now: float, problems: list[str]
) -> Iterator[float]:
    for value in values:
        try:
            yield past(value, now, zone).at
        except NoTime as error:
            problems.append(f"`{name}:` {error}")
