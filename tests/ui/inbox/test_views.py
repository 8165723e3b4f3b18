from __future__ import annotations

from typing import TYPE_CHECKING

from console.domain.views import View
from console.errors import StoreError
from console.ui.kit.search_line import SearchLine
from tests.support.operator import Operator, console

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from console.protocol.query.inbox import Searched
    from console.protocol.query.table import Query


def some_messages(operator: Operator) -> None:
    first = operator.receives("Your code is 4711", number="Google", port=1)
    operator.receives("Your parcel is here", number="DHL", port=2)
    operator.store.mark_read([first]).result()


def kept(operator: Operator) -> list[View]:
    return [view for view in operator.store.views.all("inbox") if not view.query.startswith(("is:", "after:", "kind:"))]


async def test_a_view_is_taken_by_its_number_and_its_name_is_in_the_title(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        some_messages(operator)
        await operator.sees("parcel", "4711")
        await operator.press("v")
        await operator.sees("0 All", "1 unread", "is:unread", "2 today")
        await operator.press("1")
        await operator.sees("Inbox  view unread  1 of 2", "parcel")
        await operator.until(lambda: "4711" not in operator.screen)
        await operator.press("v", "0")
        await operator.sees("Inbox  2", "4711")
        assert "view" not in operator.line_with("Inbox  2")


async def test_the_cursor_stands_on_the_view_that_is_shown_and_enter_takes_one(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        some_messages(operator)
        await operator.press("v", "down", "enter")
        await operator.sees("view unread")
        await operator.press("v", "down", "enter")
        await operator.sees("view today")


async def test_today_is_another_day_after_midnight(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        some_messages(operator)
        await operator.press("v", "2")
        await operator.sees("view today  2 of 2")
        operator.clock.now += 86_400
        await operator.sees("view today  0 of 2")


async def test_a_search_gets_a_name_and_is_there_again(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        some_messages(operator)
        await operator.press("slash")
        await operator.types("from:dhl")
        await operator.press("enter", "V")
        await operator.sees("Name of the saved search", "Search: from:dhl")
        await operator.types("the post")
        await operator.press("enter")
        await operator.sees("Inbox  view the post  1 of 2")
        assert kept(operator) == [View("the post", "from:dhl")]
        await operator.press("slash")
        await operator.types(" x")
        await operator.sees("Inbox  0 of 2")
        await operator.press("escape", "v", "5")
        await operator.sees("Inbox  view the post  1 of 2")
        assert operator.app.screen.query_one(SearchLine).value == "from:dhl"


async def test_without_a_search_there_is_nothing_to_keep(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        await operator.press("V")
        await operator.sees("Search for something first")


async def test_a_name_that_is_taken_for_good_is_refused(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        some_messages(operator)
        await operator.press("slash")
        await operator.types("code")
        await operator.press("enter", "V")
        await operator.types("today")
        await operator.press("enter")
        await operator.sees("The view `today` is built in.")
        assert kept(operator) == []


async def test_leaving_the_question_keeps_nothing(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        some_messages(operator)
        await operator.press("slash", *"code", "enter", "V", *"abc", "escape")
        await operator.sees("Inbox  1 of 2")
        assert kept(operator) == []


async def test_a_view_is_forgotten_after_a_question(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        operator.store.views.set(View("[/x]", "from:dhl")).result()
        await operator.press("v", "G")
        await operator.sees("5 [/x]")
        await operator.press("delete")
        await operator.sees("Delete the view [/x] for all users?")
        await operator.press("n")
        await operator.sees("5 [/x]")
        await operator.press("delete", "y")
        await operator.until(lambda: "5 [/x]" not in operator.screen)
        assert kept(operator) == []
        await operator.press("G", "delete")
        await operator.sees("This view is built in.", "4 gaps")


async def test_esc_leaves_everything_as_it_is(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        some_messages(operator)
        await operator.sees("Inbox  2")
        await operator.press("v", "escape", "9", "j")
        assert "view" not in operator.line_with("Inbox  2")


async def test_a_store_that_can_t_be_read_is_told(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.store.close()
        await operator.press("v")
        await operator.sees("closed")
        assert operator.app.is_running


async def test_both_times_stand_side_by_side_below_their_names(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        operator.receives("hello")
        await operator.sees("hello")
        assert "our UTC" not in operator.screen
        await operator.press("T")
        await operator.sees("our UTC      gateway      port from")
        assert operator.line_with("our UTC").index("our UTC") == 4
        line = operator.line_with("hello")
        assert "11:59:58     1    +8613632919026" in line
        assert line[4:].startswith("12:00:0")
        await operator.press("T")
        await operator.until(lambda: "our UTC" not in operator.screen)


async def test_in_the_search_line_the_letters_are_text(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.receives("hello")
        await operator.press("slash", "v", "V", "t", "T")
        assert operator.app.screen.query_one(SearchLine).value == "vVtT"


async def test_a_search_that_could_not_be_answered_finds_no_nothing_and_is_made_again(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        some_messages(operator)
        search, failures = operator.store.search_ids, [StoreError("The database is locked.")]

        def fail_once(query: Query[Searched]) -> Iterator[int]:
            if failures:
                raise failures.pop()
            return search(query)

        operator.store.search_ids = fail_once  # type: ignore[method-assign, assignment]
        await operator.press("v", "2")
        await operator.sees("view today  2 of 2")
        assert not failures


async def test_a_view_that_looks_for_something_else_is_replaced_after_a_question(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        operator.store.views.set(View("codes", "code")).result()
        await operator.press("slash")
        await operator.types("parcel")
        for answer, query in (("enter", "code"), ("y", "parcel")):
            await operator.press("enter", "V")
            await operator.types("codes")
            await operator.press("enter")
            await operator.sees("Replace the view codes for all users?")
            await operator.press(answer)
            await operator.until(lambda: len(operator.app.screen_stack) == 1, "the question to be answered")
            await operator.until(lambda query=query: View("codes", query) in kept(operator))  # type: ignore[misc]
