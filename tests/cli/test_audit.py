"""`gsm-console audit`."""

from __future__ import annotations

import argparse
import csv
import io
import json
from typing import TYPE_CHECKING

import pytest

from console.cli import audit
from console.errors import StoreError
from console.store import Store
from tests.support.backend import FixedClock

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "console.db"
    clock = FixedClock()
    store = Store.open(path, clock=clock)
    for number in range(1, 4):
        store.audit.add("alice from 192.0.2.7", "send", f"message {number}", "to +49151 by gw1 port 3 AMI").result()
        clock.now += 1
    store.audit.add("bob", "ussd", "gw1 port 1", '=1+1\x1b[2J "余额"').result()
    store.close()
    return path


def run(*argv: object) -> int:
    parser = argparse.ArgumentParser()
    audit.add_parser(parser.add_subparsers())
    args = parser.parse_args(["audit", *map(str, argv)])
    code = args.run(args)
    assert isinstance(code, int)
    return code


def test_text_is_one_line_an_entry_oldest_first_and_acts_on_nothing(
    path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--database", path) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "2026-11-22 12:00:00Z  alice from 192.0.2.7  send  message 1  to +49151 by gw1 port 3 AMI"
    assert lines[-1] == '2026-11-22 12:00:03Z  bob  ussd  gw1 port 1  =1+1␛[2J "余额"'
    assert len(lines) == 4


def test_a_limit_leaves_the_newest_in_the_same_order(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--database", path, "--limit", 2) == 0
    assert [line.split("  ")[3] for line in capsys.readouterr().out.splitlines()] == ["message 3", "gw1 port 1"]


def test_csv_is_read_back_and_runs_nothing(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--database", path, "--format", "csv") == 0
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out, newline="")))
    assert [row["id"] for row in rows] == ["1", "2", "3", "4"]
    assert rows[0]["at"] == "2026-11-22T12:00:00.000Z"
    assert rows[3]["detail"] == '\'=1+1\x1b[2J "余额"'


def test_json_lines_have_every_word(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--database", path, "--format", "jsonl", "--limit", 1) == 0
    out = capsys.readouterr().out
    assert out.isascii()
    assert json.loads(out) == {
        "id": 4,
        "at": "2026-11-22T12:00:03.000Z",
        "operator": "bob",
        "action": "ussd",
        "target": "gw1 port 1",
        "detail": '=1+1\x1b[2J "余额"',
    }


@pytest.mark.parametrize("limit", ["-1", "many"])
def test_a_limit_that_is_none_is_refused(path: Path, limit: str) -> None:
    with pytest.raises(SystemExit):
        run("--database", path, "--limit", limit)


def test_a_database_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no database"):
        run("--database", tmp_path / "none.db")
