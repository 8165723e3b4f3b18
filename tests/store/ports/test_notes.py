"""Notes on ports: seen by everybody, in the audit, gone when there is nothing to say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from console.domain.audit import Deed, Undone
from console.domain.ports import PortNote
from console.errors import ConsoleError
from console.store import Store
from console.store.ports.notes import LONGEST_NOTE, PortNotesReader
from tests.support.backend import NOON, FixedClock

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


def audited(store: Store) -> list[tuple[str, str, str, str]]:
    return [(one.operator, one.action, one.target, one.detail) for one in store.audit.all()]


def test_a_note_says_who_said_it_when(store: Store) -> None:
    store.port_notes.set("gw1", 3, " antenna loose ", False, "alice").result(10)
    assert store.port_notes.of("gw1") == {3: PortNote("gw1", 3, "antenna loose", False, "alice", NOON)}
    assert store.port_notes.of("gw2") == {}
    assert store.port_notes.locked_out("gw1") == frozenset()
    assert audited(store) == [("alice", "note", "gw1 port 3", "antenna loose")]


def test_lock_and_note_are_audited_each_by_itself(store: Store) -> None:
    store.port_notes.set("gw1", 3, "", True, "alice").result(10)
    assert store.port_notes.locked_out("gw1") == {3}
    store.port_notes.set("gw1", 3, "SIM is out of money", True, "bob").result(10)
    store.port_notes.set("gw1", 3, "SIM is out of money", False, "carol").result(10)
    assert store.port_notes.locked_out("gw1") == frozenset()
    assert audited(store) == [
        ("alice", "lock out", "gw1 port 3", ""),
        ("bob", "note", "gw1 port 3", "SIM is out of money"),
        ("carol", "let in", "gw1 port 3", "SIM is out of money"),
    ]


def test_many_are_locked_at_once_and_their_notes_stay(store: Store) -> None:
    store.port_notes.set("gw1", 3, "antenna loose", False, "bob").result(10)
    store.port_notes.set("gw1", 4, "", True, "bob").result(10)
    store.port_notes.lock_all([("gw1", 3), ("gw1", 4), ("gw2", 1)], True, "alice").result(10)
    assert store.port_notes.locked_out("gw1") == {3, 4}
    assert store.port_notes.locked_out("gw2") == {1}
    assert store.port_notes.of("gw1")[3].note == "antenna loose"
    assert store.port_notes.of("gw1")[4].operator == "bob", "it was left out before"
    assert store.past.undo("alice").result(10) == Undone(Deed.PORT, "ports", 2)
    assert store.port_notes.locked_out("gw1") == {4}
    assert store.port_notes.locked_out("gw2") == frozenset()
    store.port_notes.lock_all([("gw1", 4)], False, "alice").result(10)
    assert store.port_notes.of("gw1").keys() == {3}
    assert store.past.undo("alice").result(10) == Undone(Deed.PORT, "gw1 port 4", 1)


def test_nothing_left_to_say_is_no_note(store: Store) -> None:
    store.port_notes.set("gw1", 3, "here", True, "alice").result(10)
    store.port_notes.set("gw1", 3, "", False, "alice").result(10)
    assert store.port_notes.of("gw1") == {}
    store.port_notes.set("gw1", 3, "", False, "alice").result(10)
    assert len(audited(store)) == 4


def test_a_note_too_long_is_refused(store: Store) -> None:
    with pytest.raises(ConsoleError, match="at most 200 characters"):
        store.port_notes.set("gw1", 3, "x" * (LONGEST_NOTE + 1), False, "alice")
    store.port_notes.set("gw1", 3, "x" * LONGEST_NOTE, False, "alice").result(10)


def test_the_note_of_another_console_is_seen(store: Store, path: Path) -> None:
    assert store.port_notes.of("gw1") == {}
    other = Store.open(path, clock=FixedClock())
    other.port_notes.set("gw1", 3, "mine", True, "bob").result(10)
    other.close()
    store.poll()
    assert store.port_notes.locked_out("gw1") == {3}


def test_it_is_read_once_a_revision() -> None:
    asked: list[str] = []
    revision = 1

    def rows(sql: str, parameters: Sequence[object]) -> list[tuple[object, ...]]:
        asked.append(sql)
        return [("gw1", 3, "", 1, "bob", NOON)]

    notes = PortNotesReader(rows, lambda: revision)
    assert all(notes.locked_out("gw1") == {3} for _ in range(9))
    assert len(asked) == 1
    revision += 1
    assert notes.locked_out("gw1") == {3}
    assert len(asked) == 2
