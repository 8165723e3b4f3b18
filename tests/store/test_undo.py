"""What was done last is taken back; what somebody did since stays."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from console.domain.audit import Deed, Undone
from console.store import Store
from tests.support.inbox import SENDER, text_sms

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.support.backend import FixedClock

ALICE, BOB = "alice from 192.0.2.7", "bob"


@pytest.fixture
def colleague(store: Store, clock: FixedClock) -> Iterator[Store]:
    """Another console's."""
    with closing(Store.open(store.path, clock=clock)) as other:
        yield other


def receive(store: Store, count: int = 1) -> None:
    for number in range(count):
        store.add_callback("gw1", text_sms(f"text {number}"), b"").result()


def undo(store: Store) -> Undone | None:
    return store.past.undo(ALICE).result(10)


def trail(store: Store) -> list[tuple[str, str, str]]:
    return [(entry.action, entry.target, entry.detail) for entry in store.audit.newest(9)]


def test_there_may_be_nothing(store: Store) -> None:
    assert undo(store) is None


def test_what_was_read_is_unread_again(store: Store) -> None:
    receive(store, 3)
    store.mark_read([2]).result()
    assert store.mark_all_read([1, 2, 3], ALICE, "found by is:open").result() == 2
    assert undo(store) == Undone(Deed.READ, "", 2)
    assert [message.read for message in store.inbox_slice(0, 3)] == [False, True, False]
    assert undo(store) == Undone(Deed.READ, "", 1)
    assert (store.unread_count(), undo(store)) == (3, None)
    assert trail(store) == [
        ("undo", "inbox entry 2", "read, 1 unread again"),
        ("undo", "inbox", "read, 2 unread again"),
        ("read all", "inbox", "3 messages: found by is:open"),
    ]


def test_what_a_colleague_claimed_or_did_since_is_not_unread_again(
    store: Store, colleague: Store, clock: FixedClock
) -> None:
    receive(store, 3)
    store.mark_all_read([1, 2, 3], ALICE).result()
    clock.now += 5
    colleague.claims.claim(1, BOB).result()
    colleague.claims.done(2, BOB).result()
    assert undo(store) == Undone(Deed.READ, "", 1, 2)
    assert [message.read for message in store.inbox_slice(0, 3)] == [False, True, True]


def test_claims_go_back_step_by_step(store: Store, clock: FixedClock) -> None:
    receive(store)
    claimed = store.claims.claim(1, ALICE).result()
    clock.now += 60
    done = store.claims.done(1, ALICE).result()
    store.claims.release(1, ALICE, seen=done).result()
    assert undo(store) == Undone(Deed.RELEASE, SENDER, 1)
    assert store.claims.of([1]) == {1: done}
    assert undo(store) == Undone(Deed.DONE, SENDER, 1)
    assert store.claims.of([1]) == {1: claimed}
    assert undo(store) == Undone(Deed.CLAIM, SENDER, 1)
    assert store.claims.of([1]) == {}
    assert undo(store) is None


def test_what_a_colleague_did_to_it_since_stays_and_who_that_was_is_said(store: Store, colleague: Store) -> None:
    receive(store)
    mine = store.claims.claim(1, ALICE).result()
    theirs = colleague.claims.done(1, BOB, seen=mine).result()
    before = trail(store)
    assert undo(store) == Undone(Deed.CLAIM, SENDER, 0, 1, BOB)
    assert store.claims.of([1]) == {1: theirs}
    assert trail(store) == before
    assert undo(store) is None, "it is forgotten, so that the one before comes next"


def test_a_deed_that_changed_nothing_is_none(store: Store) -> None:
    receive(store)
    store.claims.claim(1, ALICE).result()
    store.claims.claim(1, ALICE).result()
    store.mark_read([]).result()
    store.contacts.set("+4915112345678", "", "alice").result()
    store.port_notes.set("gw1", 1, "", False, ALICE).result()
    assert undo(store) == Undone(Deed.CLAIM, SENDER, 1)
    assert undo(store) is None


def test_a_name_comes_back_with_its_groups(store: Store, colleague: Store) -> None:
    number = "+4915112345678"
    store.contacts.set(number, "Anna", "alice", ["night", "noc"]).result()
    store.contacts.set(number, "", "alice").result()
    assert store.contacts.all() == []
    assert undo(store) == Undone(Deed.NAME, number, 1)
    assert [(one.name, one.groups) for one in store.contacts.all()] == [("Anna", ("night", "noc"))]
    assert store.contacts.name_of(number) == "Anna"
    colleague.contacts.set(number, "Anne", "alice").result()
    assert undo(store) == Undone(Deed.NAME, number, 0, 1)
    assert [one.name for one in store.contacts.all()] == ["Anne"]


def test_a_note_comes_back_with_its_author(store: Store, colleague: Store, clock: FixedClock) -> None:
    colleague.port_notes.set("gw1", 3, "antenna loose", False, BOB).result()
    clock.now += 60
    store.port_notes.set("gw1", 3, "", True, ALICE).result()
    assert undo(store) == Undone(Deed.PORT, "gw1 port 3", 1)
    note = store.port_notes.of("gw1")[3]
    assert (note.note, note.locked_out, note.operator) == ("antenna loose", False, BOB)
    store.port_notes.set("gw1", 3, "mended", False, ALICE).result()
    colleague.port_notes.set("gw1", 3, "loose again", False, BOB).result()
    assert undo(store) == Undone(Deed.PORT, "gw1 port 3", 0, 1, BOB)
