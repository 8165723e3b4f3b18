"""The gateway's own splitting: the worked numbers of the protocol sheet."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.simulator.radio.splitter import escape, split_2014, split_2019


@pytest.mark.parametrize(
    ("text", "lengths"),
    [
        ("a" * 160, [160]),
        ("a" * 161, [140, 21]),
        ("a" * 281, [140, 140, 1]),
        ("ж" * 67, [67]),
        ("ж" * 68, [67, 1]),
        ("ж" * 71, [67, 4]),
        ("ж" * 135, [67, 67, 1]),
        ("é" + "a" * 67, [67, 1]),
        ("", [0]),
    ],
)
def test_2019(text: str, lengths: list[int]) -> None:
    assert [len(part) for part in split_2019(text)] == lengths


def test_china_telecom_gets_unicode_sizes_for_any_text() -> None:
    assert [len(part) for part in split_2019("a" * 70, "CHN-CT")] == [70]
    assert [len(part) for part in split_2019("a" * 71, "China Telecom")] == [67, 4]


def test_at_most_20_parts() -> None:
    assert len(split_2019("a" * 5000)) == 20


@pytest.mark.parametrize(
    ("text", "lengths"),
    [("a" * 160, [160]), ("a" * 161, [152, 9]), ("ж" * 80, [80]), ("ж" * 81, [67, 14]), ("", [0])],
)
def test_2014(text: str, lengths: list[int]) -> None:
    assert [len(part) for part in split_2014(text)] == lengths


@given(st.text(max_size=900))
def test_nothing_is_lost_while_the_parts_last(text: str) -> None:
    assert "".join(split_2019(escape(text))) == escape(text)
    assert "".join(split_2014(text)) == text


def test_escaping_may_be_cut_in_two() -> None:
    parts = split_2019(escape("a" * 139 + '"' + "b" * 30))
    assert parts[0].endswith("\\")
    assert parts[1].startswith('"')
