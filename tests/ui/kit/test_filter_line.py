"""The line above a list: how it comes, stays and goes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.app import App
from textual.widgets import Button

from console.protocol.query.log import LOG
from console.ui.kit.filter_line import FilterLine

if TYPE_CHECKING:
    from textual.app import ComposeResult


class OneLine(App[None]):
    """A line above a button, which stands for the list."""

    CSS = "FilterLine { display: none; }"

    def compose(self) -> ComposeResult:
        yield FilterLine(LOG, id="line")
        yield Button("list")

    def on_filter_line_left(self) -> None:
        self.screen.set_focus(self.query_one(Button))

    @property
    def line(self) -> FilterLine:
        return self.query_one(FilterLine)

    @property
    def state(self) -> tuple[bool, str]:
        """Whether the line is there, and what stands in it."""
        return self.line.display, self.line.value


async def test_it_is_there_once_it_is_opened_and_letters_go_into_it() -> None:
    app = OneLine()
    async with app.run_test() as pilot:
        assert app.state == (False, "")
        app.line.open()
        await pilot.press("a", "b")
        assert app.state == (True, "ab")


async def test_enter_goes_to_the_list_and_the_words_stay() -> None:
    app = OneLine()
    async with app.run_test() as pilot:
        app.line.open()
        await pilot.press("a", "enter")
        assert app.focused is app.query_one(Button)
        assert app.state == (True, "a")


async def test_escape_clears_the_words_and_hides_the_line() -> None:
    app = OneLine()
    async with app.run_test() as pilot:
        app.line.open()
        await pilot.press("a", "escape")
        assert app.focused is app.query_one(Button)
        assert app.state == (False, "")


async def test_an_empty_line_does_not_stay() -> None:
    app = OneLine()
    async with app.run_test() as pilot:
        app.line.open()
        await pilot.press("down")
        assert app.state == (False, "")
