from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from console.errors import ConsoleError
from console.protocol.ami.log_record import write_record
from console.store.ami.files import (
    Reading,
    file_name,
    log_files,
    read_all,
    read_file,
    read_lines,
    surplus,
    tail,
    unwanted,
)
from tests.support.ami_records import SENT, heard
from tests.support.backend import NOON

if TYPE_CHECKING:
    from pathlib import Path


def put(folder: Path, pid: int, number: int, *times: float, begun: float = NOON, written: float = 0.0) -> Path:
    """A file of the log with a record for each time; `written` is when it was last written to."""
    path = folder / file_name(begun, pid, number)
    path.write_text("".join(write_record(heard(SENT, at=at)) + "\n" for at in times), encoding="utf-8")
    if written:
        os.utime(path, (written, written))
    return path


def test_files_are_found_as_they_were_begun_and_nothing_else_is(tmp_path: Path) -> None:
    second = put(tmp_path, 9, 10)
    first = put(tmp_path, 9, 9)
    early = put(tmp_path, 5_000, 1, begun=NOON - 1)
    (tmp_path / "notes.txt").touch()
    (tmp_path / "ami-x-1-0001.jsonl").touch()
    assert [file.path for file in log_files(tmp_path)] == [early, first, second]
    assert log_files(tmp_path / "none") == []


def test_a_directory_that_is_none_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ConsoleError, match="can't be read"):
        log_files(tmp_path / "file")


def test_those_written_longest_ago_are_too_many_but_never_the_one_in_use(tmp_path: Path) -> None:
    mine = put(tmp_path, 1, 1, written=10)
    old = put(tmp_path, 2, 1, written=20)
    young = put(tmp_path, 3, 1, written=30)
    assert surplus(tmp_path, 2, spare=mine) == [old]
    assert surplus(tmp_path, 1, spare=mine) == [old, young]
    assert surplus(tmp_path, 3, spare=mine) == []


def test_only_whole_lines_are_read_and_positions_lead_on(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"one\ntwo\nthr")
    lines = list(read_lines(path))
    assert lines == [(b"one\n", 4), (b"two\n", 8)]
    path.write_bytes(b"one\ntwo\nthree\n")
    assert list(read_lines(path, lines[-1][1])) == [(b"three\n", 14)]
    assert list(read_lines(tmp_path / "gone")) == []


def test_what_is_no_record_is_left_out_and_counted(tmp_path: Path) -> None:
    path = put(tmp_path, 1, 1, NOON)
    with path.open("ab") as stream:
        stream.write(b'{"at": 1\nnonsense\n' + write_record(heard(SENT, at=NOON + 1)).encode() + b"\n")
    reading = Reading()
    assert [record.at for record in read_file(path, reading)] == [NOON, NOON + 1]
    assert reading.unreadable == 2


def test_all_sets_are_read_as_one_by_time(tmp_path: Path) -> None:
    put(tmp_path, 1, 1, NOON, NOON + 2)
    put(tmp_path, 1, 2, NOON + 4)
    put(tmp_path, 2, 1, NOON + 1, NOON + 3)
    times = [record.at - NOON for record in read_all(tmp_path, Reading())]
    assert times == [0, 1, 2, 3, 4]
    assert [record.at - NOON for record in read_all(tmp_path, Reading(), since=NOON + 2.5)] == [3, 4]


def test_files_too_old_for_what_is_asked_are_not_opened(tmp_path: Path) -> None:
    old = put(tmp_path, 1, 1, NOON, written=NOON)
    old.write_text("nonsense\n" * 9, encoding="utf-8")
    os.utime(old, (NOON, NOON))
    put(tmp_path, 1, 2, NOON + 10)
    reading = Reading()
    assert [record.at - NOON for record in read_all(tmp_path, reading, since=NOON + 5)] == [10]
    assert reading.unreadable == 0
    assert unwanted(old, NOON + 5) == 81
    assert unwanted(old, NOON - 5) == 0


def test_the_tail_is_the_end_of_the_set_written_last(tmp_path: Path) -> None:
    put(tmp_path, 1, 1, NOON, NOON + 1, written=100)
    put(tmp_path, 1, 2, NOON + 2, written=300)
    put(tmp_path, 2, 1, NOON + 9, begun=NOON + 5, written=200)
    assert [record.at - NOON for record in tail(tmp_path, 2)] == [1, 2]
    assert [record.at - NOON for record in tail(tmp_path, 99)] == [0, 1, 2]
    assert tail(tmp_path, 0) == []
    assert tail(tmp_path / "none", 5) == []


def test_the_tail_of_a_huge_file_is_read_from_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    put(tmp_path, 1, 1, *(NOON + n for n in range(50)))
    monkeypatch.setattr("console.store.ami.files.TAIL_BYTES", 2_000)
    times = [record.at - NOON for record in tail(tmp_path, 99)]
    assert times[-1] == 49
    assert 2 < len(times) < 20
