"""The units in the manual, as systemd reads them."""

from __future__ import annotations

import re
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from console.cli.topics import text_of

if TYPE_CHECKING:
    from pathlib import Path

WORST = 2.0
"""Of the exposure that systemd-analyze reckons, 0 to 10."""


@pytest.fixture
def units(tmp_path: Path) -> list[Path]:
    """The units, with a program and a user that are there."""
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd is not installed")
    text = text_of("receiver")
    found = re.findall(r"```ini\n# /etc/systemd/system/(\S+)\n(.*?)```", text, re.DOTALL)
    paths = []
    for name, unit in found:
        here = unit.replace("/usr/local/bin/gsm-console", "/bin/true").replace("User=gsm-console", "User=daemon")
        (tmp_path / name).write_text(here)
        paths.append(tmp_path / name)
    return paths


def analyzed(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(["systemd-analyze", *words], capture_output=True, text=True, check=False)


def test_systemd_finds_nothing_wrong(units: list[Path]) -> None:
    assert [unit.suffix for unit in units] == [".service", ".socket"]
    done = analyzed("verify", "--man=no", *map(str, units))
    assert (done.returncode, [line for line in done.stderr.splitlines() if "gsm-console" in line]) == (0, [])


def test_the_service_may_do_little(units: list[Path]) -> None:
    done = analyzed("security", "--offline=true", f"--threshold={WORST * 10:.0f}", str(units[0]))
    assert done.returncode == 0, done.stdout[-300:]
