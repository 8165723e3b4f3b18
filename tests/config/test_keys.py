from __future__ import annotations

import string
from typing import TYPE_CHECKING

import pytest
from textual.keys import _character_to_key

from console.config import load
from console.config.keys import key_of
from console.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

GATEWAY = '[[gateways]]\nname = "gw1"\nhost = "192.0.2.10"\n'


def keys(folder: Path, text: str) -> dict[str, str]:
    path = folder / "config.toml"
    path.write_text(f"[keys]\n{text}\n{GATEWAY}")
    return dict(load(path, {}).keys)


def test_keys_are_read_with_or_without_quotes_around_the_id(tmp_path: Path) -> None:
    assert keys(tmp_path, '"inbox.reply" = "r, ctrl+r"\ninbox.search = "/"\nlist.page-down = "space,pagedown,/"') == {
        "inbox.reply": "r,ctrl+r",
        "inbox.search": "slash",
        "list.page-down": "space,pagedown,slash",
    }


def test_a_key_of_another_alphabet_is_a_key(tmp_path: Path) -> None:
    assert keys(tmp_path, '"inbox.reply" = "r,к,r"') == {"inbox.reply": "r,к"}


@pytest.mark.parametrize("char", string.printable.strip())
def test_characters_have_the_names_that_the_screen_gives_them(char: str) -> None:
    assert key_of(char) == _character_to_key(char)


@pytest.mark.parametrize(
    ("words", "why"),
    [
        ("ctrl+s", "terminals use it"),
        ("ctrl+q", "terminals use it"),
        ("ctrl+z", "the shell uses it"),
        ("ctrl+b", "tmux"),
        ("ctrl+a", "screen"),
        ("ctrl+m", "Enter"),
        ("ctrl+i", "Tab"),
        ("f5", "F-keys"),
        ("shift+f5", "F-keys"),
        ("F12", "F-keys"),
        ("reply", "not a key"),
        ("ctrl+!", "not a key"),
        ("r,,x", "not a key"),
        ("\\u009b", "not a key"),
        (",", "not a key"),
        (" ", "no key"),
        ("a,b,c,d,e,f,g,h,i", "8 at most"),
    ],
)
def test_a_key_that_can_not_be_had_is_refused_with_the_reason(tmp_path: Path, words: str, why: str) -> None:
    with pytest.raises(ConfigError, match=why) as caught:
        keys(tmp_path, f'"inbox.reply" = "{words}"')
    assert "config.toml: keys.inbox.reply is " in str(caught.value)
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("value", ["1", "[]", "true"])
def test_what_is_no_text_is_refused(tmp_path: Path, value: str) -> None:
    with pytest.raises(ConfigError, match=r"keys\.inbox\.reply is no key"):
        keys(tmp_path, f'"inbox.reply" = {value}')
