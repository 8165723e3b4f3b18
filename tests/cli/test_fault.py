"""The program breaks: not 0, a few words, and the details in a file."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from console.cli.kit.fault import explained
from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from console.cli.kit.fault import Fault


def broken() -> Fault:
    secret = "hunter2"
    try:
        raise ValueError("no such sender: \x1b]0;mine\x07\u202e", len(secret))
    except ValueError as error:
        return explained(error)


def test_the_details_are_in_a_file_without_values_and_strangers_escapes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    fault = broken()
    assert fault.exit_code == 1
    assert str(fault) == "ValueError. What was received and queued is kept."
    (path,) = tmp_path.rglob("fault-*.txt")
    assert str(path) in fault.hint
    assert path.stat().st_mode & 0o777 == 0o600
    details = path.read_text(encoding="utf-8")
    assert "in broken" in details
    assert "no such sender" in details
    assert "hunter2" not in details
    assert "\x1b" not in details


def test_where_no_file_can_be_written_the_details_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "file"))
    assert "in broken" in str(broken())


def test_a_user_without_a_home_finds_them_where_everybody_has_room(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("platformdirs.user_log_path", lambda *_, **__: Path("~/.local/state"))
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path / "tmp"))
    assert str(tmp_path / "tmp") in broken().hint
    assert [path.name for path in tmp_path.iterdir()] == ["tmp"]


BREAKS = """
import sys
from console.cli import main
from {module} import {name}

def broken(*arguments, **named):
    raise ValueError("no such sender: \\x1b]0;mine\\x07")

{name}.{method} = broken
sys.exit(main({words}))
"""


def tells_of_its_fault(terminal: Terminal, folder: Path) -> None:
    """In a few words, with the details in a file that only its owner reads; and the terminal is as it was."""
    assert terminal.wait_for_exit() == 1
    assert "Crashed (internal error): ValueError" in terminal.text
    (details,) = folder.rglob("fault-*.txt")
    assert f"details in {details}".encode() in terminal.raw  # where the line wraps is the terminal's
    assert details.stat().st_mode & 0o077 == 0
    assert "in broken" in details.read_text(encoding="utf-8")
    assert b"]0;mine" not in terminal.raw
    assert terminal.modes_now == terminal.modes_before


@pytest.mark.slow
@pytest.mark.parametrize(
    ("module", "name", "method", "words"),
    [
        ("console.ui.app.main", "MainScreen", "action_new", ["demo", "--rate", "0"]),
        ("console.terminal.input_parser", "InputParser", "receive", ["demo", "--rate", "0"]),
        ("console.terminal.input_parser", "InputParser", "receive", ["setup"]),
    ],
)
def test_on_the_screen(module: str, name: str, method: str, words: list[str], tmp_path: Path) -> None:
    script = BREAKS.format(module=module, name=name, method=method, words=words)
    environ = {"XDG_STATE_HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path)}
    with Terminal([sys.executable, "-c", script], columns=200, rows=40, environ=environ) as terminal:
        terminal.wait_for(lambda screen: "gsm-console" in screen.text and b"\x1b[?2004h" in screen.raw)
        terminal.type("n")
        tells_of_its_fault(terminal, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("module", "name", "method"),
    [("console.store", "Store", "open"), ("console.runtime.services", "Services", "start")],
    ids=["before the screen", "beside it"],
)
def test_while_it_starts(module: str, name: str, method: str, tmp_path: Path) -> None:
    script = BREAKS.format(module=module, name=name, method=method, words=["demo", "--rate", "0"])
    with Terminal([sys.executable, "-c", script], columns=200, rows=40, environ={"XDG_STATE_HOME": str(tmp_path)}) as t:
        tells_of_its_fault(t, tmp_path)
