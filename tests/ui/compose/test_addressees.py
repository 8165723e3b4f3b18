from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from console.ui.compose.addressees import Reading, is_read_aside, read_to, reading_line

if TYPE_CHECKING:
    from pathlib import Path


def told(typed: str, region: str = "", *, typing: bool = False) -> str:
    return reading_line(read_to(typed, region), key="^l", typing=typing).plain


def test_one_number_that_goes_as_it_was_typed_needs_no_words() -> None:
    assert told("+4915112345678") == ""
    assert told("") == ""


def test_a_number_that_goes_as_another_is_told() -> None:
    assert told("0151 12345678", "DE") == "→ +4915112345678"
    assert told("Alice <10086>") == "→ 10086 Alice"


def test_several_are_counted_and_named_with_what_is_left_out() -> None:
    assert told("111111111, 222222222") == "2 recipients: 111111111, 222222222 (^l lists)"
    assert told("10086, 10010; 10086; abc") == (
        '2 recipients: 10086, 10010 · 1 twice · 1 refused (^l lists): "abc": letters can\'t be dialled'
    )


def test_of_many_only_the_first_is_named_and_refusals_say_where() -> None:
    words = told("1001,1002,1003,1004,abc,1005,def")
    assert words == ('5 recipients: 1001, … · 2 refused (^l lists): entry 5, "abc": letters can\'t be dialled')


def test_a_lone_entry_is_not_judged_while_it_is_typed() -> None:
    assert told("12ab", typing=True) == ""
    assert told("12ab") == '✗ "12ab": letters can\'t be dialled'


def test_what_comes_from_outside_is_shown_as_marks() -> None:
    assert "\x1b" not in told("\x1b[31mabc, 10086")
    assert "␛[31mabc" in told("\x1b[31mabc, 10086")


def test_a_file_brings_recipients_with_fields_and_its_name(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("number,name\n10086,Anna\nabc,Bert\n", encoding="utf-8")
    reading = read_to(f"@{path}", "")
    assert (reading.file, reading.has_fields, reading.trouble) == ("list.csv", True, "")
    assert reading_line(reading, key="^l").plain == (
        'list.csv: 1 recipient: 10086 · 1 refused (^l lists): line 3, "abc": letters can\'t be dialled'
    )


def test_a_guess_about_the_file_is_told(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_bytes("number,name\n10086,Käthe\n".encode("cp1252"))
    assert "The file is not UTF-8" in told(f"@{path}")


def test_a_file_of_numbers_alone_has_no_fields(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text("10086\n10010\n", encoding="utf-8")
    assert not read_to(f" @ {path} ", "").has_fields


def test_home_is_meant_by_a_tilde(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "list.csv").write_text("10086\n", encoding="utf-8")
    assert read_to("@~/list.csv", "").file == "list.csv"


def test_a_file_that_cannot_be_read_says_which_and_why(tmp_path: Path) -> None:
    assert told(f"@{tmp_path}/none.csv") == (
        "✗ none.csv: No such file or directory. Write @ and the path of a list, or a group."
    )
    assert "that is a folder" in told(f"@{tmp_path}")
    assert "no file name given" in told("@")
    assert "null" in told("@a\0b").lower()


def test_a_broken_file_names_file_and_line(tmp_path: Path) -> None:
    path = tmp_path / "list.csv"
    path.write_text('number,name\n10086,"Anna\n', encoding="utf-8")
    words = told(f"@{path}")
    assert words.startswith("✗ list.csv: Line 2: a quotation mark opens")


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    assert "that is not a regular file" in told(f"@{tmp_path}/pipe")


@pytest.mark.parametrize(("typed", "aside"), [("10086", False), (" @x", True), ("1," * 2000, True)])
def test_files_and_long_lists_are_read_aside(typed: str, aside: bool) -> None:
    assert is_read_aside(typed) is aside


def test_an_empty_file_is_told() -> None:
    assert reading_line(Reading("@x", file="x.csv"), key="^l").plain == "x.csv: no recipient (^l lists)"
