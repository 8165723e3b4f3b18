from __future__ import annotations

from typing import TYPE_CHECKING

from console.config import Regions
from tests.support.operator import console

if TYPE_CHECKING:
    from pathlib import Path


async def test_the_list_says_for_each_to_which_number_it_goes_or_why_not(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24), regions=Regions("DE")) as operator:
        await operator.press("n")
        await operator.types("0151 12345678, +4915112345678; [/x], Bob <10086>")
        await operator.press("ctrl+l")
        await operator.sees("2 recipients  1 twice, 1 refused")
        assert operator.line_with("entry 3").split("✗")[1].split()[:3] == ["entry", "3", "[/x]"]
        assert "duplicate: sent" in operator.line_with("entry 2")
        line = operator.line_with("→ entry 1")
        assert "0151 12345678" in line
        assert "+4915112345678" in line
        assert "Bob" in operator.line_with("→ entry 4")
        await operator.press("ctrl+l")
        await operator.sees("To    0151 12345678")


async def test_fields_of_a_list_stand_beside_the_number(tmp_path: Path) -> None:
    (tmp_path / "l.csv").write_text("number,name,day\n10086,Anna,Monday\n", encoding="utf-8")
    async with console(tmp_path) as operator:
        await operator.press("n")
        await operator.pastes(f"@{tmp_path}/l.csv")
        await operator.sees("l.csv: 1 recipient")
        await operator.press("ctrl+l")
        await operator.sees("name=Anna  day=Monday")


async def test_there_is_nothing_to_list_before_somebody_is_named(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        await operator.press("n", "ctrl+l")
        await operator.sees("To is empty.")
        await operator.types("@/nowhere")
        await operator.press("ctrl+l")
        await operator.until(lambda: operator.screen.count("No such file") == 2)
