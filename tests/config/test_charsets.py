"""What is a character set."""

from __future__ import annotations

import pytest

from console.config.charsets import charset_name


@pytest.mark.parametrize("name", ["utf-8", "UTF8", "gb18030", "Big5", "shift_jis", "cp1252", "utf-16", "latin-1"])
def test_what_a_gateway_may_write_in(name: str) -> None:
    assert "é".encode(charset_name(name), "replace")


@pytest.mark.parametrize(
    "name", ["", "utf-9", "hex", "rot13", "idna", "punycode", "undefined", "unicode_escape", "utf_7", "mbcs", "x\0"]
)
def test_what_is_none(name: str) -> None:
    assert charset_name(name) == ""


def test_its_name_is_the_codecs_own() -> None:
    assert charset_name("Windows-1251") == "cp1251"
