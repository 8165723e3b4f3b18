from __future__ import annotations

import pyte
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from console.terminal.lean_frames import LeanFrames, cells_of, change_of, read_style
from console.terminal.steady_columns import RESTORE, SAVE, is_disputed, steady

COLUMNS, ROWS = 24, 3
RED, BLUE = "38;2;200;0;0;48;2;0;0;0", "1;38;2;0;0;200;48;2;9;9;9"
STYLES = (RED, BLUE, "4;" + RED, "7", "32", "94;41", "")


def frame(*pieces: tuple[int, int, str, str]) -> str:
    """As Textual draws it: of each piece row, column, style and text."""
    return "".join(f"\x1b[{row};{column}H\x1b[{style}m{text}\x1b[0m" for row, column, style, text in pieces)


def test_a_frame_drawn_again_is_nothing() -> None:
    frames = LeanFrames()
    drawn = frame((1, 1, RED, "ready"), (2, 1, BLUE, "您好 ●"))
    assert "ready" in frames.lean(drawn)
    assert frames.lean(drawn) == ""


def test_only_what_changed_is_sent() -> None:
    frames = LeanFrames()
    frames.lean(frame((1, 1, RED, "AMI up 10s  following")))
    assert frames.lean(frame((1, 1, RED, "AMI up 20s  following"))) == "\x1b[1;8H\x1b[38;2;200;0;0;48;2;0;0;0m2\x1b[0m"


def test_another_colour_is_a_change_except_on_blanks() -> None:
    frames = LeanFrames()
    frames.lean(frame((1, 1, "31", "a"), (1, 2, "31", "   ")))
    assert frames.lean(frame((1, 1, "32", "a"), (1, 2, "33", "   "))) == "\x1b[1;1H\x1b[32ma\x1b[0m"
    assert "   " in frames.lean(frame((1, 2, "7", "   ")))


def test_after_forgetting_all_is_sent_again() -> None:
    frames = LeanFrames()
    drawn = frame((1, 1, RED, "ready"))
    first = frames.lean(drawn)
    frames.forget()
    assert frames.lean(drawn) == first


def test_what_may_change_the_picture_is_passed_on_and_makes_it_forget() -> None:
    frames = LeanFrames()
    frames.lean(frame((1, 1, RED, "ready")))
    assert frames.lean("\x1b[2J") == "\x1b[2J"
    assert "ready" in frames.lean(frame((1, 1, RED, "ready")))
    assert frames.lean("\x1b[6n\x07\x1b]52;c;YQ==\x07") == "\x1b[6n\x07\x1b]52;c;YQ==\x07"
    assert "ready" not in frames.lean(frame((1, 1, RED, "ready")))


def test_text_of_disputed_width_sends_the_rest_of_its_line() -> None:
    frames = LeanFrames()
    rest = (1, 9, RED, "the rest")
    frames.lean(frame((1, 1, RED, "मिलते"), (1, 7, RED, "  "), rest))
    assert "the rest" in frames.lean("\x1b[1;1H\x1b[31mplain   \x1b[0m\x1b[31mthe rest\x1b[0m")
    again = frames.lean("\x1b[1;1H\x1b[31mplain   \x1b[0m\x1b[31mthe rest\x1b[0m")
    assert "the rest" not in again


WIDE = "मिलते हैं"
"""Takes more cells of a `Generous` terminal than Textual counts."""


class Generous(pyte.Screen):
    """A terminal that gives a cell to each vowel sign, as many do."""

    def draw(self, data: str) -> None:
        for character in data:
            super().draw("w" if is_disputed(character) else character)


def test_text_that_takes_more_room_than_counted_leaves_its_neighbours_whole() -> None:
    frames, screen = LeanFrames(), Generous(COLUMNS, ROWS)
    stream = pyte.Stream(screen)
    width = cell_len(WIDE)
    assert len(WIDE) > width, "it would run into what is behind it"
    edge = "│" * (COLUMNS - width)
    stream.feed(steady(frames.lean(frame((1, 1, RED, " " * width), (1, width + 1, BLUE, edge)))))
    for text in (WIDE, "plain".ljust(width), WIDE):
        stream.feed(steady(frames.lean(frame((1, 1, RED, text)))))
        assert screen.display[0][width:] == edge
    stream.feed(steady(frames.lean(f"\x1b[1;1H\x1b[{RED}m{WIDE}\x1b[0m\x1b[{RED}mnext\x1b[0m")))
    assert screen.display[0][width : width + 4] == "next"


def test_blanks_drawn_behind_text_that_takes_more_room_cover_none_of_it() -> None:
    frames, screen = LeanFrames(), Generous(COLUMNS, ROWS)
    pyte.Stream(screen).feed(steady(frames.lean(f"\x1b[1;1H\x1b[{RED}m{WIDE}\x1b[0m\x1b[{RED}m        \x1b[0m")))
    assert screen.display[0].split()[-1] == "www"


def test_blanks_behind_text_of_disputed_width_push_nothing_on() -> None:
    frames, screen = LeanFrames(), Generous(COLUMNS, ROWS)
    stream = pyte.Stream(screen)
    stream.feed(steady(frames.lean(frame((1, 1, RED, " " * 20), (1, 21, BLUE, "│ok│")))))
    drawn = frames.lean(frame((1, 1, RED, WIDE + " " * (20 - cell_len(WIDE)))))
    assert "ok" not in drawn, "it does not come near"
    stream.feed(steady(drawn))
    assert screen.display[0][20:] == "│ok│"


def test_text_of_disputed_width_that_is_cut_in_two_is_drawn_again_behind_the_cut() -> None:
    """A dialog covers a part of the line, and Textual draws the dialog alone."""
    frames = LeanFrames()
    text = "कल मिलते हैं कल     "
    frames.lean(frame((1, 1, RED, "│"), (1, 2, RED, text)))
    behind = steady(frames.lean(frame((1, 3, BLUE, "│dialog│")))).partition("│dialog│")[2]
    width = 1 + cell_len(text) - 10
    assert f"{SAVE}{' ' * width}{RESTORE}" in behind, "blanks over whatever stood there"
    assert "कल" in behind
    assert "कल" not in frames.lean(frame((1, 3, BLUE, "│closes│"))), "it is known again"


def test_colours_are_changed_by_the_shortest_way() -> None:
    assert change_of(read_style(RED), read_style(RED)) == ""
    assert change_of(read_style("31;40"), read_style("32;40")) == "\x1b[32m"
    assert change_of(read_style("1;31"), read_style("31")) == "\x1b[0;31m"
    assert change_of(read_style("31;44"), read_style("1")) == "\x1b[1;39;49m"
    assert change_of(None, read_style("")) == "\x1b[0m"
    assert read_style("1;0;38;5;7") == read_style("38;5;7")


def shown(screen: pyte.Screen) -> list[list[tuple[object, ...]]]:
    """What an eye can tell: of a blank its ground, underline and so on, but not its ink."""
    rows = []
    for y in range(ROWS):
        row: list[tuple[object, ...]] = []
        for x in range(COLUMNS):
            it = screen.buffer[y][x]
            seen = (it.bg, it.underscore, it.reverse)
            row.append(
                seen if it.data == " " and not (it.underscore or it.reverse) else (*seen, it.data, it.fg, it.bold)
            )
        rows.append(row)
    return rows


texts = st.text(st.sampled_from("ab c●─您余🎂"), min_size=1, max_size=8).filter(lambda text: cell_len(text) > 0)
pieces = st.tuples(st.integers(1, ROWS), st.integers(1, COLUMNS - 16), st.sampled_from(STYLES), texts)


@given(st.lists(st.lists(pieces, max_size=5), max_size=8))
def test_the_terminal_shows_the_same(sequence: list[list[tuple[int, int, str, str]]]) -> None:
    whole, lean, frames = pyte.Screen(COLUMNS, ROWS), pyte.Screen(COLUMNS, ROWS), LeanFrames()
    streams = pyte.Stream(whole), pyte.Stream(lean)
    blank = frame(*((row, 1, RED, " " * COLUMNS) for row in range(1, ROWS + 1)))
    for drawn in (blank, *(frame(*some) for some in sequence)):
        streams[0].feed(drawn)
        streams[1].feed(frames.lean(drawn))
    # A wide character cut in two is drawn as terminals please.
    final = frame(*((row, 1, BLUE, "x" * (COLUMNS // 2) + " " * (COLUMNS // 2)) for row in range(1, ROWS + 1)))
    if not any(cell_len(text) != len(text) for some in sequence for *_, text in some):
        assert shown(whole) == shown(lean)
    streams[0].feed(final)
    streams[1].feed(frames.lean(final))
    assert shown(whole) == shown(lean)


@given(texts)
def test_a_cell_for_each_cell(text: str) -> None:
    assert len(cells_of(text)) == cell_len(text)
    assert "".join(cells_of(text)) == text
