from __future__ import annotations

import pyte
import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from console.terminal.steady_columns import steady

DISPUTED = ["मिलते हैं", "👨‍👩‍👧", "e\u0301\u0302", "❤\ufe0f", "กำลัง", "שָׁלוֹם"]


def shown(data: str, columns: int = 60) -> str:
    screen = pyte.Screen(columns, 2)
    pyte.Stream(screen).feed(data)
    return str(screen.display[0])


@pytest.mark.parametrize("text", DISPUTED)
def test_what_follows_stands_where_it_was_meant_to(text: str) -> None:
    screen = pyte.Screen(60, 2)
    pyte.Stream(screen).feed(steady(f"\x1b[31m{text}\x1b[0m") + "|")
    assert screen.buffer[0][cell_len(text)].data == "|"


@pytest.mark.parametrize("plain", ["ASCII \x1b[31mred\x1b[0m", "Grüße, Привет, 您的余额", "╭─ Inbox ──╮", ""])
def test_undisputed_text_is_left_alone(plain: str) -> None:
    assert steady(plain) == plain


def test_sequences_are_left_alone() -> None:
    title = "\x1b]0;हैं\x07"
    assert steady(title) == title
    assert steady(f"{title}\x1b[1;31m").endswith("\x1b[1;31m")


@given(st.lists(st.sampled_from(["a", "हैं", "\x1b[31m", "\x1b[0m", "您", "❤\ufe0f", "\n"])))
def test_nothing_is_lost_and_nothing_changes_its_order(pieces: list[str]) -> None:
    data = "".join(pieces)
    position = 0
    steadied = steady(data)
    for piece in pieces:
        position = steadied.index(piece, position) + len(piece)


def test_a_row_that_gets_shorter_leaves_nothing_behind() -> None:
    assert shown("XXXXXXXXXX\r" + steady("हैं    ") + "|").count("X") == 10 - cell_len("हैं    ") - 1
