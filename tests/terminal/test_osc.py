from __future__ import annotations

import re
from base64 import b64decode
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.terminal.lean_frames import LeanFrames
from console.terminal.osc import LIMIT, LONGEST, notification, osc52, pasteable
from console.terminal.steady_columns import steady
from tests.support.hostile import FORBIDDEN_TEXT, HOSTILE, NASTY
from tests.support.operator import console

if TYPE_CHECKING:
    from pathlib import Path

    from console.config.rule_records import NotifyBy

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


NOTIFY_BY: tuple[NotifyBy, ...] = ("osc9", "osc777", "osc99")


def test_each_way_is_these_bytes() -> None:
    text = "parcels: +49151: hello; you"
    assert notification("off", text, {}) == ""
    assert notification("osc9", text, {}) == "\x1b]9;gsm-console: parcels: +49151: hello; you\x07"
    assert notification("osc777", text, {}) == "\x1b]777;notify;gsm-console;parcels: +49151: hello, you\x07"
    assert notification("osc99", text, {}) == (
        "\x1b]99;i=gsm-console:d=0:e=1;Z3NtLWNvbnNvbGU=\x07"
        "\x1b]99;i=gsm-console:d=1:e=1:p=body;cGFyY2VsczogKzQ5MTUxOiBoZWxsbzsgeW91\x07"
    )


def test_tmux_and_screen_hand_it_on() -> None:
    assert notification("osc9", "x", {"TMUX": "/tmp/x"}) == "\x1bPtmux;\x1b\x1b]9;gsm-console: x\x07\x1b\\"
    assert notification("osc9", "x", {"STY": "1.x"}) == "\x1bP\x1b]9;gsm-console: x\x07\x1b\\"
    twice = notification("osc99", "x", {"TERM": "tmux-256color"})
    assert twice.count("\x1bPtmux;") == 2


@pytest.mark.parametrize("environ", [{}, {"TMUX": "x"}, {"STY": "1.x"}])
def test_it_reaches_the_terminal_as_it_is_and_the_picture_is_kept(environ: dict[str, str]) -> None:
    frames, line = LeanFrames(), "\x1b[1;1H\x1b[0mpicture"
    frames.lean(line)
    for sequence in (*(notification(way, "余额 1", environ) for way in NOTIFY_BY), osc52("余额", environ)):
        assert steady(frames.lean(sequence)) == sequence
    assert frames.lean(line) == ""


def test_a_number_in_front_is_no_command() -> None:
    assert notification("osc9", "4;1;50", {}).startswith("\x1b]9;gsm-console: 4")


@pytest.mark.parametrize("way", NOTIFY_BY)
@pytest.mark.parametrize("text", [*HOSTILE, NASTY, "x\r\ny", "\ud800", "é" * 10_000])
def test_nothing_of_it_acts(way: NotifyBy, text: str) -> None:
    written = notification(way, text, {})
    inside = re.sub(r"^\x1b\](9;|777;notify;)|\x07$", "", written)
    if way == "osc99":
        inside = b64decode(re.findall(r";([A-Za-z0-9+/=]*)\x07", written)[1]).decode()
        assert re.fullmatch(r"(?:\x1b\]99;[a-z0-9:=-]+;[A-Za-z0-9+/=]*\x07){2}", written)
    assert not FORBIDDEN_TEXT.search(inside)
    assert "\x1b" not in inside
    assert len(inside) <= LONGEST + len("gsm-console: ")
