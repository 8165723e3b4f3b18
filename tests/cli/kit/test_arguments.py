"""Arguments that commands share, and the help of all commands."""

from __future__ import annotations

import argparse
import re
import shlex
from typing import TYPE_CHECKING

import pytest

from console.cli import build_parser
from console.cli.kit.arguments import HelpText, add_command, decimal, whole

if TYPE_CHECKING:
    from collections.abc import Iterator


def parsers(parser: argparse.ArgumentParser) -> Iterator[argparse.ArgumentParser]:
    """It, and those of the commands below it."""
    yield parser
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for below in action.choices.values():
                yield from parsers(below)


ALL = {parser.prog: parser for parser in parsers(build_parser())}


@pytest.mark.parametrize(
    ("words", "number"), [("0", 0), ("7", 7), ("44", 44), ("-1", None), ("45", None), ("x", None), ("1.5", None)]
)
def test_a_whole_number_within_its_bounds(words: str, number: int | None) -> None:
    if number is not None:
        assert whole(0, 44)(words) == number
    else:
        with pytest.raises(argparse.ArgumentTypeError):
            whole(0, 44)(words)


@pytest.mark.parametrize(
    ("words", "complaint"),
    [
        ("-1", "-1.0 is not between 0 and 10,000"),
        ("10001", "10,001.0 is not between 0 and 10,000"),
        ("nan", "nan is not between"),
        ("inf", "inf is not between"),
        ("often", "'often' is not a number"),
    ],
)
def test_a_number_out_of_its_bounds_is_told(words: str, complaint: str) -> None:
    with pytest.raises(argparse.ArgumentTypeError, match=complaint):
        decimal(0, 10_000)(words)


def test_a_number_within_its_bounds() -> None:
    assert [decimal(0, 10_000)(words) for words in ("0", "0.5", "1e4")] == [0.0, 0.5, 10_000.0]


def test_a_whole_number_may_have_no_upper_bound() -> None:
    assert whole(1)("9" * 30) == int("9" * 30)
    with pytest.raises(argparse.ArgumentTypeError, match="0 is less than 1"):
        whole(1)("0")


def test_what_is_no_number_can_t_act_on_the_terminal() -> None:
    with pytest.raises(argparse.ArgumentTypeError, match=r"'\\x1b\[2J' is not a whole number"):
        whole(0)("\x1b[2J")


def test_a_command_below_another_has_its_help_and_its_example() -> None:
    commands = argparse.ArgumentParser(prog="tool").add_subparsers()
    parser = add_command(commands, "weigh", "weigh a thing", "--grams 100%")
    lines = parser.format_help().splitlines()
    assert lines[0] == "usage: tool weigh [-h]"
    assert "Weigh a thing." in lines
    assert lines[-2:] == ["example:", "  tool weigh --grams 100%"]


@pytest.mark.parametrize("prog", ALL)
def test_every_help_has_an_example_and_each_example_can_be_called(prog: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    shown = ALL[prog].format_help().replace("\\\n", " ")
    examples = [line for line in shown.splitlines() if re.match(rf"  (.*\| |\w+ +)?{prog}( |$)", line)]
    assert examples
    for example in examples:
        words = shlex.split(re.sub(r" [|<>].*", "", example.partition("gsm-console")[2].partition("   ")[0]))
        assert callable(build_parser(words).parse_args(words).run), example


@pytest.mark.parametrize("prog", ALL)
def test_every_help_breaks_its_lines_by_itself(prog: str) -> None:
    assert ALL[prog].formatter_class is HelpText
