"""`gsm-console alarms`."""

from __future__ import annotations

import argparse
import json
from typing import TYPE_CHECKING

import pytest

from console.cli import main
from console.cli.gateway import alarms
from console.domain.alarms import AlarmKind, Condition
from console.errors import StoreError
from console.store import Store
from tests.support.alarms import NO_SIM, alarm
from tests.support.backend import NOON, FixedClock

if TYPE_CHECKING:
    from pathlib import Path

AMI_DOWN = Condition(AlarmKind.AMI_DOWN, "gw1", 0, "refused \x1b[2J 余额")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Two that are over, two that last, one of these acknowledged."""
    path, clock = tmp_path / "console.db", FixedClock()
    store = Store.open(path, clock=clock)
    for seconds in (5, 4000):
        raised = store.alarms.raise_(NO_SIM).result(10)
        assert raised is not None
        clock.now += seconds
        store.alarms.clear(raised.id).result(10)
    store.alarms.raise_(AMI_DOWN).result(10)
    store.alarms.raise_(NO_SIM).result(10)
    store.alarms.acknowledge([4], "alice").result(10)
    store.close()
    return path


def run(*argv: object) -> int:
    parser = argparse.ArgumentParser()
    alarms.add_parser(parser.add_subparsers())
    args = parser.parse_args(["alarms", *map(str, argv)])
    code = args.run(args)
    assert isinstance(code, int)
    return code


def test_what_lasts_is_a_line_each_those_nobody_has_seen_first(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--database", path) == 0
    captured = capsys.readouterr()
    first, second = captured.out.splitlines()
    assert first.startswith("3  2026-11-22 13:06:45Z  ")
    assert first.endswith("  gw1  AMI down  refused ␛[2J 余额")
    assert second.endswith("  gw1 port 3  no SIM  there is no SIM in it  acknowledged by alice")
    assert captured.err == "Alarms were never monitored on this database: none was raised.\n"


def test_history_has_the_durations(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--database", path, "--history") == 0
    captured = capsys.readouterr()
    assert captured.out.splitlines() == [
        "2  2026-11-22 12:00:05Z  over after 1h06m  gw1 port 3  no SIM  there is no SIM in it",
        "1  2026-11-22 12:00:00Z  over after 5s  gw1 port 3  no SIM  there is no SIM in it",
    ]
    assert captured.err == ""


def test_json_has_every_word(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--database", path, "--json", "--history", "--limit", 1) == 0
    out = capsys.readouterr().out
    assert json.loads(out) == {
        "id": 2,
        "kind": "no_sim",
        "title": "no SIM",
        "gateway": "gw1",
        "port": 3,
        "words": "there is no SIM in it",
        "raised_at": "2026-11-22T12:00:05.000Z",
        "cleared_at": "2026-11-22T13:06:45.000Z",
        "seconds": 4000.0,
        "acknowledged_at": None,
        "acknowledged_by": "",
    }
    assert run("--database", path, "--json") == 0
    out = capsys.readouterr().out
    assert out.isascii()
    assert [json.loads(line)["words"] for line in out.splitlines()] == [AMI_DOWN.words, NO_SIM.words]


def test_a_watch_that_is_gone_is_told(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    store = Store.open(path, clock=FixedClock())
    store.alarms.take_watch().result(10)
    store.close()
    run("--database", path)
    assert capsys.readouterr().err == "Not monitored since 2026-11-22T12:00:00.000Z: this is the last known state.\n"


@pytest.mark.parametrize(
    ("seconds", "shown"), [(0.9, "0s"), (59, "59s"), (252, "4m12s"), (11_520, "3h12m"), (187_200, "2d04h")]
)
def test_how_long_it_has_lasted(seconds: float, shown: str) -> None:
    assert alarms.line(alarm(raised_at=NOON), NOON + seconds).split("  ")[2] == shown


def test_a_long_history_is_written_whole(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "console.db"
    store = Store.open(path, clock=FixedClock())
    futures = []
    for _ in range(501):
        raised = store.alarms.raise_(NO_SIM)
        futures.append(raised)
        store.alarms.clear(len(futures))
    futures[-1].result(10)
    store.close()
    run("--database", path, "--history")
    assert len(capsys.readouterr().out.splitlines()) == 501


def test_a_database_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="there is no database"):
        run("--database", tmp_path / "none.db")


def test_the_program_knows_the_command(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["alarms", "--database", str(path), "--limit", "0"]) == 0
    assert capsys.readouterr().out == ""
