from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events

from console.ui.kit.dialogs import AskScreen

if TYPE_CHECKING:
    from tests.support.operator import Operator

SIZE = (80, 24)


def ask(operator: Operator, screen: AskScreen) -> list[str | None]:
    """Where the answers end up."""
    answers: list[str | None] = []
    operator.app.push_screen(screen, answers.append)
    return answers


async def test_enter_answers_with_the_line_and_no_blanks_around_it(operator: Operator) -> None:
    answers = ask(operator, AskScreen("Name of the [view]", "night", remark="It is kept [/x]."))
    await operator.sees("Name of the [view]", "night", "It is kept [/x].", "enter OK, esc cancel")
    await operator.types(" shift q ")
    await operator.press("enter")
    await operator.until(lambda: answers == ["night shift q"])
    assert operator.app.is_running


async def test_esc_answers_nothing(operator: Operator) -> None:
    answers = ask(operator, AskScreen("Name", "night"))
    await operator.sees("night")
    await operator.press("escape")
    await operator.until(lambda: answers == [None])


async def test_an_empty_line_is_an_answer(operator: Operator) -> None:
    answers = ask(operator, AskScreen("Name", placeholder="a word"))
    await operator.sees("a word")
    await operator.press("enter")
    await operator.until(lambda: answers == [""])


async def test_keys_typed_behind_enter_go_to_what_is_below(operator: Operator) -> None:
    answers = ask(operator, AskScreen("Name"))
    await operator.sees("Name")
    await operator.press("a", "enter", "5")
    await operator.sees("Nothing sent yet")
    assert answers == ["a"]


async def test_a_line_that_comes_in_one_burst_is_taken_whole(operator: Operator) -> None:
    answers = ask(operator, AskScreen("Name"))
    await operator.sees("Name")
    for letter in "port2off":
        operator.app.post_message(events.Key(letter, letter))
    operator.app.post_message(events.Key("enter", "\r"))
    await operator.until(lambda: answers == ["port2off"])


async def test_what_stands_in_the_line_to_begin_with_acts_on_nothing(operator: Operator) -> None:
    ask(operator, AskScreen("Name", "\x1b[31m[red]x"))
    await operator.sees("␛[31m[red]x")
