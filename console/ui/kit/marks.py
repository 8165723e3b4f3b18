"""Which rows are marked, each by what stands on it and never by its place; and what an act is done to. Pure."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, Generic, TypeVar

from console.ui.kit.format import count

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Hashable, Iterable

K = TypeVar("K", bound="Hashable")
T = TypeVar("T")

MOST = 1000
"""Rows that are marked at once: as many as a search shows. What is done to them is one write, and a callback waits
behind it: for half a second on a machine that is busy with sixteen other things.
"""

SIGN, NO_SIGN = "▪ ", "  "
"""Before a row while any is marked."""


@dataclass(frozen=True, slots=True)
class Marks(Generic[K]):
    """What is marked: ids, or ports with their gateways."""

    keys: frozenset[K] = frozenset()
    last: K | None = None
    """Where a range begins: what a mark was put on, or taken from, last."""

    def __len__(self) -> int:
        return len(self.keys)

    def turned(self, key: K) -> Marks[K]:
        """With a mark on this, or without where it has one. A full set takes no more."""
        keys = self.keys - {key} if key in self.keys else self.keys | {key}
        return self if len(keys) > MOST else Marks(keys, key)

    def with_all(self, keys: Iterable[K], last: K | None = None) -> Marks[K]:
        """With these, of which the first are taken where they are more than there is room for. `last`: as of it; None:
        as it is.
        """
        more = [key for key in keys if key not in self.keys][: MOST - len(self.keys)]
        return Marks(self.keys.union(more), self.last if last is None else last)

    def among(self, shown: Container[K]) -> Marks[K]:
        """Without what is not shown."""
        keys = frozenset(key for key in self.keys if key in shown)
        return replace(self, keys=keys) if keys else Marks()


def places_between(begin: int | None, end: int) -> range:
    """From a place to another one, both with them; from the end alone where nothing was marked before."""
    if begin is None:
        return range(end, end + 1)
    return range(begin, end + 1) if begin <= end else range(begin, end - 1, -1)


@dataclass(frozen=True, slots=True)
class Share(Generic[T]):
    """Of what is marked, those that an act can be done to, and why it can't be to the others."""

    taken: tuple[T, ...]
    left: tuple[tuple[str, int], ...]
    """Reasons, each with how many it is true of."""

    @property
    def number(self) -> int:
        """Of all together."""
        return len(self.taken) + sum(number for _, number in self.left)

    @property
    def left_words(self) -> str:
        """`2 delivered, 1 not ours`; empty where none was left out."""
        return ", ".join(f"{count(number)} {why}" for why, number in self.left)


def share(things: Iterable[T], why_not: Callable[[T], str]) -> Share[T]:
    """`why_not` says in a word or two why an act can't be done to one; nothing where it can."""
    taken: list[T] = []
    left: Counter[str] = Counter()
    for thing in things:
        if reason := why_not(thing):
            left[reason] += 1
        else:
            taken.append(thing)
    return Share(tuple(taken), tuple(left.items()))


def named(names: Iterable[str], most: int = 3) -> str:
    """`2, 5 and 7`, or `2, 5, 7 and 9 more`."""
    every = list(names)
    first = list(islice(every, most if len(every) > most + 1 else most + 1))
    if more := len(every) - len(first):
        return f"{', '.join(first)} and {count(more)} more"
    return " and ".join(filter(None, (", ".join(first[:-1]), *first[-1:])))
