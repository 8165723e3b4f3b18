"""The alphabet, against spot values of 3GPP TS 23.038."""

from __future__ import annotations

import pytest

from console.protocol.sms import gsm7


def test_the_basic_table_has_128_codes_and_no_character_twice() -> None:
    assert len(gsm7.BASIC) == 128
    assert len(set(gsm7.BASIC)) == 128


@pytest.mark.parametrize(
    ("code", "char"),
    [
        (0x00, "@"),
        (0x02, "$"),
        (0x09, "Ç"),
        (0x0A, "\n"),
        (0x0D, "\r"),
        (0x10, "Δ"),
        (0x11, "_"),
        (0x1F, "É"),
        (0x20, " "),
        (0x24, "¤"),
        (0x40, "¡"),
        (0x41, "A"),
        (0x5B, "Ä"),
        (0x5F, "§"),
        (0x60, "¿"),
        (0x7A, "z"),
        (0x7F, "à"),
    ],
)
def test_characters_stand_at_their_codes(code: int, char: str) -> None:
    assert gsm7.BASIC[code] == char


def test_the_extension_table_is_that_of_the_standard() -> None:
    assert sorted(gsm7.EXTENSION.values()) == sorted("\f^{}\\[~]|€")
    assert gsm7.EXTENSION[0x65] == "€"


def test_extension_characters_take_two_septets() -> None:
    assert gsm7.septets("a[b]€") == 8
    assert gsm7.septets("") == 0


@pytest.mark.parametrize("char", ["`", "\t", "\x1b", "ç", "’", "ё", "\u00a0", "α", "😀"])
def test_what_is_outside_the_alphabet(char: str) -> None:
    assert not gsm7.is_gsm7(f"a{char}b")


def test_ascii_inside_the_alphabet() -> None:
    inside = {chr(code) for code in range(128) if not gsm7.OUTSIDE_ASCII.search(chr(code))}
    printable = {chr(code) for code in range(0x20, 0x7F)}
    assert inside == (printable - {"`"}) | {"\n", "\r", "\f"}
    assert gsm7.OUTSIDE_ASCII.search("é")


@pytest.mark.parametrize(
    ("octets", "text"),
    [("d4f29c0e", "Test"), ("e8329bfd06", "hello"), ("31d98c56b3dd1a", "1234567"), ("9b32", "€"), ("", "")],
)
def test_packed_septets(octets: str, text: str) -> None:
    assert gsm7.unpacked(bytes.fromhex(octets)) == text
