"""`gsm-console ack` and `gsm-console note`: what the screen's keys do, from the shell."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from console.cli import main
from console.domain.alarms import AlarmKind, Condition
from console.store import Reader, Store
from tests.support.alarms import NO_SIM
from tests.support.backend import FixedClock

if TYPE_CHECKING:
    from pathlib import Path

    from console.domain.ports import PortNote

CONFIG = '[[gateways]]\nname = "north"\nhost = "192.0.2.1"\n[[gateways]]\nname = "south"\nhost = "192.0.2.2"\n'


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "console.db"
    store = Store.open(path, clock=FixedClock())
    store.alarms.raise_(NO_SIM).result(10)
    store.alarms.raise_(Condition(AlarmKind.AMI_DOWN, "gw1", 0, "refused")).result(10)
    store.close()
    return path


def unseen(path: Path) -> list[int]:
    reader = Reader.open_existing(path)
    try:
        return sorted(alarm.id for alarm in reader.alarms.open() if alarm.acknowledged_at is None)
    finally:
        reader.close()


def note_of(path: Path, gateway: str, port: int) -> PortNote | None:
    reader = Reader.open_existing(path)
    try:
        return reader.port_notes.of(gateway).get(port)
    finally:
        reader.close()


def actions(path: Path) -> list[str]:
    reader = Reader.open_existing(path)
    try:
        return [entry.action for entry in reader.audit.all()]
    finally:
        reader.close()


def test_an_alarm_is_acknowledged_and_that_is_in_the_audit(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ack", "--database", str(path), "1"]) == 0
    assert (unseen(path), actions(path)) == ([2], ["acknowledge"])
    assert main(["ack", "--database", str(path), "1", "7"]) == 1
    assert "0 of 2 acknowledged." in capsys.readouterr().out
    assert main(["ack", "--database", str(path), "--all"]) == 0
    assert unseen(path) == []
    assert main(["ack", "--database", str(path)]) == 2
    assert "No alarm is named." in capsys.readouterr().err


def test_who_may_only_look_changes_nothing(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for words in (["ack", "--all"], ["note", "3", "x", "--gateway", "gw1"], ["claim", "1"]):
        assert main(["--read-only", words[0], "--database", str(path), *words[1:]]) != 0
        assert "read-only" in capsys.readouterr().err
    assert (unseen(path), actions(path)) == ([1, 2], [])


def test_a_note_is_left_and_a_port_is_locked_out(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def note(*words: str) -> tuple[str, bool] | None:
        assert main(["note", "--database", str(path), "--gateway", "gw1", "3", *words]) == 0
        kept = note_of(path, "gw1", 3)
        return None if kept is None else (kept.note, kept.locked_out)

    assert note("antenna loose") == ("antenna loose", False)
    assert note("--lock") == ("antenna loose", True)
    assert "gw1 port 3: antenna loose, locked out" in capsys.readouterr().out
    assert note("new antenna") == ("new antenna", True)
    assert note("", "--unlock") is None
    assert main(["note", "--database", str(path), "3", "x"]) == 2
    assert main(["note", "--database", str(path), "--gateway", "gw1", "3"]) == 2
    assert main(["note", "--database", str(path), "--gateway", "gw1", "3", "x" * 201]) == 1
    assert note_of(path, "gw1", 3) is None


def test_a_gateway_of_the_configuration_must_be_named_where_there_are_two(
    tmp_path: Path, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    config = tmp_path / "config.toml"
    config.write_text(f'database = "{path}"\n{CONFIG}')
    for words in (["3", "x"], ["3", "x", "--gateway", "west"]):
        assert main(["note", "--config", str(config), *words]) == 2
        assert "Give --gateway with one of: north, south." in capsys.readouterr().err
    assert main(["note", "--config", str(config), "3", "x", "--gateway", "south"]) == 0
    assert note_of(path, "south", 3) is not None
