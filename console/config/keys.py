"""Keys of one's own: `[keys]`, an action's id and the keys that are to call it."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from console.config.table import Table

_NAMED = frozenset(
    (
        *("enter", "escape", "tab", "space", "backspace", "delete", "insert"),
        *("up", "down", "left", "right", "home", "end", "pageup", "pagedown"),
    )
)
_OWN_NAMES = {
    "solidus": "slash",
    "reverse_solidus": "backslash",
    "commercial_at": "at",
    "hyphen_minus": "minus",
    "plus_sign": "plus",
    "low_line": "underscore",
}
"""Unicode's names for characters whose key is called otherwise."""

PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
"""Characters of ASCII that are neither letters nor digits."""

_KEPT = {
    **dict.fromkeys("sq", "terminals use it to stop and start their output"),
    "z": "the shell uses it to suspend programs",
    "b": "tmux uses it as its prefix",
    "a": "screen uses it as its prefix",
    "m": "it is Enter on every terminal",
    "j": "it is Enter on some terminals",
    "i": "it is Tab on every terminal",
    "h": "it is Backspace on many terminals",
    "c": "it quits the console",
}
"""Letter -> why ctrl and that letter can't be had."""

MOST_KEYS = 8
"""Keys of one action."""


def key_of(char: str) -> str:
    """What the screen calls the key of a printed character: `r`, `question_mark`."""
    if char.isalnum():
        return char
    name = unicodedata.name(char).lower().replace("-", "_").replace(" ", "_")
    return _OWN_NAMES.get(name, name)


_BY_NAME = {key_of(char) for char in PUNCTUATION}


def read_keys(top: Table) -> dict[str, str]:
    """`[keys]`: id of an action -> its keys as the screen calls them, commas between. Raises ConfigError.

    Whether there is such an action, and whether keys are in each other's way, is for those to say who know the actions.
    """
    keys: dict[str, str] = {}
    for name, value in _flat(top.free_child("keys")):
        place = f"keys.{name}" if name.isprintable() else "keys"
        if not isinstance(value, str) or not value.strip():
            top.refuse(place, "no key", 'one or more keys, such as "r" or "r,ctrl+r"')
        words = [word.strip() for word in value.split(",")]
        if len(words) > MOST_KEYS:
            top.refuse(place, f"{len(words)} keys", f"{MOST_KEYS} at most")
        keys[name] = ",".join(dict.fromkeys(_read_key(top, place, word) for word in words))
    return keys


def _flat(values: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    """An id may stand without quotes: TOML takes `inbox.reply = "r"` for a table in a table."""
    for name, value in values.items():
        if isinstance(value, dict):
            yield from ((f"{name}.{rest}", each) for rest, each in _flat(value))
        else:
            yield name, value


def _read_key(top: Table, place: str, word: str) -> str:
    shown = f'"{word}"' if word.isprintable() and len(word) <= 20 else "a long word"
    if len(word) == 1 and (word.isalnum() or word in PUNCTUATION):
        return key_of(word)
    if re.fullmatch(r"(?:\w+\+)*[fF]\d+", word):
        top.refuse(place, f"{shown}, but terminals use F-keys themselves or send them differently", "a plain key")
    if found := re.fullmatch(r"ctrl\+([a-z])", word):
        if why := _KEPT.get(found[1]):
            top.refuse(place, f"{shown}, and {why}", "another key")
        return word
    if word in _NAMED or word in _BY_NAME or word == "shift+tab" or re.fullmatch(r"alt\+[a-z0-9]", word):
        return word
    expected = 'a letter, a digit, a sign such as "?", or a name such as "comma", "space", "pageup", or "ctrl+r"'
    return top.refuse(place, f"{shown}, which is not a key", expected)
