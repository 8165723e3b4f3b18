"""How often each value of a field occurs among what a search finds, and the search for those that have it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from console.protocol.query.fields import Choice, Time
from console.protocol.query.grammar import Asked

if TYPE_CHECKING:
    from collections.abc import Iterable

    from console.protocol.query.fields import Field
    from console.protocol.query.grammar import Term
    from console.protocol.query.table import Query, Table

R = TypeVar("R")


class Counted(NamedTuple):
    """What was counted."""

    values: list[tuple[str, int]]
    """Each value, raw text from outside, with how many have it: the most first. Empty: they have none."""
    records: int


def countable(table: Table[R]) -> list[Field[R]]:
    """Fields whose values can be counted: not times, nor what each record has alone."""
    return [field for field in table.fields if not isinstance(field, Time) and field.name != "id"]


def count(field: Field[R], records: Iterable[R]) -> Counted:
    """One pass; a record may have several values of a field."""
    found: Counter[str] = Counter()
    number = 0
    for record in records:
        number += 1
        found.update(field.told(record) or ("",))
    return Counted(sorted(found.items(), key=lambda each: (-each[1], each[0])), number)


def narrowed(query: Query[R], field: Field[R], value: str) -> str:
    """The line that asks for those of a query that have a value too: it stands in place of what was asked of the field
    before, beside which it would be another way to hold.
    """
    kept = (clause for clause in query.line.clauses if not _is_either(clause, field, value))
    return str(replace(query.line, clauses=(*kept, (Asked(field.name, (value,)),))))


def _is_either(clause: tuple[Term, ...], field: Field[R], value: str) -> bool:
    term = clause[0]
    if len(clause) > 1 or not isinstance(term, Asked) or term.excluded or term.name != field.name:
        return False
    words = field.choices if isinstance(field, Choice) else {}
    return any(words.get(each.casefold()) == words.get(value) for each in term.values)
