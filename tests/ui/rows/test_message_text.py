from __future__ import annotations

from dataclasses import replace
from datetime import datetime

import pytest

from console.domain.messages import Callback, CallbackKind, InboxMessage, Joined
from console.ui.context.copying import lines_of
from console.ui.kit.format import full_time
from console.ui.rows.inbox_row import inbox_cells
from console.ui.rows.message_text import came_words, hex_lines, read_message
from console.ui.thread.rows import message_lines
from tests.support.backend import NOON

SMS = Callback(CallbackKind.SMS, "10086", "hello", gateway_time="2026/11/22 12:00:00")


def test_hex_lines_hold_offset_bytes_and_characters() -> None:
    assert hex_lines(b"GET /\xff" + b"0" * 16) == [
        "0000  47 45 54 20 2f ff 30 30 30 30 30 30 30 30 30 30 GET /·0000000000",
        "0010  30 30 30 30 30 30                               000000",
    ]
    assert hex_lines(b"") == []


@pytest.mark.parametrize(
    ("pieces", "joined", "copies", "missing", "words"),
    [
        ((), None, 1, 0, ""),
        ((), None, 2, 0, "x2 "),
        ((), None, 1, 2, "1/3, 2 missing "),
        (("x" * 153, "yz"), Joined.GUESSED, 1, 0, "2 parts, guessed "),
        (("x" * 153, "y" * 153), Joined.GUESSED, 1, 0, "2 or more parts, guessed "),
        (("ж" * 67,) * 3, Joined.GUESSED, 3, 0, "3 or more parts, guessed x3 "),
        (("ж" * 67, "жж"), Joined.APART, 1, 0, "2 parts, apart "),
        (("x" * 153, "yz"), Joined.NUMBERED, 1, 0, "2 parts "),
        (("x" * 153, "y" * 153), Joined.NUMBERED, 1, 1, "2/3, 1 missing "),
        (("x" * 153, "y" * 153), Joined.APART, 1, 1, "2/3, 1 missing, apart "),
    ],
)
def test_in_which_words_it_came(
    pieces: tuple[str, ...], joined: Joined | None, copies: int, missing: int, words: str
) -> None:
    message = InboxMessage(
        1, "gw1", NOON, SMS, b"num=1", read=False, copies=copies, pieces=pieces, joined=joined, missing=missing
    )
    assert came_words(message) == words


@pytest.mark.parametrize(
    ("joined", "lines"),
    [
        (Joined.GUESSED, ["one┊␛two", "lines"]),
        (Joined.APART, ["one", "┊ ␛two", "lines"]),
        (Joined.NUMBERED, ["one␛two", "lines"]),
    ],
)
def test_where_parts_meet_is_seen_unless_their_order_is_known(joined: Joined, lines: list[str]) -> None:
    pieces = ("one", "\x1btwo\nlines")
    callback = replace(SMS, text="".join(pieces))
    message = InboxMessage(1, "gw1", NOON, callback, b"num=1", read=False, pieces=pieces, joined=joined)
    assert read_message(message, raw=False).plain.splitlines()[2:] == lines
    (shown,) = (cells[0] for cells in inbox_cells(message, 120, NOON)[-1:])
    assert shown.rstrip() == " ".join(lines)
    assert [line[-1][0] for line in message_lines(message, 60, title=callback.number)][1:] == lines
    came = "Joined from 2 parts" if joined is Joined.NUMBERED else f"Joined from 2 parts, {joined}"
    assert lines_of(message)[4 : 6 + len(lines)] == [came, "", *lines]


@pytest.mark.parametrize(
    ("copies", "pieces", "words", "line"),
    [
        (1, (), "by AMI ", "No callback came: only AMI saw it."),
        (2, (), "by AMI x2 ", "AMI saw it; its callback came late."),
        (1, ("hel", "lo"), "by AMI 2 parts ", "AMI saw its first part before any callback came."),
    ],
)
def test_what_no_callback_brought_says_so(copies: int, pieces: tuple[str, ...], words: str, line: str) -> None:
    callback = Callback(CallbackKind.SMS, "10086", "hello", "3")
    raw = b"Event: Newexten\r\n\r\n"
    message = InboxMessage(1, "gw1", NOON, callback, raw, read=False, copies=copies, pieces=pieces)
    assert came_words(message) == words
    head, told, text = read_message(message, raw=False).plain.splitlines()
    assert (words.strip() in head, told, text) == (True, line, "hello")
    assert "Event: Ne" in read_message(message, raw=True).plain


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("{day:%Y/%m/%d} 11:59:58", "gateway says 11:59:58"),
        ("1999/12/31 11:59:58", "gateway says 1999/12/31 11:59:58"),
        ("{day:%Y/%m/%d}", "gateway says {day:%Y/%m/%d}"),
        ("noon", "gateway says noon"),
    ],
)
def test_the_gateways_day_is_told_where_it_is_another_than_ours(said: str, shown: str) -> None:
    day = datetime.fromtimestamp(NOON).astimezone()
    callback = Callback(CallbackKind.SMS, "10086", "hello", "3", gateway_time=said.format(day=day))
    message = InboxMessage(1, "gw1", NOON, callback, b"num=1", read=False)
    who, when, text = read_message(message, raw=False).plain.splitlines()
    assert who == "10086  port 3"
    assert when == f"{full_time(NOON)}  {shown.format(day=day)}"
    assert text == "hello"


def test_a_line_without_a_text_tells_its_reason_and_no_call() -> None:
    callback = Callback(CallbackKind.UNREADABLE, port="3", reason="AMI saw an SMS on port 3 \x1b[2J.")
    message = InboxMessage(1, "gw1", NOON, callback, b"Event: Newexten\r\nContext: gsm-3\r\n\r\n", read=False)
    shown = read_message(message, raw=False).plain
    assert "AMI saw an SMS on port 3 ␛[2J." in shown
    assert "Context: gsm-3" in shown
    assert "call could not be read" not in shown


def test_what_is_not_drawn_of_a_long_name_is_told() -> None:
    callback = Callback(CallbackKind.SMS, "9" * 300, "hello", "3", "gsm-" + "x" * 76)
    told = read_message(InboxMessage(1, "gw1", NOON, callback, b"", read=False), raw=False).plain
    assert f"{'9' * 80}… (300 characters)" in told
    assert f"(gsm-{'x' * 76})" in told
