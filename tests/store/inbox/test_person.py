"""Whose message it is: conversations of people whose numbers end alike, against a model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from console.config import Regions
from console.domain.messages import InboxMessage, OutboxMessage
from console.protocol.sms.numbers import identity
from console.store import Store
from tests.support.backend import FixedClock
from tests.support.messages import draft, sms

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

GERMAN, FRENCH, JAPANESE, CHINESE = "+4915112345678", "+33612345678", "+819012345678", "+8615112345678"


def came(store: Store, *numbers: str) -> None:
    for at, number in enumerate(numbers):
        store.add_callback("gw1", sms(f"from {number}, {at}", number=number), f"{number} {at}".encode()).result(10)


def numbers(found: Sequence[InboxMessage | OutboxMessage]) -> set[str]:
    return {one.callback.number if isinstance(one, InboxMessage) else one.draft.to for one in found}


def indexed(store: Store) -> None:
    """Nothing is left to index: the writer takes the time when it has nothing else to do."""
    while store._number("SELECT value FROM tally WHERE name = 'indexed'") < store.inbox_count():
        store.prune().result(10)


@pytest.fixture
def german(path: Path) -> Iterator[Store]:
    store = Store.open(path, clock=FixedClock(), regions=Regions("DE"))
    yield store
    store.close()


@pytest.mark.parametrize("is_indexed", [False, True])
def test_numbers_of_three_countries_that_end_alike_are_three_people(store: Store, *, is_indexed: bool) -> None:
    came(store, GERMAN, FRENCH, JAPANESE)
    for number in (GERMAN, FRENCH, JAPANESE):
        store.add_outbox(draft(to=number), 1).result(10)
    if is_indexed:
        indexed(store)
    for number in (GERMAN, FRENCH, JAPANESE):
        assert numbers(found := store.thread(store.person(number))) == {number}
        assert len(found) == 2
        assert store.person(number).alike() == []


def test_spellings_of_one_number_are_one_person(german: Store) -> None:
    spellings = {GERMAN, "015112345678", "0049 151 12345678", "4915112345678", "+49 (0)151 12345678"}
    came(german, *spellings, FRENCH)
    german.add_outbox(draft(to="015112345678"), 1).result(10)
    for spelling in spellings:
        assert numbers(german.thread(german.person(spelling))) == spellings
    assert numbers(german.thread(german.person(FRENCH))) == {FRENCH}


def test_short_numbers_of_a_country_are_found_though_they_end_otherwise(path: Path) -> None:
    store = Store.open(path, clock=FixedClock(), regions=Regions("IS"))
    came(store, "+3545551234", "5551234")
    indexed(store)
    assert (
        numbers(store.thread(store.person("555 1234")))
        == numbers(store.thread(store.person("+3545551234")))
        == {"+3545551234", "5551234"}
    )
    store.close()


def test_without_its_country_a_number_is_with_the_only_one_that_it_may_be(store: Store) -> None:
    came(store, GERMAN, "015112345678")
    assert (
        numbers(store.thread(store.person(GERMAN)))
        == numbers(store.thread(store.person("015112345678")))
        == {GERMAN, "015112345678"}
    )


def test_what_may_be_either_is_alone_and_both_are_told(store: Store) -> None:
    came(store, "015112345678", GERMAN, CHINESE)
    assert numbers(store.thread(store.person("015112345678"))) == {"015112345678"}
    person = store.person(GERMAN)
    assert numbers(store.thread(person)) == {GERMAN}
    assert person.alike() == ["015112345678"]
    unclear = store.person("015112345678")
    store.thread(unclear)
    assert unclear.alike() == [GERMAN, CHINESE]


def test_names_and_short_codes_are_themselves(store: Store) -> None:
    came(store, "Bank", "BANK", "10086", "10010")
    assert numbers(store.thread(store.person("bank"))) == {"Bank", "BANK"}
    assert numbers(store.thread(store.person("10086"))) == {"10086"}


SENDERS = st.lists(
    st.tuples(st.sampled_from(["+49151", "+151", "+8615", "+33612", "+7916"]), st.sampled_from("12"))
    .map(lambda pair: pair[0] + pair[1] + "1234567")
    .flatmap(lambda whole: st.tuples(st.just(whole), st.sampled_from([whole, f"00{whole[1:]}", whole[1:]]))),
    min_size=1,
    max_size=12,
)


@pytest.mark.slow
@settings(max_examples=20)
@given(SENDERS, st.booleans())
def test_no_two_people_ever_share_a_conversation(
    tmp_path_factory: pytest.TempPathFactory,
    senders: list[tuple[str, str]],
    is_indexed: bool,
) -> None:
    """Each sender is a whole number, and one spelling of it; one without `+` may end another's number, too."""
    wholes = {whole for whole, _ in senders}

    def whose(spelling: str) -> str:
        whole = f"+{spelling[2:]}" if spelling.startswith("00") else spelling
        ending = [each for each in wholes if each.endswith(whole)]
        return ending[0] if len(ending) == 1 else whole

    store = Store.open(tmp_path_factory.mktemp("people") / "console.db", clock=FixedClock())
    try:
        came(store, *(spelling for _, spelling in senders))
        for whole in wholes:
            store.add_outbox(draft(to=whole), 1).result(10)
        if is_indexed:
            indexed(store)
        seen = wholes | {spelling for _, spelling in senders}
        for one in seen:
            assert numbers(store.thread(store.person(one))) == {other for other in seen if whose(other) == whose(one)}
    finally:
        store.close()


REGIONS = Regions("DE", {"gw2": "FR", "gw3": "IS"})


@pytest.fixture
def abroad(path: Path) -> Iterator[Store]:
    store = Store.open(path, clock=FixedClock(), regions=REGIONS)
    yield store
    store.close()


def came_by(store: Store, gateway: str, number: str) -> None:
    raw = f"{gateway} {number}".encode()
    store.add_callback(gateway, sms(f"from {number} at {gateway}", number=number), raw).result(10)


@pytest.mark.parametrize("is_indexed", [False, True])
def test_a_number_without_its_country_is_of_its_gateway_s(abroad: Store, *, is_indexed: bool) -> None:
    for gateway, number in (("gw1", "0612345678"), ("gw2", "06 12 34 56 78"), ("gw1", FRENCH), ("gw3", "5551234")):
        came_by(abroad, gateway, number)
        abroad.add_outbox(draft(to=number, gateway=gateway), 1).result(10)
    if is_indexed:
        indexed(abroad)
    french = {"06 12 34 56 78", FRENCH}
    assert numbers(abroad.thread(abroad.person("0612345678", "gw2"))) == french
    assert numbers(abroad.thread(abroad.person(FRENCH, "gw1"))) == french
    assert numbers(abroad.thread(abroad.person("0612345678", "gw1"))) == {"0612345678"}
    assert numbers(abroad.thread(abroad.person("0612345678"))) == {"0612345678"}
    assert numbers(abroad.thread(abroad.person("+3545551234", "gw1"))) == {"5551234"}
    assert abroad.person("0612345678", "gw1").alike() == []


NATIONAL = (
    st.tuples(st.sampled_from(["06", "01"]), st.sampled_from("1234567"), st.sampled_from(["1234567", "123 45 67"]))
    .map("".join)
    .filter(lambda number: all(identity(number, region).startswith("+") for region in ("DE", "FR")))
)
"""Numbers that there may be in either country."""


@pytest.mark.slow
@settings(max_examples=20)
@given(st.lists(NATIONAL, min_size=1, max_size=3, unique=True), st.booleans())
def test_gateways_of_two_regions_never_share_who_has_no_country_and_always_who_has(
    tmp_path_factory: pytest.TempPathFactory, spelled: list[str], is_indexed: bool
) -> None:
    store = Store.open(tmp_path_factory.mktemp("regions") / "console.db", clock=FixedClock(), regions=REGIONS)
    try:
        for number in spelled:
            for gateway in ("gw1", "gw2"):
                whole = identity(number, REGIONS.of(gateway))
                came_by(store, gateway, number)
                for both in ("gw1", "gw2"):
                    came_by(store, both, whole)
        if is_indexed:
            indexed(store)
        for number in spelled:
            here, there = (store.person(number, gateway) for gateway in ("gw1", "gw2"))
            german, french = (store.thread(person) for person in (here, there))
            assert not {message.id for message in german} & {message.id for message in french}
            for whole, found in ((identity(number, "DE"), german), (identity(number, "FR"), french)):
                ways = {(each.gateway, each.callback.number) for each in found if isinstance(each, InboxMessage)}
                assert {("gw1", whole), ("gw2", whole)} <= ways
                for gateway in ("gw1", "gw2"):
                    assert store.thread(store.person(whole, gateway)) == found
    finally:
        store.close()
