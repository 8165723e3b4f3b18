"""Keys of one's own: whether they can be had, and which key does what from then on."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, NoReturn

from console.errors import ConfigError
from console.ui.keys.action import key_name
from console.ui.keys.actions import ACTIONS, BY_ID, PANES, REBINDABLE, SCOPES, TITLES, Action

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from textual.widget import Widget

    from console.config import Config

RENAMED = {
    "ami.command": "ami.cli",
    "ami.earlier-mark": "ami.previous-bookmark",
    "ami.later-mark": "ami.next-bookmark",
    "ami.mark": "ami.bookmark",
    "ami.write": "ami.export",
    "batches.again": "batches.resend",
    "batches.write": "batches.export",
    "compose.list": "compose.recipients",
    "compose.plain": "compose.simplify",
    "compose.wire": "compose.raw-command",
    "inbox.all-read": "inbox.read-all",
    "inbox.hex": "inbox.raw",
    "inbox.write": "inbox.export",
    "outbox.again": "outbox.resend",
    "outbox.call-off": "outbox.cancel",
    "outbox.check": "outbox.ask",
    "outbox.drop": "outbox.cancel-all",
    "outbox.go-on": "outbox.release",
    "outbox.mark": "outbox.settle",
    "outbox.time": "outbox.when",
    "outbox.write": "outbox.export",
    "port.lock": "port.lock-out",
    "ports.lock": "ports.lock-out",
    "ports.order": "ports.sort",
    "thread.write": "thread.export",
}
"""Ids of before: configurations have them."""

_TYPED_IN = ("compose", "command", "ussd")
"""Where letters are text."""

_MARKED = ("inbox", "ports", "outbox", "alarms")
"""Where rows are marked."""

_IN_PANE = {"ports": "grid", "compose": "choice"}
"""A pane, and what in it has keys of its own."""

_ALLOWED = [action.id for actions in REBINDABLE.values() for action in actions]


def check_keys(config: Config) -> None:
    """Raise ConfigError for an id that nothing has, a key that can't call it, or two actions with one key."""
    path = config.path
    for name, keys in config.keys.items():
        if name not in _ALLOWED:
            _refuse_id(name, path)
        new = set(keys.split(",")) - set(BY_ID[name].key.split(","))
        if SCOPES[name] in _TYPED_IN and (text := sorted(key for key in new if _is_text(key))):
            raise ConfigError(
                f"{path}: keys.{name} is {key_name(text[0])}, which types text where this key works.",
                hint="Use ctrl and a letter, such as ctrl+r.",
            )
    for together in _together():
        _refuse_clashes(together, config.keys, path)


def takes_text(widget: Widget | None) -> bool:
    """Whether letters are text there."""
    return widget is not None and widget.check_consume_key("a", "a")


def _refuse_id(name: str, path: Path | None) -> NoReturn:
    if name in RENAMED:
        raise ConfigError(f"{path}: keys.{name} is called {RENAMED[name]} now.", hint="Write the new name.")
    close = difflib.get_close_matches(name, _ALLOWED, n=1)
    raise ConfigError(
        f"{path}: keys.{name if name.isprintable() else ascii(name)} is not an action whose keys you can change.",
        hint=f"Did you mean {close[0]}?" if close else "`gsm-console config keys` lists the ids.",
    )


def _is_text(key: str) -> bool:
    return key == "space" or len(key_name(key)) == 1


def _together() -> Iterator[tuple[Action, ...]]:
    """Actions whose keys are looked at together."""
    for scope in REBINDABLE:
        if scope in PANES:
            inside = ACTIONS.get(_IN_PANE.get(scope, ""), ())
            marks = ACTIONS["marks"] if scope in _MARKED else ()
            yield (*ACTIONS["everywhere"], *ACTIONS["lists"], *marks, *ACTIONS[scope], *inside)
        elif scope not in {"everywhere", "lists", "marks"}:
            yield (*ACTIONS["lists"], *(ACTIONS["marks"] if scope in _MARKED else ()), *ACTIONS[scope])


def _refuse_clashes(actions: tuple[Action, ...], keys: Mapping[str, str], path: Path | None) -> None:
    """Two that share a key, unless they shared one before."""
    before, now = Keymap(), Keymap(keys)
    first: dict[str, Action] = {}
    for action in actions:
        for key in now.keys(action):
            other = first.setdefault(key, action)
            if other is not action and not set(before.keys(other)) & set(before.keys(action)):
                mine, theirs = (action, other) if action.id in keys else (other, action)
                raise ConfigError(
                    f"{path}: keys.{mine.id} is {key_name(key)}, which {theirs.id} already has "
                    f"({TITLES[SCOPES[theirs.id]]}: {theirs.help}).",
                    hint=f"Use another key, or give {theirs.id} another one, too.",
                )


class Keymap:
    """Which keys call which action: those of the table, or the operator's own."""

    def __init__(self, own: Mapping[str, str] | None = None) -> None:
        self.own = dict(own or {})

    def keys(self, action: Action) -> list[str]:
        """Each, as the screen calls it; none where it is called by its name alone."""
        keys = self.own.get(action.id, ",".join(keys for keys, _ in action.calls))
        return keys.split(",") if keys else []

    def names(self, action: Action) -> str:
        """All of an action, as the operator reads them: `esc q t`."""
        return " ".join(key_name(key) for key in self.own.get(action.id, action.key).split(","))

    def name(self, action_id: str) -> str:
        """The first key of an action, as the operator reads it: `n`; where it has none, its command: `:audit`."""
        action = BY_ID[action_id]
        keys = self.keys(action)
        return key_name(keys[0]) if keys else f":{action.name}"


def keymap_of(widget: Widget) -> Keymap:
    """The keys of the application that a widget is in."""
    found = getattr(widget.app, "keys", None)
    return found if isinstance(found, Keymap) else Keymap()
