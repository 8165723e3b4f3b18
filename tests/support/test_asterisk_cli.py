"""The model of Asterisk's argument splitter against what real servers were seen to do."""

from __future__ import annotations

import pytest

from tests.support.asterisk_cli import parse_args

MEASURED = [
    (rb'"two words"', [b"two words"]),
    (b"two words", [b"two", b"words"]),
    (rb'"a  b"', [b"a  b"]),
    (rb'" lead trail "', [b" lead trail "]),
    (b"'single q'", [b"'single", b"q'"]),
    (rb'"say \"hi\""', [b'say "hi"']),
    (rb'"a\\b"', [b"a\\b"]),
    (rb'"a\b"', [b"ab"]),
    (b'""', [b""]),
    (rb"a\ b", [b"a b"]),
    (b'"unclosed text', [b"unclosed text"]),
    (b'x"a b"y', [b"xa by"]),
    (b'"a"b"c"', [b"abc"]),
    (rb'"C:\" 30', [b'C:" 30']),
    (b'"tab\there"', [b"tab\there"]),
    (b'"nul\0after"', [b"nul"]),
]


@pytest.mark.parametrize(("sent", "seen"), MEASURED)
def test_words_arrive_as_measured(sent: bytes, seen: list[bytes]) -> None:
    assert parse_args(sent) == seen


def test_the_63rd_word_loses_all_but_its_first_character() -> None:
    words = parse_args(b" ".join(b"word%d" % n for n in range(80)))
    assert words == [b"word%d" % n for n in range(62)] + [b"w"]
