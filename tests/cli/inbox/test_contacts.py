"""`gsm-console contacts`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from console.cli import build_parser
from console.cli.kit import outcomes
from console.errors import ConsoleError, ReadOnly, StoreError
from console.protocol.lists.csv_rows import UnreadableFile
from tests.support.inbox import inbox_at

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "console.db"
    with inbox_at(path):
        return path


def run(*argv: object) -> int:
    args = build_parser().parse_args(["contacts", *map(str, argv)])
    code = args.run(args)
    assert isinstance(code, int)
    return code


def test_names_are_set_listed_and_removed(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("set", "+49 151 23456789", "Alice [/x]", "--database", path) == 0
    assert run("set", "10086", "移\x1b[31m动", "--database", path) == 0
    assert run("list", "--database", path) == 0
    assert capsys.readouterr().out.splitlines() == ["+49 151 23456789  Alice [/x]", "10086             移␛[31m动"]
    assert run("remove", "0151 23456789", "--database", path) == 0
    assert run("list", "--database", path) == 0
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_what_has_no_name_can_not_lose_it(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("remove", "10086", "--database", path) == 1
    assert "no name" in capsys.readouterr().err


@pytest.mark.parametrize("form", ["csv", "vcard3", "vcard4"])
def test_what_is_exported_can_be_imported(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], form: str
) -> None:
    run("set", "+4915123456789", "Müller, Hans", "--groups", "night shift, staff", "--database", path)
    run("set", "10086", '移动 "CMCC"', "--database", path)
    assert run("export", "--format", form, "--database", path) == 0
    exported = capsys.readouterr().out
    assert exported.startswith("number,name,groups\n" if form == "csv" else "BEGIN:VCARD\nVERSION:")
    file = tmp_path / "contacts"
    file.write_text(exported, encoding="utf-8")
    other = tmp_path / "other.db"
    with inbox_at(other):
        pass
    assert run("import", file, "--yes", "--database", other) == 0
    assert capsys.readouterr().out.splitlines()[-1] == "2 contacts imported."
    run("list", "--database", other)
    assert capsys.readouterr().out.splitlines() == [
        "+4915123456789    Müller, Hans  @night shift  @staff",
        '10086             移动 "CMCC"',
    ]


def test_a_cell_that_a_spreadsheet_would_run_is_written_as_text(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("set", "10010", "=HYPERLINK(1)", "--database", path)
    run("export", "--database", path)
    assert "\n10010,'=HYPERLINK(1),\n" in capsys.readouterr().out


def test_what_is_taken_is_shown_before_it_is_written(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "contacts.csv"
    rows = [f"2004523{n};Ann {n};+44791112345{n};night" for n in range(5)]
    file.write_text("\n".join(["Customer No.;Name;Contact Number;Groups", *rows]), encoding="utf-8")
    assert run("import", file, "--database", path) == outcomes.REFUSED
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        "numbers from Contact Number; names from name",
        *[f"+44791112345{n}     Ann {n}  @night" for n in range(3)],
    ]
    assert said.err == "5 contacts read, nothing saved yet: add --yes to save.\n"
    run("list", "--database", path)
    assert capsys.readouterr().out == ""


def test_a_guess_is_named_and_a_person_may_know_better(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "contacts.csv"
    file.write_bytes("Имя;Связь\nИван;79161234567\nПётр Сидоров;79161234569\n".encode("cp1251"))
    run("import", file, "--database", path)
    said = capsys.readouterr().err
    assert "guess: The file is not UTF-8" in said
    assert "guess: Numbers were read from Связь" in said
    assert run("import", file, "--charset", "cp1251", "--column", "Связь", "--yes", "--database", path) == 0
    told = capsys.readouterr()
    assert told.err == ""
    assert "Пётр Сидоров" in told.out


def test_rows_that_are_no_contacts_are_named(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "contacts.csv"
    rows = f"number,name\n10086,CMCC\n10001,\n10086,Again\n10000,{'x' * 99}\n" + "D\x1bHL,x\n" * 19
    file.write_text(rows, encoding="utf-8")
    assert run("import", file, "--yes", "--database", path) == 1
    said = capsys.readouterr()
    assert said.out.splitlines()[-1] == "1 contact imported."
    lines = said.err.splitlines()
    assert lines[0] == "line 6: D␛HL: letters can't be dialled"
    assert lines[-2:] == ["line 3: 10001: no name", "and 2 more rows"]


def test_refusals(path: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no database"):
        run("set", "10086", "x", "--database", tmp_path / "none.db")
    assert not (tmp_path / "none.db").exists()
    with pytest.raises(UnreadableFile, match="can't be read"):
        run("import", tmp_path / "none.csv", "--database", path)
    book = tmp_path / "book.xlsx"
    book.write_bytes(b"PK\x03\x04")
    with pytest.raises(UnreadableFile):
        run("import", book, "--database", path)
    with pytest.raises(ConsoleError, match="empty"):
        run("set", "10086", " ", "--database", path)
    with pytest.raises(SystemExit):
        run("--database", path)


def test_the_database_of_the_configuration(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "config.toml"
    config.write_text(f'database = "{path}"\n[[gateways]]\nname = "gw1"\nhost = "192.0.2.1"\n', encoding="utf-8")
    config.chmod(0o600)
    assert run("set", "10086", "CMCC", "--config", config) == 0
    assert run("list", "--config", config) == 0
    assert "CMCC" in capsys.readouterr().out


def test_who_may_only_look_changes_nothing(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "config.toml"
    sending = "[sending]\nread_only = true\n"
    gateway = '[[gateways]]\nname = "gw1"\nhost = "192.0.2.1"\n'
    config.write_text(f'database = "{path}"\n{sending}{gateway}', encoding="utf-8")
    config.chmod(0o600)
    with pytest.raises(ReadOnly):
        run("set", "10086", "CMCC", "--config", config)
    assert run("list", "--config", config) == 0
    assert capsys.readouterr().out == ""
