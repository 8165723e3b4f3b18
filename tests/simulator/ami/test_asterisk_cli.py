"""The command-line splitter, against what was measured on Asterisk 1.8.32.3, and the words for unknown
commands.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.simulator.ami.asterisk_cli import MAX_WORDS, Cli, CliAnswer, CliCommand, WrongUsage, parse_args

if TYPE_CHECKING:
    from collections.abc import Sequence

MEASURED = [
    ('"two words"', ["two words"]),
    ("two words", ["two", "words"]),
    ('"a  b"', ["a  b"]),
    ('" lead trail "', [" lead trail "]),
    ("'single q'", ["'single", "q'"]),
    (r'"say \"hi\""', ['say "hi"']),
    ('"say "hi there" now"', ["say hi", "there now"]),
    (r'"a\\b"', [r"a\b"]),
    (r'"a\b"', ["ab"]),
    (r'"a\nb"', ["anb"]),
    ('"$x ${GLOB} `id` \\$y"', ["$x ${GLOB} `id` $y"]),
    ('""', [""]),
    (r"a\ b", ["a b"]),
    ('"unclosed text', ["unclosed text"]),
    ('x"a b"y', ["xa by"]),
    ('"a"b"c"', ["abc"]),
    (r'"C:\" 30', ['C:" 30']),
    ('"semi;colon , | & % # ! ?"', ["semi;colon , | & % # ! ?"]),
    ('"tab\there"', ["tab\there"]),
    ('"nul\0after" 30', ["nul"]),
    ('"é 中 😀"', ["é 中 😀"]),
    ("  a \t b  ", ["a", "b"]),
    ("", []),
]


@pytest.mark.parametrize(("line", "words"), MEASURED)
def test_splits_as_measured(line: str, words: list[str]) -> None:
    assert parse_args(line) == words


def test_the_word_behind_the_limit_keeps_its_first_character_only() -> None:
    words = parse_args(" ".join(f"word{number}" for number in range(80)))
    assert words[:MAX_WORDS] == [f"word{number}" for number in range(MAX_WORDS)]
    assert words[MAX_WORDS:] == ["w"]


@given(st.text(st.characters(codec="utf-8", exclude_characters="\0\r\n")))
def test_doubling_backslashes_and_escaping_quotes_is_enough(text: str) -> None:
    quoted = '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
    assert parse_args(f"gsm send sms 2 10086 {quoted} 30") == ["gsm", "send", "sms", "2", "10086", text, "30"]


@given(st.text())
def test_never_fails(line: str) -> None:
    assert all(isinstance(word, str) for word in parse_args(line))


async def _echo(words: Sequence[str]) -> CliAnswer:
    if "bad" in words:
        raise WrongUsage
    return CliAnswer("|".join(words) + "\n")


CLI = Cli(
    [
        CliCommand(tuple(name.split()), f"{name} <word>", _echo)
        for name in ("gsm show span", "gsm send sync sms", "gsm power on", "core reload")
    ]
)


@pytest.mark.parametrize("line", ["gsm show span 2", "GSM  Show sPAN 2", '"gsm" "show" span 2'])
async def test_finds_a_command_in_any_case_and_spacing(line: str) -> None:
    assert await CLI.run(line) == CliAnswer("2\n")


async def test_wrong_arguments_show_the_usage() -> None:
    assert await CLI.run("gsm show span bad") == CliAnswer("Usage: gsm show span <word>\n", failed=True)


@pytest.mark.parametrize(
    ("line", "guess"),
    [
        ("nosuch command here", "nosuch command"),
        ("gsm send letters now", "gsm send"),
        ("core show version now", "core show version"),
        ("core stop", "core stop"),
        ("gsm send", "gsm send"),
        ("gs sh span", "gs sh"),
        ('"gsm show" span', "gsm show span"),
        ('""', ""),
        ("y" * 200, "y" * 79),
    ],
)
async def test_says_when_there_is_no_such_command(line: str, guess: str) -> None:
    answer = await CLI.run(line)
    wanted = f"No such command '{line}' (type 'core show help {guess}' for other possible commands)\n"
    assert answer == CliAnswer(wanted, failed=True)
