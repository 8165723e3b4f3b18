from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from textual.widgets import Input

from console.ui.app.app import ConsoleApp
from console.ui.app.help import HelpList, arranged, entry_cells
from console.ui.keys.actions import ACTIONS
from console.ui.keys.commands import ELSEWHERE, Command, everything
from console.ui.keys.keymap import Keymap
from tests.support.operator import Operator, console
from tests.support.settling import settled

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def rebind(operator: Operator, keys: Mapping[str, str]) -> None:
    """The keys of a configuration, on a console that runs already."""
    operator.app.keys = Keymap(keys)
    operator.app.set_keymap(operator.app.keys.own)


async def help_lines(operator: Operator) -> list[str]:
    await operator.press("question_mark")
    await operator.sees("type to search")
    return shown(operator)


def shown(operator: Operator) -> list[str]:
    """What stands between frames, line by line."""
    return [" ".join(part.strip(" ▁▂▃▄▅▆▇█").split()) for line in operator.lines for part in line.split("│")]


async def test_help_is_found_in_by_typing_and_run_from(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        operator.receives("hello")
        await operator.sees("hello")
        lines = await help_lines(operator)
        assert lines.index("Inbox") < lines.index("r :reply Reply to the sender")
        await operator.types("fullscr")
        await operator.until(lambda: "z :zoom Full screen on or off" in shown(operator))
        assert "Inbox" not in shown(operator)
        await operator.press("enter")
        await operator.until(lambda: operator.app.screen_stack[0]._zoomed is True, "it is done")  # type: ignore[attr-defined]
        await operator.press("z", "4")
        await operator.sees("AMI  gw1")
        lines = await help_lines(operator)
        assert "AMI log" in lines
        assert "Inbox" not in lines
        # What works elsewhere is found as well; one that wants a word goes on in the command line.
        await operator.types("nothing of the kind")
        await operator.sees("No match.")
        await operator.press("enter")
        await operator.press(*["backspace"] * 19)
        await operator.types("theme")
        await operator.until(lambda: any(line.startswith(":theme") for line in shown(operator)))
        await operator.press("enter")
        await operator.sees("dark  light  colourblind")
        await operator.types("light")
        await operator.press("enter")
        await operator.until(lambda: operator.app.theme == "gsm-light")
        operator.app.show_in("dark")


async def test_where_there_is_room_what_works_elsewhere_stands_beside(tmp_path: Path) -> None:
    async with console(tmp_path, size=(140, 40)) as operator:
        await operator.press("question_mark")
        await operator.sees("type to search")
        assert any("Inbox" in line and "In text fields" in line for line in operator.lines)
        rows = operator.app.screen.query_one(HelpList)
        first = rows.chosen
        await operator.press("tab", "down", "down")
        assert rows.chosen is not None
        assert first is not None
        assert (first.scope, rows.chosen.scope) == ("inbox", "lines")
        await operator.press("tab", "pageup", "up")
        assert rows.chosen == first
        await operator.press("escape")
        assert operator.app.screen is operator.app.screen_stack[0]


async def test_help_is_there_over_any_screen_and_a_letter_in_a_line(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.receives("hello")
        await operator.sees("hello")
        await operator.press("t")
        await operator.sees("1 message")
        lines = await help_lines(operator)
        assert lines.index("Conversation") < lines.index("In lists")
        await operator.press("escape")
        await operator.press("r")
        await operator.until(lambda: isinstance(operator.app.focused, Input), "the answer's line")
        await operator.press("question_mark")
        await settled(operator.app)
        assert "type to search" not in operator.screen


async def test_footer_help_and_keys_follow_the_configuration(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        rebind(operator, {"compose.new": "e", "inbox.search": "i", "app.help": "H"})
        operator.receives("hello")
        await operator.sees("hello", "i Search", "e New")
        assert "n New" not in operator.screen
        await operator.press("n", "slash")
        await operator.press("H")
        await operator.sees("type to search")
        assert any(line.startswith("i :search Search by words and fields: port:2") for line in shown(operator))
        await operator.press("escape", "e")
        await operator.sees("^t Send")
        await operator.press("escape", "i")
        await operator.types("nothing like it")
        await operator.sees("0 of 1")


async def test_what_is_typed_behind_a_key_of_ones_own_lands_where_it_belongs(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        rebind(operator, {"compose.new": "e"})
        await operator.press("e", *"10086")
        await operator.until(lambda: operator.app.focused is not None, "the form")
        await operator.sees("10086")


def test_every_action_is_in_the_help() -> None:
    near, far = arranged(everything(lambda *_: ELSEWHERE), [], "")
    assert near == []
    found = [row.action for row in far if isinstance(row, Command)]
    assert found == [action for actions in ACTIONS.values() for action in actions]
    for row in far:
        words = "".join(text for text, _ in entry_cells(row, 200, Keymap()))
        assert (row.action.help if isinstance(row, Command) else row) in words


async def test_the_application_takes_its_keys_from_the_configuration(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        sources = replace(operator.app._sources, keys={"app.quit": "Q"})
        app = ConsoleApp(sources)
        async with app.run_test(size=(80, 24)) as pilot:
            await pilot.press("q")
            assert len(app.screen_stack) == 1
            await pilot.press("Q")
            await pilot.pause()
            assert len(app.screen_stack) == 2


async def test_what_the_panes_say_of_keys_follows_the_configuration(tmp_path: Path) -> None:
    keys = {"ami.routine": "P", "app.receiver": "percent_sign", "compose.recipients": "ctrl+g"}
    async with console(tmp_path, keys=keys) as operator:
        operator.backend.status = replace(operator.backend.status, refused=2)
        await operator.sees("routine hidden, P shows it", "2 refused (%)")
        await operator.press("n")
        await operator.pastes("10086, 10010")
        await operator.sees("(^g lists)")
