"""Texts as the driver of 2013 reads and writes them."""

from __future__ import annotations

from datetime import timedelta, timezone

import pytest

from console.simulator.radio.network import Sim
from console.simulator.radio.receiving import decoded_parts, decoded_sender, leaving, received

NOON = 1_369_738_800.0
"""2013-05-28 11:00:00 UTC."""
SIM = Sim("250990000000001", "Beeline", "+79037011111", timezone(timedelta(hours=3)))


def octets(text: str) -> list[bytes]:
    return [part.encode(errors="surrogateescape") for part in decoded_parts(text)]


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("plain", b"plain"),
        ("Grüße", b"Gr\xfc\xdfe"),
        ("öéÖ", b"\xf6\xdf\xcc"),
        ("5 €", b"5 \xffe"),
        ("[a]", b"\xff<a\xff>"),
        ("ΔΩ", b"\xff\xff"),
        ("@£", b"@\xa3"),
    ],
)
def test_the_gsm_alphabet_comes_out_nearly_latin_1(text: str, read: bytes) -> None:
    assert octets(text) == [read]


def test_any_other_text_comes_out_as_utf_8_with_a_mark() -> None:
    assert octets("привет") == [b"\xef\xbb\xbf" + "привет".encode()]


def test_an_emoji_ends_the_text() -> None:
    assert decoded_parts("ok 😀 then more") == ["\ufeffok "]
    assert decoded_parts("👍") == ["\ufeff"]


@pytest.mark.parametrize(
    ("text", "lengths"),
    [
        ("x" * 160, [160]),
        ("x" * 161, [153, 8]),
        ("x" * 152 + "€" + "x" * 20, [152, 22]),
        ("я" * 70, [71]),
        ("я" * 140, [68, 68, 7]),
        ("я" * 30 + "😀" + "я" * 101, [31, 67]),
    ],
)
def test_each_part_is_a_text_of_its_own(text: str, lengths: list[int]) -> None:
    """Lengths with the mark of each, and with two octets for what is escaped, which is never torn in two. The emoji,
    which takes two of 67, cuts its part only.
    """
    assert [len(part) for part in decoded_parts(text)] == lengths


@pytest.mark.parametrize(
    ("number", "read"),
    [
        ("Beeline", "Beeline@"),
        ("MegaFon", "MegaFon@"),
        ("Google", "Google"),
        ("1234567", "1234567"),
        ("+123456", "+123456"),
    ],
)
def test_seven_letters_get_one_more(number: str, read: str) -> None:
    assert decoded_sender(number) == read


def test_the_time_is_the_smsc_s_and_each_part_has_its_own() -> None:
    parts = list(received("Beeline", "x" * 200, SIM, NOON, "openvox-2013"))
    assert [(part.number, part.time) for part in parts] == [
        ("Beeline@", "2013/05/28 13:59:59"),
        ("Beeline@", "2013/05/28 14:00:00"),
    ]
    assert {(part.smsc, part.imsi) for part in parts} == {("+79037011111", "250990000000001")}


def test_other_dialects_give_all_of_it_as_it_was() -> None:
    (whole,) = received("Beeline", "é" * 200 + "😀", SIM, NOON, "openvox")
    assert (whole.number, whole.text) == ("Beeline", "é" * 200 + "😀")


def test_what_leaves_is_not_what_was_asked_for() -> None:
    assert leaving("ok 😀 then") == "ok \u07d8then"
    assert leaving("tab\there `") == "tabÇhere ¿"
    assert leaving("é\t`") == "é\t`"
    assert leaving("😀") == "\u07d8"
