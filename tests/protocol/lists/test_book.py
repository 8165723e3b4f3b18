"""Contacts by name and by group."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.protocol.lists.book import AddressBook, Contact, contacts_in, groups_in
from console.protocol.lists.files import read_list
from console.protocol.sms.recipients import RecipientList, read_recipients

ALICE, BOB = Contact("+4915112345678", "Alice", ("Night Shift",)), Contact("10086", "Bob <b>, x")
CHARLIE = Contact("0151 2345678", "Charlie", ("Night Shift", "staff"))
TWO = (Contact("10001", "Two"), Contact("10002", "two"))


class Book(AddressBook):
    """Knows who has a number, too."""

    def name_of(self, number: str, region: str = "") -> str:
        return {each.number: each.name for each in (ALICE, BOB)}.get(number, "")


BOOK = Book((ALICE, BOB, CHARLIE, *TWO))


def people(found: RecipientList) -> list[tuple[str, str]]:
    return [(each.number, each.name) for each in found.recipients]


def test_a_name_and_a_group_stand_among_numbers() -> None:
    found = read_recipients("alice, @night  shift, 10010", book=BOOK)
    assert people(found) == [("+4915112345678", "Alice"), ("01512345678", "Charlie"), ("10010", "")]
    assert [(each.typed, each.place) for each in found.duplicates] == [("+4915112345678", "entry 2")]


def test_whoever_is_a_contact_has_a_name() -> None:
    assert people(read_recipients("+49 151 12345678; Eva <10086>", book=BOOK)) == [
        ("+4915112345678", "Alice"),
        ("10086", "Eva"),
    ]
    listed = read_list(b"number,name\n10086,Eva\n+4915112345678,\n", book=BOOK)
    assert [each.values["name"] for each in listed.recipients] == ["Eva", "Alice"]


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("Two", "several contacts have this name: type 10001 or 10002"),
        ("Nobody", "letters can't be dialled"),
        ("@nobody", "there is no such contact group"),
        ("@", "there is no such contact group"),
    ],
)
def test_who_is_not_known_for_certain_is_refused(typed: str, reason: str) -> None:
    (refused,) = read_recipients(typed, book=BOOK).rejected
    assert reason in refused.reason


@pytest.mark.parametrize(
    ("begun", "whole"),
    [
        ("al", "Alice <+4915112345678>"),
        ("@n", "@Night Shift"),
        ("Bo", "Bob b x <10086>"),
        ("@s", "@staff"),
        ("tw", "two"),
        ("a", ""),
        ("zz", ""),
        ("", ""),
    ],
)
def test_what_is_begun_is_completed(begun: str, whole: str) -> None:
    assert BOOK.completed(begun) == whole


@given(st.text(min_size=1, max_size=12), st.integers(2, 12))
def test_what_is_completed_leads_to_the_contact(name: str, length: int) -> None:
    book = Book([Contact("10086", name)])
    completed = book.completed(name[:length])
    assert not completed or people(read_recipients(completed, book=book))[0][0] == "10086"


def test_groups_are_divided_and_those_of_google_left_out() -> None:
    assert groups_in("* myContacts ::: Friends;night  shift, @staff,,Friends") == ("Friends", "night shift", "staff")
    assert groups_in("") == ()


def test_the_contacts_of_a_file() -> None:
    contacts, rejected = contacts_in(
        read_list(f"name,number,Labels\nAlice,10086,* x ::: a\n,10001,\nAgain,10086,\n{'x' * 99},10000,\n".encode())
    )
    assert contacts == [Contact("10086", "Alice", ("a",))]
    assert [(each.place, each.reason.partition(" ")[0]) for each in rejected] == [
        ("line 3", "no"),
        ("line 5", "a"),
        ("line 4", "this"),
    ]
    assert contacts_in(read_list("10086,中国移动\n".encode()))[0] == [Contact("10086", "中国移动")]


@pytest.mark.parametrize("name", ["0171 2345678", "+33612345678", "(0171) 23-45-678"])
def test_another_s_number_is_nobody_s_name(name: str) -> None:
    contacts, rejected = contacts_in(read_list(f"name,number\n{name},+4915112345678\n".encode(), column="number"))
    assert contacts == []
    assert [each.reason for each in rejected] == ["its name is another contact's number"]
    contacts, _ = contacts_in(read_list(f"number,other,who\n+4915112345678,{name},Eva\n".encode(), column="number"))
    assert contacts == [Contact("+4915112345678", "Eva")]


@pytest.mark.parametrize("name", ["0151 12345678", "+49 151 12345678", "112", "Taxi 0171 2345678"])
def test_a_name_may_have_a_number_in_it_or_be_one_s_own(name: str) -> None:
    listed = read_list(f"name,number\n{name},+4915112345678\n".encode(), column="number")
    assert contacts_in(listed)[0] == [Contact("+4915112345678", name)]
