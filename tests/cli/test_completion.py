from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from console.cli import main
from console.cli.completion import SHELLS, script

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize("shell", SHELLS)
def test_every_command_and_option_is_in_the_script(shell: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["completion", shell]) == 0
    text = capsys.readouterr().out
    assert "gsm-console" in text
    for word in ("demo", "setup", "receive", "export", "simulate", "completion", "keys", "follow", "format", "jsonl"):
        assert word in text, word


def complete(folder: Path, *words: str) -> list[str]:
    """What bash offers for the last of these words."""
    assert shutil.which("bash")
    (folder / "script").write_text(script("bash"))
    lines = [
        "shopt -s extglob",
        "source ./script",
        f"COMP_WORDS=(gsm-console {' '.join(repr(word) for word in words)})",
        f"COMP_CWORD={len(words)}",
        "$(complete -p gsm-console | sed 's/.*-F \\([^ ]*\\).*/\\1/') gsm-console",
        'printf "%s\\n" "${COMPREPLY[@]}"',
    ]
    done = subprocess.run(
        ["bash", "--norc", "-c", "\n".join(lines)], cwd=folder, capture_output=True, text=True, check=True
    )
    assert done.stderr == ""
    return done.stdout.split()


def test_bash_completes_commands_options_and_files(tmp_path: Path) -> None:
    (tmp_path / "console.toml").touch()
    assert complete(tmp_path, "ex") == ["export"]
    assert complete(tmp_path, "export", "--for") == ["--format"]
    assert complete(tmp_path, "export", "--format", "") == ["csv", "jsonl"]
    assert complete(tmp_path, "config", "in") == ["init"]
    assert complete(tmp_path, "--config", "cons") == ["console.toml"]
