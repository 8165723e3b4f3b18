"""Asterisk's command line: how it cuts words, how it finds a command, what it says when there is none.

The splitter follows main/cli.c `parse_args` as measured on 1.8.32.3: quotes toggle, a backslash makes the
next character ordinary and vanishes, nothing else is special. Text goes through as str with surrogateescape,
so any byte a client sends comes out again.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

MAX_WORDS = 62
"""Words that arrive whole; of the next one only its first character does."""

_BEST_GUESS_BYTES = 79
"""Room in the server for the words repeated behind `core show help`."""


@dataclass(frozen=True, slots=True)
class CliAnswer:
    """What a command printed, LF line ends; `failed` shows only in the new form of AMI's Command answer."""

    text: str
    failed: bool = False


Handler = Callable[[Sequence[str]], Awaitable[CliAnswer]]
"""Takes the words behind the command's own."""


@dataclass(frozen=True, slots=True)
class CliCommand:
    """A command: its words, how to use it (several lines, the first begins with the words), and what it does."""

    words: tuple[str, ...]
    usage: str
    run: Handler


class CommandFailed(Exception):
    """It can't be carried out; `str()` is what is answered instead, and Asterisk adds which command it was."""


class WrongUsage(Exception):
    """Raised by a handler whose arguments don't fit; the user sees the usage text."""


def need(words: Sequence[str], least: int, most: int) -> None:
    """Raise WrongUsage unless there are so many words."""
    if not least <= len(words) <= most:
        raise WrongUsage


def parse_args(line: str) -> list[str]:
    """Split a command line as Asterisk does. Never fails: an open quote or a dangling backslash just ends."""
    line = line.split("\0", 1)[0]
    words: list[list[str]] = []
    quoted = escaped = False
    between = True
    for char in line:
        if len(words) > MAX_WORDS:
            break
        if char == '"' and not escaped:
            quoted = not quoted
            if quoted and between:
                words.append([])
                between = False
        elif char in " \t" and not (quoted or escaped):
            between = True
        elif char == "\\" and not escaped:
            escaped = True
        else:
            if between:
                words.append([])
                between = False
            words[-1].append(char)
            escaped = False
    return ["".join(word) for word in words]


class Cli:
    """The commands a server knows."""

    def __init__(self, commands: Sequence[CliCommand]) -> None:
        self._commands = tuple(sorted(commands, key=lambda command: -len(command.words)))

    async def run(self, line: str) -> CliAnswer:
        """Carry out one line, as typed at the CLI or sent by AMI's Command action."""
        words = parse_args(line)
        lowered = tuple(word.lower() for word in words)
        for command in self._commands:
            if lowered[: len(command.words)] == command.words:
                try:
                    return await command.run(words[len(command.words) :])
                except WrongUsage:
                    return CliAnswer(f"Usage: {command.usage}\n", failed=True)
                except CommandFailed as failure:
                    return CliAnswer(f"{failure}\nCommand '{line}' failed.\n", failed=True)
        return CliAnswer(self._no_such(line, words, lowered), failed=True)

    def without(self, first_word: str) -> Cli:
        """The same before the module is loaded whose commands begin with that word."""
        return Cli([command for command in self._commands if command.words[0] != first_word])

    def _no_such(self, line: str, words: Sequence[str], lowered: tuple[str, ...]) -> str:
        count = 1
        while count < len(words) and self._is_near(lowered[:count]):
            count += 1
        guess = " ".join(words[:count]).encode(errors="surrogateescape")[:_BEST_GUESS_BYTES]
        shown = guess.decode(errors="surrogateescape")
        return f"No such command '{line}' (type 'core show help {shown}' for other possible commands)\n"

    def _is_near(self, lowered: tuple[str, ...]) -> bool:
        """Whether a command of as many words differs in the last one at most; of one word there always is (`!`)."""
        return len(lowered) == 1 or any(
            len(command.words) == len(lowered) and command.words[:-1] == lowered[:-1] for command in self._commands
        )
