"""No text names a key of its own accord: whatever keys the operator has, what is shown names them."""

from __future__ import annotations

import ast
import re
from functools import cache
from typing import TYPE_CHECKING

import pytest

from console.ui.keys.actions import ACTIONS, key_name
from tests.support.operator import Operator, console
from tests.support.terminal import REPOSITORY
from tests.ui.app.test_read_only import world

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

KEY = re.compile(
    r"""
      \^[a-z](?!\w)                                         # ^t
    | \b(?:ctrl\+(?!c\b)|alt\+|shift\+)\w+                  # ctrl+c is the shell's
    | \b(?:[Ee]sc|[Ee]nter|[Tt]ab\ [a-z]+s|pg(?:up|dn)|page(?:up|down)|[Ss]pace\ bar|[Ff]\d{1,2})\b
    | [↑↓←→]\ [a-z]+s\b                                     # ↑ recalls
    | (?:^|(?<=[\s(]))(?:[B-HJ-Zb-z]|/)\ [a-z]+s\b          # m takes it up again
    | (?:^|(?<=[\s(]))[b-zB-Z]:\ (?:\{|[a-z]+\b)            # d: hours
    | \((?:[a-zA-Z]|[/?:!])\)                               # (y)
    | \b(?:[Pp]ress|[Kk]ey)\ [a-zA-Z]\b                     # press n
    """,
    re.VERBOSE,
)
"""A key, by its name or by what is said of it."""

TABLE = {f"ui/keys/{name}.py" for name in ("action", "main_actions", "pane_actions", "screen_actions", "fixed_actions")}
"""Where keys are declared and get their names."""

NO_KEYS = {
    "Use ctrl and a letter, such as ctrl+r.",  # what the configuration may say
    "(c)",  # letters for © and ®
    "(r)",
}
"""Literals that look as if they named one."""


def named(text: str) -> list[str]:
    """The keys that a text names."""
    return [found[0] for found in KEY.finditer(text)]


@pytest.mark.parametrize(
    "text",
    [
        "Send ^t",
        "p shows it",
        "enter takes it, esc leaves",
        "Enter goes on.",
        "tab completes, ↑ recalls",
        "already; m takes it up again.",
        "held (o)",
        "first (/), then V gives it a name",
        "local time; d: {}",
        "even while typing (ctrl+p)",
        "Press F1, or press n for a new one",
    ],
)
def test_a_key_is_found_however_it_is_spoken_of(text: str) -> None:
    assert named(text)


@pytest.mark.parametrize("text", ["a gateway says so", "8 ports, 3 free", "SMS (4711)", "✗ 3 failed", "? 2 unknown"])
def test_other_words_are_no_keys(text: str) -> None:
    assert named(text) == []


def texts(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Line and text of each literal that is no docstring, with `{}` where a value goes; the parts of what is drawn in
    the ink of keys are told by `^k` before them.
    """
    skipped = set()
    for node in ast.walk(tree):
        match node:
            case ast.Expr(value=ast.Constant() as docstring):
                skipped.add(docstring)
            case ast.JoinedStr(values=parts):
                skipped.update(part for part in parts if isinstance(part, ast.Constant))
                words = (str(part.value) if isinstance(part, ast.Constant) else "{}" for part in parts)
                yield node.lineno, "".join(words)
            case ast.Tuple(elts=[ast.Constant(value=str(text)), ast.Constant(value="key")]) if text.strip():
                yield node.lineno, f"^k {text}"
            case ast.Constant(value=str(text)) if node not in skipped:
                yield node.lineno, text


@cache
def sources() -> list[tuple[str, ast.Module]]:
    """Modules of the screen, of the shell, and of all whose words they show."""
    paths = sorted((REPOSITORY / "console").rglob("*.py"))
    return [
        (path.relative_to(REPOSITORY / "console").as_posix(), ast.parse(path.read_text(encoding="utf-8")))
        for path in paths
    ]


def test_no_literal_names_a_key() -> None:
    found = [
        f"{name}:{line}: {text!r} names {keys}"
        for name, tree in sources()
        if name not in TABLE and not name.startswith(("config/", "terminal/", "simulator/"))
        for line, text in texts(tree)
        if text not in NO_KEYS and (keys := named(text))
    ]
    assert found == []


def test_nor_does_what_an_action_is_said_to_do() -> None:
    said = [f"{action.label}. {action.help}" for actions in ACTIONS.values() for action in actions]
    assert [words for words in said if named(words)] == []


def test_bindings_are_made_of_the_table_only() -> None:
    made = {name for name, tree in sources() for node in ast.walk(tree) if is_binding(node)}
    assert made == {"ui/keys/actions.py"}


def is_binding(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Binding"


# ---- on the screen --------------------------------------------------------------------------------------

DIGITS = ("choose.take", "views.take", "port.section")
OWN = {
    action.id: f"k{number}"
    for number, action in enumerate(each for actions in ACTIONS.values() for each in actions)
    if action.id not in DIGITS
}
"""Another key for every action, those that the configuration leaves alone as well."""

BAR = {
    f" {key_name(key)} {each.label} "
    for found in ACTIONS.values()
    for each in found
    for key in each.key.split(",")
    if key
}
"""How the bar, and what is like it, names the keys of the table."""

BAR.remove(" 4 AMI ")  # the fourth section of a port as well

WAYS = (
    ("pane.inbox", "list.open"),
    ("pane.inbox", "inbox.thread", "thread.reply"),
    ("pane.inbox", "inbox.views"),
    ("pane.inbox", "inbox.views", "list.down", "list.down", "views.delete"),
    ("pane.inbox", "inbox.keep-view"),
    ("pane.inbox", "inbox.name"),
    ("pane.inbox", "inbox.export"),
    ("pane.ports", "ports.power"),
    ("pane.ports", "ports.power", "list.open"),
    ("pane.ports", "ports.ussd"),
    ("pane.ports", "list.open"),
    ("pane.ports", "list.open", "port.days"),
    ("pane.compose", "compose.recipients"),
    ("pane.compose", "compose.template"),
    ("pane.compose", "compose.drafts"),
    ("pane.compose", "compose.next", "choice.all"),
    ("pane.compose", "compose.raw-command"),
    ("pane.compose", "compose.send"),
    ("pane.outbox", "list.open"),
    ("pane.outbox", "outbox.batches"),
    ("pane.outbox", "outbox.batches", "list.open"),
    ("pane.outbox", "outbox.audit"),
    ("pane.ami", "ami.cli"),
    ("alarms.list",),
    ("app.receiver",),
    ("app.help",),
    ("app.palette",),
    ("app.quit",),
)
"""Actions, one after the other, from the main screen to all that opens over it."""

SCREENS = {
    "MainScreen",
    "MessageDetail",
    "MessageScreen",
    "DetailScreen",
    "ThreadScreen",
    "ViewsScreen",
    "AskScreen",
    "ChooseScreen",
    "ConfirmScreen",
    "PortScreen",
    "UssdScreen",
    "RecipientsScreen",
    "TemplatesScreen",
    "DraftsScreen",
    "PickScreen",
    "BatchesScreen",
    "BatchScreen",
    "AuditScreen",
    "AlarmsScreen",
    "CommandScreen",
    "HelpScreen",
}
"""All that the ways open."""


def shows_no_old_key(operator: Operator) -> None:
    lines = operator.lines
    assert [line for line in lines if named(line)] == []
    assert [name for name in BAR if any(name in line for line in lines)] == []


async def test_with_other_keys_nothing_shows_an_old_one(tmp_path: Path) -> None:
    async with world(tmp_path, keys=OWN) as there:
        operator = there.operator
        await operator.pilot.resize_terminal(160, 48)
        await operator.sees(f"Send {OWN['compose.send']}")
        shows_no_old_key(operator)
        opened = set()
        for way in WAYS:
            before = operator.screen
            for action in way:
                await operator.press(OWN[action])
            await operator.until(lambda before=before: operator.screen != before, f"{way} to show something")  # type: ignore[misc]
            shows_no_old_key(operator)
            opened.add(type(operator.app.screen).__name__)
            await there.leave(OWN["pane.inbox"])
        assert opened == SCREENS
        await there.come_to("summary", ACTIONS["summary"][0])
        await operator.sees(f"{OWN['summary.send']} sends   {OWN['summary.leave']} back")
        shows_no_old_key(operator)


async def test_nor_does_an_empty_console(tmp_path: Path) -> None:
    async with console(tmp_path, size=(160, 48), ports=0, keys=OWN) as operator:
        await operator.sees(f"Press {OWN['compose.new']} to write a message")
        shows_no_old_key(operator)
        for pane in ("inbox", "outbox", "ami"):
            await operator.press(OWN[f"pane.{pane}"], OWN[f"{pane}.search"])
            await operator.types("nothing like it")
            await operator.press(OWN["search.leave"])
            shows_no_old_key(operator)
