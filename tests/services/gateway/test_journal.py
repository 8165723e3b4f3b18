from __future__ import annotations

import os
import stat
import threading
from typing import TYPE_CHECKING

from console.config import AmiLogConfig, Config, ReceiverConfig
from console.domain.link import Flow
from console.services.gateway.journal import EARLIER, AmiJournal
from console.store.ami.files import Reading, log_files, read_all
from console.store.ami.log import AmiLog
from tests.support.backend import NOON, FixedClock

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from console.domain.link import LogRecord


class Kept:
    """A log and what keeps it, written when the test says so."""

    def __init__(
        self,
        folder: Path,
        *,
        log: AmiLog | None = None,
        pid: int = 7,
        file_bytes: int = 10_000,
        rules: AmiLogConfig | None = None,
    ) -> None:
        self.clock = FixedClock()
        self.log = log or AmiLog()
        config = Config((), ReceiverConfig(), folder / "console.db", ami_log=rules or AmiLogConfig())
        self.journal = AmiJournal(config, self.log, self.clock, pid=pid, file_bytes=file_bytes, period=0.001)
        self.directory = self.journal.directory

    def note(self, *texts: str, at: float = NOON) -> None:
        for text in texts:
            self.log.append(at, "gw1", Flow.NOTE, text)

    @property
    def on_disk(self) -> list[LogRecord]:
        return list(read_all(self.directory, Reading()))

    @property
    def texts(self) -> list[str]:
        return [record.text for record in self.on_disk]


def test_what_is_new_is_written_once_privately_beside_the_database(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.note("one", "two")
    kept.journal.write()
    kept.journal.write()
    kept.note("three")
    kept.journal.write()
    assert kept.texts == ["one", "two", "three"]
    [file] = log_files(tmp_path / "ami-log")
    assert file.path.name == "ami-20261122T120000Z-7-0001.jsonl"
    assert stat.S_IMODE(file.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(kept.directory.stat().st_mode) == 0o700
    kept.journal.close()


def test_no_secret_is_on_the_disk(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.note("Secret: hunter2")
    kept.journal.write()
    kept.journal.close()
    [file] = log_files(kept.directory)
    assert b"hunter2" not in file.path.read_bytes()


def test_files_end_at_their_size_and_the_oldest_go(tmp_path: Path) -> None:
    kept = Kept(tmp_path, file_bytes=100, rules=AmiLogConfig(files=3))
    for number in range(9):
        kept.note(f"{number}" + "x" * 90)
        kept.journal.write()
        os.utime(kept.directory / f"ami-20261122T120000Z-7-{number + 1:04}.jsonl", (number, number))
    kept.journal.close()
    assert [text[0] for text in kept.texts] == ["6", "7", "8"]
    assert [file.number for file in log_files(kept.directory)] == [7, 8, 9]


def test_two_consoles_do_not_mix_and_share_the_bound(tmp_path: Path) -> None:
    rules = AmiLogConfig(files=2)
    one, two = Kept(tmp_path, pid=1, rules=rules), Kept(tmp_path, pid=2, rules=rules)
    for kept in (one, two):
        kept.note(f"of {kept.journal._pid}")
        kept.journal.write()
    assert {file.pid for file in log_files(one.directory)} == {1, 2}
    three = Kept(tmp_path, pid=3, rules=rules)
    three.note("of 3")
    three.journal.write()
    assert len(log_files(one.directory)) == 2
    # The one whose file went begins another one.
    gone = {1: one, 2: two}[({1, 2} - {file.pid for file in log_files(one.directory)}).pop()]
    gone.note("again")
    gone.journal.write()
    assert "again" in gone.texts
    for kept in (one, two, three):
        kept.journal.close()


def test_what_the_log_dropped_is_counted_in_a_line(tmp_path: Path) -> None:
    kept = Kept(tmp_path, log=AmiLog(capacity=3))
    kept.note("1")
    kept.journal.write()
    kept.note("2", "3", "4", "5", "6")
    kept.journal.write()
    kept.journal.close()
    assert kept.texts == ["1", "2 records are missing here: they came faster than the disk could write", "4", "5", "6"]


class FullDisk:
    """`os.write` of a disk that takes so many bytes."""

    def __init__(self, room: int) -> None:
        self.room = room
        self._write = os.write

    def __call__(self, descriptor: int, data: bytes) -> int:
        if not self.room:
            raise OSError(28, "No space left on device")
        written = self._write(descriptor, bytes(data)[: self.room])
        self.room -= written
        return written


def test_a_full_disk_is_told_leaves_no_half_line_and_goes_on_where_it_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = Kept(tmp_path)
    kept.note("one")
    kept.journal.write()
    disk = FullDisk(10)
    monkeypatch.setattr("console.services.gateway.journal.os.write", disk)
    kept.note("two")
    kept.journal.write()
    assert "No space left on device" in kept.journal.trouble
    assert str(kept.directory) in kept.journal.trouble
    assert kept.texts == ["one"]
    disk.room = 10_000
    kept.journal.write()
    assert kept.journal.trouble == ""
    reading = Reading()
    assert [record.text for record in read_all(kept.directory, reading)] == ["one", "two"]
    assert reading.unreadable == 0
    kept.journal.close()


def test_a_directory_that_can_not_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "ami-log").touch()
    kept = Kept(tmp_path)
    kept.note("one")
    kept.journal.write()
    assert kept.journal.trouble.startswith("the AMI log is not kept")


def test_the_next_run_begins_with_the_end_of_this_one(tmp_path: Path) -> None:
    first = Kept(tmp_path)
    first.journal.start()
    first.note(*map(str, range(EARLIER + 10)), at=NOON - 60)
    first.journal.stop()
    second = Kept(tmp_path, pid=8)
    second.journal.start()
    second.note("new")
    records = second.log.since(0, 10_000)
    second.journal.stop()
    assert [record.text for record in records[:2]] == ["10", "11"]
    assert len(records) == EARLIER + 2
    assert records[0].at == NOON - 60
    assert records[-2].text.startswith("── earlier, until ")
    assert records[-1].text == "new"
    # What was there is not written again.
    assert second.texts.count("10") == 1
    assert len(second.on_disk) == EARLIER + 11


def test_what_was_earlier_than_today_has_its_date(tmp_path: Path) -> None:
    first = Kept(tmp_path)
    first.journal.start()
    first.note("old", at=NOON - 3 * 86_400)
    first.journal.stop()
    second = Kept(tmp_path, pid=8)
    second.journal.start()
    second.journal.stop()
    assert "until 2026-11-19 " in second.log.since(0, 10)[-1].text


def test_the_thread_writes_by_itself_and_ends_with_all_written(tmp_path: Path) -> None:
    kept = Kept(tmp_path)
    kept.journal.start()
    kept.note("one")
    written = threading.Event()
    while not written.wait(0.001):
        if kept.directory.exists() and kept.texts == ["one"]:
            written.set()
    kept.note("two")
    kept.journal.stop()
    assert kept.texts == ["one", "two"]
    kept.journal.stop()


def test_where_it_is_not_wanted_nothing_is_kept(tmp_path: Path) -> None:
    kept = Kept(tmp_path, rules=AmiLogConfig(keep=False))
    kept.journal.start()
    kept.note("one")
    kept.journal.stop()
    assert not kept.directory.exists()


def test_it_is_kept_where_the_configuration_says(tmp_path: Path) -> None:
    kept = Kept(tmp_path, rules=AmiLogConfig(directory=tmp_path / "a" / "b"))
    kept.note("one")
    kept.journal.write()
    kept.journal.close()
    assert len(log_files(tmp_path / "a" / "b")) == 1
