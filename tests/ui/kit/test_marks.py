"""Marks stay on what they were put on, whatever is done to the list below them."""

from __future__ import annotations

from dataclasses import dataclass, field

from hypothesis import given
from hypothesis import strategies as st

from console.ui.kit.marks import MOST, Marks, named, places_between, share

ACTS = st.one_of(
    st.tuples(st.just("turn"), st.integers(0, 30)),
    st.tuples(st.just("range"), st.integers(0, 30)),
    st.tuples(st.just("all"), st.just(0)),
    st.tuples(st.just("none"), st.just(0)),
    st.tuples(st.just("comes"), st.integers(1, 4)),
    st.tuples(st.just("goes"), st.integers(0, 30)),
    st.tuples(st.just("search"), st.integers(1, 4)),
    st.tuples(st.just("sort"), st.integers(0, 1000)),
)


@dataclass
class Model:
    """A list, and in a plain set what an operator believes to have marked on it."""

    every: list[int] = field(default_factory=lambda: list(range(20)))
    step: int = 1
    marks: Marks[int] = field(default_factory=Marks)
    believed: set[int] = field(default_factory=set)

    @property
    def shown(self) -> list[int]:
        return [each for each in self.every if each % self.step == 0]

    def do(self, name: str, number: int) -> None:
        shown = self.shown
        at = min(number, len(shown) - 1)
        match name:
            case "turn" if shown:
                self.marks = self.marks.turned(shown[at])
                self.believed ^= {shown[at]}
            case "range" if shown:
                last = self.marks.last
                begin = shown.index(last) if last in shown else None
                rows = [shown[place] for place in places_between(begin, at)]
                low, high = sorted((at if begin is None else begin, at))
                assert sorted(rows) == sorted(shown[low : high + 1])
                self.marks = self.marks.with_all(rows, shown[at])
                self.believed.update(rows)
            case "all":
                self.marks = self.marks.with_all(shown)
                self.believed.update(shown)
            case "none":
                self.marks, self.believed = Marks(), set()
            case "comes":
                newest = max(self.every, default=0)
                self.every[:0] = range(newest + number, newest, -1)
            case "goes" if self.every:
                self.every.pop(min(number, len(self.every) - 1))
            case "search":
                self.step = number
            case "sort":
                self.every.sort(key=lambda each: (each * number) % 31)
        self.marks = self.marks.among(self.shown)
        self.believed &= set(self.shown)


@given(st.lists(ACTS, max_size=25))
def test_what_is_marked_is_what_the_operator_marked_and_sees(acts: list[tuple[str, int]]) -> None:
    model = Model()
    for act in acts:
        model.do(*act)
        assert model.marks.keys == model.believed
        assert len(model.marks) == len(model.believed)


@given(st.integers(0, 3 * MOST), st.integers(0, 2 * MOST))
def test_no_more_are_marked_than_can_be_the_first_first(before: int, more: int) -> None:
    none: Marks[int] = Marks()
    marks = none.with_all(range(-before, 0)).with_all(range(more))
    assert len(marks) == min(MOST, before + more)
    assert marks.keys >= set(range(min(more, MOST - min(before, MOST))))
    assert len(marks.turned(5_000)) == min(MOST, len(marks) + 1)


def test_a_range_goes_from_the_last_mark_to_the_cursor_either_way() -> None:
    assert list(places_between(2, 5)) == [2, 3, 4, 5]
    assert list(places_between(5, 2)) == [5, 4, 3, 2]
    assert list(places_between(None, 4)) == [4]


def test_a_mark_that_was_taken_off_is_where_the_next_range_begins() -> None:
    none: Marks[str] = Marks()
    marks = none.turned("a").turned("b").turned("b")
    assert (sorted(marks.keys), marks.last) == (["a"], "b")
    assert marks.among("xyz") == Marks()


def test_what_an_act_is_done_to_and_why_not_to_the_others() -> None:
    shared = share([1, 2, 3, 4, 5], lambda each: "" if each < 3 else "odd" if each % 2 else "even")
    assert (shared.taken, shared.number, shared.left_words) == ((1, 2), 5, "2 odd, 1 even")
    assert share([], str).number == 0
    assert share([1], lambda _: "").left_words == ""


def test_a_few_are_named_and_the_rest_is_counted() -> None:
    assert [named("abcde"[:n]) for n in range(6)] == [
        "",
        "a",
        "a and b",
        "a, b and c",
        "a, b, c and d",
        "a, b, c and 2 more",
    ]
