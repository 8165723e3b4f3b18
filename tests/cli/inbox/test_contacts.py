"""`gsm-console contacts`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from console.cli import build_parser
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


def test_what_is_exported_can_be_imported(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for number, name in (("+4915123456789", "Müller, Hans"), ("10086", '移动 "CMCC"'), ("10010", "=HYPERLINK(1)")):
        run("set", number, name, "--database", path)
    assert run("export", "--database", path) == 0
    exported = capsys.readouterr().out
    assert exported.splitlines()[0] == "number,name"
    assert "\n10010,'=HYPERLINK(1)\n" in exported
    file = tmp_path / "contacts.csv"
    file.write_text(exported, encoding="utf-8")
    other = tmp_path / "other.db"
    with inbox_at(other):
        pass
    assert run("import", file, "--database", other) == 0
    assert capsys.readouterr().out == "3 contacts taken.\n"
    run("export", "--database", other)
    assert sorted(capsys.readouterr().out.replace("''", "'").splitlines()) == sorted(exported.splitlines())


def test_rows_that_are_no_contacts_are_named(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "contacts.csv"
    file.write_bytes("number,name\n10086,Müller\n".encode("cp1252") + b"D\x1bHL,x\n" * 22)
    assert run("import", file, "--database", path) == 1
    said = capsys.readouterr()
    assert said.out == "1 contact taken.\n"
    lines = said.err.splitlines()
    assert "taken for cp1252" in lines[0]
    assert lines[1] == "line 3: D␛HL: letters can't be dialled"
    assert lines[-1] == "and 2 rows more"


def test_refusals(path: Path, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="no database"):
        run("set", "10086", "x", "--database", tmp_path / "none.db")
    assert not (tmp_path / "none.db").exists()
    with pytest.raises(ConsoleError, match="can't be read"):
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
