"""The last line: as many keys as fit, and always the one that shows them all."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.support.operator import console
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
                await operator.until(lambda: "? Help" in operator.lines[-1], where)
                assert len(operator.lines[-1]) == width
                assert "enter Open" in operator.lines[-1] or pane in "45", where
            await operator.press("3")  # where letters are text it is another
            await operator.until(lambda: "^p Commands" in operator.lines[-1], f"{width} columns, form")
            assert "? Help" not in operator.lines[-1]
            await operator.press("escape")


async def test_keys_are_whole_and_in_their_order(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        await operator.press("1")
        await operator.sees("enter Open  r Reply  / Search", "? Help")
        short = operator.lines[-1].split("? Help")[0].strip()
        await operator.pilot.resize_terminal(200, 50)
        await operator.sees("? Help  q Quit")
        assert operator.lines[-1].strip().startswith(short)


class Looking(Recorder):
    def read_only(self) -> str:
        return "so it is"


async def test_what_may_not_be_done_is_not_offered_where_one_may_only_look(tmp_path: Path) -> None:
    async with console(tmp_path, size=(120, 40), backend_type=Looking) as operator:
        await operator.sees(" READ ONLY ")
        for pane, offered, barred in (
            ("2", ("* USSD", "s Sort"), ("p Power", "N Note")),
            ("1", ("/ Search", "z Zoom"), ("r Reply", "m Claim", "d Done", "n New")),
            ("5", ("/ Search", "b Batches"), ("e Resend", "i Ask", "S Settle", "x Cancel")),
        ):
            await operator.press(pane)
            await operator.sees(*offered)
            assert [key for key in barred if key in operator.lines[-1]] == []
        for size in ((80, 24), (30, 24)):
            await operator.pilot.resize_terminal(*size)
            await operator.until(lambda: " READ ONLY " in operator.lines[0], "the badge at any width")


async def test_where_one_may_do_anything_no_badge_says_otherwise(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        await operator.sees("r Reply")
        assert "READ ONLY" not in operator.screen
