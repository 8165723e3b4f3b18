from __future__ import annotations

import re
from collections import defaultdict

from console.ui.keys.actions import ACTIONS, PANES, REBINDABLE, TITLES, Action, bindings, key_name
from console.ui.keys.keymap import RENAMED


def test_ids_are_unique_and_every_scope_has_a_title() -> None:
    ids = [action.id for actions in ACTIONS.values() for action in actions]
    assert len(ids) == len(set(ids))
    assert ACTIONS.keys() == TITLES.keys()


def test_no_key_is_one_that_terminals_keep_for_themselves() -> None:
    keys = {key for actions in ACTIONS.values() for action in actions for key in action.key.split(",")}
    assert not {key for key in keys if re.fullmatch(r"f\d+|ctrl\+[sqzbamih]", key)}


def test_no_key_means_two_things_in_one_place() -> None:
    for scope in ("inbox", "ports", "outbox", "ami", "compose"):
        keys = [
            key
            for name in {"everywhere", "lists", "marks", scope}
            for action in ACTIONS[name]
            for key in filter(None, action.key.split(","))
            if (name, scope) != ("marks", "compose")
        ]
        assert len(keys) == len(set(keys)), scope


ANSWERS = {"summary", "resend", "dialogs"}
"""Where a question stands, keys are its answers."""

TYPED = {"compose", "command", "ussd", "lines", "choice", "commands", "help", "setup"}
"""Where letters are text, other keys have to do."""

GO_ON = {"enter", "escape"}
"""What these do is what the screen names."""


def verbs() -> list[tuple[str, Action]]:
    """Each key of a list, a pane or a page, and what it does there."""
    return [
        (key, action)
        for scope in ACTIONS.keys() - ANSWERS - TYPED
        for action in ACTIONS[scope]
        for key in filter(None, action.key.split(","))
        if key not in GO_ON
    ]


def test_a_key_that_can_change_something_does_the_same_everywhere() -> None:
    labels = defaultdict(set)
    for key, action in verbs():
        labels[key].add(action.label)
    changing = {key for key, action in verbs() if action.changes}
    assert {key: labels[key] for key in changing if len(labels[key]) > 1} == {}


def test_a_verb_has_the_same_key_everywhere() -> None:
    keys = defaultdict(set)
    for scope in ACTIONS.keys() - ANSWERS - TYPED - {"detail", "grid"}:
        for action in ACTIONS[scope]:
            if action.by_name and action.key not in GO_ON:
                keys[action.label].add(action.key)
    assert {label: found for label, found in keys.items() if len(found) > 1} == {}


def test_an_id_says_the_verb() -> None:
    """Who gives a command a key of his own finds it by the word that he sees."""
    said = {action.id: f"{scope}.{action.name}" for scope, actions in REBINDABLE.items() for action in actions}
    assert {name for name, words in said.items() if name in RENAMED.values() and name != words} == set()


def test_bindings_carry_id_and_help() -> None:
    by_id = {binding.id: binding for binding in bindings("everywhere")}
    assert by_id["app.zoom"].tooltip == "Full screen on or off"
    assert {f"pane.{name}" for name in PANES} <= by_id.keys()
    assert not by_id["app.theme"].show


def test_keys_read_as_an_operator_knows_them() -> None:
    assert [key_name(key) for key in ("question_mark", "ctrl+t", "escape", "G")] == ["?", "^t", "esc", "G"]
