from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from console.errors import ConsoleError, StoreError
from console.protocol.lists.csv_rows import UnreadableFile
from console.store import Reader, Store
from console.store.contacts import LONGEST_NAME, Contact, ContactsReader
from tests.support.messages import draft

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.support.backend import FixedClock

ALICE = "+4915123456789"


class CountedRows:
    """Reads as the store does, and counts how often."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self.reads = 0

    def __call__(self, sql: str, parameters: Sequence[object]) -> list[Any]:
        self.reads += 1
        return self._store._rows(sql, parameters)


def test_nobody_has_a_name_at_first(store: Store) -> None:
    assert store.contacts.all() == []
    assert store.contacts.name_of(ALICE) == ""
    assert store.contacts.name_of("") == ""


@pytest.mark.parametrize("written", [ALICE, "004915123456789", "015123456789", "+49 151 23456789", "23456789"])
def test_a_number_has_its_name_however_it_is_written(store: Store, written: str) -> None:
    store.contacts.set(ALICE, "Alice").result(10)
    assert store.contacts.name_of(written) == "Alice"


@pytest.mark.parametrize("other", ["+8615123456789", "0086 151 23456789", "+4915223456789", "3456789", "10086", "DHL"])
def test_nobody_is_shown_under_anothers_name(store: Store, other: str) -> None:
    store.contacts.set(ALICE, "Alice").result(10)
    assert store.contacts.name_of(other) == ""


def test_numbers_of_two_countries_that_end_alike_keep_their_names(store: Store) -> None:
    store.contacts.set(ALICE, "Alice").result(10)
    store.contacts.set("+8615123456789", "Wang").result(10)
    assert store.contacts.name_of(ALICE) == "Alice"
    assert store.contacts.name_of("+8615123456789") == "Wang"


def test_senders_that_are_names_can_be_named(store: Store) -> None:
    store.contacts.set("DHL", "The parcel service").result(10)
    assert store.contacts.name_of("dhl") == "The parcel service"


def test_a_new_name_takes_the_place_of_the_old_one(store: Store) -> None:
    store.contacts.set("0151 23456789", "Alice").result(10)
    assert store.contacts.name_of(ALICE) == "Alice"
    store.contacts.set(f" {ALICE} ", " Eva ").result(10)
    assert store.contacts.name_of(ALICE) == "Eva"
    assert store.contacts.all() == [Contact(ALICE, "Eva")]


def test_names_can_be_forgotten(store: Store) -> None:
    for forget in (store.contacts.remove, lambda number: store.contacts.set(number, "")):
        store.contacts.set(ALICE, "Alice").result(10)
        forget("0151 23456789").result(10)
        assert store.contacts.name_of(ALICE) == ""
    store.contacts.remove("10086").result(10)


def test_all_are_listed_by_name(store: Store) -> None:
    for number, name in (("10086", "CMCC"), (ALICE, "Alice"), ("10010", "CMCC")):
        store.contacts.set(number, name).result(10)
    assert store.contacts.all() == [Contact(ALICE, "Alice"), Contact("10010", "CMCC"), Contact("10086", "CMCC")]


@pytest.mark.parametrize(("number", "name"), [("", "Alice"), (" ", "Alice"), (ALICE, "x" * (LONGEST_NAME + 1))])
def test_what_is_no_contact_is_refused(store: Store, number: str, name: str) -> None:
    with pytest.raises(ConsoleError) as refused:
        store.contacts.set(number, name)
    assert refused.value.hint


def test_another_process_is_heard(store: Store, path: Path, clock: FixedClock) -> None:
    assert store.contacts.name_of(ALICE) == ""
    other = Store.open(path, clock=clock)
    reader = Reader(path)
    assert reader.contacts.name_of(ALICE) == ""
    other.contacts.set(ALICE, "Alice").result(10)
    store.poll()
    assert store.contacts.name_of(ALICE) == "Alice"
    assert reader.contacts.name_of(ALICE) == "Alice"
    assert reader.contacts.all() == [Contact(ALICE, "Alice")]
    reader.close()
    other.close()


def test_asked_again_nothing_is_read_until_something_changes(store: Store) -> None:
    store.contacts.set(ALICE, "Alice").result(10)
    rows = CountedRows(store)
    contacts = ContactsReader(rows, lambda: store.revision)
    assert contacts.name_of(ALICE) == "Alice"
    first = rows.reads
    assert [contacts.name_of(ALICE) for _ in range(100)] == ["Alice"] * 100
    assert rows.reads == first
    store.add_outbox(draft(), 1).result(10)
    assert contacts.name_of(ALICE) == "Alice"
    assert rows.reads == first + 1, "one look whether a contact changed"


def test_only_so_many_names_are_remembered(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.store.contacts._REMEMBERED", 2)
    store.contacts.set("10086", "CMCC").result(10)
    assert [store.contacts.name_of(number) for number in ("1", "2", "10086", "3", "10086")] == [
        "",
        "",
        "CMCC",
        "",
        "CMCC",
    ]
    assert len(store.contacts._names) <= 2


def test_a_file_is_loaded(store: Store) -> None:
    store.contacts.set("10010", "Unicom").result(10)
    store.contacts.set("0151 23456789", "A.").result(10)
    loaded = store.contacts.load(
        f"name,number\nAlice,{ALICE}\n,10001\nDHL,DHL\nAgain,{ALICE}\n{'x' * 99},10000\nCMCC,10086\n".encode()
    ).result(10)
    assert loaded.contacts == 2
    assert {(each.place, each.reason.partition(" ")[0]) for each in loaded.rejected} == {
        ("line 3", "no"),
        ("line 4", "letters"),
        ("line 5", "this"),
        ("line 6", "a"),
    }
    assert store.contacts.all() == [Contact(ALICE, "Alice"), Contact("10086", "CMCC"), Contact("10010", "Unicom")]


def test_a_file_without_heading_is_loaded(store: Store) -> None:
    assert store.contacts.load("10086,中国移动\n".encode()).result(10).contacts == 1
    assert store.contacts.name_of("10086") == "中国移动"


def test_a_large_file_is_written_a_little_at_a_time(store: Store) -> None:
    revision = store.revision
    data = "number,name\n" + "".join(f"{number},n{number}\n" for number in range(100_000, 101_201))
    assert store.contacts.load(data.encode()).result(30).contacts == 1_201
    assert store.revision - revision == 3
    assert store.contacts.name_of("101200") == "n101200"


def test_a_file_that_can_not_be_read_changes_nothing(store: Store) -> None:
    with pytest.raises(UnreadableFile):
        store.contacts.load(b"PK\x03\x04")
    assert store.contacts.load(b"").result(10).contacts == 0


def test_trouble_on_the_way_is_told(path: Path, clock: FixedClock) -> None:
    store = Store.open(path, clock=clock)
    store.close()
    with pytest.raises(StoreError):
        store.contacts.load(b"number,name\n10086,CMCC\n").result(10)
