from __future__ import annotations

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.protocol.lists.csv_rows import LARGEST, MOST_ROWS, CsvRow, UnreadableFile, decoded, read_rows


def rows(data: bytes) -> tuple[CsvRow, ...]:
    return read_rows(decoded(data)[0])


def cells(data: bytes) -> list[tuple[str, ...]]:
    return [row.cells for row in rows(data)]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_columns_are_found_whatever_divides_them(delimiter: str) -> None:
    data = f"number{delimiter}name\n+49151{delimiter}Eva\n+49152{delimiter}Ute\n".encode()
    assert cells(data) == [("number", "name"), ("+49151", "Eva"), ("+49152", "Ute")]


@pytest.mark.parametrize(
    ("data", "first"),
    [
        (b"+49151;Na, du, da\n+49152;Ach, so\n", ("+49151", "Na, du, da")),
        (b"+49151,Hello; dear\n", ("+49151", "Hello; dear")),
        (b"+49151;1,50\n+49152;2,75\n", ("+49151", "1,50")),
        (b'"+49151","a; b","c"\n', ("+49151", "a; b", "c")),
        (b"sep=;\na,b;c\n", ("a,b", "c")),
        (b"SEP=\t\r\na;b\tc\r\n", ("a;b", "c")),
        (b"alone\nagain\n", ("alone",)),
        (b"4,92E+12\n+4915112345678\n", ("4,92E+12",)),
        (b"Telefon\n4,92E+12\n4,91511e+12\n", ("Telefon",)),
        (b'+49151, "a, b"\n', ("+49151", "a, b")),
    ],
)
def test_what_stands_in_texts_divides_nothing(data: bytes, first: tuple[str, ...]) -> None:
    assert cells(data)[0] == first


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_rows_know_their_line_and_blank_ones_are_left_out(end: bytes) -> None:
    data = end.join([b"a,b", b"", b" , ", b'c,"d', b'e"', b"f,g"])
    found = rows(data)
    assert [row.line for row in found] == [1, 4, 6]
    assert found[1].cells[1].split() == ["d", "e"]


def test_the_line_that_declares_the_delimiter_counts() -> None:
    assert [row.line for row in rows(b"sep=,\na,b\nc,d")] == [2, 3]


@pytest.mark.parametrize(
    "data",
    [
        "Müller".encode(),
        "Mu\u0308ller".encode(),
        "Müller".encode("utf-8-sig"),
        "Müller".encode("utf-16"),
        b"\xfe\xff" + "Müller".encode("utf-16-be"),
    ],
)
def test_the_charset_is_known_and_letters_are_composed(data: bytes) -> None:
    assert decoded(data) == ("Müller", "")


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        ("Name;Telefon\nJörg Müller;+4915112345678\nGünther Weiß;+4915112345679\n", "cp1252"),
        ("Иван;+79161234567\n", "cp1251"),
        ("Имя;Телефон\nИван;+79161234567\nПётр Сидоров;+79161234569\n", "cp1251"),
        ("Имя;Телефон\nИван;+79161234567\nМария;+79161234568\n", "koi8-r"),
        ("李伟,13632919026\n", "gbk"),
        ("姓名,電話\n陳大文,0912345678\n林小明,0912345679\n", "big5"),
        ("名前,電話\n田中太郎,09012345678\n鈴木花子,09012345679\n", "shift_jis"),
        ("Imię;Telefon\nŁukasz;+48501234567\nZbyszek Wójcik;+48501234568\n", "cp1250"),
        ("Adı;Cep\nAyşe Yıldız;+905321234567\nOğuz;+905321234568\n", "cp1254"),
        ("الاسم;الهاتف\nمحمد;+201012345678\nفاطمة;+201012345679\n", "cp1256"),
    ],
)
def test_a_charset_is_guessed_told_and_can_be_named(text: str, charset: str) -> None:
    guessed, guess = decoded(text.encode(charset))
    assert guessed == text
    assert "The file is not UTF-8; it is read as" in guess
    assert decoded(text.encode(charset), charset) == (text, "")


def test_a_guess_shows_the_letters_that_it_made() -> None:
    guess = decoded("Ivan Иван;+79161234567\n".encode("cp1251"))[1]
    assert guess == "The file is not UTF-8; it is read as Windows-1251. Check that its letters are right: Иван."
    assert "as Windows-1252." in decoded(b"\x1b Caf\xe9, na\xefve")[1]


@pytest.mark.parametrize(
    ("charset", "words"), [("klingon", "klingon is not a known character set"), ("ascii", "not ascii: byte 1")]
)
def test_a_charset_that_can_not_be_is_refused(charset: str, words: str) -> None:
    with pytest.raises(UnreadableFile, match=words):
        decoded("Müller".encode(), charset)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"a,b\n1,\x002", "Line 2 has a NUL"),
        (b'a,b\n1,"2\n3,4\n', "Line 2: a quotation mark"),
        (b'a,b\n1,"2\n3,"4"\n', "Line 2: a quotation mark"),
        (b"PK\x03\x04....", "spreadsheet"),
        (b"\xff\xfe\x00", "begins as UTF-16"),
        (b"\xef\xbb\xbf\xff", "at byte 3"),
    ],
)
def test_what_is_no_csv_is_refused_with_the_reason(data: bytes, words: str) -> None:
    with pytest.raises(UnreadableFile, match=words) as refused:
        rows(data)
    assert refused.value.hint


def test_there_is_an_end_to_size_and_rows() -> None:
    with pytest.raises(UnreadableFile, match="bytes"):
        rows(b"a" * (LARGEST + 1))
    with pytest.raises(UnreadableFile, match="100,000 rows"):
        rows(b"1\n" * (MOST_ROWS + 2))
    assert len(rows(b"1\n" * (MOST_ROWS + 1))) == MOST_ROWS + 1


@pytest.mark.parametrize(
    ("row", "trouble"),
    [(b'1,"a"b', "closing quotation mark"), (b"1," + b"x" * 140_000, "characters"), (b"," * 1_001, "columns")],
)
def test_one_bad_row_spoils_no_other(row: bytes, trouble: str) -> None:
    first, bad, last = rows(b"1,a\n" + row + b"\n3,c\n")
    assert (first.cells, last.cells) == (("1", "a"), ("3", "c"))
    assert (bad.line, bad.cells) == (2, ())
    assert trouble in bad.trouble


def test_nothing_gives_no_rows() -> None:
    assert cells(b"") == cells(b"\n \n") == cells(b"sep=;") == []


@given(st.binary() | st.text(alphabet="\",;|\t\r\nab1+ '").map(str.encode))
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        found = rows(data)
    except UnreadableFile:
        return
    lines = [row.line for row in found]
    assert lines == sorted(set(lines))


@given(
    st.lists(st.lists(st.text(alphabet='ab12 ,;"\n', min_size=1).map(str.strip), min_size=2, max_size=2), max_size=5)
)
def test_what_a_csv_writer_writes_is_read_back(rows: list[list[str]]) -> None:
    stream = io.StringIO(newline="")
    csv.writer(stream, quoting=csv.QUOTE_ALL).writerows(rows)
    data = b"sep=,\r\n" + stream.getvalue().encode()
    assert cells(data) == [tuple(row) for row in rows if any(row)]
