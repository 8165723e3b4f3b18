from __future__ import annotations

import re

from console.ui.keys.actions import ACTIONS, PANES, TITLES, bindings, key_name


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


def test_bindings_carry_id_and_help() -> None:
    by_id = {binding.id: binding for binding in bindings("everywhere")}
    assert by_id["app.zoom"].tooltip == "Give the whole screen to this pane, and back"
    assert {f"pane.{name}" for name in PANES} <= by_id.keys()


def test_keys_read_as_an_operator_knows_them() -> None:
    assert [key_name(key) for key in ("question_mark", "ctrl+t", "escape", "G")] == ["?", "^t", "esc", "G"]
