"""Files of people: CSV and vCard."""

from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.protocol.lists.csv_rows import UnreadableFile
from console.protocol.lists.files import read_list
from console.protocol.sms.recipients import RecipientList, is_diallable


def numbers(found: RecipientList) -> list[str]:
    return [each.number for each in found.recipients]


@pytest.mark.parametrize(
    "heading",
    ["number", "Phone Number", "MSISDN", "To", "Tel.", "Handy", "手机", "号码", "mobile_no", "Phone 1 - Value"],
)
def test_the_column_of_numbers_is_found_by_its_heading(heading: str) -> None:
    found = read_list(f"Code;{heading};Name\n123456;+49151;Eva\n".encode())
    assert numbers(found) == ["+49151"]
    assert found.recipients[0].fields == {"code": "123456", "name": "Eva"}
    assert found.recipients[0].name == "Eva"


def test_the_surest_heading_counts() -> None:
    assert numbers(read_list(b"to,number\n1,2\n")) == ["2"]


def test_the_column_of_numbers_is_found_by_its_look() -> None:
    found = read_list(b"who,where,what\nEva,+49 151,1\nUte,+49 152,2\n")
    assert numbers(found) == ["+49151", "+49152"]
    assert found.recipients[1].fields == {"who": "Ute", "what": "2"}


def test_without_a_heading_the_columns_are_counted() -> None:
    found = read_list(b"Eva,+49151,x\nUte,+49152\n")
    assert [dict(each.fields) for each in found.recipients] == [{"column1": "Eva", "column3": "x"}, {"column1": "Ute"}]
    assert numbers(read_list(b"10086\n10010\n")) == ["10086", "10010"]


def test_columns_of_one_name_are_told_apart() -> None:
    found = read_list(b"x,x,,number,X,x2,\n1,2,3,4,5,6,\n")
    assert found.recipients[0].fields == {"x": "1", "x2": "2", "column3": "3", "x3": "5", "x22": "6"}


def test_a_name_may_stand_in_two_columns() -> None:
    assert read_list(b"First Name,Last Name,Phone\nEva,M,151\nUte,,152\n").recipients[0].name == "Eva M"


def test_bad_rows_are_rejected_with_their_line() -> None:
    found = read_list(
        b'number,text\n+49151,a\n+49152\n,b\nDHL,c\n4.9E+12,d\n+49153,e,f\n+49154,g,\n+49151,h\n+49155,"i"j\n'
    )
    assert numbers(found) == ["+49151", "+49154"]
    assert [(each.number, each.fields["text"]) for each in found.duplicates] == [("+49151", "h")]
    assert [(each.place, each.reason.partition(":")[0]) for each in found.rejected] == [
        ("line 3", "1 of 2 columns"),
        ("line 4", "no number"),
        ("line 5", "letters can't be dialled"),
        ("line 6", "a spreadsheet rounded it"),
        ("line 7", "3 columns, but 2 in the heading"),
        ("line 10", "there is text after a closing quotation mark"),
    ]


def test_a_guessed_charset_is_told() -> None:
    found = read_list("number,name\n151,Müller\n".encode("cp1252"))
    assert found.recipients[0].name == "Müller"
    assert "are right: Müller" in " ".join(found.guesses)


def test_numbers_of_a_file_belong_to_the_region() -> None:
    assert numbers(read_list(b"number\n0151 23456789\n", region="DE")) == ["+4915123456789"]


@pytest.mark.parametrize("data", [b"who,where\nEva,Bonn\n", b'a,"b"c\n151,1\n'])
def test_a_file_without_numbers_is_refused(data: bytes) -> None:
    with pytest.raises(UnreadableFile):
        read_list(data)


@pytest.mark.parametrize("data", [b"", b"\n", b"number,name\n"])
def test_an_empty_file_is_nobody(data: bytes) -> None:
    found = read_list(data)
    assert (found.recipients, found.duplicates, found.rejected, found.guesses) == ((), (), (), ())


WILD = st.text() | st.text(alphabet="+0123456789 ()-.,;|\n\r\t<>\"'eE*#٣９‹›", max_size=60)
CELL = st.text(alphabet='+0123456789ab ,;"\n', max_size=8)


@given(st.lists(st.lists(CELL, min_size=1, max_size=4), min_size=1, max_size=8), st.sampled_from(["", "DE"]))
def test_every_row_is_in_one_of_the_three(rows: list[list[str]], region: str) -> None:
    stream = io.StringIO(newline="")
    csv.writer(stream, quoting=csv.QUOTE_ALL).writerows([["number", "a", "b"], *rows])
    found = read_list(b"sep=,\n" + stream.getvalue().encode(), region=region)
    places = {each.place for part in (found.recipients, found.duplicates, found.rejected) for each in part}
    assert len(places) == sum(any(cell.strip() for cell in row) for row in rows)


@given(st.binary() | WILD.map(lambda text: text.encode("utf-8", "surrogatepass")), st.sampled_from(["", "DE"]))
def test_any_bytes_are_a_list_or_refused(data: bytes, region: str) -> None:
    try:
        found = read_list(data, region=region)
    except UnreadableFile:
        return
    assert all(is_diallable(each.number) for each in (*found.recipients, *found.duplicates))
