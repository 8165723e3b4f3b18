from __future__ import annotations

import csv

import pytest

from console.protocol.text.spreadsheet import csv_line, literal, plain, utc
from tests.support.backend import NOON


@pytest.mark.parametrize("value", ["=1+1", "+cmd|x", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", "+86 136"])
def test_formulas(value: str) -> None:
    assert plain(value) == f"'{value}"


@pytest.mark.parametrize("value", ["+8613632919026", "-5", "10086", "a=1", "", " =1", 5, None, True])
def test_no_formulas(value: object) -> None:
    assert plain(value) == value


def test_a_row_is_one_whatever_is_in_it() -> None:
    line = csv_line(["=1", 'a "b", c', "two\nlines", None, 7])
    assert next(csv.reader([*line.splitlines(keepends=True)])) == ["'=1", 'a "b", c', "two\nlines", "", "7"]


def test_a_moment_for_programs() -> None:
    assert utc(NOON + 0.25) == "2026-11-22T12:00:00.250Z"


@pytest.mark.parametrize(
    "words",
    ["007", "2E5", "1-2", "1/2", "3:30", "+8613632919026", "123456789012", "(5)", "TRUE", "May 5", "=1+1", "@x", " 7"],
)
def test_excel_shows_what_it_would_change(words: str) -> None:
    assert literal(words) == f'="{words}"'


@pytest.mark.parametrize(
    "words", ["", "hello", "0", "10086", "Maya", "true story", "2026-11-22T12:00:00.000Z", 7, None]
)
def test_what_excel_leaves_alone_stays_as_it_is(words: object) -> None:
    assert literal(words) == words


def test_no_literal_can_be_left_from_inside() -> None:
    assert literal('="x"&CALL()') == '="=""x""&CALL()"'
    for odd in ("=" * 256, "=a\nb"):
        assert literal(odd) == f"'{odd}"
    assert csv_line(["007", 7], excel=True) == '"=""007""",7'
