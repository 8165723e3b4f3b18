"""What can be asked for by name: kinds of fields. Each reads a value as it is typed, and says whether it is true of a
record. A list has a table of them.
"""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from dataclasses import dataclass
from math import inf
from typing import TYPE_CHECKING, Generic, TypeVar

from console.protocol.query.grammar import NoQuery
from console.protocol.sms.numbers import sought
from console.protocol.text.grams import folded
from console.protocol.text.port_names import port_number
from console.protocol.text.time_words import NoTime, day, past

if TYPE_CHECKING:
    import datetime
    from collections.abc import Callable, Collection, Hashable, Mapping

R = TypeVar("R")

_RANGE = re.compile(r"(\d{1,9})(?:-(\d{1,9}))?")
_SPACED = re.compile(r"[\s()-]")
DIGITS = re.compile(r"[+\d()./-]*\d[+\d()./-]*")
"""A word that may be a number of a telephone, or a piece of one."""

_FEWEST_OF_SENDER = 3
"""Digits of what is known to be meant as one."""

_SHOWN = 40


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, and when: what a line means rests on it."""

    now: float = 0.0
    """What `today` and `1h` are told from, Unix seconds UTC."""
    zone: datetime.tzinfo | None = None
    """Of the times that are typed; None: this machine's."""
    operator: str = ""
    """Empty where nobody may say `is:mine`."""
    regions: Collection[str] = ("",)
    """The countries that numbers without `+` may belong to, `""` where that is not known."""


@dataclass(frozen=True)
class Field(ABC, Generic[R]):
    """A name that can be asked for."""

    name: str
    says: str
    """What it means, in one line."""

    kind = ""
    """Of its values, in words."""

    @property
    @abstractmethod
    def example(self) -> str:
        """What may be typed: `port:2`."""

    @property
    def words(self) -> tuple[str, ...]:
        """Values to choose from; none where there are too many to know."""
        return ()

    @abstractmethod
    def read(self, value: str, asker: Asker) -> Hashable:
        """A value as `holds` takes it. Raises NoQuery."""

    @abstractmethod
    def holds(self, record: R, value: Hashable) -> bool:
        """Whether this is true of a record; `value` as it was read."""

    def told(self, record: R) -> Collection[str]:
        """Its values of a record, as they are typed; none where there is no telling them apart."""
        return ()

    def excludes(self, value: Hashable) -> str:
        """Values of the same word can't be true together, so either of them is meant where both are asked for; empty
        for one that can be true beside any other.
        """
        return self.name


@dataclass(frozen=True)
class Numbers(Field[R]):
    """A number, or from one to another."""

    of: Callable[[R], int | str | None]
    kind = "number, or from-to"

    @property
    def example(self) -> str:
        return f"{self.name}:7"

    def read(self, value: str, asker: Asker) -> Hashable:
        match = _RANGE.fullmatch(value)
        if match is None:
            raise NoQuery(f"{shown(self.name, value)} is not a number; type {self.name}:7, {self.name}:1-8 or 1,3.")
        first, last = sorted((int(match[1]), int(match[2] or match[1])))
        return first, last

    def told(self, record: R) -> Collection[str]:
        number = self.of(record)
        return () if number is None or number == "" else (str(number),)

    def holds(self, record: R, value: Hashable) -> bool:
        number = self.of(record)
        return isinstance(number, int) and isinstance(value, tuple) and value[0] <= number <= value[1]


@dataclass(frozen=True)
class Ports(Numbers[R]):
    """A GSM port by its number, or by the name that a gateway calls it by."""

    kind = "port, or from-to"

    @property
    def example(self) -> str:
        return f"{self.name}:1-8"

    def read(self, value: str, asker: Asker) -> Hashable:
        if _RANGE.fullmatch(value):
            return super().read(value, asker)
        if port_number(value) is None:
            raise NoQuery(
                f"{shown(self.name, value)} is not a port; type {self.name}:3, {self.name}:1-8, {self.name}:1,3 or "
                f"{self.name}:gsm-1.2."
            )
        return folded(value)

    def holds(self, record: R, value: Hashable) -> bool:
        port = self.of(record)
        if isinstance(value, str):
            return isinstance(port, str) and folded(port) == value
        number = port_number(port) if isinstance(port, str) else port
        return number is not None and isinstance(value, tuple) and value[0] <= number <= value[1]


@dataclass(frozen=True)
class Part(Field[R]):
    """A piece of a text, in whatever case."""

    of: Callable[[R], str]
    sample: str = ""
    kind = "part of it"

    @property
    def example(self) -> str:
        return f"{self.name}:{self.sample}"

    def read(self, value: str, asker: Asker) -> Hashable:
        return (folded(value),)

    def told(self, record: R) -> Collection[str]:
        return tuple(filter(None, (self.of(record),)))

    def holds(self, record: R, value: Hashable) -> bool:
        text = folded(self.of(record))
        return isinstance(value, tuple) and any(each in text for each in value)


@dataclass(frozen=True)
class Party(Part[R]):
    """The other's number, or a piece of it, as it is dialled or as it is written; or the name in its place."""

    kind = "part of a number, as dialled"

    def read(self, value: str, asker: Asker) -> Hashable:
        plain = folded(_SPACED.sub("", value) or value)
        if DIGITS.fullmatch(plain) and digits_in(plain) >= _FEWEST_OF_SENDER:
            return tuple(sorted(dialled(plain, asker) | {plain}))
        return (folded(value),)


@dataclass(frozen=True)
class Name(Field[R]):
    """A whole name, in whatever case; with `*` behind it its beginning."""

    of: Callable[[R], str]
    sample: str = ""
    kind = "name; * stands for any ending"

    @property
    def example(self) -> str:
        return f"{self.name}:{self.sample}"

    def read(self, value: str, asker: Asker) -> Hashable:
        return value.casefold()

    def told(self, record: R) -> Collection[str]:
        return tuple(filter(None, (self.of(record),)))

    def holds(self, record: R, value: Hashable) -> bool:
        return isinstance(value, str) and is_called(self.of(record), value)


@dataclass(frozen=True)
class Choice(Field[R]):
    """One of a few words."""

    choices: Mapping[str, str]
    """Each with the word that those share of which only one can be true."""
    of: Callable[[R], Collection[str]]
    """The words that are true of a record."""
    kind = "one of these words"

    @property
    def example(self) -> str:
        return f"{self.name}:{next(iter(self.choices))}"

    @property
    def words(self) -> tuple[str, ...]:
        return tuple(self.choices)

    def read(self, value: str, asker: Asker) -> Hashable:
        word = value.casefold()
        if word not in self.choices:
            raise NoQuery(f"{shown(self.name, value)} is unknown; use {', '.join(self.choices)}.")
        return word

    def told(self, record: R) -> Collection[str]:
        return self.of(record)

    def holds(self, record: R, value: Hashable) -> bool:
        return value in self.of(record)

    def excludes(self, value: Hashable) -> str:
        return f"{self.name} {self.choices[value]}" if isinstance(value, str) else ""


@dataclass(frozen=True)
class Time(Field[R]):
    """A time in words, or a day of it."""

    of: Callable[[R], float]
    kind = "time"

    @property
    def example(self) -> str:
        return f"{self.name}:{self.words[0]}"

    @property
    def words(self) -> tuple[str, ...]:
        return ("yesterday", "today") if self.name == "on" else ("1h", "15m", "2d", "today", "yesterday")

    def read(self, value: str, asker: Asker) -> Hashable:
        """From when and until when, Unix seconds UTC."""
        try:
            if self.name == "on":
                return day(value, asker.now, asker.zone)
            at = past(value, asker.now, asker.zone).at
        except NoTime as error:
            raise NoQuery(f"{self.name}: {error}") from None
        return (-inf, at) if self.name == "before" else (at, inf)

    def holds(self, record: R, value: Hashable) -> bool:
        return isinstance(value, tuple) and value[0] <= self.of(record) < value[1]

    def excludes(self, value: Hashable) -> str:
        return self.name if self.name == "on" else ""


TIMES = ("after", "since", "before", "on")


def times(of: Callable[[R], float], what: str) -> tuple[Time[R], ...]:
    """The fields that ask for a time, in the words of `console.protocol.text.time_words`; `what` happened then."""
    return (
        Time("after", f"{what} then or later: 15m, 2h, 3d ago, 14:30, today, 2026-11-22, 2026-11-22T14:30", of),
        Time("since", "same as after", of),
        Time("before", f"{what} before then", of),
        Time("on", f"{what} on that day", of),
    )


def dialled(typed: str, asker: Asker) -> set[str]:
    """What is asked for is in all gateways, so a number may be the one that it is in any of their countries."""
    return {each for region in asker.regions for each in sought(typed, region)}


def digits_in(word: str) -> int:
    """How many digits a word has."""
    return sum(character.isdecimal() for character in word)


def is_called(name: str, wanted: str) -> bool:
    """Whether a name is the one that a `Name` was read as."""
    given = name.casefold()
    return given.startswith(wanted[:-1]) and bool(given) if wanted.endswith("*") else given == wanted


def shown(name: str, value: str) -> str:
    """What was typed, for an error: not too much of it."""
    return f"{name}:{value if len(value) <= _SHOWN else value[:_SHOWN] + '…'}"
