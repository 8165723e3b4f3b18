from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from console.ui.kit.dialogs import ChooseScreen
from tests.support.operator import Operator, console

if TYPE_CHECKING:
    from pathlib import Path


def ask(operator: Operator) -> list[int | None]:
    """Where the answers end up."""
    answers: list[int | None] = []
    options = [("one [/x]\x1b[2J", 10), ("two", 20)]
    operator.app.push_screen(ChooseScreen("Which [/x]?", options, remark="Think [/x]."), answers.append)
    return answers


@pytest.mark.parametrize(
    ("keys", "answer"),
    [(("enter",), 10), (("down", "enter"), 20), (("2",), 20), (("escape",), None), (("9", "1"), 10)],
)
async def test_one_is_taken_by_cursor_or_number_or_none(
    tmp_path: Path, keys: tuple[str, ...], answer: int | None
) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        answers = ask(operator)
        await operator.sees("Which [/x]?", "1 one [/x]␛[2J", "2 two", "Think [/x].")
        await operator.press(*keys)
        await operator.until(lambda: answers == [answer])
        assert operator.app.is_running
