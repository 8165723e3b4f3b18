from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from console.errors import ConsoleError
from console.ui.ami.pane import default_name, forms, write_log
from tests.support.ami_records import SENT, heard, note
from tests.support.backend import NOON

if TYPE_CHECKING:
    from pathlib import Path

RECORDS = (heard(SENT), note("Secret: hunter2"))


def test_text_and_json_lines_by_the_name(tmp_path: Path) -> None:
    assert write_log(tmp_path / "a.txt", RECORDS) == 2
    lines = (tmp_path / "a.txt").read_text().splitlines()
    assert lines[0].startswith("2026-11-22 12:00:00.000Z  gw1  <- SMSSendStatus")
    assert lines[1].endswith("-- Secret: ***")
    assert write_log(tmp_path / "a.JSONL", RECORDS) == 2
    assert json.loads((tmp_path / "a.JSONL").read_text().splitlines()[0])["raw"] == SENT.decode()


def test_nothing_is_written_over(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("mine")
    with pytest.raises(ConsoleError):
        write_log(tmp_path / "a.txt", RECORDS)


def test_the_name_proposed_has_the_time_and_the_place_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert re.fullmatch(r"ami-202611\d\d-\d{6}\.txt", default_name(NOON))
    assert f"In {tmp_path}, " in forms()
