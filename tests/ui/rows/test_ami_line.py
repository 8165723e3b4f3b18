from __future__ import annotations

from console.ui.kit.format import clock_millis
from console.ui.rows.ami_line import Times, log_cells, time_words
from tests.support.ami_records import SENT, heard, note
from tests.support.backend import NOON


def test_times_go_round() -> None:
    assert [Times.CLOCK.following, Times.SINCE.following, Times.UTC.following] == [Times.SINCE, Times.UTC, Times.CLOCK]


def test_a_time_is_written_in_three_ways() -> None:
    at = NOON + 0.102
    assert time_words(at, Times.CLOCK, NOON) == clock_millis(at)
    assert time_words(at, Times.UTC, NOON) == "12:00:00.102Z"
    assert time_words(at, Times.SINCE, NOON) == "      +0.102"
    assert time_words(at, Times.SINCE, None) == " " * 12
    assert time_words(NOON, Times.SINCE, NOON + 1) == "      -1.000"


def test_a_mark_looks_like_nothing_else() -> None:
    assert log_cells(note("here it broke\x1b", mark=True))[1:] == [("◆ ", "accent"), ("here it broke␛", "accent")]
    assert log_cells(note("AMI up"))[1:] == [("─ ", "warn"), ("AMI up", "warn")]
    assert log_cells(heard(SENT))[1][0] == "← "
