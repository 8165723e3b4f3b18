from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from textual.widgets import Input

from console.domain.ussd import UssdRecord, UssdState
from console.ui.ports.ussd import USSD, UssdScreen, history_cells, notice_cells, reply_question
from tests.support.backend import NOON
from tests.support.operator import Operator, console

if TYPE_CHECKING:
    from pathlib import Path


def record(
    code: str = "*100#", state: UssdState = UssdState.ANSWERED, answer: str = "Balance 12.50", *, at: float = NOON
) -> UssdRecord:
    return UssdRecord(1, at, "gw1", 3, "alice", code, state, answer, None)


def drawn(*records: UssdRecord) -> str:
    return "".join(text for text, _ in history_cells(list(records), NOON + 60))


def test_every_state_is_a_word_a_glyph_and_a_colour() -> None:
    assert USSD.keys() == set(UssdState)
    assert len({look.glyph for look in USSD.values()}) == len({look.word for look in USSD.values()}) == len(USSD)


def test_the_history_says_who_asked_what_when_and_how_it_ended() -> None:
    assert drawn(record()) == "12:00:00  *100#  ✓ answered  alice\nBalance 12.50\n\n"
    assert "(no output)" in drawn(record(answer=""))
    assert "? unknown" in drawn(record(state=UssdState.UNKNOWN, answer="the console stopped"))
    assert drawn() == "No USSD requests on this port yet."


def test_nothing_that_a_network_says_acts_on_the_terminal() -> None:
    shown = drawn(record(answer="one\r\n[/x] \x1b]52;c;YQ==\x07 \u202eevil\u009b2J"))
    assert "\none\n[/x] ␛]52;c;YQ==␇ ‹202E›evil‹009B›2J\n" in shown
    assert not set(shown) & set("\x1b\x07\r\u202e\u009b")


def test_the_notice_says_what_is_awaited_and_since_when() -> None:
    asked = record(state=UssdState.ASKED, answer="")
    words = "".join(text for text, _ in notice_cells([asked], "no [/x]", NOON + 47))
    assert words == "→ Waiting for the answer to *100# since 12:00:00 (40s)\nno [/x]"
    assert notice_cells([record()], "", NOON) == []


@pytest.mark.parametrize(
    ("menu", "shown"),
    [
        ("Choose\n1. Balance\n2. Tariff", ": “2. Tariff”?"),
        ("1 a\n 2) b\x1b[2J", ": “2) b␛[2J”?"),
        ("22 is not it", "*111#?"),
        ("nothing", "*111#?"),
    ],
)
def test_a_reply_is_shown_with_the_line_that_it_chooses(menu: str, shown: str) -> None:
    assert shown in reply_question("2", record("*111#", UssdState.MENU, menu))


async def ask_the_port_under_the_cursor(operator: Operator) -> None:
    await operator.press("2", "asterisk")
    await operator.sees("USSD  gw1 port 1")


def line(operator: Operator) -> Input:
    return operator.app.screen.query_one("#ussd-code", Input)


async def test_a_code_is_asked_after_a_question_and_the_answer_comes_by_itself(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        await ask_the_port_under_the_cursor(operator)
        await operator.sees("No USSD requests on this port yet.")
        await operator.types("*100#")
        await operator.press("enter")
        await operator.sees("Send *100# through gw1 port 1? It may cost money")
        assert operator.backend.ussd_asked == []
        await operator.press("y")
        await operator.sees("Waiting for the answer to *100# since 12:00:", "→ asked")
        operator.backend.network_says(UssdState.ANSWERED, "Balance\n[red]12.50[/x]")
        await operator.sees("✓ answered", "Balance", "[red]12.50[/x]", "alice")
        await operator.until(lambda: "awaited" not in operator.screen)
        assert line(operator).value == ""
        assert line(operator).placeholder == "*100#"


async def test_no_means_no(operator: Operator) -> None:
    await ask_the_port_under_the_cursor(operator)
    await operator.types("*100#")
    await operator.press("enter")
    await operator.sees("It may cost money")
    await operator.press("n")
    await operator.until(lambda: isinstance(operator.app.screen, UssdScreen))
    assert operator.backend.ussd_asked == []
    assert line(operator).value == "*100#"


async def test_a_code_that_was_sent_here_before_is_sent_without_a_question(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.store.ussd.ask("gw1", 1, "bob", "*100#").result(10)
        operator.store.ussd.ask("gw1", 1, "bob", "*101#").result(10)
        operator.store.ussd.ask("gw1", 2, "bob", "*102#").result(10)
        await ask_the_port_under_the_cursor(operator)
        await operator.sees("*101#  → asked", "bob")
        await operator.press("up")
        assert line(operator).value == "*101#"
        await operator.press("up", "up")
        assert line(operator).value == "*100#"
        await operator.press("down", "down")
        assert line(operator).value == ""
        await operator.press("up", "enter")
        await operator.until(lambda: len(operator.backend.ussd_asked) == 1)
        assert operator.backend.ussd_asked[0][0].code == "*101#"
        operator.backend.network_says(UssdState.ANSWERED, "yes")
        await operator.types("*102#")
        await operator.press("enter")
        await operator.sees("Send *102# through gw1 port 1?")


async def test_a_digit_replies_to_a_menu_and_is_asked_about_each_time(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        for code, state, answer in (("1", UssdState.ANSWERED, "ok"), ("*111#", UssdState.MENU, "1 Buy\n2 Leave")):
            asked = operator.store.ussd.ask("gw1", 1, "bob", code).result(10)
            operator.store.ussd.answer(asked.id, state, answer).result(10)
        await ask_the_port_under_the_cursor(operator)
        await operator.sees("≡ waiting for a reply", "reply to the menu")
        await operator.press("1", "enter")
        await operator.sees("Reply 1 to the menu of *111#: “1 Buy”?")
        await operator.press("y")
        await operator.until(lambda: len(operator.backend.ussd_asked) == 1)
        assert operator.backend.ussd_asked[0][0].code == "1"


async def test_what_is_no_code_is_told_at_once(operator: Operator) -> None:
    await ask_the_port_under_the_cursor(operator)
    await operator.types("hello")
    await operator.press("enter")
    await operator.sees("A USSD code has only digits, *, # and +.")
    await operator.press("backspace")
    await operator.until(lambda: "digits, *" not in operator.screen)
    assert operator.backend.ussd_asked == []


async def test_a_refused_code_stays_in_the_line_with_the_reason(operator: Operator) -> None:
    await ask_the_port_under_the_cursor(operator)
    operator.backend.refuse_with = "Gateway gw1 has no AMI in the configuration."
    await operator.types("*100#")
    await operator.press("enter", "y")
    await operator.sees("Gateway gw1 has no AMI in the configuration. Choose another port.")
    await operator.until(lambda: line(operator).value == "*100#")


async def test_one_code_at_a_time(operator: Operator) -> None:
    await ask_the_port_under_the_cursor(operator)
    await operator.types("*100#")
    await operator.press("enter", "y")
    await operator.sees("Waiting for the answer")
    await operator.types("*100#")
    await operator.press("enter")
    await operator.sees("Still waiting for the previous reply")
    assert len(operator.backend.ussd_asked) == 1


async def test_the_screen_may_be_left_and_the_answer_still_lands_in_the_history(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        await ask_the_port_under_the_cursor(operator)
        await operator.types("*100#")
        await operator.press("enter", "y")
        await operator.sees("Waiting for the answer")
        await operator.press("escape")
        await operator.until(lambda: "USSD  gw1" not in operator.screen)
        operator.backend.network_says(UssdState.ANSWERED, "Balance 3")
        await operator.press("asterisk")
        await operator.sees("✓ answered", "Balance 3")


async def test_it_is_the_port_under_the_cursor(operator: Operator) -> None:
    await operator.press("2", "right", "asterisk")
    await operator.sees("USSD  gw1 port 2")


async def test_without_a_port_there_is_none_to_ask_through(tmp_path: Path) -> None:
    async with console(tmp_path, ports=0) as operator:
        await operator.press("2", "asterisk")
        await operator.sees("No port is known yet")


async def test_a_long_history_scrolls_while_a_code_is_typed(tmp_path: Path) -> None:
    async with console(tmp_path, size=(80, 24)) as operator:
        for number in range(30):
            asked = operator.store.ussd.ask("gw1", 1, "bob", f"*{number}#").result(10)
            operator.store.ussd.answer(asked.id, UssdState.ANSWERED, "word " * 40).result(10)
        await ask_the_port_under_the_cursor(operator)
        await operator.sees("*29#  ✓ answered")
        await operator.press(*["pagedown"] * 15)
        await operator.until(lambda: "*29#  ✓" not in operator.screen)
        await operator.press(*["pageup"] * 15)
        await operator.sees("*29#  ✓ answered")


async def test_who_may_only_look_sees_the_history_and_asks_nothing(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.backend.read_only_because = "alice is one of read_only_users"
        asked = operator.store.ussd.ask("gw1", 1, "bob", "*100#").result(10)
        operator.store.ussd.answer(asked.id, UssdState.ANSWERED, "Balance 3").result(10)
        await ask_the_port_under_the_cursor(operator)
        await operator.sees("Balance 3")
        await operator.press("up", "enter")
        await operator.sees("Read only")
        assert operator.backend.ussd_asked == []


async def test_a_command_names_port_and_code_and_asks_nothing_yet(operator: Operator) -> None:
    await operator.press("colon")
    await operator.types("ussd 3 *100#")
    await operator.press("enter")
    await operator.sees("USSD  gw1 port 3", "*100#")
    assert operator.backend.ussd_asked == []
