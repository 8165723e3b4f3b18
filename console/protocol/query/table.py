"""The fields of one list, and what a line asks of it: read once, then held against each record.

Of one field asked for twice either is meant, where both can't be true (`port:1 port:2`, but not `is:mine is:unread`).
Words are looked for anywhere in the text, in any case, and digits side by side also as the number that they may be.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, Any, Generic, NamedTuple, TypeVar

from console.protocol.query.fields import DIGITS, TIMES, Asker, Field, dialled, digits_in
from console.protocol.query.grammar import Asked, Line, NoQuery, NoValue, Regex, Text, read
from console.protocol.text.grams import folded

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

R = TypeVar("R")

TEXT = '"'
NUMBER = "#"
REGEX = "/"
"""What a test is of, where it is not of a field: of the text, of digits that may be a number, or by a regular
expression.
"""

_FEWEST_DIGITS = 6
"""Of words that are looked for as a number, too."""

_REGEX_SEEN = 10_000
"""Characters that a regular expression sees: its work is that many times its size, and no more."""

_REGEX_SIZE = 1_000
"""Of one that is taken: instructions that it becomes."""

_REGEX_MEMORY = 2**20

_COST = {TEXT: 1, NUMBER: 2, REGEX: 3}
_BEGUN = re.compile(r"(?<!\S)-?(?P<name>[A-Za-z-]+)(?::(?:[^\s\",]*,)*(?P<value>[^\s\",]*))?\Z")
_FEWEST_BEGUN = 2
"""Letters from which the name of a field is completed."""


class Number(NamedTuple):
    """Words side by side that may be one number."""

    words: tuple[str, ...]
    """As words of a text, folded: all must be in it."""
    sought: tuple[str, ...]
    """As a number: any must be in the other's."""


class Test(NamedTuple):
    """One of the values must be true of a record; `excluded`: none may."""

    of: str
    """Name of a field, or TEXT (folded), NUMBER or REGEX."""
    values: tuple[Any, ...]
    excluded: bool = False


@dataclass(frozen=True)
class Table(Generic[R]):
    """A list as a search sees it."""

    name: str
    """Of the list."""
    fields: tuple[Field[R], ...]
    text: Callable[[R], str]
    """All that words are looked for in, as it reads."""
    number: Callable[[R], str] | None = None
    """The other's number, where words may be meant for it."""
    is_of: Callable[[R, str], bool] | None = None
    """Whether a record belongs to a gateway, where all can be asked within one."""
    short: Callable[[str], tuple[str, str] | None] | None = None
    """The field and value that a word alone stands for, if any."""

    def field(self, name: str) -> Field[R] | None:
        """The field of this name."""
        return next((each for each in self.fields if each.name == name), None)

    @property
    def hint(self) -> str:
        """What may be typed, in a line that is still empty."""
        return ", ".join(["words", *(each.example for each in self.fields), "-word", "OR", "/regex/"])

    @property
    def help(self) -> str:
        """Every field, for a shell or an error."""
        return ", ".join(each.name for each in self.fields)

    def ask(self, typed: str, asker: Asker | None = None) -> Query[R]:
        """What a line asks for. Raises NoQuery."""
        asker = asker or Asker()
        line = read_for(self, typed)
        tests = [[self._test(term, asker) for term in clause] for clause in line.clauses]
        clauses = _either(self, _with_numbers(tests, asker) if self.number else tests)
        clauses.sort(key=lambda clause: max(_COST.get(test.of, 0) for test in clause))
        return Query(self, line, clauses=tuple(map(tuple, clauses)))

    def _test(self, term: Text | Regex | Asked, asker: Asker) -> Test:
        if isinstance(term, Regex):
            _pattern(term.source)
            return Test(REGEX, (term.source,), term.excluded)
        if isinstance(term, Text):
            short = self.short(folded(term.words)) if self.short else None
            if short is None:
                return Test(TEXT, (folded(term.words),), term.excluded)
            term = Asked(short[0], (short[1],), term.excluded)
        found = self.field(term.name)
        if found is None:
            raise NoQuery(self.no_field(term))
        return Test(term.name, tuple(found.read(value, asker) for value in term.values), term.excluded)

    def no_field(self, term: Asked) -> str:
        """Why there is nothing to ask for by this name, and what to type instead."""
        names = [each.name for each in self.fields]
        close = difflib.get_close_matches(term.name, names, n=1)
        meant = f" Did you mean {close[0]}:?" if close else ""
        as_text = Text(str(replace(term, excluded=False)))
        return f"There is no field {term.name} here; fields: {', '.join(names)}.{meant} For plain text, type {as_text}."

    def completed(self, typed: str) -> str | None:
        """The line with the name or value that it ends in completed; None where none begins so."""
        begun = _BEGUN.search(typed)
        if begun is None or typed.count('"') % 2:
            return None
        name = begun["name"].lower()
        if begun["value"] is None:
            found = (f"{each.name}:" for each in self.fields if len(name) >= _FEWEST_BEGUN and each.name != name)
            return _first(typed, name, found)
        asked = self.field(name)
        value = begun["value"].lower()
        return _first(typed, value, (word for word in asked.words if word != value)) if asked and value else None


@dataclass(frozen=True)
class Query(Generic[R]):
    """What is asked for. Two are equal when they say the same, whenever that was read."""

    table: Table[R] = field(repr=False)
    line: Line
    within: str = ""
    """The gateway that all of it is asked within; empty: any."""
    clauses: tuple[tuple[Test, ...], ...] = field(default=(), compare=False)
    """All must hold, each by one of its tests; what costs least comes first."""

    @property
    def is_empty(self) -> bool:
        """It asks for everything."""
        return not self.line.clauses and not self.within

    def __str__(self) -> str:
        return str(self.line)

    def matches(self, record: R) -> bool:
        """Whether a record is among what is asked for."""
        if self.within and self.table.is_of and not self.table.is_of(record, self.within):
            return False
        seen: list[str] = []
        return all(any(self._holds(test, record, seen) for test in clause) for clause in self.clauses)

    def _holds(self, test: Test, record: R, seen: list[str]) -> bool:
        """`seen` holds the text of the record, as it reads and folded, once that was looked at."""
        table = self.table
        if test.of in _COST:
            if not seen:
                text = table.text(record)
                seen += (text, folded(text))
            if test.of == TEXT:
                holds = test.values[0] in seen[1]
            elif test.of == REGEX:
                holds = is_found(test.values[0], seen[0])
            else:
                number = test.values[0]
                holds = all(word in seen[1] for word in number.words) or _is_in(number.sought, table.number, record)
        else:
            asked = table.field(test.of)
            holds = asked is not None and any(asked.holds(record, value) for value in test.values)
        return holds is not test.excluded

    def alone(self, *names: str) -> Iterator[Test]:
        """Tests of these fields that each must hold, whatever else does."""
        return (
            clause[0]
            for clause in self.clauses
            if len(clause) == 1 and clause[0].of in names and not clause[0].excluded
        )

    @property
    def tells_time(self) -> bool:
        """Whether what it asks for rests on when that is."""
        return any(test.of in TIMES for clause in self.clauses for test in clause)

    def span(self) -> tuple[float, float] | None:
        """From when and until when it can be, by the times that must hold; None: whenever. Unix seconds UTC."""
        spans = [
            (min(each[0] for each in test.values), max(each[1] for each in test.values)) for test in self.alone(*TIMES)
        ]
        return (max(each[0] for each in spans), min(each[1] for each in spans)) if spans else None


def read_for(table: Table[R], typed: str) -> Line:
    """The line, with what its fields are where one lacks a value. Raises NoQuery."""
    try:
        return read(typed)
    except NoValue as error:
        asked = table.field(error.name)
        if asked is None:
            raise NoQuery(table.no_field(Asked(error.name, ("",)))) from None
        raise NoQuery(f"{error}, such as {asked.example}: {asked.says}.") from None


def is_found(source: str, text: str) -> bool:
    """Whether a regular expression that was taken finds something in the beginning of a text, in whatever case."""
    return _pattern(source).search(text[:_REGEX_SEEN].encode("utf-8", "replace")) is not None


@lru_cache(maxsize=64)
def _pattern(source: str) -> Any:
    """Compiled by RE2, which looks at each character once: nobody can type what takes for ever. Raises NoQuery."""
    import re2

    options = re2.Options()
    options.case_sensitive, options.log_errors, options.max_mem = False, False, _REGEX_MEMORY
    try:
        pattern = re2.compile(source.encode("utf-8", "surrogatepass"), options)
    except re2.error as error:
        why = error.args[0] if error.args else b""
        words = why.decode("utf-8", "replace") if isinstance(why, bytes) else str(why)
        raise NoQuery(
            f"/{source[:40]}/ is not a regular expression: {words}. For plain text, type {Text(f'/{source}/')}."
        ) from None
    if pattern.programsize > _REGEX_SIZE:
        raise NoQuery(f"/{source[:40]}/ repeats too much; use smaller numbers between {{ and }}.")
    return pattern


def _is_in(wanted: Iterable[str], of: Callable[[R], str] | None, record: R) -> bool:
    number = folded(of(record)) if of is not None else ""
    return any(each in number for each in wanted)


def _with_numbers(clauses: list[list[Test]], asker: Asker) -> list[list[Test]]:
    """Words, and those that may be a number: `0151 123-45678` has two of them."""
    found: list[list[Test]] = []
    for of_digits, group in groupby(clauses, _may_be_digits):
        run = list(group)
        words = tuple(clause[0].values[0] for clause in run) if of_digits else ()
        joined = "".join(words)
        may_be = dialled(joined, asker) if digits_in(joined) >= _FEWEST_DIGITS else set()
        found += run if may_be <= set(words) else [[Test(NUMBER, (Number(words, tuple(sorted(may_be))),))]]
    return found


def _may_be_digits(clause: Sequence[Test]) -> bool:
    test = clause[0]
    return len(clause) == 1 and test.of == TEXT and not test.excluded and DIGITS.fullmatch(test.values[0]) is not None


def _either(table: Table[R], clauses: list[list[Test]]) -> list[list[Test]]:
    """Of values that can't be true together either is meant."""
    found: list[list[Test]] = []
    first: dict[str, list[Test]] = {}
    for clause in clauses:
        test, key = clause[0], ""
        asked = table.field(test.of)
        if asked is not None and len(clause) == 1 and not test.excluded:
            keys = {asked.excludes(value) for value in test.values}
            key = keys.pop() if len(keys) == 1 else ""
        if key in first:
            before = first[key][0]
            first[key][:] = [before._replace(values=(*before.values, *test.values))]
        else:
            found.append(clause)
            if key:
                first[key] = clause
    return found


def _first(typed: str, begun: str, words: Iterable[str]) -> str | None:
    """The line with the first of the words that begins so."""
    return next((typed + word[len(begun) :] for word in words if word.startswith(begun)), None)
