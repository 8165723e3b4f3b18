"""Claims."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from console.domain.audit import Deed, Undone
from console.domain.messages import Claim, Claimed
from console.errors import StoreError
from console.protocol.query.fields import Asker
from console.protocol.query.inbox import INBOX
from console.store import Reader, Store
from tests.support.backend import NOON, FixedClock
from tests.support.inbox import SENDER, text_sms

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ALICE = "alice from 192.0.2.7"
ALICE_AT_HOME = "alice from 203.0.113.9"
BOB = "bob"


@pytest.fixture
def other(store: Store, path: Path, clock: FixedClock) -> Iterator[Store]:
    """The same database, by another console."""
    other = Store.open(path, clock=clock)
    yield other
    other.close()


@pytest.fixture
def entry(store: Store) -> int:
    return store.add_callback("gw1", text_sms("help!"), b"raw").result()


def received(store: Store) -> int:
    return store.add_callback("gw1", text_sms(f"text {store.inbox_count()}"), b"raw").result()


def acts(store: Store) -> list[tuple[str, str, str, str]]:
    return [(it.operator, it.action, it.target, it.detail) for it in store.audit.all()]


def test_what_nobody_claimed_is_nobody_s(store: Store, entry: int) -> None:
    assert store.claims.of([entry, 99]) == {}


def test_one_console_sees_what_another_claims_and_finishes(
    store: Store, other: Store, entry: int, clock: FixedClock
) -> None:
    before = other.poll()
    assert store.claims.claim(entry, ALICE).result() == Claim(entry, ALICE, NOON)
    assert other.poll() > before
    assert other.claims.of([entry]) == {entry: Claim(entry, ALICE, NOON)}
    clock.now += 60
    finished = Claim(entry, ALICE, NOON, NOON + 60, BOB)
    before = store.poll()
    assert other.claims.done(entry, BOB, seen=Claim(entry, ALICE, NOON)).result() == finished
    assert store.poll() > before
    assert store.claims.of([entry])[entry] == finished
    assert store.claims.release(entry, ALICE, seen=finished).result() is None
    assert other.claims.of([entry]) == {}
    assert acts(store) == [
        (ALICE, "claim", f"inbox entry {entry}", ""),
        (BOB, "done", f"inbox entry {entry}", ""),
        (ALICE, "release", f"inbox entry {entry}", ""),
    ]


def test_who_was_slower_is_told_whose_it_is(store: Store, other: Store, entry: int) -> None:
    store.claims.claim(entry, ALICE).result()
    hers = Claim(entry, ALICE, NOON)
    assert other.claims.claim(entry, BOB).result() == hers
    assert other.claims.done(entry, BOB).result() == hers
    assert other.claims.release(entry, BOB).result() == hers
    assert store.claims.of([entry]) == {entry: hers}
    assert len(acts(store)) == 1


def test_of_all_who_claim_at_once_one_has_it(store: Store, other: Store, entry: int) -> None:
    start = threading.Barrier(8)
    results: list[Claim | None] = []

    def claim(number: int) -> None:
        start.wait(10)
        results.append((store, other)[number % 2].claims.claim(entry, f"person{number}").result(10))

    threads = [threading.Thread(target=claim, args=(number,)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert len(results) == 8
    assert len(set(results)) == 1
    assert len(acts(store)) == 1


def test_a_claim_is_taken_over_by_who_has_seen_it(store: Store, entry: int, clock: FixedClock) -> None:
    store.claims.claim(entry, ALICE).result()
    clock.now += 5
    assert store.claims.claim(entry, BOB, seen=Claim(entry, ALICE, NOON)).result() == Claim(entry, BOB, NOON + 5)
    assert acts(store)[-1] == (BOB, "claim", f"inbox entry {entry}", f"instead of {ALICE}")


def test_the_same_person_is_the_same_from_whatever_address(store: Store, entry: int) -> None:
    store.claims.claim(entry, ALICE).result()
    assert store.claims.claim(entry, ALICE_AT_HOME).result() == Claim(entry, ALICE, NOON)
    assert store.claims.done(entry, ALICE_AT_HOME).result() == Claim(entry, ALICE, NOON, NOON, ALICE_AT_HOME)


def test_what_is_done_is_claimed_anew(store: Store, entry: int, clock: FixedClock) -> None:
    done = store.claims.done(entry, ALICE).result()
    assert done == Claim(entry, ALICE, NOON, NOON, ALICE)
    assert store.claims.done(entry, BOB, seen=done).result() == done
    clock.now += 5
    assert store.claims.claim(entry, BOB, seen=done).result() == Claim(entry, BOB, NOON + 5)
    assert len(acts(store)) == 2


def test_what_is_not_there_can_t_be_claimed(store: Store) -> None:
    assert store.claims.claim(7, ALICE).result() is None
    assert store.claims.done(7, ALICE).result() is None
    assert store.claims.release(7, ALICE).result() is None
    assert store.claims.of([7]) == {}
    assert acts(store) == []


def test_claims_of_many_entries_are_read_at_once(store: Store) -> None:
    ids = [store.add_callback("gw1", text_sms(f"text {number}"), b"").result() for number in range(3)]
    store.claims.claim(ids[1], BOB).result()
    assert store.claims.of([*ids, *range(100, 1_500)]) == {ids[1]: Claim(ids[1], BOB, NOON)}
    assert store.claims.of([]) == {}


def test_what_is_removed_takes_its_claim_along(store: Store, path: Path, clock: FixedClock) -> None:
    ids = [store.add_callback("gw1", text_sms(f"text {number}"), b"").result() for number in range(3)]
    for entry in ids:
        store.claims.claim(entry, BOB).result()
    store.prune(rows=1).result()
    reader = Reader(path)
    try:
        assert set(reader.claims.of(ids)) == {ids[2]}
    finally:
        reader.close()


def test_a_store_that_is_closed_says_so(store: Store) -> None:
    store.close()
    with pytest.raises(StoreError):
        store.claims.claim(1, BOB).result()
    with pytest.raises(StoreError):
        store.claims.of([1])


# ---- searching ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        ("is:open", [7, 5, 1]),
        ("is:claimed", [4, 3, 2]),
        ("is:mine", [4, 2]),
        ("is:done", [6]),
        ("is:mine is:open", [7, 5, 4, 2, 1]),
        ("is:open is:unread", [7, 5, 1]),
        ("is:mine is:read", [2]),
        ("is:claimed port:3", [4, 3, 2]),
        ("is:claimed port:4", []),
        ("is:claimed two", [2]),
        ("is:done two", []),
        ("is:open one", [1]),
        ("is:done after:2036-01-01", []),
    ],
)
def test_claims_are_searched_for(store: Store, line: str, wanted: list[int]) -> None:
    for text in ("one", "two", "three", "four", "five", "six"):
        store.add_callback("gw1", text_sms(text), b"").result()
    for entry, who in ((2, ALICE), (3, BOB), (4, ALICE_AT_HOME)):
        store.claims.claim(entry, who).result()
    store.claims.done(6, BOB).result()
    store.mark_read([2]).result()
    store.add_callback("gw1", text_sms("seven"), b"").result()
    query = INBOX.ask(line, Asker(operator=ALICE))
    assert list(store.search_ids(query)) == wanted


def test_a_gateway_s_own_and_the_gaps_of_all(store: Store, clock: FixedClock) -> None:
    for number, gateway in enumerate(("gw1", "gw2", "gw1", "")):
        store.add_callback(gateway, text_sms(f"text {number}"), b"").result()
    store.beat("receiver").result()
    clock.now += 3_600
    assert store.open_gap_if_stale("receiver", 15).result() == 5
    within = replace(INBOX.ask(""), within="gw1")
    assert not within.is_empty
    assert list(store.search_ids(within)) == [5, 3, 1]
    assert list(store.search_ids(replace(INBOX.ask("text"), within="gw2"))) == [2]
    assert list(store.search_ids(replace(INBOX.ask("gw:gw2"), within="gw1"))) == []
    assert list(store.search_ids(replace(INBOX.ask("is:open"), within="gw1"))) == [3, 1]


def test_many_are_changed_in_one_write_and_what_changed_meanwhile_is_left(store: Store, other: Store) -> None:
    entries = [received(store) for _ in range(4)]
    bobs = other.claims.claim(entries[0], BOB).result()
    mine = store.claims.claim(entries[1], ALICE).result()
    seen = dict.fromkeys([*entries, 99]) | {entries[1]: mine}
    assert bobs is not None
    assert store.claims.change_all(Deed.DONE, seen, ALICE).result() == Claimed(3, (bobs,))
    after = store.claims.of(entries)
    assert after[entries[0]] == bobs
    assert [after[entry].done_by for entry in entries[1:]] == [ALICE] * 3
    assert store.claims.change_all(Deed.DONE, after, ALICE).result() == Claimed(1)
    assert store.claims.change_all(Deed.DONE, store.claims.of(entries), ALICE).result() == Claimed(0)


def test_many_are_taken_back_together_but_for_what_a_colleague_changed_since(store: Store, other: Store) -> None:
    entries = [received(store) for _ in range(3)]
    store.claims.change_all(Deed.CLAIM, dict.fromkeys(entries), ALICE).result()
    theirs = other.claims.claim(entries[2], BOB, seen=store.claims.of(entries)[entries[2]]).result()
    assert store.past.undo(ALICE).result(10) == Undone(Deed.CLAIM, "inbox entries", 2, 1, BOB)
    assert store.claims.of(entries) == {entries[2]: theirs}
    entry = store.audit.newest(1)[0]
    assert (entry.action, entry.target, entry.detail) == ("undo", "inbox entries: 2", "claim")


def test_of_one_among_many_the_sender_is_named(store: Store) -> None:
    entry = received(store)
    store.claims.change_all(Deed.CLAIM, {entry: None, 99: None}, ALICE).result()
    undone = store.past.undo(ALICE).result(10)
    assert undone is not None
    assert (undone.target, undone.restored) == (SENDER, 1)
