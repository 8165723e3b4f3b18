"""Cells become strips that fill their width, in the inks of the widget."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rich.style import Style
from textual.app import App

from console.ui.kit.row_list import CellStrips, RowList

if TYPE_CHECKING:
    from textual.app import ComposeResult

    from console.ui.kit.format import Cells


class Inked(App[None]):
    def compose(self) -> ComposeResult:
        yield RowList()


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
async def test_a_strip_is_as_wide_as_its_line(cells: Cells, text: str) -> None:
    app = Inked()
    async with app.run_test():
        strip = CellStrips(app.query_one(RowList)).strip(cells, 6, Style())
    assert strip.text == text
    assert strip.cell_length == 6


async def test_what_fills_the_line_is_one_piece_with_its_end() -> None:
    app = Inked()
    async with app.run_test():
        strip = CellStrips(app.query_one(RowList)).strip([("a", "plain"), ("b", "quiet")], 6, Style())
    assert [segment.text for segment in strip] == ["a", "b    "]
