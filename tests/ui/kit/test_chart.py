from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.ui.kit.chart import axis, columns, spark

VALUES = st.lists(st.one_of(st.none(), st.floats(0, 1e6)), max_size=40)


def test_a_spark_shows_the_newest_values_and_what_is_missing() -> None:
    assert spark([0, None, 31, 16], 6, 31) == "  ▁·█▄"
    assert spark([31, 31, 1], 2, 31) == "█▁"
    assert spark([], 3, 31) == "   "
    assert spark([5], 0, 31) == ""


def test_columns_grow_from_the_bottom() -> None:
    assert columns([4, 2, None, 0], 2, 4) == ["█   ", "██· "]
    assert columns([4, 1], 1, 4, cell=3) == ["██ ▂▂ "]


def test_a_little_is_never_drawn_as_nothing() -> None:
    assert columns([1, 0], 3, 10_000) == ["  ", "  ", "▁ "]


def test_nothing_at_all_is_drawn_as_nothing() -> None:
    assert columns([0, 0], 2, 0) == ["  ", "  "]
    assert spark([0.0], 1, 0) == "▁"


def test_an_axis_leaves_out_what_would_touch() -> None:
    assert axis(["09", "", "", "12"], 2) == "09    12"
    assert axis(["100", "200", "300"], 2) == "100 300"


@given(VALUES, st.integers(1, 5), st.integers(1, 4))
def test_columns_are_as_wide_as_their_values(values: list[float | None], height: int, cell: int) -> None:
    top = max((value for value in values if value is not None), default=0)
    lines = columns(values, height, top, cell=cell)
    assert {len(line) for line in lines} == {cell * len(values)}
    assert len(lines) == height


@given(VALUES, st.integers(0, 60))
def test_a_spark_is_as_wide_as_it_should_be(values: list[float | None], width: int) -> None:
    assert len(spark(values, width, 31)) == width


@pytest.mark.parametrize("value", [31, 40])
def test_what_is_above_the_top_is_the_top(value: float) -> None:
    assert spark([value], 1, 31) == columns([value], 1, 31)[0] == "█"
