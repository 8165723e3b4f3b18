"""Which columns have the numbers."""

from __future__ import annotations

import pytest

from console.protocol.lists.columns import Evidence, evidence
from console.protocol.lists.csv_rows import UnreadableFile
from console.protocol.lists.files import read_list


def taken(text: str, *, region: str = "", column: str = "") -> tuple[list[str], str]:
    """The numbers of a file, and what was guessed."""
    found = read_list(text.encode(), region=region, column=column)
    assert not found.rejected
    return [each.number for each in found.recipients], " ".join(found.guesses)


@pytest.mark.parametrize(
    ("cell", "region", "level"),
    [
        ("+447911123456", "", Evidence.INTERNATIONAL),
        ("00 44 7911 123456", "", Evidence.INTERNATIONAL),
        ("0012345678", "", Evidence.DIGITS),
        ("(0) 151 2345678", "", Evidence.NATIONAL),
        ("0151 23456789", "DE", Evidence.NATIONAL),
        ("13632919026", "CN", Evidence.VALID),
        ("13632919026 / 13800138000", "CN", Evidence.VALID),
        ("+1500000", "", Evidence.VALID),
        ("+48.137154", "", Evidence.VALID),
        ("4.91512E+12", "", Evidence.VALID),
        ("20045231", "", Evidence.DIGITS),
        ("10086", "", Evidence.DIGITS),
        ("1008", "", Evidence.FEW_DIGITS),
        ("7", "", Evidence.NONE),
        ("0151 23456789", "GB", Evidence.DIGITS),
        ("2026-11-30", "", Evidence.NONE),
        ("2026-11-30 10:15", "", Evidence.NONE),
        ("10:15:30", "", Evidence.NONE),
        ("30.11.2026", "", Evidence.NONE),
        ("1,234.50", "", Evidence.NONE),
        ("12.5", "", Evidence.NONE),
        ("Ann Smith", "", Evidence.NONE),
        ("A-20045231", "", Evidence.NONE),
        ("", "", Evidence.NONE),
    ],
)
def test_what_a_cell_looks_like(cell: str, region: str, level: Evidence) -> None:
    assert evidence(cell, region) is level


@pytest.mark.parametrize(
    "heading",
    [
        "Contact Number",
        "Téléphone",
        "Te\u0301le\u0301phone",
        "Celular",
        "Мобильный телефон",
        "联系电话",
        "Cep Telefonu",
        "TEL.",
        "Kontakt-Telefonnummer",
        "Nr. tel.",
        "Cell No",
        "No. HP",
        "Mobilnr",
        "携帯番号",
        "رقم الهاتف",
        "Phone/Fax",
        "Número de móvil",
        "Số điện thoại",
        "Điện thoại di động",
    ],
)
def test_a_customer_s_number_is_no_telephone_number(heading: str) -> None:
    text = f"Customer No.;Name;{heading}\n20045231;Ann;447911123456\n20045298;Bob;447911123457\n"
    assert taken(text) == (["447911123456", "447911123457"], "")


def test_what_stands_in_a_column_outweighs_a_vague_heading() -> None:
    numbers, guess = taken("Number;Name;Reach\n20045231;Ann;+447911123456\n20045298;Bob;+447911123457\n")
    assert numbers == ["+447911123456", "+447911123457"]
    assert guess == ""
    assert taken("Number,Code\n10086,1363291902\n10010,1363291903\n") == (["10086", "10010"], "")


def test_a_column_that_no_heading_names_is_a_guess_that_names_it() -> None:
    numbers, guess = taken("Who;Where\nAnn;13632919026\nBob;13800138000\n")
    assert numbers == ["13632919026", "13800138000"]
    assert guess == "Numbers were read from Where: no heading names them. The first is 13632919026."
    assert "column2" in taken("20045231;13632919026\n20045299;13800138000\n", region="CN")[1]


@pytest.mark.parametrize("heading", ["Telefon ID", "Cell", "Mobile plan", "GSM-ID"])
def test_a_heading_whose_cells_look_less_like_numbers_than_others_is_a_guess(heading: str) -> None:
    guess = taken(f"{heading};Reach\n20045231;015112345678\n20045288;015112345679\n", region="DE")[1]
    assert "Reach also has numbers" in guess


@pytest.mark.parametrize("cell", ["", "n/a", "none"])
def test_where_the_telephones_are_missing_others_are_a_guess(cell: str) -> None:
    text = f"Name;Phone;Next of kin\nAnn;{cell};+447911123456\nBob;{cell};+447911123457\n"
    numbers, guess = taken(text)
    assert numbers == ["+447911123456", "+447911123457"]
    assert "Numbers were read from Next of kin: Phone has almost none." in guess


def test_an_amount_with_its_sign_is_less_than_a_number() -> None:
    numbers, guess = taken("Name;Saldo;Reach\nAnn;+15000000;015112345678\nBob;+25000000;015112345679\n", region="DE")
    assert numbers == ["+4915112345678", "+4915112345679"]
    assert "no heading names them" in guess


@pytest.mark.parametrize(
    ("heading", "cell"),
    [
        ("Country code", "33"),
        ("Vorwahl", "0151"),
        ("Area Code", "415"),
        ("Indicatif", "33"),
        ("Prefijo", "34"),
        ("DDD", "11"),
        ("Код страны", "7"),
        ("区号", "010"),
        ("CC", "+33"),
        ("Land", "0033"),
    ],
)
def test_what_may_belong_in_front_of_the_numbers_is_told(heading: str, cell: str) -> None:
    rows = f"Ann;{cell};612345678\nBob;{cell};612345679\n"
    assert f"{heading} may hold their prefix" in taken(f"Name;{heading};Phone\n{rows}")[1]
    assert taken(f"Name;{heading};Phone\nAnn;{cell};+33612345678\n")[1] == ""


def test_a_code_of_something_else_belongs_nowhere() -> None:
    assert taken("Code;Phone\n33;13632919026\n34;13800138000\n")[1] == ""


@pytest.mark.parametrize(
    ("heading", "cells", "asked"),
    [
        ("Land", ("FR", "DE"), True),
        ("Country", ("FR", "FR"), True),
        ("Country/Region", ("France", "Germany"), True),
        ("Country code", ("FR", "DE"), True),
        ("Pays", ("DE", "DE"), False),
        ("País", ("Alemania", "Alemania"), False),
        ("Landlord", ("Ann", "Bob"), False),
    ],
)
def test_numbers_of_other_countries_than_the_region_s_are_a_guess(
    heading: str, cells: tuple[str, str], asked: bool
) -> None:
    rows = "".join(f"{cell};015112345{at}78\n" for at, cell in enumerate(cells))
    guess = taken(f"{heading};Phone\n{rows}", region="DE")[1]
    assert (f"{heading} may hold their prefix" in guess) is asked
    assert taken(f"{heading};Phone\nFR;+33612345678\n", region="DE")[1] == ""


@pytest.mark.parametrize("heading", ["", "Kundennr   Telefon\n", "Number\n"])
def test_a_number_beside_what_is_hardly_one_is_a_guess(heading: str) -> None:
    numbers, guess = taken(f"{heading}20045231   015112345678\n20045298   015112345679\n", region="DE")
    assert numbers == ["20045231", "+4915112345678", "20045298", "+4915112345679"]
    assert 'in "20045231   015112345678" one is probably not a number' in guess


def test_what_counts_up_is_hardly_a_number() -> None:
    numbers, guess = taken("20045231;13632919026\n20045232;13800138000\n20045233;13912345678\n")
    assert numbers == ["13632919026", "13800138000", "13912345678"]
    assert "column2" in guess
    assert "counts up" in taken("Number;Name\n20045231;Ann\n20045232;Bob\n20045233;Cid\n")[1]


def test_a_list_of_numbers_alone_may_have_several_in_a_line() -> None:
    three = ["+4915112345678", "+4915112345679", "+4915112345670"]
    assert taken(", ".join(three)) == (three, "")
    assert taken(f"{three[0]},{three[1]}\n{three[2]}\n") == (three, "")
    assert taken("01511234567,01511234568\n01511234569\n")[1] == ""
    assert taken("13632919026,13800138000\n", region="CN") == (["+8613632919026", "+8613800138000"], "")
    numbers, guess = taken("41234567,41234568\n")
    assert numbers == ["41234567", "41234568"]
    assert "column1, column2" in guess


def test_of_several_columns_for_numbers_each_is_taken_and_told() -> None:
    text = "Name,Mobile Phone,Home Phone,Home Fax\nAnn,+447911123456,+442079460000,+442079460001\nBob,,+442079460002,\n"
    numbers, guess = taken(text)
    assert numbers == ["+447911123456", "+442079460000", "+442079460002"]
    assert "Mobile Phone, Home Phone: a message goes to each of them." in guess
    found = read_list(text.encode(), column="mobile phone")
    assert [each.number for each in found.recipients] == ["+447911123456"]
    assert [each.reason for each in found.rejected] == ["no number"]
    assert found.guesses == ()


@pytest.mark.parametrize("fax", ["Home Fax", "Télécopie", "Telefaks", "Телефакс", "Faks", "Φαξ", "팩스"])
def test_fax_machines_are_left_out(fax: str) -> None:
    assert taken(f"Name,Phone,{fax}\nAnn,+447911123456,+442079460001\n") == (["+447911123456"], "")


def test_numbers_that_are_left_out_are_told() -> None:
    numbers, guess = taken("Phone,Phone ext,Emergency\n+447911123456,101,+442079460000\n")
    assert numbers == ["+447911123456"]
    assert "Phone ext, Emergency also has numbers" in guess


def test_google_s_columns() -> None:
    text = (
        "First Name,Last Name,Labels,Phone 1 - Type,Phone 1 - Value,Phone 2 - Type,Phone 2 - Value\n"
        "Ann,Smith,* myContacts ::: night,Mobile,+44 7911 123456 ::: +44 7911 123457,,\n"
    )
    found = read_list(text.encode())
    assert [(each.number, each.name) for each in found.recipients] == [
        ("+447911123456", "Ann Smith"),
        ("+447911123457", "Ann Smith"),
    ]
    assert found.taken == "numbers from Phone 1 - Value; names from first_name, last_name"
    assert found.guesses == ()


def test_a_person_may_name_the_column() -> None:
    text = "Code;Reach;Other\n20045231;13632919026;13800138000\n"
    assert taken(text, column="Reach") == (["13632919026"], "")
    assert taken(text, column="3") == (["13800138000"], "")
    assert taken("20045231;13632919026\n", column="2") == (["13632919026"], "")
    with pytest.raises(UnreadableFile, match="no column Rich") as refused:
        taken(text, column="Rich")
    assert refused.value.hint == "The columns are Code, Reach, Other."


def test_a_person_s_name_is_no_heading() -> None:
    assert taken("Mobile Repairs,+447911123456\nHandy Andy,+447911123457\n")[0] == ["+447911123456", "+447911123457"]


def test_a_column_that_is_empty_for_long_is_looked_at_all_the_same() -> None:
    rows = "".join(f"Ann {n},,2004{n % 10}31\n" for n in range(80))
    found = read_list(f"Name,Phone,Code\n{rows}Bob,+447911123456,2004531\n".encode())
    assert [each.number for each in found.recipients] == ["+447911123456"]
    assert {each.reason for each in found.rejected} == {"no number"}


def test_a_number_that_is_none_in_the_region_is_refused_and_not_forgotten() -> None:
    text = "Name,Phone 1 - Value,Phone 2 - Value\nAnn,+44 7911 123456,\nEva,,0151 23456789\n"
    found = read_list(text.encode(), region="GB")
    assert [each.number for each in found.recipients] == ["+447911123456"]
    assert [(each.typed, each.place) for each in found.rejected] == [("0151 23456789", "line 3")]


@pytest.mark.parametrize("between", [", ", "; ", "\n"])
def test_names_with_their_numbers_are_a_list_too(between: str) -> None:
    found = read_list(between.join(["Ann Smith <+447911123456>", "Bob <+447911123457>"]).encode())
    assert [(each.number, each.name) for each in found.recipients] == [
        ("+447911123456", "Ann Smith"),
        ("+447911123457", "Bob"),
    ]
    assert found.guesses == ()


def test_headings_that_only_look_like_a_telephone() -> None:
    text = "Contact Name,CEP,Celular\nAna,01310-100,11 96123-4567\nRui,01310-200,11 96123-4568\n"
    assert taken(text) == (["11961234567", "11961234568"], "")
    assert "Number also has numbers" in taken("Mobile App,Number\n1.2.3,13632919026\n1.2.4,13800138000\n")[1]
    with pytest.raises(UnreadableFile, match="no column of numbers"):
        read_list(b"Contact Name,Place\nAnn,Bonn\n")
