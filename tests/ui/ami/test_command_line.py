"""The gateway's command line at the operator's hands."""

from __future__ import annotations

from concurrent.futures import Future
from typing import TYPE_CHECKING

import pytest

from console.errors import OutcomeUnknown
from console.protocol.ami.command_line import Completion
from console.protocol.text.terminal import Run
from console.ui.ami.command_line import CommandOutput, grid_cells, hint_cells, run_ink
from tests.support.operator import console

if TYPE_CHECKING:
    from pathlib import Path

    from console.terminal.theme import Ink
    from tests.support.operator import Operator


def will_answer(operator: Operator, *lines: str) -> None:
    """The gateway's next answer."""
    answer: Future[tuple[str, ...]] = Future()
    answer.set_result(lines)
    operator.backend.command_answers.append(answer)


@pytest.mark.parametrize(
    ("colour", "bold", "ink"),
    [
        ("", False, "plain"),
        ("", True, "strong"),
        ("white", False, "plain"),
        ("red", False, "bad"),
        ("brightred", False, "bad"),
        ("green", True, "good"),
        ("brown", False, "warn"),
        ("cyan", False, "busy"),
        ("magenta", False, "accent"),
        ("black", True, "quiet"),
        ("brightblack", False, "quiet"),
        ("ff0000", False, "bad"),
        ("00d700", False, "good"),
        ("ffd700", False, "warn"),
        ("ff00ff", False, "accent"),
        ("5f87ff", False, "busy"),
        ("444444", False, "quiet"),
        ("eeeeee", True, "strong"),
        ("nosuch", False, "plain"),
    ],
)
def test_a_colour_becomes_the_nearest_ink(colour: str, bold: bool, ink: Ink) -> None:
    assert run_ink(colour, bold=bold) == ink


def test_runs_are_drawn_safely() -> None:
    assert grid_cells((Run("a\u202eb", "red"), Run("c"))) == [("a‹202E›b", "bad"), ("c", "plain")]


def test_hints_say_words_and_arguments() -> None:
    assert hint_cells(Completion("", ("on", "off"), "<port>"))[0] == ("on  off", "accent")
    assert hint_cells(Completion("", (), "<port>"))[-1] == ("<port>", "quiet")
    assert "can run it anyway" in hint_cells(Completion("x"))[0][0]


async def test_a_harmless_command_runs_at_once_and_its_answer_is_a_terminals(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        will_answer(operator, "\x1b[1;36mgsm show spans\x1b[0m  help", "two\x1b]52;c;ZXZpbA==\x07", "12%\r34%")
        await operator.press("4", "c")
        await operator.sees("gw1> ")
        await operator.types("core show help")
        await operator.press("enter")
        await operator.sees("gw1> core show help", "gsm show spans  help", "34%")
        assert operator.backend.commands == [("gw1", "core show help")]
        assert "12%" not in operator.screen
        assert "52;c" not in operator.screen
        assert "␛" not in operator.screen
        await operator.press("escape")
        await operator.until(lambda: "gsm show spans  help" not in operator.screen)
        await operator.press("c")
        await operator.sees("gsm show spans  help")


async def test_what_may_do_harm_is_asked_with_gateway_and_command(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        await operator.press("4", "c")
        await operator.types("gsm power off 3")
        await operator.press("enter")
        await operator.sees("Run this on gw1?", "gsm power off 3", "neither receives nor sends")
        await operator.press("n")
        assert operator.backend.commands == []
        await operator.sees("gw1> gsm power off 3")
        will_answer(operator, "Power off span 3")
        await operator.press("enter", "y")
        await operator.sees("Power off span 3")
        assert operator.backend.commands == [("gw1", "gsm power off 3")]


async def test_a_send_is_said_to_go_past_the_outbox(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        await operator.press("4", "c")
        await operator.types("gsm send sms 1 10086 x")
        await operator.press("enter")
        await operator.sees("It bypasses the outbox: its outcome is not tracked.")


async def test_who_may_only_look_runs_what_only_looks(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.backend.read_only_because = "the configuration says so"
        await operator.press("4", "c")
        await operator.types("core stop now")
        await operator.press("enter")
        await operator.sees("Read only: the configuration says so")
        assert operator.backend.commands == []
        await operator.press("ctrl+u")
        will_answer(operator, "Asterisk 1.8")
        await operator.types("core show version")
        await operator.press("enter")
        await operator.sees("Asterisk 1.8")


async def test_tab_completes_and_says_what_may_follow(tmp_path: Path) -> None:
    async with console(tmp_path, ports=3) as operator:
        await operator.press("4", "c")
        await operator.types("gs")
        await operator.press("tab")
        await operator.sees("gw1> gsm ", "show  power  send  check  set")
        await operator.types("show span ")
        await operator.press("tab")
        await operator.sees("1  2  3   <port>")
        await operator.types("3 x ")
        await operator.press("tab")
        await operator.sees("can run it anyway")


async def test_earlier_lines_come_back_from_the_audit(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.store.audit.add("alice", "command", "gw1", "core show uptime").result()
        operator.store.audit.add("alice", "command", "gw1", "gsm send at 1 AT+CPIN=***").result()
        operator.store.audit.add("alice", "send", "message 1", "to +49").result()
        will_answer(operator, "x")
        await operator.press("4", "c")
        await operator.types("core show version")
        await operator.press("enter")
        await operator.until(lambda: bool(operator.backend.commands))
        await operator.press("up")
        await operator.sees("gw1> core show version")
        await operator.press("up")
        await operator.sees("gw1> core show uptime")
        await operator.press("up", "down", "down")
        await operator.until(lambda: "core show uptime" not in operator.screen)


async def test_an_answer_that_does_not_come_is_shown_as_unknown(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        answer: Future[tuple[str, ...]] = Future()
        operator.backend.command_answers.append(answer)
        await operator.press("4", "c")
        await operator.types("core show version")
        await operator.press("enter")
        await operator.sees("→ waiting for the answer to core show version")
        await operator.types("core show uptime")
        await operator.press("enter")
        await operator.sees("Still waiting for the previous answer")
        answer.set_exception(OutcomeUnknown("Command left, and no answer came.", hint="Look first."))
        await operator.sees("✗ Outcome unknown: Command left, and no answer came. Look first.")
        assert len(operator.backend.commands) == 1


async def test_with_several_gateways_one_is_chosen(tmp_path: Path) -> None:
    async with console(tmp_path, gateways=2) as operator:
        await operator.press("4", "c")
        await operator.sees("Asterisk CLI of")
        await operator.press("2")
        await operator.sees("gw2> ")
        will_answer(operator, "x")
        await operator.types("help")
        await operator.press("enter")
        await operator.until(lambda: operator.backend.commands == [("gw2", "help")])
        await operator.types("gsm ")
        await operator.press("tab")
        await operator.sees("gw2> gsm ", "show  power  send  check  set")
        # A draft takes a row more of the pane: the line to type in stays in sight.
        await operator.press("escape", "n")
        await operator.types("10086")
        await operator.press("enter", "x", "escape", "4", "c", "2")
        await operator.types("x")
        await operator.press("tab")
        await operator.sees("draft to 10086", "gw2> gsm x")


async def test_a_command_with_control_characters_is_refused(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        await operator.press("4", "c", "enter")
        await operator.sees("The command is empty.")


async def test_the_output_is_bounded_and_scrolls_from_the_line(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        will_answer(operator, *(f"row {number}." for number in range(12_000)))
        await operator.press("4", "c")
        await operator.types("help")
        await operator.press("enter")
        await operator.sees("row 11999.")
        assert operator.app.screen.query_one(CommandOutput).count == 10_000
        await operator.press("pageup", "pageup")
        await operator.until(lambda: "row 11999." not in operator.screen)
        await operator.press("pagedown", "pagedown")
        await operator.sees("row 11999.")
