"""One word a thing: what the operator reads has none of the words that the guide rules out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from console.ui.keys.actions import ACTIONS
from tests.support.terminal import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CONSOLE = REPOSITORY / "console"
GUIDE = (CONSOLE / "README.md").read_text(encoding="utf-8")

SKIPPED = re.compile(
    r"""
      simulator/                # speaks as gateways and Asterisk do
    | ui/keys/\w+_actions\.py   # its labels and sentences are looked at, not the synonyms that may be typed
    """,
    re.VERBOSE,
)
"""Modules that are not looked at, and why."""

SAID_ANYWAY = {
    "go on": "an action in the audit of databases that are there",
    "forget name": "the same",
    "comment remark": "synonyms that may be typed",
}
"""Text -> why it has a word that is ruled out."""

_NAME = re.compile("[#a-z_-]+")
"""What is no text but a name that code goes by: a key of JSON, an id."""

_LITERAL = re.compile(
    r"""
      \#[^\n]*
    | ^[ \t]*[rR]?\"{3} (?:[^\\]|\\.)*? \"{3}                    # a docstring: it begins its line
    | (?P<text>
        [a-zA-Z]{0,2}
        (?: \"{3} (?:[^\\]|\\.)*? \"{3} | "(?:[^"\\\n]|\\.)*" | '(?:[^'\\\n]|\\.)*' )
      )
    """,
    re.VERBOSE | re.MULTILINE | re.DOTALL,
)
_QUOTES = re.compile(r"""^[a-zA-Z]{0,2}(\"{3}|["'])(.*)\1$""", re.DOTALL)
_VALUE = re.compile(r"\{[^{}]*\}")
_ENDINGS = "(?:s|es|d|ed|ing)?"


def ruled_out() -> dict[re.Pattern[str], str]:
    """How a word looks that is ruled out -> what to write instead; as the guide's table says it."""
    table = GUIDE.partition("| write | not |\n|---|---|\n")[2].partition("\n\n")[0]
    rows = [line.strip("| ").split(" | ") for line in table.splitlines()]
    return {looks_like(words): instead for instead, no in rows for words in re.findall("`([^`]+)`", no)}


def looks_like(words: str) -> re.Pattern[str]:
    """`call … off`: the first word with any of its endings, and up to three words in the place of the dots."""
    first, *more = words.split()
    between = {"…": r"(?:\s+\S+){0,3}?"}
    rest = "".join(between.get(word, rf"\s+{re.escape(word)}") for word in more)
    return re.compile(rf"\b{re.escape(first)}{_ENDINGS}{rest}\b", re.IGNORECASE)


def literals(source: str) -> Iterator[tuple[int, str]]:
    """Line and text of each literal that is no docstring, those that stand together as one, with `{}` for values."""
    start, parts, end = 0, list[str](), 0
    for found in _LITERAL.finditer(source):
        if not found["text"]:
            continue
        if parts and source[end : found.start()].strip():
            yield start, "".join(parts)
            parts = []
        if not parts:
            start = found.start()
        quoted = _QUOTES.match(found["text"])
        assert quoted is not None
        parts.append(_VALUE.sub("{}", quoted[2]))
        end = found.end()
    if parts:
        yield start, "".join(parts)


def places() -> Iterator[tuple[str, int, str]]:
    """File, line and text of all that an operator can read."""
    for path in sorted(CONSOLE.rglob("*.py")):
        name = path.relative_to(CONSOLE).as_posix()
        if not SKIPPED.match(name):
            source = path.read_text(encoding="utf-8")
            for at, text in literals(source):
                yield f"console/{name}", source.count("\n", 0, at) + 1, text
    for scope, actions in ACTIONS.items():
        for action in actions:
            yield f"console/ui/keys, {scope}, {action.id}", 0, f"{action.label}. {action.help}"
    for path in (REPOSITORY / "README.md", *sorted((CONSOLE / "topics").glob("*.md"))):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            yield path.relative_to(REPOSITORY).as_posix(), number, line


def complaints(texts: Iterator[tuple[str, int, str]]) -> Sequence[str]:
    rules = ruled_out()
    any_of_them = re.compile("|".join(pattern.pattern for pattern in rules), re.IGNORECASE)
    return [
        f'{name}:{line}: "{found[0]}": write {instead}'
        for name, line, text in texts
        if any_of_them.search(text) and text not in SAID_ANYWAY and not _NAME.fullmatch(text)
        for pattern, instead in rules.items()
        for found in pattern.finditer(text)
    ]


def test_no_text_has_a_word_that_is_ruled_out() -> None:
    found = complaints(places())
    assert not found, "\n" + "\n".join(found)


@pytest.mark.parametrize(
    ("source", "line", "said"),
    [
        ('"""Call off."""\n\nTITLE = "Call off"\n', 3, "Call off"),
        ('say(\n    f"{name} is called "\n    "off."  # call off\n)\n', 2, "called off"),
        ("ask('Call them off?')\n", 1, "Call them off"),
        ('HELP = """\\\nends and calls what waits off\n"""\n', 1, "calls what waits off"),
    ],
)
def test_it_is_found_wherever_it_is_said(source: str, line: int, said: str) -> None:
    texts = (("x.py", source.count("\n", 0, at) + 1, text) for at, text in literals(source))
    assert complaints(texts) == [f'x.py:{line}: "{said}": write cancel']


def test_code_and_comments_may_say_what_they_like() -> None:
    source = '"""To call off."""\ncall_off = 1  # call "it" off\ncancel(call, off)\n"""The number called off."""\n'
    assert [text for _, text in literals(source)] == []
