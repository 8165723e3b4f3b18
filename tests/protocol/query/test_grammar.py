"""The grammar: what is read is written again, and nothing that is typed does harm."""

from __future__ import annotations

from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.protocol.query.grammar import LONGEST, MOST_TERMS, Asked, Line, NoQuery, Regex, Term, Text, read

WORDS = st.text(st.sampled_from('ab余 "\\-/:,OR\t\nÉ(|'), min_size=1, max_size=8)
SOURCES = st.lists(st.sampled_from(["a", " ", "/", r"\d", r"\\", "(", '"', "-", "余"]), min_size=1, max_size=6).map(
    "".join
)
NAMES = st.from_regex(r"[a-z][a-z-]{0,5}", fullmatch=True)
EXCLUDED = st.booleans()
TERMS: st.SearchStrategy[Term] = st.one_of(
    st.builds(Text, WORDS, EXCLUDED),
    st.builds(Regex, SOURCES, EXCLUDED),
    st.builds(Asked, NAMES, st.lists(WORDS, min_size=1, max_size=3).map(tuple), EXCLUDED),
)
LINES = st.lists(st.lists(TERMS, min_size=1, max_size=3).map(tuple), max_size=4).map(lambda every: Line(tuple(every)))


@given(LINES)
def test_what_is_written_is_read_as_it_was(line: Line) -> None:
    assert read(str(line)) == line


@given(st.one_of(st.text(), st.text(st.sampled_from('ab "\\-/:,OR.'))))
def test_any_line_is_read_or_refused_and_what_is_read_can_be_written(typed: str) -> None:
    with suppress(NoQuery):
        line = read(typed)
        assert read(str(line)) == line


@pytest.mark.parametrize(
    ("typed", "clauses"),
    [
        ("", ()),
        ('  "" ', ()),
        ("a B", ((Text("a"),), (Text("B"),))),
        ("-a -- - --b", ((Text("a", excluded=True),), (Text("--"),), (Text("-"),), (Text("--b"),))),
        ('"two  words" -"x y"', ((Text("two  words"),), (Text("x y", excluded=True),))),
        ('"half', ((Text("half"),),)),
        ('"a\\"b\\\\c\\d"', ((Text('a"b\\c\\d'),),)),
        ("a OR b c", ((Text("a"), Text("b")), (Text("c"),))),
        ('a "OR" or', ((Text("a"),), (Text("OR"),), (Text("or"),))),
        ("http://x.example/?a=1 10:30", ((Text("http://x.example/?a=1"),), (Text("10:30"),))),
        ("PORT:1,3-5", ((Asked("port", ("1", "3-5")),),)),
        ('-from:"a b","c,d"', ((Asked("from", ("a b", "c,d"), excluded=True),),)),
        (r"/a\/b c\d/ -/x/", ((Regex("a/b c\\d"),), (Regex("x", excluded=True),))),
        ("/sms?x /a/b/ //", ((Text("/sms?x"),), (Text("/a/b/"),), (Text("//"),))),
    ],
)
def test_what_a_line_says(typed: str, clauses: tuple[tuple[Term, ...], ...]) -> None:
    assert read(typed) == Line(clauses)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ("OR", "between two terms"),
        ("a OR", "between two terms"),
        ("a OR OR b", "between two terms"),
        ("port:", "port: needs a value"),
        ("port:1,", "needs a value"),
        ('gw:""', "needs a value"),
        ("x" * (LONGEST + 1), "1,000 characters;"),
        ("x " * (MOST_TERMS + 1), f"{MOST_TERMS} terms"),
    ],
)
def test_what_can_t_be_read_is_told(typed: str, says: str) -> None:
    with pytest.raises(NoQuery, match=says):
        read(typed)


@pytest.mark.parametrize("piece", ['"', "\\", '"\\', "/", "-", "(", "a:", ",", '"a', "a:,", "OR "])
def test_a_line_of_one_thing_is_read_at_once(piece: str) -> None:
    typed = piece * (LONGEST // len(piece))
    with suppress(NoQuery):
        read(typed)
