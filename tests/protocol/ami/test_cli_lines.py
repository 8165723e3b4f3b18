from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.errors import CannotSend
from console.protocol.ami.command_line import caution, check_line, is_harmless


@pytest.mark.parametrize(
    "line",
    [
        "gsm show spans",
        "gsm show span 3",
        "GSM  Show span 3",
        "core show help",
        "help",
        "show channels",
    ],
)
def test_what_only_looks_is_harmless(line: str) -> None:
    assert is_harmless(line)


@pytest.mark.parametrize(
    "line",
    [
        "gsm power off 3",
        "gsm power stat 3",
        "gsm power stat 3 off",
        "gsm power reset 3",
        "core stop now",
        "core restart now",
        "reload",
        "module unload chan_extra.so",
        "gsm send sync sms 1 10086 x 30",
        "gsm send at 1 AT+CFUN=0",
        "gsm check phone stat 1 10086 1",
        "gsm set imei 1 353511028445509",
        "database del a b",
        "extra restart",
        "gsm showing",
        'core "show" x',
        "core stop show",
        "core show\\ x",
        "anything else",
        "",
    ],
)
def test_whatever_is_not_known_to_only_look_may_do_harm(line: str) -> None:
    assert not is_harmless(line)


@given(st.text(max_size=40))
def test_a_word_before_show_is_one_word(words: str) -> None:
    if is_harmless(words):
        parts = words.lower().split()
        assert "show" in parts[:2] or "help" in parts[:3] or parts[:3] == ["gsm", "power", "stat"]


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("gsm send sms 1 2 x", "bypasses the outbox"),
        ("gsm send syncsms 1 2 x 30", "bypasses the outbox"),
        ("gsm send sync csms 1 2 x 10 2 1 30", "bypasses the outbox"),
        ("gsm send ussd 1 *100#", "cost money"),
        ("gsm power off 1", "off neither receives nor sends"),
        ("core restart now", "down for a while"),
        ("module reload", "down for a while"),
        ("extra restart", "down for a while"),
    ],
)
def test_what_is_known_of_a_danger_is_said(line: str, says: str) -> None:
    assert says in caution(line)


def test_of_what_is_not_known_nothing_is_said() -> None:
    assert caution("database del a b") == ""


def test_a_line_is_sent_without_blanks_around_it() -> None:
    assert check_line("  core show version ") == "core show version"


@pytest.mark.parametrize(
    "line", ["", "  ", "a\nb", "a\r\nAction: Logoff", "a\x1b[2J", "a\x00", "a\x9b", "\ud800", "x" * 1_015]
)
def test_what_can_not_travel_is_refused(line: str) -> None:
    with pytest.raises(CannotSend):
        check_line(line)


def test_the_longest_line_that_travels() -> None:
    assert len(check_line("x" * 1_013)) == 1_013
