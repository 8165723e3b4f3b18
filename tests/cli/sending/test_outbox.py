from __future__ import annotations

import csv
import io
import json
import stat
import subprocess
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from console.cli import main
from console.domain.messages import DeliveryState as S
from console.store import Store
from tests.support.backend import FixedClock
from tests.support.messages import draft
from tests.support.outbox import add_batch, come_to

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A single message that failed and was sent again, and a batch."""
    path = tmp_path / "console.db"
    store = Store.open(path, clock=FixedClock())
    store.add_outbox(draft(text="=1+1\x1b[2J"), 1, operator="bob").result()
    come_to(store, 1, S.FAILED, "FAIL 38")
    add_batch(store, [S.SENT, S.FAILED, S.QUEUED], texts=["hi\nthere"])
    store.add_outbox(draft(text="again"), 1).result()
    store.add_outbox(replace(draft(to="10086", port=None), again_of=1), 1).result()
    store.close()
    return path


def printed(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    assert main(["outbox", *map(str, arguments)]) == 0
    return capsys.readouterr().out


def test_a_line_a_message_oldest_first_and_nothing_acts(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    lines = printed(capsys, "--database", path).splitlines()
    assert len(lines) == 6
    assert lines[0].startswith("1  +8613632919026  failed  2026-11-22 12:00:00Z  port 3  ")
    assert "FAIL 38" in lines[0]
    assert lines[0].endswith("  sent again as 6")
    assert lines[5] == "6  10086  queued  2026-11-22 12:00:00Z  port unknown"
    assert printed(capsys, "--database", path, "--limit", 2).splitlines() == lines[-2:]


def test_a_batch_as_csv_for_a_spreadsheet(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = list(csv.DictReader(io.StringIO(printed(capsys, "--database", path, "--batch", 1, "--format", "csv"))))
    assert [(row["number"], row["state"], row["text"]) for row in rows] == [
        ("+49151000", "sent", "hi\nthere"),
        ("+49151001", "failed", "hi\nthere"),
        ("+49151002", "queued", "hi\nthere"),
    ]
    everything = list(csv.DictReader(io.StringIO(printed(capsys, "--database", path, "--format", "csv"))))
    assert everything[0]["text"] == "'=1+1\x1b[2J"


def test_json_has_every_field_of_those_in_the_states_asked_for(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ("--database", path, "--state", "failed", "--state", "queued", "--format", "json")
    out = printed(capsys, *asked)
    assert out.isascii()
    rows = [json.loads(line) for line in out.splitlines()]
    assert [row["id"] for row in rows] == [1, 3, 4, 5, 6]
    assert {name: rows[0][name] for name in ("text", "at", "port", "operator", "again_as", "batch")} == {
        "text": "=1+1\x1b[2J",
        "at": "2026-11-22T12:00:00.000Z",
        "port": 3,
        "operator": "bob",
        "again_as": 6,
        "batch": None,
    }
    assert [json.loads(line)["id"] for line in printed(capsys, *asked, "--batch", 1, "--limit", 1).splitlines()] == [4]


def test_into_a_private_file(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = tmp_path / "who.csv"
    assert not printed(capsys, "--database", path, "--batch", 1, "--format", "csv", "-o", target)
    assert len(list(csv.DictReader(io.StringIO(target.read_text())))) == 3
    assert stat.S_IMODE(target.stat().st_mode) == 0o600


def test_a_batch_that_is_not_there_is_said_to_be_missing(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["outbox", "--database", str(path), "--batch", "7"]) == 1
    assert "There is no batch 7." in capsys.readouterr().err


def test_a_full_disk_is_no_fault_of_the_program(path: Path) -> None:
    program = [sys.executable, "-m", "console", "outbox", "--database", str(path)]
    with open("/dev/full", "w") as full:  # noqa: PTH123
        done = subprocess.run(program, stdout=full, stderr=subprocess.PIPE, text=True, check=False)
    assert done.returncode == 1
    assert "Standard output can't be written: No space left on device." in done.stderr
