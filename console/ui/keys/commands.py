"""Actions called by their names: what a line behind the colon means, how it may go on, and what is near to it. Pure.

Only what was typed in full runs: a name, another word for it, or the beginning of one name that changes nothing. All
else is listed and runs nothing.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from console.errors import ConfigError
from console.ui.keys.actions import ACTIONS, TITLES, Action
from console.ui.keys.keymap import check_keys

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from console.config import Config

HERE, BESIDE, ELSEWHERE = range(3)
"""How near a command is: it works where the operator is, in another pane, or on a screen that is not open."""

_UNNAMED = {
    *("lists", "lines", "dialogs", "detail", "grid", "choice", "pick", "command", "ussd", "setup"),
    *("summary", "resend", "recipients", "templates", "audit", "commands", "help"),
}
"""Scopes of cursors, of lines that are typed in, and of answers: their keys are no commands."""


@dataclass(frozen=True, slots=True)
class Command:
    """An action, where it works, and how near that is."""

    action: Action
    scope: str
    near: int = ELSEWHERE

    @property
    def name(self) -> str:
        """What is typed."""
        return self.action.name

    def is_called(self, word: str) -> bool:
        """Whether a word says it in full."""
        return word in {self.name, self.action.id, *self.action.words.split()}


def is_command(command: Command) -> bool:
    """Whether it is called by its name, too."""
    return command.action.by_name and command.scope not in _UNNAMED


def everything(near: Callable[[Action, str], int]) -> list[Command]:
    """Every action with a key or a name, in the order of the table; `near` tells how near one of a scope is."""
    return [Command(action, scope, near(action, scope)) for scope, actions in ACTIONS.items() for action in actions]


EVERY = tuple(filter(is_command, everything(lambda *_: ELSEWHERE)))
"""All that are called by their names, in the order of the table."""


def commands(near: Callable[[Action, str], int]) -> list[Command]:
    """All that are called by their names, the nearest first."""
    found = [Command(each.action, each.scope, near(each.action, each.scope)) for each in EVERY]
    return sorted(found, key=_how_near)


def _how_near(command: Command) -> tuple[int, bool]:
    """What is of the pane itself comes before what works everywhere."""
    return command.near, command.scope == "everywhere"


# ---- what a line means --------------------------------------------------------------------------------------------

Values: TypeAlias = "Callable[[str], Sequence[str]]"
"""By what a command takes, such as `PORT`: the values that there are; none where anything may be typed."""


class Meaning(NamedTuple):
    """What a line means: a command and what stands behind it; or nothing, and why."""

    command: Command | None = None
    words: str = ""
    trouble: str = ""


def meaning(line: str, known: Sequence[Command], values: Values, aliases: Mapping[str, str]) -> Meaning:
    """Of a line as it was typed, without the colon."""
    word, words = split(expanded(line, aliases))
    if not word:
        return Meaning()
    command, trouble = _meant(word, known)
    if command is None:
        return Meaning(trouble=trouble)
    trouble = _trouble_behind(command, words, values)
    return Meaning(trouble=trouble) if trouble else Meaning(command, words)


def split(line: str) -> tuple[str, str]:
    """The first word in small letters, and what stands behind it."""
    word, _, words = line.strip().lstrip(":").strip().partition(" ")
    return word.lower(), words.strip()


def expanded(line: str, aliases: Mapping[str, str]) -> str:
    """With what an alias stands for in its place."""
    word, words = split(line)
    return f"{aliases[word]} {words}".strip() if word in aliases else line


def _meant(word: str, known: Sequence[Command]) -> tuple[Command | None, str]:
    """The command that a word calls; else None, and why."""
    called = _nearest([each for each in known if each.is_called(word)])
    called = [each for each in called if word in {each.name, each.action.id}] or called
    if not called:
        begun = _nearest([each for each in known if each.near < ELSEWHERE and each.name.startswith(word)])
        if len({each.name for each in begun}) != 1:
            return None, f"{word} is not a command." if not begun else f"{word} could mean several: {_names(begun)}."
        if begun[0].action.changes:
            return None, f"{begun[0].name} changes something: type its full name."
        called = begun
    if len({each.name for each in called}) > 1:
        return None, f"{word} could mean several: {_names(called)}."
    if called[0].near == BESIDE and len({each.scope for each in called}) > 1:
        places = ", ".join(TITLES[each.scope] for each in called)
        return None, f"{word} exists in several places: {places}. Go there first."
    return called[0], ""


def _nearest(found: list[Command]) -> list[Command]:
    near = min((each.near for each in found), default=HERE)
    return [each for each in found if each.near == near]


def _names(found: Iterable[Command]) -> str:
    return ", ".join(dict.fromkeys(each.name for each in found))


def _trouble_behind(command: Command, words: str, values: Values) -> str:
    """What is wrong with what stands behind a command."""
    takes = command.action.takes
    if not words:
        listed = f": {_listed(values(_kind(takes)))}" if takes else ""
        return f"{command.name} takes {takes}{listed}" if takes and not takes.startswith("[") else ""
    if not takes:
        return f"{command.name} takes no arguments."
    kind, there = _kind(takes), values(_kind(takes))
    value = value_in(takes, words)
    if not there or value in there:
        return ""
    alike = [] if value.isdigit() else difflib.get_close_matches(value, there, n=3)
    close = [each for each in there if each.endswith(f":{value}")] or alike
    return f"There is no {kind.lower()} {value}. {'Perhaps' if close else 'There is'} {_listed(close or there)}."


def value_in(takes: str, words: str) -> str:
    """Of what stands behind a command, that of the first kind that it takes: a word, or all where it takes one kind."""
    return words.split(" ", 1)[0] if " " in takes else words


def _kind(takes: str) -> str:
    return takes.split(" ")[0].strip("[]")


_LISTED = 12


def _listed(values: Sequence[str]) -> str:
    return ", ".join(values[:_LISTED]) + (", …" if len(values) > _LISTED else "")


# ---- what is offered ----------------------------------------------------------------------------------------------


def find(line: str, known: Sequence[Command]) -> list[Command]:
    """Those that the line may mean, the likeliest first, one of a name; where nothing matches, the nearest. Of an empty
    line: what works here, and what can be said to a row from anywhere.
    """
    words = line.lower().replace(":", " ").split()
    if not words:
        return _one_of_a_name([each for each in known if each.near == HERE or _is_told_what(each)])
    return _one_of_a_name(ranked(known, words) or _alike(words[0], known))


def ranked(known: Sequence[Command], words: Sequence[str]) -> list[Command]:
    """Those that all of the words match, the likeliest first, and of these the nearest."""
    found = [(well, _how_near(each), each) for each in known if (well := rank(each, words)) is not None]
    return [each for *_, each in sorted(found, key=lambda one: one[:2])]


def _is_told_what(command: Command) -> bool:
    return command.near == BESIDE and bool(command.action.takes) and command.action.takes != "[WORDS]"


def _one_of_a_name(found: Iterable[Command]) -> list[Command]:
    first: dict[str, Command] = {}
    for each in found:
        first.setdefault(each.name, each)
    return list(first.values())


def rank(command: Command, words: Sequence[str]) -> int | None:
    """How well all of the words, in small letters, match: 0 is best; None where one of them does not."""
    ranks = [_rank_of(command, word) for word in words]
    return None if None in ranks else max((each for each in ranks if each is not None), default=0)


def _rank_of(command: Command, word: str) -> int | None:
    action = command.action
    others, said = action.words.split(), re.findall(r"[\w-]+", action.help.lower())
    tests = (
        command.is_called(word),
        command.name.startswith(word),
        any(each.startswith(word) for each in (*others, *command.name.split("-"))),
        word in command.name,
        any(each.startswith(word) for each in said),
        word in action.id,
    )
    return next((rank for rank, holds in enumerate(tests) if holds), None)


def _alike(word: str, known: Sequence[Command]) -> list[Command]:
    names = {each: command for command in reversed(known) for each in (*command.action.words.split(), command.name)}
    return [names[each] for each in difflib.get_close_matches(word, list(names), n=5, cutoff=0.5)]


def completions(line: str, known: Sequence[Command], values: Values, aliases: Mapping[str, str]) -> list[str]:
    """How the word that is being typed may go on, each as the whole line: a name, or a value behind one."""
    text = line.lstrip().lstrip(":")
    if " " not in text:
        word = text.lower()
        names = [each.name for each in known if each.near < ELSEWHERE and each.name.startswith(word)]
        names += [alias for alias in aliases if alias.startswith(word)]
        names = names or [each.name for each in find(word, known)]
        takes = {each.name for each in known if each.action.takes}
        return [f"{name} " if name in takes else name for name in dict.fromkeys(names)]
    word, words = split(expanded(text, aliases))
    command, _ = _meant(word, known)
    if command is None or not command.action.takes:
        return []
    if " " in command.action.takes and " " in words:
        return []
    head = text.partition(" ")[0]
    more = " " if " " in command.action.takes else ""
    return [f"{head} {each}{more}" for each in values(_kind(command.action.takes)) if each.startswith(words)]


def check_own(config: Config) -> None:
    """Raise ConfigError for what `check_keys` refuses, and for an alias that hides a command or stands for none."""
    check_keys(config)
    for alias, line in config.aliases.items():
        if any(each.name == alias for each in EVERY):
            raise ConfigError(f"{config.path}: aliases.{alias} is a command itself.", hint="Use another word.")
        word, _ = split(line)
        if not any(each.is_called(word) for each in EVERY):
            close = _one_of_a_name(_alike(word, EVERY))
            raise ConfigError(
                f"{config.path}: aliases.{alias} stands for {word!a}, which is not a command.",
                hint=f"Did you mean {close[0].name}?" if close else "`?` in the console lists the commands.",
            )
