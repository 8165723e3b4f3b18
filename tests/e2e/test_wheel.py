"""The wheel, installed into an empty environment, runs the demo: styles and all."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tests.support.stories import leave
from tests.support.terminal import REPOSITORY, Terminal

if TYPE_CHECKING:
    from pathlib import Path


def uv(*arguments: str) -> None:
    command = [shutil.which("uv") or "", *arguments] if shutil.which("uv") else [sys.executable, "-m", "uv", *arguments]
    subprocess.run(command, check=True, capture_output=True, cwd=REPOSITORY)


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """`gsm-console` of a wheel built now, in an environment that has nothing else."""
    uv("build", "--wheel", "--quiet", "--out-dir", str(tmp_path))
    [wheel] = tmp_path.glob("*.whl")
    environment = tmp_path / "environment"
    uv("venv", "--quiet", "--python", sys.executable, str(environment))
    uv("pip", "install", "--quiet", "--python", str(environment / "bin" / "python"), str(wheel))
    return environment / "bin" / "gsm-console"


def test_the_wheel_runs_the_demo(installed: Path, tmp_path: Path) -> None:
    with Terminal([str(installed), "demo"], columns=120, rows=40) as terminal:
        terminal.wait_for("8 in service")
        terminal.wait_for("╭─ 1 Inbox")
        leave(terminal)
    for words, shown in ((["--help"], "usage: gsm-console"), (["help", "trouble"], "# Trouble")):
        assert shown in subprocess.run([installed, *words], capture_output=True, text=True, check=True).stdout
    subprocess.run([installed, "monitoring", "export", tmp_path], check=True, capture_output=True)
    assert {"gsm-console-alerts.yml", "gsm-console-dashboard.json"} <= {file.name for file in tmp_path.iterdir()}
