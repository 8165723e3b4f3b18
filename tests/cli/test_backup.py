"""`gsm-console backup` and `gsm-console restore`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from console.cli import main
from console.store import Store
from tests.support.backend import NOON, FixedClock
from tests.support.inbox import inbox_at, text_sms

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "nothing"))
    path = tmp_path / "console.db"
    with inbox_at(path) as inbox:
        inbox.add(text_sms("one"))
    return path


def test_there_and_back(path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "backups"
    folder.mkdir()
    assert main(["backup", "--database", str(path), str(folder)]) == 0
    (made,) = folder.iterdir()
    assert made.name.startswith("console-20")
    said = "1 received and 0 sent, the newest of 2026-11-22 12:00:00Z."
    assert capsys.readouterr().out == f"{made} has {said}\n"

    store = Store.open(path, clock=FixedClock(NOON + 60))
    store.add_callback("gw1", text_sms("two"), b"").result(10)
    store.close()
    assert main(["restore", "--database", str(path), str(made)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"{path} has {said}"
    assert lines[1].startswith(f"The old database is in {path}.before-20")
    assert len(lines) == 2


def test_what_can_t_be_done_is_exit_code_3_and_says_why(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    target = path.with_name("there.db")
    target.write_text("precious")
    assert main(["backup", "--database", str(path), str(target)]) == 3
    assert "--replace" in capsys.readouterr().err
    assert target.read_text() == "precious"
    assert main(["restore", "--database", str(path), str(target)]) == 3
    assert "not a database" in capsys.readouterr().err


def test_who_may_only_look_does_not_restore(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--read-only", "restore", "--database", str(path), str(path)]) == 1
    assert "Read only" in capsys.readouterr().err
