from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from textual.widgets import Input

from console.ui.app.app import ConsoleApp
from console.ui.app.help import commands, help_screen
from console.ui.keys.actions import ACTIONS, REBINDABLE
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
    await operator.sees("Keys here, then elsewhere")
    return shown(operator)


def shown(operator: Operator) -> list[str]:
    """What stands between frames, line by line."""
    return [part.strip(" ▁▂▃▄▅▆▇█") for line in operator.lines for part in line.split("│")]


async def test_the_keys_of_where_one_is_stand_on_top(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        operator.receives("hello")
        await operator.sees("hello")
        lines = await help_lines(operator)
        assert lines.index("Inbox") < lines.index("r              Answer the sender")
        await operator.press("escape", "4")
        await operator.sees("AMI  gw1")
        lines = await help_lines(operator)
        assert "AMI log" in lines
        assert "Inbox" not in lines
        await operator.press("G")
        await operator.sees("First setup")
        await operator.press("g")
        await operator.sees("AMI log")


async def test_help_is_there_over_any_screen_and_a_letter_in_a_line(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.receives("hello")
        await operator.sees("hello")
        await operator.press("t")
        await operator.sees("1 message")
        lines = await help_lines(operator)
        assert lines.index("Thread") < lines.index("In lists")
        await operator.press("escape")
        await operator.press("r")
        await operator.until(lambda: isinstance(operator.app.focused, Input), "the answer's line")
        await operator.press("question_mark")
        await settled(operator.app)
        assert "Keys here" not in operator.screen


async def test_footer_help_and_keys_follow_the_configuration(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        rebind(operator, {"compose.new": "e", "inbox.search": "i", "app.help": "H"})
        operator.receives("hello")
        await operator.sees("hello", "i Search", "e New")
        assert "n New" not in operator.screen
        await operator.press("n", "slash")
        await operator.press("H")
        await operator.sees("Keys here, then elsewhere")
        assert "i              Search: words, port:2, from:+8613, is:unread" in shown(operator)
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


async def test_the_palette_knows_every_action_and_its_key(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        rebind(operator, {"inbox.reply": "e,ctrl+e"})
        main = operator.app.screen
        found = {command.title: command.help for command in commands(main, operator.app.keys, lambda *_: None)}
        every = {action.help for actions in REBINDABLE.values() for action in actions}
        assert found.keys() == every
        assert found["Answer the sender"] == "key e ^e"
        assert found["Call off what waits of the batch"] == "key x, in: Batches"
        for key in ("colon", "ctrl+p"):
            operator.app.clear_notifications()
            await operator.until(lambda: "in Batches, key x" not in operator.screen)
            await operator.press(key)
            await operator.types("waits of the batch")
            await operator.sees("key x, in: Batches")
            await operator.press("enter")
            await operator.sees("in Batches, key x")


async def test_the_palette_does_what_works_on_the_screen_that_is_open(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.receives("hello")
        await operator.sees("hello")
        await operator.press("t")
        await operator.sees("1 message")
        await operator.press("colon")
        await operator.types("Back to the list")
        await operator.sees("key esc q t")
        await operator.press("enter")
        await operator.until(lambda: "1 message" not in operator.screen, "back")


async def test_the_palette_does_what_letters_do_elsewhere_also_while_something_is_written(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        await operator.press("n", "x", "ctrl+p")
        await operator.types("show every key")
        await operator.sees("key ?")
        await operator.press("enter")
        await operator.sees("Keys here, then elsewhere", "Compose")
        await operator.press("escape", "y")
        await operator.sees("To    xy")
        await operator.press("ctrl+p")
        await operator.types("go to the inbox")
        await operator.sees("key 1")
        await operator.press("enter")
        await operator.until(lambda: operator.app.focused is operator.app.screen.query_one("#inbox-list"), "the inbox")


def test_help_without_a_place_shows_all() -> None:
    screen = help_screen([], Keymap())
    assert screen._title == "Keys"
    words = " ".join(screen._body.plain.split())
    assert all(action.help in words for actions in ACTIONS.values() for action in actions)


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
    keys = {"ami.routine": "P", "app.receiver": "percent_sign", "compose.list": "ctrl+g"}
    async with console(tmp_path, keys=keys) as operator:
        operator.backend.status = replace(operator.backend.status, refused=2)
        await operator.sees("routine hidden, P shows it", "2 refused (%)")
        await operator.press("n")
        await operator.pastes("10086, 10010")
        await operator.sees("(^g lists)")
