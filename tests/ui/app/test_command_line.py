"""The line behind the colon, as an operator types in it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from textual import events

from console.ui.app.command_line import command_cells, grid_cells
from console.ui.keys.commands import HERE, Command, commands, find
from console.ui.keys.keymap import Keymap
from console.ui.kit.dialogs import ConfirmScreen
from tests.support.operator import console

if TYPE_CHECKING:
    from pathlib import Path


async def test_a_command_asks_what_its_key_asks(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        operator.receives("hello", "+4915112345678")
        await operator.sees("hello")
        # From another pane, with the port in sight that is meant; Enter is No.
        await operator.says("reset 3")
        await operator.sees("Reset gw1 port 3")
        assert isinstance(operator.app.screen, ConfirmScreen)
        await operator.press("enter")
        assert operator.backend.acts == []
        assert operator.app.screen_stack[0].active == "ports"  # type: ignore[attr-defined]
        await operator.says("note 5 not before Monday")
        await operator.sees("Note on gw1 port 5", "not before Monday")
        await operator.press("escape")
        await operator.says("at 2 AT+CSQ")
        await operator.sees("AT command for gw1 port 2", "AT+CSQ")
        await operator.press("escape")
        await operator.says("port 4")
        await operator.sees("gw1 port 4", "1 Facts")
        # On a screen that is open its own are meant, and of others one goes there first.
        await operator.says("reset")
        await operator.sees("Reset gw1 port 4")
        await operator.press("escape")
        await operator.says("reset 5")
        await operator.sees("This is gw1 port 4")
        await operator.says("inbox")
        await operator.sees("1 Inbox", "hello")
        # The form is filled, and nothing is sent.
        await operator.says("send 10086 What is my balance?")
        await operator.sees("To    10086", "What is my balance?")
        assert operator.store.outbox_count() == 0
        await operator.says("view unread", key="ctrl+p")
        await operator.sees("view exists in several places")
        await operator.press("escape", "escape")
        await operator.says("inbox")
        await operator.says("view unread")
        await operator.sees("view unread")
        await operator.says("search hello")
        await operator.sees("1 of 1")


async def test_nothing_is_done_to_a_row_that_was_not_in_sight(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        entry = operator.receives("hello", "10086")
        await operator.sees("hello")
        await operator.press("2")
        await operator.says("claim")
        await operator.sees("Claim: check the row, then give the command again.", "hello")
        assert operator.store.claims.of([entry]) == {}
        await operator.says("claim")
        await operator.until(lambda: entry in operator.store.claims.of([entry]), "it is claimed now")


async def test_what_is_not_certain_runs_nothing(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        for number in range(3):
            operator.receives(f"message {number}")
        await operator.sees("3 unread")
        for line, words in (
            ("marks", "marks is not a command."),
            ("re", "re could mean several: reply, read-all, "),
            ("cla", "claim changes something: type its full name."),
            ("port", "port takes PORT: 1, 2, 3"),
            ("port 55", "There is no port 55. There is 1, 2, 3"),
        ):
            await operator.says(line)
            await operator.sees(words, f":{line}")
            await operator.press("escape")
        assert operator.store.unread_count() == 3
        # A paste is text, with as many lines as it may have.
        await operator.press("colon")
        await operator.pastes("read-all\nread-all\n")
        await operator.sees(":read-all")
        await operator.press("escape")
        assert operator.store.unread_count() == 3
        # Over a question nothing opens.
        await operator.press("q")
        await operator.sees("Quit the console?")
        await operator.press("colon", "ctrl+p", "question_mark")
        assert isinstance(operator.app.screen, ConfirmScreen)
        await operator.press("n")


async def test_a_line_is_completed_and_recalled(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        await operator.press("colon")
        await operator.sees("reply", "acknowledge")
        await operator.types("outb")
        await operator.press("tab")
        await operator.sees(":outbox")
        await operator.press("enter")
        await operator.says("ports")
        await operator.press("colon", "up", "up")
        await operator.sees(":outbox")
        await operator.press("down")
        await operator.sees(":ports")
        await operator.press("down", "r", "e", "tab")
        await operator.sees(":reset")
        await operator.press("tab")
        await operator.sees(":reconnect")
        await operator.press("shift+tab", "5", "enter")
        await operator.sees("Reset gw1 port 5")


async def test_an_alias_stands_for_a_command_also_after_a_reload(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        operator.app.aliases = {"balance": "ussd 2 *100#"}
        await operator.says("balance")
        await operator.sees("USSD  gw1 port 2", "*100#")
        assert operator.backend.ussd_asked == []
        operator.app.aliases = {}


async def test_all_alarms_are_acknowledged_from_anywhere(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        await operator.says("ack all")
        await operator.sees("Every active alarm is acknowledged already.", "Alarms  0 active")


@pytest.mark.parametrize("width", [76, 136])
def test_lines_fit_their_width(width: int) -> None:
    known = commands(lambda _, __: HERE)
    for command in (*known, *(replace(each, near=2) for each in known)):
        assert sum(len(text) for text, _ in command_cells(command, width, Keymap())) <= width
    rows = grid_cells(find("", known), width)
    shown = [text.strip() for row in rows for text, _ in row]
    assert len(shown) == len({each.name for each in known})
    assert all(sum(len(text) for text, _ in row) <= width for row in rows)
    assert isinstance(known[0], Command)


async def test_keys_typed_ahead_go_to_what_the_command_opens(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        await operator.press("2")
        for key, char in (("colon", ":"), *((char, char) for char in "reset"), ("enter", "\r"), ("y", "y")):
            operator.app.post_message(events.Key(key, char))
        await operator.until(lambda: operator.backend.acts == [("power", "gw1", 1, "reset")], "what was meant")
