"""A notification of the terminal: exact bytes, and nothing of a stranger's that acts."""

from __future__ import annotations

import re
from base64 import b64decode
from typing import TYPE_CHECKING

import pytest

from console.terminal.clipboard import osc52
from console.terminal.lean_frames import LeanFrames
from console.terminal.notification import LONGEST, notification
from console.terminal.steady_columns import steady
from tests.support.hostile import FORBIDDEN_TEXT, HOSTILE, NASTY

if TYPE_CHECKING:
    from console.config.rule_records import NotifyBy

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
