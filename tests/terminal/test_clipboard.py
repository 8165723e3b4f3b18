from __future__ import annotations

import re
from base64 import b64decode
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.terminal.clipboard import LIMIT, osc52, pasteable
from tests.support.operator import console

if TYPE_CHECKING:
    from pathlib import Path

PLAIN = re.compile(r"\x1b\]52;c;([A-Za-z0-9+/=]*)\x07")
SCREEN = {"TERM": "screen-256color", "STY": "1.pts-0"}
TMUX = {"TERM": "tmux-256color", "TMUX": "/tmp/tmux,1,0"}


def copied(sequence: str) -> str:
    found = PLAIN.fullmatch(sequence)
    assert found
    return b64decode(found[1]).decode()


@given(st.text())
def test_nothing_of_the_text_stands_in_the_sequence_but_as_base64(text: str) -> None:
    assert copied(osc52(text, {"TERM": "xterm"})) == pasteable(text)


@given(st.text())
def test_what_is_pasted_acts_on_nothing(text: str) -> None:
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]", pasteable(text))


def test_lines_and_tabs_stay() -> None:
    assert pasteable("a\r\nb\tc\x1b[201~d") == "a\nb\tc[201~d"


def test_tmux_is_asked_both_ways() -> None:
    for environ in (TMUX, {"TERM": "tmux-256color"}):
        plain, wrapped = osc52("4711", environ).split("\x1bPtmux;")
        assert copied(plain) == "4711"
        assert copied(wrapped.removesuffix("\x1b\\").replace("\x1b\x1b", "\x1b")) == "4711"


def test_screen_gets_pieces_that_it_can_hold() -> None:
    pieces = osc52("x" * 1000, SCREEN).split("\x1b\\")
    assert pieces.pop() == ""
    assert all(piece.startswith("\x1bP") and len(piece) < 256 for piece in pieces)
    assert copied("".join(piece.removeprefix("\x1bP") for piece in pieces)) == "x" * 1000


@pytest.mark.slow
async def test_y_copies_the_text_and_c_the_code(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.receives("Your code is 4711,\x1b]52;c;ZXZpbA==\x07 ok")
        await operator.sees("Your code is 4711")
        await operator.press("y")
        await operator.sees("The text: ", "2 control characters left out", "set-clipboard on")
        assert operator.app.clipboard == "Your code is 4711,]52;c;ZXZpbA== ok"
        await operator.press("c")
        await operator.sees("Code 4711: 4 bytes")
        assert operator.app.clipboard == "4711"
        await operator.press("enter")
        await operator.sees("As received")
        await operator.press("y")
        await operator.until(lambda: operator.app.clipboard.startswith("Your code"))
        await operator.press("c")
        await operator.until(lambda: operator.app.clipboard == "4711")


@pytest.mark.slow
async def test_a_message_without_a_code_says_so_and_leaves_the_clipboard(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        await operator.press("y", "c")
        operator.receives("hello")
        await operator.sees("hello")
        await operator.press("c")
        await operator.sees("There is no code in this message")
        assert operator.app.clipboard == ""


@pytest.mark.slow
async def test_what_is_too_long_for_a_terminal_is_told(tmp_path: Path) -> None:
    async with console(tmp_path) as operator:
        operator.receives("x" * (LIMIT + 1))
        await operator.sees("xxx")
        await operator.press("y")
        await operator.sees("too long for a terminal")
        assert operator.app.clipboard == ""


@pytest.mark.parametrize("pane", ["outbox", "thread"])
@pytest.mark.slow
async def test_what_was_sent_is_copied_too(tmp_path: Path, pane: str) -> None:
    async with console(tmp_path) as operator:
        operator.receives("what is it? code 903311", number="+15550001111")
        await operator.sees("what is it?")
        await operator.press("n")
        await operator.types("+15550001111")
        await operator.press("enter")
        await operator.types("it is 4711")
        await operator.press("ctrl+t")
        await operator.until(lambda: operator.store.outbox_count() == 1)
        await operator.press("escape", "5")
        await operator.sees("it is 4711")
        if pane == "thread":
            await operator.press("t")
            await operator.sees("← in ")
            await operator.press("c")
            await operator.until(lambda: operator.app.clipboard == "903311")
        await operator.press("y")
        await operator.until(lambda: operator.app.clipboard == "it is 4711")
