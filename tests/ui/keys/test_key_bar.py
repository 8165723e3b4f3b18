"""The last line: as many keys as fit, and always the one that shows them all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.color import Color

from console.ui.keys.key_bar import KeyBar
from tests.support.operator import Operator, console
from tests.ui.app.test_read_only import Recorder

if TYPE_CHECKING:
    from pathlib import Path


async def test_whatever_the_width_the_key_for_all_keys_stands_there(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        for width in (30, 60, 80, 120):
            await operator.pilot.resize_terminal(width, 24)
            for pane in "1245":
                await operator.press(pane)
                where = f"{width} columns, pane {pane}"
                await operator.until(lambda: "? Keys" in operator.lines[-1], where)
                assert len(operator.lines[-1]) == width
                assert "enter Open" in operator.lines[-1] or pane in "45", where
            await operator.press("3")  # where letters are text it is another
            await operator.until(lambda: "^p Commands" in operator.lines[-1], f"{width} columns, form")
            assert "? Keys" not in operator.lines[-1]
            await operator.press("escape")


async def test_keys_are_whole_and_in_their_order(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        await operator.press("1")
        await operator.sees("enter Open  r Reply  / Search", "? Keys")
        short = operator.lines[-1].split("? Keys")[0].strip()
        await operator.pilot.resize_terminal(200, 50)
        await operator.sees("? Keys  q Quit")
        assert operator.lines[-1].strip().startswith(short)


def ink_of(operator: Operator, words: str) -> Color:
    """What a binding is drawn with."""
    bar = operator.app.screen.query_one(KeyBar)
    [strip] = bar.render_lines(bar.size.region)
    [style] = [segment.style for segment in strip if segment.text.strip() == words]
    assert style is not None
    assert style.color is not None
    return Color.from_rich_color(style.color)


class Looking(Recorder):
    def read_only(self) -> str:
        return "so it is"


async def test_what_may_not_be_done_is_dim_where_one_may_only_look(tmp_path: Path) -> None:
    async with console(tmp_path, size=(120, 40)) as operator:
        await operator.press("2")
        await operator.sees("* USSD")
        assert ink_of(operator, "p") == ink_of(operator, "o")
    (tmp_path / "looking").mkdir()
    async with console(tmp_path / "looking", size=(120, 40), backend_type=Looking) as operator:
        await operator.press("2")
        await operator.sees("* USSD")
        assert ink_of(operator, "p") != ink_of(operator, "o")
        assert ink_of(operator, "Power") == ink_of(operator, "p")
