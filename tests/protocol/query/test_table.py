"""A table of fields: what is asked of it, against the plainest way to tell; completion; and errors."""

from __future__ import annotations

import itertools
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.protocol.query import table as tables
from console.protocol.query.fields import Asker, Choice, Name, Numbers, Part, Party, Ports, times
from console.protocol.query.grammar import NoQuery

if TYPE_CHECKING:
    from collections.abc import Callable

NOON = 1_795_348_800.0


@dataclass(frozen=True)
class Row:
    """A record of a list."""

    text: str = ""
    port: int = 1
    gateway: str = "gw1"
    at: float = NOON
    states: tuple[str, ...] = ()


TABLE = tables.Table(
    "rows",
    (
        Ports[Row]("port", "its port", lambda row: row.port),
        Name[Row]("gw", "its gateway", lambda row: row.gateway, "north"),
        Part[Row]("text", "its text", lambda row: row.text, "a"),
        Choice[Row]("is", "how it is", {"new": "age", "old": "age", "big": ""}, lambda row: row.states),
        *times(lambda row: row.at, "made"),
    ),
    text=lambda row: row.text,
)
ROWS = [
    Row(text, port, gateway, NOON - port * 3600, states)
    for text, port, gateway, states in itertools.product(
        ("aB", "b c", "余x"), (1, 2), ("gw1", "GW2"), (("new",), ("old", "big"))
    )
]

TERMS: dict[str, Callable[[Row], bool]] = {
    "ab": lambda row: "ab" in row.text.lower(),
    '"b c"': lambda row: row.text == "b c",
    "余": lambda row: "余" in row.text,
    "/^a?b/": lambda row: row.text.lower().startswith(("ab", "b")),
    "port:2": lambda row: row.port == 2,
    "port:1-9": lambda row: True,
    "gw:gw2": lambda row: row.gateway == "GW2",
    "gw:g*": lambda row: True,
    "text:B,x": lambda row: "b" in row.text.lower() or "x" in row.text,
    "is:big": lambda row: "big" in row.states,
    "is:new,big": lambda row: bool({"new", "big"} & set(row.states)),
    "after:90m": lambda row: row.port == 1,
    "before:90m": lambda row: row.port == 2,
}


@given(st.lists(st.lists(st.tuples(st.booleans(), st.sampled_from(sorted(TERMS))), min_size=1, max_size=3), max_size=4))
def test_a_query_holds_where_each_clause_does(clauses: list[list[tuple[bool, str]]]) -> None:
    # Fields of which either is meant are a rule of their own: see below.
    lone = [clause[0][1].partition(":")[0] for clause in clauses if len(clause) == 1 and not clause[0][0]]
    if any(lone.count(name) > 1 for name in ("port", "gw", "text", "is")):
        return
    line = " ".join(" OR ".join(f"{'-' * no}{term}" for no, term in clause) for clause in clauses)
    query = TABLE.ask(line, Asker(now=NOON))
    for row in ROWS:
        expected = all(any(TERMS[term](row) is not no for no, term in clause) for clause in clauses)
        assert query.matches(row) is expected, (line, row)


@pytest.mark.parametrize(
    ("twice", "once"),
    [
        ("port:1 port:2", "port:1,2"),
        ("is:new x is:old", "is:new,old x"),
        ("text:a text:b", "text:a,b"),
        ("on:today on:yesterday", "on:today,yesterday"),
    ],
)
def test_of_what_can_t_be_true_together_either_is_meant(twice: str, once: str) -> None:
    asker = Asker(now=NOON)
    assert set(TABLE.ask(twice, asker).clauses) == set(TABLE.ask(once, asker).clauses)


@pytest.mark.parametrize("line", ["is:new is:big", "after:1h after:2h", "-port:1 -port:2", "port:1 OR x port:2"])
def test_what_can_be_true_together_must_be(line: str) -> None:
    assert len(TABLE.ask(line, Asker(now=NOON)).clauses) == 2


def test_two_queries_are_the_same_when_they_say_the_same() -> None:
    assert TABLE.ask("after:1h  x", Asker(now=NOON)) == TABLE.ask('after:1h "x"', Asker(now=NOON + 60))
    assert TABLE.ask("x") != TABLE.ask("y")
    assert TABLE.ask(" ").is_empty


def test_the_span_is_the_narrowest_that_must_hold() -> None:
    asker = Asker(now=NOON)
    assert TABLE.ask("after:2h after:1h before:30m", asker).span() == (NOON - 3600, NOON - 1800)
    assert TABLE.ask("after:1h OR x -before:2h", asker).span() is None


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (
            "prot:3",
            "no field prot here; fields: port, gw, text, is, after, since, before, on. Did you mean port:?",
        ),
        ("x:y", 'For plain text, type "x:y".'),
        ("-x:y", 'For plain text, type "x:y".'),
        ("nothing:", "There is no field nothing here"),
        ("port:", "port: needs a value, such as port:1-8: its port."),
        ("port:three", "port:three is not a port; type port:3, port:1-8"),
        ("is:nice", "is:nice is unknown; use new, old, big."),
        ("after:soon", "after: 'soon' is not a time; type"),
        ("on:1h", "on: '1h' is no"),
        ("on:9999-12-31", "too far away"),
        ("before:99999999d", "not a time"),
        ("/a(/", 'is not a regular expression: missing ): a(. For plain text, type "/a(/".'),
        (r"/(a)\1/", "is not a regular expression"),
        ("/.{900}/", "repeats too much"),
        ("/(a{90}){90}/", "is not a regular expression"),
    ],
)
def test_what_makes_no_sense_is_told_with_what_to_type_instead(line: str, says: str) -> None:
    with pytest.raises(NoQuery) as refused:
        TABLE.ask(line, Asker(now=NOON))
    assert says in str(refused.value)
    assert "\n" not in str(refused.value)


@given(st.one_of(st.text(), st.text(st.sampled_from('ab:/\\()[]{}*+?|^$".,-O R119portafei'), max_size=60)))
def test_any_line_is_asked_or_refused(line: str) -> None:
    try:
        query = TABLE.ask(line, Asker(now=NOON))
    except NoQuery:
        return
    assert [query.matches(row) for row in ROWS] == [TABLE.ask(str(query), Asker(now=NOON)).matches(row) for row in ROWS]


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|a)*b", "(.*)*(.*)*(.*)*x", "(a?){40}a{40}b", "(x+x+)+y"])
def test_no_pattern_takes_for_ever(pattern: str, capfd: pytest.CaptureFixture[str]) -> None:
    query, row = TABLE.ask(f"/{pattern}/"), Row("a" * 100_000 + "!")
    started = time.process_time()
    query.matches(row)
    assert time.process_time() - started < 2
    assert capfd.readouterr() == ("", ""), "nothing of it is written over the screen"


def test_texts_that_are_no_unicode_are_looked_at_all_the_same() -> None:
    assert TABLE.ask("/a.b/").matches(Row("a\udc80b"))
    TABLE.ask("/\udc80/").matches(Row("a"))


@pytest.mark.parametrize(
    ("begun", "completed"),
    [
        ("", None),
        ("po", "port:"),
        ("x -GW:a po", "x -GW:a port:"),
        ("-te", "-text:"),
        ("is:o", "is:old"),
        ("is:new,b", "is:new,big"),
        ("after:y", "after:yesterday"),
        ("p", None),
        ("port:", None),
        ("is:new", None),
        ("po ", None),
        ('"po', None),
        ("zz:a", None),
    ],
)
def test_the_field_or_value_that_a_line_ends_in_is_completed(begun: str, completed: str | None) -> None:
    assert TABLE.completed(begun) == completed


def test_what_the_hint_names_can_be_typed() -> None:
    for example in TABLE.hint.split(", "):
        TABLE.ask(example if example != "OR" else "a OR b", Asker(now=NOON))


PEOPLE = tables.Table(
    "people",
    (Party[Row]("to", "whose", lambda row: row.text, "+49"), Numbers[Row]("id", "which", lambda row: row.port)),
    text=lambda row: f"{row.text} x",
    number=lambda row: row.text,
)


@pytest.mark.parametrize("line", ["0151 123-45678", "to:0151", '0151 "12345678" x', "to:0049151,x", "+49 151 12345678"])
def test_digits_may_be_a_number_as_it_is_dialled(line: str) -> None:
    query = PEOPLE.ask(line, Asker(regions=("DE",)))
    assert query.matches(Row("+4915112345678", 7))
    assert not query.matches(Row("+33612345678", 7))
