from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.protocol.text.terminal import MOST_LINES, Line, Run, render


def text(lines: tuple[Line, ...]) -> list[str]:
    return ["".join(run.text for run in line) for line in lines]


def test_colours_become_runs() -> None:
    [line] = render(["\x1b[1;36;40mcore show\x1b[0;37;40m  help\x1b[31m!\x1b[38;5;196m?"], 80)
    assert line == (
        Run("core show", "cyan", bold=True),
        Run("  help", "white"),
        Run("!", "red"),
        Run("?", "ff0000"),
    )


@pytest.mark.parametrize(
    ("output", "shown"),
    [
        (["plain", "", "x"], ["plain", "", "x"]),
        (["a\tb"], ["a       b"]),
        (["12%\r34%"], ["34%"]),
        (["abc\x08d"], ["abd"]),
        (["one", "two\x1b[1A\x1b[2K\rover"], ["over", "two"]),
        (["\x1b]52;c;ZXZpbA==\x07kept", "\x1b]0;title\x1b\\too"], ["kept", "too"]),
        (["\x1b[?25l\x1b[6n\x1b[cstill"], ["still"]),
        (["before", "\x1b[?1modd"], ["before", "␛[?1modd"]),
        ([], []),
    ],
)
def test_sequences_are_obeyed_in_the_grid_and_go_no_further(output: list[str], shown: list[str]) -> None:
    assert text(render(output, 80)) == shown


def test_long_lines_go_on_below_in_cells_not_characters() -> None:
    assert text(render(["x" * 50], 20)) == ["x" * 20, "x" * 20, "x" * 10]
    assert text(render(["余" * 15], 20)) == ["余" * 10, "余" * 5]
    assert text(render(["\x1b[31m" + "余" * 15], 20)) == ["余" * 10, "余" * 5]


def test_a_secret_is_masked_even_where_colours_stand_in_it() -> None:
    assert text(render(["http://x/?pass\x1b[31mword=hunter2"], 80)) == ["http://x/?password=***"]
    assert text(render(["Secret: hunter2"], 80)) == ["Secret: ***"]


def test_the_last_lines_of_a_long_output_are_kept() -> None:
    lines = render([f"line {number}" for number in range(MOST_LINES + 5)], 80)
    assert len(lines) == MOST_LINES
    assert text(lines)[-1] == f"line {MOST_LINES + 4}"


@pytest.mark.parametrize("sequence", ["\x1b[2J\x1b[H", "\x1b#8", "\x1bD", "\x0b", "\x1b[9999L"])
def test_an_output_that_means_to_keep_us_busy_is_shown_with_marks(sequence: str) -> None:
    lines = text(render([sequence * 100] * 50, 80))
    assert all(not {char for char in line if ord(char) < 32} for line in lines)
    assert any("␛" in line or "␋" in line for line in lines)


PIECES = st.sampled_from(
    ["\x1b[", "\x1b]", "\x9b", "?", ";", "3", "9", "m", "H", "J", "A", "h", "l", "\x07", "\r", "\x1b", "a", "余"]
)


@settings(deadline=None)
@given(st.lists(st.lists(PIECES | st.characters(codec="utf-8"), max_size=20).map("".join), max_size=6))
def test_whatever_comes_no_sequence_is_left(output: list[str]) -> None:
    for line in text(render(output, 40)):
        assert "\x1b" not in line
        assert "\n" not in line
