from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.config import Regions
from console.errors import ConsoleError, StoreError
from console.protocol.lists.book import LONGEST_NAME, Contact
from console.protocol.sms.numbers import plain
from console.store import Reader, Store
from console.store.contacts import ContactsReader
from tests.support.backend import FixedClock
from tests.support.messages import draft, sms

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

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
    store.contacts.set(ALICE, "Alice", "alice").result(10)
    assert store.contacts.name_of(written) == "Alice"


@pytest.mark.parametrize("other", ["+8615123456789", "0086 151 23456789", "+4915223456789", "3456789", "10086", "DHL"])
def test_nobody_is_shown_under_anothers_name(store: Store, other: str) -> None:
    store.contacts.set(ALICE, "Alice", "alice").result(10)
    assert store.contacts.name_of(other) == ""


@pytest.mark.parametrize(
    ("region", "kept", "came"),
    [
        ("RU", "8 (916) 123-45-67", "+79161234567"),
        ("BY", "8 029 123-45-67", "+375291234567"),
        ("BR", "0 15 (11) 91234-5678", "+5511912345678"),
        ("MX", "044 55 1234 5678", "+525512345678"),
        ("MX", "55 1234 5678", "+5215512345678"),
        ("DE", "0151/12345678", "+4915112345678"),
        ("IS", "555 1234", "+3545551234"),
    ],
)
def test_with_a_region_a_number_is_the_same_however_either_is_written(
    path: Path, clock: FixedClock, region: str, kept: str, came: str
) -> None:
    store = Store.open(path, clock=clock, regions=Regions(region))
    store.contacts.set(kept, "Alice", "alice").result(10)
    assert store.contacts.name_of(came) == "Alice"
    store.contacts.set(came, "Eva", "alice").result(10)
    assert store.contacts.all() == [Contact(came, "Eva")]
    assert store.contacts.name_of(kept, region) == "Eva"
    store.close()


def test_a_number_that_may_be_either_of_two_has_neither_s_name(store: Store) -> None:
    store.contacts.set(ALICE, "Alice", "alice").result(10)
    store.contacts.set("+8615123456789", "Wang", "alice").result(10)
    assert store.contacts.name_of("015123456789") == ""
    assert store.contacts.name_of("23456789") == ""


def test_numbers_of_two_countries_that_end_alike_keep_their_names(store: Store) -> None:
    store.contacts.set(ALICE, "Alice", "alice").result(10)
    store.contacts.set("+8615123456789", "Wang", "alice").result(10)
    assert store.contacts.name_of(ALICE) == "Alice"
    assert store.contacts.name_of("+8615123456789") == "Wang"


def test_senders_that_are_names_can_be_named(store: Store) -> None:
    store.contacts.set("DHL", "The parcel service", "alice").result(10)
    assert store.contacts.name_of("dhl") == "The parcel service"


def test_a_new_name_takes_the_place_of_the_old_one(store: Store) -> None:
    store.contacts.set("0151 23456789", "Alice", "alice").result(10)
    assert store.contacts.name_of(ALICE) == "Alice"
    store.contacts.set(f" {ALICE} ", " Eva ", "alice").result(10)
    assert store.contacts.name_of(ALICE) == "Eva"
    assert store.contacts.all() == [Contact(ALICE, "Eva")]


def test_names_can_be_forgotten(store: Store) -> None:
    for forget in (store.contacts.remove, lambda number, operator: store.contacts.set(number, "", operator)):
        store.contacts.set(ALICE, "Alice", "alice").result(10)
        forget("0151 23456789", "alice").result(10)
        assert store.contacts.name_of(ALICE) == ""
    store.contacts.remove("10086", "alice").result(10)


def test_all_are_listed_by_name(store: Store) -> None:
    for number, name in (("10086", "CMCC"), (ALICE, "Alice"), ("10010", "CMCC")):
        store.contacts.set(number, name, "alice").result(10)
    assert store.contacts.all() == [Contact(ALICE, "Alice"), Contact("10010", "CMCC"), Contact("10086", "CMCC")]


@pytest.mark.parametrize(("number", "name"), [("", "Alice"), (" ", "Alice"), (ALICE, "x" * (LONGEST_NAME + 1))])
def test_what_is_no_contact_is_refused(store: Store, number: str, name: str) -> None:
    with pytest.raises(ConsoleError) as refused:
        store.contacts.set(number, name, "alice")
    assert refused.value.hint


def test_another_process_is_heard(store: Store, path: Path, clock: FixedClock) -> None:
    assert store.contacts.name_of(ALICE) == ""
    other = Store.open(path, clock=clock)
    reader = Reader(path)
    assert reader.contacts.name_of(ALICE) == ""
    other.contacts.set(ALICE, "Alice", "alice").result(10)
    store.poll()
    assert store.contacts.name_of(ALICE) == "Alice"
    assert reader.contacts.name_of(ALICE) == "Alice"
    assert reader.contacts.all() == [Contact(ALICE, "Alice")]
    reader.close()
    other.close()


def test_asked_again_nothing_is_read_until_something_changes(store: Store) -> None:
    store.contacts.set(ALICE, "Alice", "alice").result(10)
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
    store.contacts.set("10086", "CMCC", "alice").result(10)
    assert [store.contacts.name_of(number) for number in ("1", "2", "10086", "3", "10086")] == [
        "",
        "",
        "CMCC",
        "",
        "CMCC",
    ]
    assert len(store.contacts._names) <= 2


def test_many_are_kept_at_once(store: Store) -> None:
    store.contacts.set("10010", "Unicom", "alice").result(10)
    store.contacts.set("0151 23456789", "A.", "alice").result(10)
    assert store.contacts.add([Contact(ALICE, "Alice"), Contact("10086", "CMCC")], "alice").result(10) == 2
    assert store.contacts.all() == [Contact(ALICE, "Alice"), Contact("10086", "CMCC"), Contact("10010", "Unicom")]
    assert store.contacts.add([], "alice").result(10) == 0


def test_very_many_are_written_a_little_at_a_time(store: Store) -> None:
    revision = store.revision
    contacts = [Contact(str(number), f"n{number}") for number in range(100_000, 101_201)]
    assert store.contacts.add(contacts, "alice").result(30) == 1_201
    assert store.revision - revision == 3
    assert store.contacts.name_of("101200") == "n101200"


def test_a_contact_is_in_groups_until_it_is_said_otherwise(store: Store) -> None:
    store.contacts.set(ALICE, "Alice", "alice", ("night", "staff")).result(10)
    store.contacts.set("0151 23456789", "Eva", "alice").result(10)
    assert store.contacts.all() == [Contact("0151 23456789", "Eva", ("night", "staff"))]
    store.contacts.add([Contact(ALICE, "Eva M")], "alice").result(10)
    assert store.contacts.all()[0].groups == ("night", "staff")
    store.contacts.add([Contact(ALICE, "Eva M", ("day",))], "alice").result(10)
    assert store.contacts.all()[0].groups == ("day",)
    store.contacts.set(ALICE, "Eva", "alice", ()).result(10)
    assert store.contacts.all()[0].groups == ()


def test_contacts_are_found_by_name_and_group_as_they_are_now(store: Store) -> None:
    assert list(store.contacts.named("alice")) == []
    store.contacts.set(ALICE, "Alice", "alice", ("Night Shift",)).result(10)
    assert [each.number for each in store.contacts.named("alice")] == [ALICE]
    assert [each.number for each in store.contacts.group("night shift")] == [ALICE]
    store.contacts.remove(ALICE, "alice").result(10)
    assert list(store.contacts.named("alice")) == list(store.contacts.group("night shift")) == []


def test_trouble_on_the_way_is_told(path: Path, clock: FixedClock) -> None:
    store = Store.open(path, clock=clock)
    store.close()
    with pytest.raises(StoreError):
        store.contacts.add([Contact("10086", "CMCC")], "alice").result(10)


def test_a_row_has_the_name_of_whom_its_gateway_s_region_means(path: Path, clock: FixedClock) -> None:
    store = Store.open(path, clock=clock, regions=Regions("DE", {"gw2": "FR"}))
    store.contacts.set("+33612345678", "Marie", "alice").result(10)
    store.contacts.set("0612345678", "Hans", "alice").result(10)
    assert store.contacts.name_of("06 12 34 56 78", "FR") == "Marie"
    assert store.contacts.name_of("0612345678", "DE") == store.contacts.name_of("+49612345678", "FR") == "Hans"
    assert [each.number for each in store.contacts.named("Hans")] == ["+49612345678"]
    store.close()


@pytest.mark.parametrize("kept", ["0151 23456789", ALICE])
def test_a_contact_or_row_without_its_country_is_nobody_s_name_once_two_may_be_meant(store: Store, kept: str) -> None:
    store.contacts.set(kept, "Alice", "alice").result(10)
    store.add_callback("gw1", sms(number=ALICE), b"1").result(10)
    assert store.contacts.name_of(ALICE) == store.contacts.name_of("015123456789") == "Alice"
    store.add_outbox(draft(to="+8615123456789"), 1).result(10)
    assert store.contacts.name_of("+8615123456789") == ""
    assert {number for number in (ALICE, "015123456789") if store.contacts.name_of(number)} == {plain(kept)}


def test_a_name_for_one_of_two_leaves_that_of_whom_either_may_be(store: Store) -> None:
    store.contacts.set("0151 23456789", "Alice", "alice").result(10)
    for number in (ALICE, "+8615123456789"):
        store.add_callback("gw1", sms(number=number), number.encode()).result(10)
    store.contacts.set(ALICE, "Eva", "alice").result(10)
    assert {each.name for each in store.contacts.all()} == {"Alice", "Eva"}
    assert [store.contacts.name_of(number) for number in (ALICE, "+8615123456789", "015123456789")] == [
        "Eva",
        "",
        "Alice",
    ]


ENDINGS = st.sampled_from(["+4915123456789", "+8615123456789", "+33123456789", "015123456789", "15123456789"])


@settings(max_examples=30)
@given(kept=ENDINGS, seen=st.sets(ENDINGS))
def test_a_contact_names_one_number_only(tmp_path_factory: pytest.TempPathFactory, kept: str, seen: set[str]) -> None:
    store = Store.open(tmp_path_factory.mktemp("names") / "console.db", clock=FixedClock())
    try:
        for number in seen:
            store.add_callback("gw1", sms(number=number), number.encode()).result(10)
        store.contacts.set(kept, "Alice", "alice").result(10)
        whole = {number for number in {kept, *seen} if number.startswith("+")}
        named = {number for number in whole if store.contacts.name_of(number)}
        meant = {number for number in whole if number.endswith(kept.lstrip("0"))}
        assert named == (meant if len(meant) == 1 else set())
        for number in seen - whole:
            ended = {each for each in whole if each.endswith(number.lstrip("0"))}
            assert bool(store.contacts.name_of(number)) == (number == kept or (ended == named and len(ended) == 1))
    finally:
        store.close()


def test_anothers_number_is_no_name(store: Store) -> None:
    with pytest.raises(ConsoleError, match="another contact's number"):
        store.contacts.set(ALICE, "+33612345678", "alice")
    store.contacts.set(ALICE, ALICE, "alice").result(10)
