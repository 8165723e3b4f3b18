"""Cells become strips that fill their width, in the inks they name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rich.style import Style

from console.ui.kit.row_list import cell_strip

if TYPE_CHECKING:
    from console.terminal.theme import Ink
    from console.ui.kit.format import Cells

GREY = Style(color="#777777")


def ink(name: Ink) -> Style:
    return GREY if name == "quiet" else Style()


@pytest.mark.parametrize(
    ("cells", "text"),
    [
        ([], "      "),
        ([("ab", "plain")], "ab    "),
        ([("abcd", "plain"), ("efgh", "quiet")], "abcdef"),
        ([("中文", "plain"), ("中文", "plain")], "中文中"),
        ([("abcde", "plain"), ("中", "plain")], "abcde "),
    ],
)
def test_a_strip_is_as_wide_as_its_line(cells: Cells, text: str) -> None:
    strip = cell_strip(cells, 6, Style(), ink)
    assert strip.text == text
    assert strip.cell_length == 6


def test_each_piece_has_its_ink_on_the_base_and_what_fills_the_line_is_one_piece_with_its_end() -> None:
    lit = Style(bgcolor="#222222")
    strip = cell_strip([("a", "plain"), ("b", "quiet")], 6, lit, ink)
    assert [(segment.text, segment.style) for segment in strip] == [("a", lit), ("b    ", lit + GREY)]
