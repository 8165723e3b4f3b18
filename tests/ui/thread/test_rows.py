from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from console.domain.messages import (
    Callback,
    CallbackKind,
    Claim,
    DeliveryState,
    Draft,
    InboxMessage,
    OutboxMessage,
    Via,
)
from console.ui.kit.format import line_width
from console.ui.thread.rows import ThreadMessage, day_line, identity, message_lines, wrapped
from tests.support.backend import NOON


def received(text: str, *, port: str = "2", copies: int = 1) -> InboxMessage:
    callback = Callback(CallbackKind.SMS, "10086", text, port)
    return InboxMessage(1, "gw1", NOON, callback, b"", read=False, copies=copies)


def sent(text: str, state: DeliveryState, detail: str = "") -> OutboxMessage:
    return OutboxMessage(1, NOON, NOON, Draft("gw1", "10086", text, 2, Via.AMI), state, (state,), detail)


def shown(message: ThreadMessage, width: int = 76, title: str = "10086") -> list[str]:
    return ["".join(text for text, _ in line).rstrip() for line in message_lines(message, width, title=title)]


def test_which_way_it_went_and_how_far_it_came() -> None:
    assert [line[10:] for line in shown(received("hello"))] == ["← in   port 2        hello"]
    assert [line[10:] for line in shown(sent("hello", DeliveryState.DELIVERED))] == ["→ out  ✔ delivered   hello"]


def test_why_it_failed_stands_below_it_and_acts_on_nothing() -> None:
    lines = shown(sent("hello", DeliveryState.FAILED, "FAILED \r\n\x1b[2J"))
    assert [line.strip() for line in lines[1:]] == ["FAILED ␛[2J"]
    assert len(shown(sent("hello", DeliveryState.DELIVERED, "FAILED"))) == 1


def test_a_text_of_many_lines_stays_beside_its_time() -> None:
    lines = shown(received("one two\nthree \x1b[31m\n" + " ".join(["word"] * 12)), width=60)
    assert [line[31:] for line in lines] == [
        "one two",
        "three ␛[31m",
        "word word word word word word",
        "word word word word word word",
    ]
    assert all(line[:31].isspace() for line in lines[1:])


def test_what_came_twice_says_so() -> None:
    assert [line[31:] for line in shown(received("hello", copies=2))] == ["x2", "hello"]


def test_a_very_long_text_is_drawn_in_part() -> None:
    lines = shown(received("x" * 50_000))
    assert lines[-1].strip() == "… 30,000 more characters"


def test_a_message_is_the_same_whatever_becomes_known_of_it() -> None:
    assert identity(sent("a", DeliveryState.QUEUED)) == identity(sent("a", DeliveryState.SENT))
    assert identity(sent("a", DeliveryState.QUEUED)) != identity(received("a"))


def test_a_number_that_is_not_the_one_in_the_title_is_told() -> None:
    assert [line[31:] for line in shown(received("hello"), title="+8610086")] == ["10086", "hello"]
    assert [line[31:] for line in shown(sent("hello", DeliveryState.SENT), title="+8610086")] == ["10086", "hello"]
    assert [line[31:] for line in shown(received("hello"), title="+10086")] == ["hello"]


def test_each_day_has_a_name() -> None:
    assert "22 Nov 2026" in day_line(NOON)[0][0]
    assert day_line(NOON) != day_line(NOON + 86_400)


@pytest.mark.parametrize(
    ("line", "width", "lines"),
    [
        ("", 5, [""]),
        ("ab cd ef", 5, ["ab cd", "ef"]),
        ("abcdefgh ij", 5, ["abcde", "fgh", "ij"]),
        ("ab cdefghi", 4, ["ab", "cdef", "ghi"]),
        ("您的账户余额", 5, ["您的", "账户", "余额"]),
        ("  ab", 5, ["  ab"]),
    ],
)
def test_lines_are_cut_at_blanks_where_they_can_be(line: str, width: int, lines: list[str]) -> None:
    assert wrapped(line, width) == lines


@given(st.text(alphabet="ab 余🎂é"), st.integers(2, 20))
def test_nothing_but_blanks_is_lost_and_nothing_sticks_out(line: str, width: int) -> None:
    lines = wrapped(line, width)
    assert "".join(lines).replace(" ", "") == line.replace(" ", "")
    assert all(cell_len(piece) <= width for piece in lines)


@given(st.text(), st.integers(45, 120))
def test_no_line_is_wider_than_the_screen(text: str, width: int) -> None:
    for message in (received(text), sent(text, DeliveryState.FAILED, text)):
        assert all(line_width(line) <= width for line in message_lines(message, width, title="+49"))


def test_whose_it_is_and_who_looks_after_it_stand_with_it() -> None:
    lines = message_lines(
        received("help"),
        76,
        title="10086",
        gateway=[("gw1 ", "gateway-1")],
        claim=Claim(1, "alice from 192.0.2.7", NOON),
    )
    first, second = ("".join(text for text, _ in line).rstrip() for line in lines)
    assert first == "12:00:00  gw1 ← in   port 2        @alice"
    assert second == " " * first.index("@alice") + "help"
