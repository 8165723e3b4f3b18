"""What a spelling of a number means, and when two are the same: by hand, and over every region's example numbers."""

from __future__ import annotations

import random
from collections import Counter
from functools import cache
from typing import TYPE_CHECKING

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st
from phonenumbers import PhoneNumberFormat, PhoneNumberType

from console.protocol.sms.numbers import (
    dialled,
    filing_key,
    filing_keys,
    identities,
    identity,
    is_short_code,
    lacks_country,
    plain,
    read_number,
    resolved,
    tail,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from phonenumbers import PhoneNumber

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
KINDS = (
    PhoneNumberType.MOBILE,
    PhoneNumberType.FIXED_LINE,
    PhoneNumberType.PAGER,
    PhoneNumberType.VOIP,
    PhoneNumberType.PERSONAL_NUMBER,
    PhoneNumberType.TOLL_FREE,
    PhoneNumberType.SHARED_COST,
    PhoneNumberType.PREMIUM_RATE,
    PhoneNumberType.UAN,
)


def e164(number: PhoneNumber) -> str:
    return phonenumbers.format_number(number, PhoneNumberFormat.E164)


@cache
def examples(region: str, more: int = 0) -> list[PhoneNumber]:
    """A region's own example numbers, and `more` valid ones for each, with other digits at the end."""
    shuffled = random.Random(region)
    found = {}
    for kind in KINDS:
        example = phonenumbers.example_number_for_type(region, kind)
        if example is None or not phonenumbers.is_valid_number(example):
            continue
        found[e164(example)] = example
        for _ in range(more):
            other = phonenumbers.parse(f"{e164(example)[:-4]}{shuffled.randrange(10_000):04}")
            if phonenumbers.is_valid_number(other):
                found[e164(other)] = other
    return list(found.values())


def spelled(number: PhoneNumber, region: str) -> Iterator[str]:
    """As people write it to people of the region."""
    whole, own = e164(number), phonenumbers.national_significant_number(number)
    abroad = phonenumbers.format_number(number, PhoneNumberFormat.INTERNATIONAL)
    at_home = phonenumbers.format_number(number, PhoneNumberFormat.NATIONAL)
    code = f"+{number.country_code}"
    yield from (whole, f"00{whole[1:]}", abroad, abroad.replace(" ", "-"), f"{code} ({own[:3]}) {own[3:]}")
    yield from (
        at_home,
        phonenumbers.normalize_digits_only(at_home),
        at_home.replace(" ", "."),
        f"({own[:2]}) {own[2:]}",
    )
    yield from (whole[1:], abroad[1:])
    if phonenumbers.ndd_prefix_for_region(region, strip_non_digits=True) == "0":
        yield f"{code} (0) {own}"


def verdict(spelling: str, region: str, right: str) -> str:
    written = plain(spelling)
    reading = read_number(written, region)
    if is_short_code(written):
        return "a short code" if reading.number == written else "wrong"
    if reading.doubt or reading.trouble:
        return "asks"
    return "right" if reading.number == right else "wrong"


@pytest.mark.slow
def test_in_every_region_every_spelling_is_read_rightly_or_asked_about() -> None:
    """As a short code, sent as it is typed, goes what has six digits or fewer: some islands have no longer numbers."""
    verdicts = Counter(
        verdict(spelling, region, e164(number))
        for region in REGIONS
        for number in examples(region, more=2)
        for spelling in spelled(number, region)
    )
    assert verdicts["wrong"] == 0
    assert verdicts["right"] > 33_000
    assert verdicts["asks"] < verdicts["right"] / 500
    assert verdicts["a short code"] < verdicts["right"] / 30


@pytest.mark.slow
def test_in_every_region_all_spellings_are_one_and_are_found_by_its_keys() -> None:
    for region in REGIONS:
        for number in examples(region)[:2]:
            whole = e164(number)
            keys = filing_keys(whole, region)
            for spelling in spelled(number, region):
                assert identity(spelling, region) in {whole, plain(spelling)}
                if identity(spelling, region) == whole:
                    assert filing_key(plain(spelling)) in keys, (region, spelling)


@given(st.data())
def test_two_numbers_with_their_country_are_the_same_only_when_equal(data: st.DataObject) -> None:
    one, other = (data.draw(st.sampled_from(examples(data.draw(st.sampled_from(REGIONS))))) for _ in range(2))
    region = data.draw(st.sampled_from(["", *REGIONS]))
    whole = [e164(one), e164(other)]
    known = [identity(each, region) for each in whole]
    assert (resolved(known[0], known) == resolved(known[1], known)) == (whole[0] == whole[1])


@given(st.text(), st.sampled_from(["", "DE", "US", "MX", "XX"]))
def test_any_text_has_an_identity_which_is_its_own(number: str, region: str) -> None:
    who = identity(number, region)
    assert identity(who, region) == who
    assert filing_keys(number, region)
    assert dialled(number, region) or not who
    assert read_number(number, region).number or not number


@pytest.mark.parametrize(
    ("one", "other", "region"),
    [
        ("8 (916) 123-45-67", "+79161234567", "RU"),
        ("8 029 123-45-67", "+375291234567", "BY"),
        ("0 15 11 91234-5678", "+5511912345678", "BR"),
        ("(11) 91234-5678", "+5511912345678", "BR"),
        ("044 55 1234 5678", "+525512345678", "MX"),
        ("01 55 1234 5678", "+525512345678", "MX"),
        ("+52 1 55 1234 5678", "+525512345678", ""),
        ("0223 15 412-3456", "+5492234123456", "AR"),
        ("555 1234", "+3545551234", "IS"),
        ("+49 (0) 151 12345678", "0049 151 12345678", ""),
        ("4915112345678", "+4915112345678", "DE"),
        ("Bank", " BANK", "DE"),
        ("@10086", "10086", ""),
        ("٠١٥١١٢٣٤٥٦٧٨", "+4915112345678", "DE"),
    ],
)
def test_the_same(one: str, other: str, region: str) -> None:
    assert identity(one, region) == identity(other, region)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("+4915112345678", "+33612345678"),
        ("+4915112345678", "+49 1512345678"),
        ("10086", "10010"),
        ("10086", "+8610086"),
        ("*100#", "100"),
        ("Bank", "Bank2"),
        ("Bank 10086", "10086"),
        ("", "0"),
        ("5616161", "+915616161"),
    ],
)
def test_not_the_same(one: str, other: str) -> None:
    for region in ("", "DE", "CN", "IN"):
        who, others = identity(one, region), identity(other, region)
        assert resolved(who, [others]) != resolved(others, [who])


def test_without_its_country_a_number_is_the_only_one_that_it_ends() -> None:
    german, chinese = "+4915112345678", "+8615112345678"
    assert resolved("015112345678", [german, "+33612345678"]) == german
    assert resolved("12345678", [german]) == german
    assert resolved("015112345678", [german, chinese]) == "015112345678"
    assert resolved("2345678", [german]) == "2345678"
    assert identity("15112345678", "CN") == chinese
    assert lacks_country("015112345678")
    assert not any(map(lacks_country, (german, "5616161", "bank", "*100#")))


def test_numbers_of_a_list_are_told_apart_among_each_other() -> None:
    whose = identities(["+49 151 12345678", "0049 151 12345678", "015112345678", "10086"])
    assert len(set(whose.values())) == 2


@pytest.mark.parametrize(
    ("written", "region", "number", "doubt"),
    [
        ("4915112345678", "DE", "+4915112345678", ""),
        ("628123456789", "ID", "+628123456789", ""),
        ("38343201234", "XK", "+38343201234", ""),
        ("5540041234", "BR", "+5540041234", "it may also be +555540041234"),
        ("33612345678", "DE", "+4933612345678", "it may also be +33612345678"),
        ("13632919026", "CN", "+8613632919026", ""),
    ],
)
def test_digits_that_begin_with_a_country_s_code(written: str, region: str, number: str, doubt: str) -> None:
    reading = read_number(written, region)
    assert (reading.number, reading.trouble, reading.doubt) == (number, "", doubt)


@pytest.mark.parametrize("number", ["+8613632919026", "013632919026", "13632919026", "+86 136-3291-9026", "32919026"])
def test_prefixes_do_not_matter_to_the_tail(number: str) -> None:
    assert tail(number) == filing_key(number) == "32919026"


def test_a_name_has_no_tail() -> None:
    assert tail("Bank") == tail("") == ""


@pytest.mark.parametrize(
    "written", ["٠١٥١١٢٣٤٥٦٧٨", "+4915112345678\u200f", "\u202a0151 123\u00ad45678\u202c", "０１５１１２３４５６７８"]
)
def test_other_digits_and_marks_of_no_width_make_no_other_number(written: str) -> None:
    assert filing_key(written) == filing_key("+4915112345678") == "12345678"
    assert identity(written, "DE") == "+4915112345678"
