from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.protocol.sms.recipients import (
    LONGEST_NUMBER,
    RecipientList,
    is_diallable,
    read_recipients,
)


@pytest.mark.parametrize(
    ("number", "can"), [("+86136", True), ("10086", True), ("DHL", False), ("", False), ("+", False)]
)
def test_a_name_can_not_be_dialled(number: str, can: bool) -> None:
    assert is_diallable(number) is can


def numbers(found: RecipientList) -> list[str]:
    return [each.number for each in found.recipients]


def reasons(found: RecipientList) -> list[str]:
    return [each.reason for each in found.rejected]


# ---- typed and pasted ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("+49 (151) 234-567", "+49151234567"),
        ("151.234/567", "151234567"),
        ("0049 151 234567", "0049151234567"),
        ("+49 (0) 151 234567", "+49151234567"),
        ("0049(0)151 234567", "0049151234567"),
        ("(0) 151 234567", "0151234567"),
        ("+49\u2011151\u00a0234\u2212567", "+49151234567"),
        ("\u202a+49151234567\u202c", "+49151234567"),
        ("‹202A›+49151234567‹202C›", "+49151234567"),
        ("\ufeff10086", "10086"),
        ("tel:+49151234567", "+49151234567"),
        ("'+49151234567", "+49151234567"),
        ('"10086"', "10086"),
        ("٠١٥١٢٣٤٥٦٧", "0151234567"),
        ("＋８６１３６３２９１９０２６", "+8613632919026"),
        ("*100#", "*100#"),
        ("+" + "1" * 15, "+" + "1" * 15),
        ("810" + "1" * 15, "810" + "1" * 15),
        ("1" * (LONGEST_NUMBER - 1) + "#", "1" * (LONGEST_NUMBER - 1) + "#"),
        ('="07911123456"', "07911123456"),
        ("’07911123456", "07911123456"),
        ("+49 (0) 151 1234567/89", "+49151123456789"),
        ("00491511 2345678", "004915112345678"),
    ],
)
def test_what_makes_a_number_easier_to_read_is_left_out_and_nothing_else(typed: str, number: str) -> None:
    found = read_recipients(typed)
    assert numbers(found) == [number]
    assert found.recipients[0].typed == typed.strip()


@pytest.mark.parametrize("separator", [",", ";", "\n", "\r\n", "\t", "|", ", ", "，", "；", "␊", "\n\n", ",;"])
def test_separators(separator: str) -> None:
    assert numbers(read_recipients(f"10086{separator}+49 151{separator}")) == ["10086", "+49151"]


@pytest.mark.parametrize(
    ("typed", "apart"),
    [
        ("13632919026 13800138000", ["13632919026", "13800138000"]),
        ("13632919026/13800138000", ["13632919026", "13800138000"]),
        ("13632919026 ::: 13800138000", ["13632919026", "13800138000"]),
        ("10086:10010", ["10086", "10010"]),
        ("+49 151 12345678 +49 151 12345679", ["+4915112345678", "+4915112345679"]),
        ("+49 (0)151 234567 / +49 (0)152 234567", ["+49151234567", "+49152234567"]),
        ("0151 2345678 0151 23456789", ["01512345678", "015123456789"]),
        ("(202) 555-0123 (202) 555-0124", ["2025550123", "2025550124"]),
        ("+1 2025550123/2025550124", ["+12025550123", "2025550124"]),
        ("6123456 6123457", ["6123456", "6123457"]),
        ("021123456 021123457", ["021123456", "021123457"]),
        ("٠١٥١٢٣٤٥٦٧ ٠١٥١٢٣٤٥٦٨", ["0151234567", "0151234568"]),
    ],
)
def test_what_can_not_be_one_number_is_several(typed: str, apart: list[str]) -> None:
    found = read_recipients(f"10000, {typed}")
    assert numbers(found) == ["10000", *apart]
    assert [each.place for each in found.recipients] == [f"entry {n}" for n in range(1, len(apart) + 2)]


@given(
    st.lists(st.from_regex(r"\+49[1-9][0-9]{7,12}", fullmatch=True), min_size=1, max_size=6, unique=True),
    st.sampled_from([", ", ";", " | ", "\n", "\r\n", "\t", "/", " / ", " ", "  ", ":", " ::: ", "，", "、", "；"]),
)
def test_every_number_comes_back_whatever_divides_them(listed: list[str], between: str) -> None:
    assert numbers(read_recipients(between.join(listed))) == listed


@pytest.mark.parametrize(
    ("typed", "name"),
    [
        ("Alice <+49151>", "Alice"),
        ('"Müller, Hans" <+49 151>', "Müller, Hans"),
        ("<+49151>", ""),
        ("Eva [/x] <+49 (0) 151>", "Eva [/x]"),
    ],
)
def test_entries_of_address_books_bring_their_name(typed: str, name: str) -> None:
    (recipient,) = read_recipients(typed).recipients
    assert (recipient.number, recipient.name) == ("+49151", name)


@pytest.mark.parametrize(
    ("typed", "reason"),
    [
        ("DHL", "letters"),
        ("151 ext 3", "letters"),
        ("Alice <>", "no number"),
        ("+", "no number"),
        ("*#", "no number"),
        ("1" * 23 + "#", "24 characters"),
        ("+" + "1" * 16, "15 digits at most"),
        ("1" * 16, "15 digits at most"),
        ("13632919026 10086", "put a comma between"),
        ("1+49152", "two numbers"),
        ("151&2", "only digits"),
        ("4.91512E+12", "rounded"),
        ("4,91512E+12", "rounded"),
        ("4915112345678.0", "amount"),
        ("²³", "no number"),
    ],
)
def test_what_can_not_be_dialled_is_rejected_in_words(typed: str, reason: str) -> None:
    found = read_recipients(f"10086,{typed}")
    assert numbers(found) == ["10086"]
    assert [(each.typed, each.place) for each in found.rejected] == [(typed, "entry 2")]
    assert reason in found.rejected[0].reason


def test_a_pasted_list_is_told_by_its_lines() -> None:
    found = read_recipients("10086\r\n\nDHL, 10010\nUPS\n")
    assert [(each.typed, each.place) for each in found.rejected] == [("DHL", "line 3"), ("UPS", "line 4")]
    assert [each.place for each in found.recipients] == ["line 1", "line 3"]


def test_the_same_number_counts_once() -> None:
    found = read_recipients("Eva <+49 151 23456789>, 0151/23456789, 10086, +4915123456789", region="DE")
    assert numbers(found) == ["+4915123456789", "10086"]
    assert found.recipients[0].name == "Eva"
    assert [each.typed for each in found.duplicates] == ["0151/23456789", "+4915123456789"]


@pytest.mark.parametrize(
    ("typed", "region", "number"),
    [
        ("0151 23456789", "DE", "+4915123456789"),
        ("0049 151 23456789", "DE", "+4915123456789"),
        ("+49 (0)151 23456789", "DE", "+4915123456789"),
        ("13632919026", "CN", "+8613632919026"),
        ("(202) 555-0123", "US", "+12025550123"),
        ("011 49 151 23456789", "US", "+4915123456789"),
        ("031 2345678", "IT", "+390312345678"),
        ("8 900 123-45-67", "RU", "+79001234567"),
        ("+8613632919026", "DE", "+8613632919026"),
        ("10086", "CN", "10086"),
        ("123456", "DE", "123456"),
        ("*100#", "DE", "*100#"),
        ("0900123456", "DE", "0900123456"),
        ("+8613632919026", "XX", "+8613632919026"),
    ],
)
def test_with_a_region_what_is_valid_becomes_e164_and_the_rest_stays(typed: str, region: str, number: str) -> None:
    assert numbers(read_recipients(typed, region=region)) == [number]


@pytest.mark.parametrize(
    ("typed", "region", "reason"),
    [
        ("5551234", "US", "area code"),
        ("+49", "DE", "too short"),
        ("123456789012345678", "DE", "too long"),
        ("23456789012345", "US", "too long for +1"),
        ("+9991234567", "DE", "no country"),
        ("5616161", "IN", "too short for +91"),
        ("345906566798696", "ES", "too long for +34"),
        ("33612345678", "US", "too long for +1; if you mean +33612345678, type the +"),
    ],
)
def test_with_a_region_what_is_impossible_is_rejected(typed: str, region: str, reason: str) -> None:
    assert reason in reasons(read_recipients(typed, region=region))[0]


@pytest.mark.parametrize("typed", ["5616161", "345906566798696"])
def test_who_has_written_can_be_answered_all_the_same(typed: str) -> None:
    assert numbers(read_recipients(typed, region="ES", in_use=[typed])) == [typed]


@pytest.mark.parametrize("typed", ["+345906566798696", "+8613632", "+4912", "+81123"])
def test_with_a_plus_a_person_may_say_that_it_is_in_use(typed: str) -> None:
    assert numbers(read_recipients(typed, region="ES")) == [typed]


def test_what_else_a_number_may_be_is_told() -> None:
    (typed_abroad,) = read_recipients("33612345678", region="DE").recipients
    assert typed_abroad.number == "+4933612345678"
    assert typed_abroad.doubt == "it may also be +33612345678"
    (at_home,) = read_recipients("13632919026", region="CN").recipients
    assert (at_home.number, at_home.doubt) == ("+8613632919026", "")


@pytest.mark.parametrize(
    "typed", ["1. 0151 23456789", "23) 015123456789", "7. +49 151 23456789", "12. (0151) 23456789"]
)
def test_the_place_in_a_counted_list_is_no_part_of_a_number(typed: str) -> None:
    assert numbers(read_recipients(typed, region="DE")) == ["+4915123456789"]


@pytest.mark.parametrize("typed", ["49. 151", "1. 2345", "030. 1234567", "(1) 202 555 0123"])
def test_what_only_looks_like_the_place_in_a_list_is_kept(typed: str) -> None:
    digits = "".join(filter(str.isdigit, typed))
    assert numbers(read_recipients(typed)) == [digits]


@pytest.mark.parametrize("typed", ["2 015123456789", "2 0151 23456789", "20 (0151) 23456789"])
def test_what_stands_before_a_whole_number_is_asked_about(typed: str) -> None:
    (found,) = read_recipients(typed, region="DE").recipients
    assert found.doubt == "it may also be +4915123456789"


@pytest.mark.parametrize(("typed", "region"), [("49 0151 23456789", "DE"), ("8 029 1234567", "BY")])
def test_a_zero_within_a_number_is_no_doubt(typed: str, region: str) -> None:
    (found,) = read_recipients(typed, region=region).recipients
    assert found.number.startswith("+")
    assert found.doubt == ""


def test_one_number_in_several_spellings_counts_once_without_a_region() -> None:
    found = read_recipients("+49 151 12345678, 0049 151 12345678, 015112345678, +33 6 12345678")
    assert numbers(found) == ["+4915112345678", "+33612345678"]
    assert [each.typed for each in found.duplicates] == ["0049 151 12345678", "015112345678"]


def test_what_may_be_either_of_two_counts_of_its_own() -> None:
    found = read_recipients("15112345678, +4915112345678, +8615112345678")
    assert len(found.recipients) == 3


def test_nothing_typed_is_nobody() -> None:
    assert read_recipients(" ,;\n\t|") == RecipientList((), (), ())


WILD = st.text() | st.text(alphabet="+0123456789 ()-.,;|\n\r\t<>\"'eE*#٣９‹›", max_size=60)


@given(WILD, st.sampled_from(["", "DE", "CN", "US", "XX"]))
def test_every_entry_is_in_exactly_one_of_the_three(text: str, region: str) -> None:
    found = read_recipients(text, region=region)
    every = [each.typed for part in (found.recipients, found.duplicates, found.rejected) for each in part]
    kept = [*found.recipients, *found.duplicates]
    assert sum(map(len, every)) <= len(text)
    assert all(is_diallable(each.number) and len(each.number) <= LONGEST_NUMBER for each in kept)
    assert len(set(numbers(found))) == len(found.recipients)
    assert {each.number for each in found.duplicates} <= set(numbers(found))
    assert all(each.reason and each.place for each in found.rejected)
    left = text
    for typed in sorted(every, key=len, reverse=True):
        assert typed in left
        left = left.replace(typed, "", 1)
    assert not any(character.isalnum() for character in left)


@given(st.lists(st.from_regex(r"[a-z0-9+]{1,8}", fullmatch=True), max_size=8))
def test_each_line_is_counted(lines: list[str]) -> None:
    found = read_recipients("\n".join(lines))
    assert len(found.recipients) + len(found.duplicates) + len(found.rejected) == len(lines)


def test_a_file_beside_numbers_is_told_to_stand_alone() -> None:
    found = read_recipients("+49151, @winter.csv, DHL")
    assert numbers(found) == ["+49151"]
    assert [each.reason.partition(",")[0] for each in found.rejected] == [
        "there is no such contact group; a file must be the only entry",
        "letters can't be dialled",
    ]


@pytest.mark.parametrize("typed", ["15112345678, +4915112345678", "+4915112345678, 15112345678"])
def test_of_two_spellings_the_one_in_full_is_written_to(typed: str) -> None:
    listed = read_recipients(typed)
    assert [each.number for each in listed.recipients] == ["+4915112345678"]
    assert [each.number for each in listed.duplicates] == ["15112345678"]


@pytest.mark.parametrize("typed", ["+015112345678", "+004915112345678", "+4220000000"])
def test_a_plus_before_no_country_is_refused_without_a_region_too(typed: str) -> None:
    listed = read_recipients(typed)
    assert [each.reason for each in listed.rejected] == ["no country has this code"]
