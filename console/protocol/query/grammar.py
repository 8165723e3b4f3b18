"""The grammar of a search, whatever list it is about: a line is read into terms, and written again as it is read.

    余额 "two words" -later port:1-8 state:failed,unknown from:"Li Wei" after:1h bank OR code /id \\d+/

All of it must hold; `OR` between two terms makes either enough, and binds them before all else. A `-` in front
excludes. What stands in quotes is text, whatever it says; in them `\\"` is a quote and `\\\\` a backslash. Letters with
a colon ask for a field, unless `//` follows: an address can be looked for as it is.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST = 1_000
"""Characters of a line."""

MOST_TERMS = 60

EITHER = "OR"

_QUOTED = r'"(?:\\.|[^"\\])*(?:"|\\?\Z)'
_TOKEN = re.compile(
    r"(?=\S)(?P<minus>-(?=[^\s-]))?(?:"
    r"/(?P<regex>(?:\\.|[^/\\])+)/(?=\s|\Z)"
    rf"|(?P<quoted>{_QUOTED})"
    rf"|(?P<name>[A-Za-z][A-Za-z-]*):(?!//)(?P<values>(?:{_QUOTED}|[^\s\"])*)"
    r"|(?P<bare>\S+))",
    re.DOTALL,
)
_PIECE = re.compile(rf"(?P<quoted>{_QUOTED})|(?P<comma>,)|(?P<bare>[^\",]+)", re.DOTALL)
_INSIDE = re.compile(r'"((?:\\.|[^"\\])*)', re.DOTALL)
_ESCAPE = re.compile(r'\\(["\\])')
_IN_REGEX = re.compile(r"\\(.)", re.DOTALL)
_SLASH = re.compile(r"(\\.)|/", re.DOTALL)
_PLAIN_VALUE = re.compile(r'[^\s",]+')


_DANGLING = f'{EITHER} goes between two terms, such as code {EITHER} bank; to search for the word, type "{EITHER}".'


class NoQuery(ValueError):
    """A line that asks for nothing that can be looked for: why, and what to type instead."""


class NoValue(NoQuery):
    """A field without a value."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name}: needs a value")
        self.name = name


@dataclass(frozen=True, slots=True)
class Text:
    """Words that must be there; never empty."""

    words: str
    excluded: bool = False

    def __str__(self) -> str:
        sign = "-" if self.excluded else ""
        written = f"{sign}{self.words}"
        token = _TOKEN.match(written)
        if token and token.end() == len(written) and token["bare"] == self.words and written != EITHER:
            return written
        return f"{sign}{_quoted(self.words)}"


@dataclass(frozen=True, slots=True)
class Regex:
    """A regular expression that must be found; never empty."""

    source: str
    excluded: bool = False

    def __str__(self) -> str:
        written = _SLASH.sub(lambda found: found[1] or "\\/", self.source)
        return f"{'-' if self.excluded else ''}/{written}/"


@dataclass(frozen=True, slots=True)
class Asked:
    """One of the values, of the field of this name (in small letters)."""

    name: str
    values: tuple[str, ...]
    """As they were typed; none is empty."""
    excluded: bool = False

    def __str__(self) -> str:
        values = ",".join(each if _PLAIN_VALUE.fullmatch(each) else _quoted(each) for each in self.values)
        return f"{'-' if self.excluded else ''}{self.name}:{values}"


Term = Text | Regex | Asked


@dataclass(frozen=True, slots=True)
class Line:
    """What a line says: clauses that must all hold, each by one of its terms. Without any it asks for everything."""

    clauses: tuple[tuple[Term, ...], ...] = ()

    def __str__(self) -> str:
        return " ".join(f" {EITHER} ".join(map(str, clause)) for clause in self.clauses)


def read(line: str) -> Line:
    """What a line says. Raises NoQuery, and nothing else."""
    if len(line) > LONGEST:
        raise NoQuery(f"A search has at most {LONGEST:,} characters; this one has {len(line):,}.")
    clauses: list[tuple[Term, ...]] = []
    goes_on = False
    """Whether the next term is another way for the last clause to hold."""
    for match in _TOKEN.finditer(line):
        if match[0] == EITHER:
            if goes_on or not clauses:
                raise NoQuery(_DANGLING)
            goes_on = True
        elif (term := _term(match)) is not None:
            clauses[-1:] = [(*clauses[-1], term)] if goes_on else [*clauses[-1:], (term,)]
            goes_on = False
    if goes_on:
        raise NoQuery(_DANGLING)
    if sum(map(len, clauses)) > MOST_TERMS:
        raise NoQuery(f"A search has at most {MOST_TERMS} terms.")
    return Line(tuple(clauses))


def _term(token: re.Match[str]) -> Term | None:
    """None for quotes with nothing in them."""
    excluded = token["minus"] is not None
    if token["regex"] is not None:
        return Regex(_IN_REGEX.sub(lambda found: "/" if found[1] == "/" else found[0], token["regex"]), excluded)
    if token["name"] is not None:
        name, values = token["name"].lower(), tuple(_values(token["values"]))
        if not all(values):
            raise NoValue(name)
        return Asked(name, values, excluded)
    words = token["bare"] if token["quoted"] is None else _unquoted(token["quoted"])
    return Text(words, excluded) if words else None


def _values(written: str) -> Iterator[str]:
    value = ""
    for piece in _PIECE.finditer(written):
        if piece["comma"]:
            yield value
            value = ""
        else:
            value += piece["bare"] or _unquoted(piece["quoted"])
    yield value


def _unquoted(quoted: str) -> str:
    """What stands in the quotes; what is looked for while it is typed may lack the last one."""
    inside = _INSIDE.match(quoted)
    return _ESCAPE.sub(r"\1", inside[1]) if inside else ""


def _quoted(words: str) -> str:
    escaped = words.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
