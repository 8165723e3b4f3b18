"""`gsm-console log`."""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from console.cli.gateway import log
from console.cli.kit.query import NotAsked
from console.errors import ConfigError
from console.protocol.ami.log_record import write_record
from console.store.ami.files import file_name
from tests.support.ami_records import SENT, VARIABLE, heard, note
from tests.support.backend import NOON

if TYPE_CHECKING:
    from pathlib import Path

    from console.domain.link import LogRecord


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    put(tmp_path, 7, heard(SENT), heard(VARIABLE, at=NOON + 60), note("Secret: hunter2\x1b[2J"))
    put(tmp_path, 8, heard(SENT, at=NOON + 30, gateway="gw2"))
    return tmp_path


def put(folder: Path, pid: int, *records: LogRecord) -> None:
    with (folder / file_name(NOON, pid, 1)).open("a", encoding="utf-8") as stream:
        stream.writelines(write_record(record) + "\n" for record in records)


def run(*argv: object) -> int:
    parser = argparse.ArgumentParser()
    log.add_parser(parser.add_subparsers())
    args = parser.parse_args(["log", *map(str, argv)])
    code = args.run(args)
    assert isinstance(code, int)
    return code


def test_all_consoles_are_printed_by_time_and_nothing_acts(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--directory", folder) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line[11:19] for line in lines if "gw" in line] == ["12:00:00", "12:00:30", "12:01:00"]
    assert "2026-11-22 12:00:30.000Z  gw2  <- SMSSendStatus  Channel 3 · Destination 10086 · SUCCESS · ID 7f3a" in lines
    assert any(line.endswith("-- Secret: ***") for line in lines)


def test_a_query_and_a_time_leave_some(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    run("--directory", folder, "--query=-event:VarSet dir:in", "--since", "2026-11-22T12:00:10+00:00", "--json")
    lines = capsys.readouterr().out.splitlines()
    assert [json.loads(line)["gateway"] for line in lines] == ["gw2"]


def test_lines_that_are_no_records_are_counted(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with (folder / file_name(NOON, 7, 1)).open("ab") as stream:
        stream.write(b"half a rec\n")
    assert run("--directory", folder, "--query", "is:mark") == 0
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err == "1 lines are not records and were skipped.\n"


def test_a_query_that_makes_no_sense_is_refused(folder: Path) -> None:
    with pytest.raises(NotAsked, match="--query: port:x is not a port"):
        run("--directory", folder, "--query", "port:x")


def test_where_there_is_no_log_it_is_said(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no AMI log in"):
        run("--directory", tmp_path)


def test_the_configuration_says_where_it_is(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    config = tmp_path / "config.toml"
    config.write_text(
        f'[ami_log]\ndirectory = "{folder}"\n[[gateways]]\nname = "gw1"\nhost = "192.0.2.1"\n'
        '[gateways.ami]\nusername = "a"\nsecret = "b"\n'
    )
    config.chmod(0o600)
    assert run("--config", config) == 0
    assert "SMSSendStatus" in capsys.readouterr().out


def test_since_is_said_in_the_words_that_searches_take() -> None:
    assert abs(time.time() - log.moment("2h") - 7200) < 60
    assert log.moment("2026-11-22T03:00:00+00:00") == datetime(2026, 11, 22, 3, tzinfo=UTC).timestamp()
    with pytest.raises(ConfigError, match="--since: 'soon' is not a time; type 2026-11-22"):
        log.moment("soon")


@pytest.mark.slow
def test_following_prints_what_comes_and_ends_with_its_reader(folder: Path) -> None:
    command = [sys.executable, "-m", "console", "log", "--directory", str(folder), "--follow", "--since", "2026-11-01"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env={**os.environ, "TZ": "UTC"}) as process:
        assert process.stdout is not None
        first = [process.stdout.readline() for _ in range(4)]
        assert sum("SMSSendStatus" in line for line in first) == 2
        put(folder, 7, note("late"))
        assert process.stdout.readline().endswith("-- late\n")
        put(folder, 9, note("another console"))
        assert process.stdout.readline().endswith("-- another console\n")
        process.stdout.close()
        assert process.wait(30) == 0
