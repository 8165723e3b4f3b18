from __future__ import annotations

from typing import TYPE_CHECKING

from console.ui.compose.templates import TemplatesScreen

if TYPE_CHECKING:
    from tests.support.operator import Operator

SIZE = (80, 24)

TEXTS = {"closed [/x]": "We are closed.\nSorry.", "hello": "Hello \x1b[31m{name}"}


def ask(operator: Operator) -> list[int | None]:
    """Where the positions end up."""
    taken: list[int | None] = []
    operator.app.push_screen(TemplatesScreen(TEXTS), taken.append)
    return taken


async def test_name_and_first_line_of_each_are_shown_and_act_on_nothing(operator: Operator) -> None:
    ask(operator)
    await operator.sees("closed [/x]", "We are closed.", "Hello ␛[31m{name}")
    assert "Sorry." not in operator.screen


async def test_enter_takes_one_and_what_is_typed_behind_it_goes_below(operator: Operator) -> None:
    taken = ask(operator)
    await operator.sees("closed")
    await operator.press("enter", "5")
    await operator.sees("Nothing sent yet")
    assert taken == [0]


async def test_esc_takes_nothing(operator: Operator) -> None:
    taken = ask(operator)
    await operator.sees("closed")
    await operator.press("escape")
    await operator.until(lambda: taken == [None])
