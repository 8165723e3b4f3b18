from __future__ import annotations

from pathlib import Path

import pytest

from console.config import Config, ReceiverConfig
from console.errors import ConfigError
from console.ui.keys.actions import ACTIONS, REBINDABLE
from console.ui.keys.keymap import RENAMED, Keymap, check_keys


def check(**keys: str) -> None:
    """Ids with a blank instead of the dot."""
    own = {name.replace("__", "."): key for name, key in keys.items()}
    check_keys(Config((), ReceiverConfig(), Path("console.db"), path=Path("config.toml"), keys=own))


def test_keys_of_ones_own_are_taken() -> None:
    check()
    check(inbox__reply="r,ctrl+r", list__down="down,j,B", thread__reply="e", inbox__thread="y", inbox__copy="Y")


def test_two_may_change_places() -> None:
    check(inbox__reply="u", inbox__unread="r")


def test_every_table_has_room_for_its_own_keys() -> None:
    own = {action.id: action.key for actions in REBINDABLE.values() for action in actions if action.key}
    check_keys(Config((), ReceiverConfig(), Path("console.db"), keys=own))


@pytest.mark.parametrize(
    ("keys", "words", "hint"),
    [
        ({"inbox__replie": "r"}, "keys.inbox.replie is not an action", "Did you mean inbox.reply?"),
        ({"outbox__call-off": "d"}, "keys.outbox.call-off is called outbox.cancel now.", "new name"),
        ({"nonsense": "r"}, "keys.nonsense is not an action", "config keys"),
        ({"compose__next": "n"}, "keys.compose.next is not an action", ""),
        ({"inbox__reply": "u"}, "keys.inbox.reply is u, which inbox.unread already has (Inbox: ", "inbox.unread"),
        ({"inbox__reply": "z"}, "keys.inbox.reply is z, which app.zoom already has (Everywhere: ", "app.zoom"),
        ({"app__zoom": "r"}, "keys.app.zoom is r, which inbox.reply already has", "inbox.reply"),
        ({"outbox__search": "j"}, "keys.outbox.search is j, which list.down already has", "list.down"),
        ({"setup__next": "n"}, "keys.setup.next is not an action", ""),
        ({"port__days": "3"}, "keys.port.days is 3, which port.section already has", ""),
        ({"ports__sort": "right"}, "keys.ports.sort is right, which grid.right already has", ""),
        ({"compose__send": "s"}, "keys.compose.send is s, which types text", "ctrl+r"),
        ({"ussd__ask": "question_mark"}, "keys.ussd.ask is ?, which types text", "ctrl+r"),
    ],
)
def test_what_can_not_be_is_refused_with_file_and_key(keys: dict[str, str], words: str, hint: str) -> None:
    with pytest.raises(ConfigError) as caught:
        check(**keys)
    assert str(caught.value).startswith(f"config.toml: {words}")
    assert hint in caught.value.hint


def test_keys_read_as_they_are_pressed() -> None:
    keymap = Keymap({"inbox.reply": "comma,ctrl+r"})
    assert keymap.name("inbox.reply") == ","
    assert keymap.name("app.help") == "?"
    reply = next(action for action in ACTIONS["inbox"] if action.id == "inbox.reply")
    assert keymap.names(reply) == ", ^r"


def test_what_has_no_key_reads_as_its_command_until_it_is_given_one() -> None:
    check(outbox__audit="ctrl+u")
    assert Keymap().name("outbox.audit") == ":audit"
    assert Keymap({"outbox.audit": "ctrl+u"}).name("outbox.audit") == "^u"


def test_what_was_renamed_has_a_name_now() -> None:
    ids = {action.id for actions in REBINDABLE.values() for action in actions}
    assert set(RENAMED.values()) <= ids
    assert not set(RENAMED) & ids
