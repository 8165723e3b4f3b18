"""`gsm-console export`."""

from __future__ import annotations

import argparse
import base64
import csv
import io
import json
from typing import TYPE_CHECKING

import pytest

from console.cli.inbox import export
from console.cli.kit.query import NotAsked
from console.domain.messages import Callback, CallbackKind
from console.errors import ConfigError, ConsoleError
from tests.support.backend import NOON
from tests.support.inbox import inbox_at, text_sms

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "console.db"
    with inbox_at(path) as some:
        some.add(text_sms('余额, "12"\nполучено', port="2"), raw=b"/sms?\xff")
        some.add(text_sms("=HYPERLINK(1)", number="@evil"))
        some.add(text_sms("=HYPERLINK(1)", number="@evil"), raw=b"again")
        some.add(Callback(CallbackKind.UNREADABLE, reason="No number."), raw=b"\x00\xff")
        some.add_gap(NOON, NOON + 60)
        some.index(2)
    return path


def run(*argv: object) -> int:
    parser = argparse.ArgumentParser()
    export.add_parser(parser.add_subparsers())
    args = parser.parse_args(["export", *map(str, argv)])
    code = args.run(args)
    assert isinstance(code, int)
    return code


def test_json_lines_have_every_byte(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--database", path, "--format", "jsonl") == 0
    out = capsys.readouterr().out
    assert out.isascii()
    objects = [json.loads(line) for line in out.splitlines()]
    assert [row["id"] for row in objects] == [1, 2, 3, 4]
    assert objects[0]["text"] == '余额, "12"\nполучено'
    assert objects[1]["text"] == "=HYPERLINK(1)"
    raws = [[base64.b64decode(raw) for raw in row["raw"]] for row in objects]
    assert raws == [[b"/sms?\xff"], [b"raw", b"again"], [b"\x00\xff"], []]


def test_csv_is_read_back_and_runs_nothing(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--database", path, "--format", "csv") == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out, newline="")))
    assert [row["id"] for row in rows] == ["1", "2", "3", "4"]
    assert rows[0]["text"] == '余额, "12"\nполучено'
    assert rows[0]["number"] == "+8613632919026"
    assert (rows[0]["by"], rows[3]["by"]) == ("callback", "")
    assert rows[0]["received_at"] == "2026-11-22T12:00:00.000Z"
    assert (rows[1]["number"], rows[1]["text"], rows[1]["copies"]) == ("'@evil", "'=HYPERLINK(1)", "2")
    assert (rows[3]["kind"], rows[3]["until"]) == ("gap", "2026-11-22T12:01:00.000Z")


def test_csv_for_excel(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--database", path, "--format", "csv", "--excel") == 0
    out = capsys.readouterr().out
    assert out.startswith("\ufeffid,kind,")
    rows = list(csv.DictReader(io.StringIO(out, newline="")))
    assert (rows[0]["number"], rows[0]["text"]) == ('="+8613632919026"', '余额, "12"\nполучено')
    assert rows[1]["text"] == '="=HYPERLINK(1)"'
    with pytest.raises(ConfigError, match="--excel needs --format csv"):
        run("--database", path, "--format", "jsonl", "--excel")


@pytest.mark.parametrize("search", ["hyperlink", "port:3 kind:sms"])
def test_only_what_is_searched_for(path: Path, capsys: pytest.CaptureFixture[str], search: str) -> None:
    assert run("--database", path, "--format", "jsonl", "--query", search) == 0
    assert [json.loads(line)["id"] for line in capsys.readouterr().out.splitlines()] == [2]


def test_only_what_a_view_shows(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--database", path, "--format", "jsonl", "--view", "unreadable") == 0
    assert [json.loads(line)["id"] for line in capsys.readouterr().out.splitlines()] == [3]
    with pytest.raises(NotAsked, match="There is no view 'night'"):
        run("--database", path, "--format", "csv", "--view", "night")


def test_the_order_of_a_search_is_oldest_first_too(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--database", path, "--format", "jsonl", "--query", "gw:gw1") == 0
    assert [json.loads(line)["id"] for line in capsys.readouterr().out.splitlines()] == [1, 2, 3]


def test_a_file_is_private_and_whole(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "out.csv"
    target.write_text("old")
    assert run("--database", path, "--format", "csv", "-o", target) == 0
    assert capsys.readouterr().out == ""
    assert target.stat().st_mode & 0o777 == 0o600
    assert len(list(csv.reader(io.StringIO(target.read_bytes().decode(), newline="")))) == 5
    assert {file.name for file in tmp_path.iterdir()} == {"console.db", "out.csv"}


def test_a_file_that_can_t_be_written(path: Path, tmp_path: Path) -> None:
    with pytest.raises(ConsoleError, match="can't be written: No such file or directory"):
        run("--database", path, "--format", "csv", "-o", tmp_path / "none" / "out.csv")


def test_a_device_can_be_written_to(path: Path) -> None:
    assert run("--database", path, "--format", "csv", "-o", "/dev/null") == 0


def test_on_a_terminal_nothing_acts(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(io.TextIOWrapper):
        def isatty(self) -> bool:
            return True

    with inbox_at(path) as some:
        some.add(text_sms("\x1b]52;c;x\x07\x9b"))
    written = io.BytesIO()
    monkeypatch.setattr("sys.stdout", Terminal(written))
    assert run("--database", path, "--format", "csv", "--query", "52") == 0
    assert b"\x1b" not in written.getvalue()
    assert "␛]52" in written.getvalue().decode()
