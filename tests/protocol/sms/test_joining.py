"""Long SMS that came in pieces."""

from __future__ import annotations

from itertools import permutations
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.protocol.sms.joining import (
    MAX_PIECES,
    NEAR,
    Declared,
    Piece,
    are_one,
    compete,
    declared_part,
    gateway_seconds,
    in_order,
    missing,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

LATIN = "".join(f"{number} green bottles hanging on the wall; " for number in range(99, 80, -1))
CYRILLIC = "".join(f"{number} зелёных бутылок на стене; " for number in range(99, 80, -1))
CHINESE = "".join(chr(0x4E00 + 37 * number) for number in range(300))


def cut(text: str, size: int, *, at: float = 0.0) -> list[Piece]:
    return [Piece(text[start : start + size], at) for start in range(0, len(text), size)]


def text_of(pieces: Sequence[Piece]) -> str:
    return "".join(piece.text for piece in in_order(pieces))


@pytest.mark.parametrize(("text", "size"), [(LATIN, 153), (LATIN, 140), (CYRILLIC, 67), (CYRILLIC, 66), (CHINESE, 67)])
def test_pieces_of_a_long_one(text: str, size: int) -> None:
    pieces = cut(text, size)
    assert len(pieces) > 3
    assert are_one(pieces)
    assert are_one(pieces[:2])
    assert are_one([pieces[0], pieces[-1]])
    assert text_of(pieces) == text
    assert missing(pieces) == 0


def test_the_order_is_that_of_their_times_in_whatever_order_they_came() -> None:
    pieces = [Piece(piece.text, float(number)) for number, piece in enumerate(cut(CYRILLIC[:180], 67))]
    for order in permutations(pieces):
        assert are_one(order)
        assert text_of(order) == CYRILLIC[:180]


def test_at_one_time_they_are_one_only_as_they_came() -> None:
    first, second, third = cut(CYRILLIC[:180], 67)
    assert text_of([second, first, third]) == second.text + first.text + third.text
    assert not are_one([second, third, first])
    assert not are_one([third, first, second])


def test_what_an_emoji_cut_short_is_not_put_last() -> None:
    """The driver of 2013 ends a text there: part 1 of three comes with 30 characters."""
    first, second, third = Piece("а" * 30, 0.0), Piece("б" * 67, 0.0), Piece("в" * 20, 0.0)
    assert not are_one([first, second])
    assert not are_one([first, second, third])
    assert are_one([second, third])
    assert not are_one([second, first, second])


@pytest.mark.parametrize("later", [0.0, 1.0])
def test_two_last_parts_compete(later: float) -> None:
    one, other, last_one, last_other = (Piece(text, 0.0) for text in ("а" * 67, "б" * 67, "в" * 9, "г" * 8))
    assert are_one([one, other, last_one])
    assert compete([one, other, last_one], Piece(last_other.text, later))
    assert not are_one([one, other, last_one, last_other])
    assert not compete([one, other], last_one)
    assert not compete([one, last_one], other)
    assert not compete([one, last_one], Piece("ok", 2 * NEAR))
    assert not compete([last_one], last_other)


def test_a_piece_without_a_special_character_belongs_to_its_ucs2_message() -> None:
    text = "a" * 40 + "b" * 27 + "привет"
    assert are_one(cut(text, 67))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("я" * 60, "ж" * 3),  # neither fills a part
        ("я" * 67, "ж" * 70),  # a part never holds so much
        ("a" * 153, "b" * 160),
        ("a" * 100, "b" * 20),
        ("a" * 67, "b" * 3),  # fills a part of UCS-2, and nothing needs UCS-2
        (CYRILLIC[:67], CYRILLIC[:12] + "1234"),  # one template
    ],
)
def test_two_messages(one: str, other: str) -> None:
    assert not are_one([Piece(one, 0.0), Piece(other, 0.0)])
    assert not are_one([Piece(other, 0.0), Piece(one, 0.0)])


def test_only_one_is_the_last() -> None:
    full, *_ = cut(CYRILLIC, 67)
    assert not are_one([full, Piece("конец", 0.0), Piece("и ещё", 0.0)])


def test_parts_come_close_together() -> None:
    first, second, third, *_ = cut(LATIN, 153)
    assert are_one([first, Piece(second.text, NEAR), Piece(third.text, 2 * NEAR)])
    assert not are_one([first, Piece(third.text, 2 * NEAR)])


def test_one_is_not_many_and_many_is_not_one() -> None:
    assert not are_one([Piece(LATIN[:153], 0.0)])
    pieces = [Piece(chr(0x400 + number) * 67, 0.0) for number in range(MAX_PIECES + 1)]
    assert are_one(pieces[:-1])
    assert not are_one(pieces)


def numbered(text: str, index: int, total: int = 3, reference: str = "7") -> Piece:
    return Piece(text, 0.0, Declared(reference, index, total))


@pytest.mark.parametrize("first", [0, 1])
def test_numbered_parts_need_no_guessing(first: int) -> None:
    pieces = [numbered("c", first + 2), numbered("a", first)]
    assert are_one(pieces)
    assert missing(pieces) == 1
    assert text_of(pieces) == "ac"
    pieces.append(numbered("b", first + 1))
    assert are_one(pieces)
    assert (missing(pieces), text_of(pieces)) == (0, "abc")


def test_numbered_parts_of_different_messages() -> None:
    first = numbered("я" * 67, 1)
    for other in (numbered("b", 1), numbered("b", 2, 4), numbered("b", 2, 3, "8"), Piece("b", 0.0)):
        assert not are_one([first, other])


@pytest.mark.parametrize(
    ("raw", "declared"),
    [
        (b"Event: ReceivedSMS\r\nID: 42\r\nIndex: 1\r\nTotal: 3\r\nContent: hi\r\n", Declared("42", 1, 3)),
        (b"/sms?num=1&message=hi&id=a%20b&index=2&total=2&", Declared("a b", 2, 2)),
        (b"index=0&TOTAL=2", Declared("", 0, 2)),
        (b"/sms?index=1&total=1", None),
        (b"/sms?index=4&total=3", None),
        (b"/sms?index=x&total=3", None),
        (b"/sms?total=3", None),
        (b"/sms?index=1&total=1000", None),
        (b"/sms?message=total:%205%20index:%201", None),
        (b"/sms?message=hello", None),
        (b'Event: Newexten\r\nAppData: x "3" "10086" "t" "win &id=1&index=1&total=2&"\r\n\r\n', None),
    ],
)
def test_what_the_gateway_says_of_a_part(raw: bytes, declared: Declared | None) -> None:
    assert declared_part(raw) == declared


@given(st.binary())
def test_any_bytes_can_be_looked_at(raw: bytes) -> None:
    declared_part(raw)
    declared_part(b"&total=" + raw)


def test_the_gateways_clock() -> None:
    slashes, dashes = gateway_seconds("2014/09/11 09:36:47"), gateway_seconds("2014-09-11 09:36:48")
    assert slashes is not None
    assert dashes == slashes + 1
    for time in ("", "x", "2014/13/11 09:36:47", "2014/09/11 09:36:47 ", "2014/09/11"):
        assert gateway_seconds(time) is None
