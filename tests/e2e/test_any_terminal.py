"""The console on terminals of all kinds: sizes, locales, resizing, suspending, tmux, and none at all."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.terminal import DEADLINE, REPOSITORY, Terminal

if TYPE_CHECKING:
    from collections.abc import Iterator

QUIET = ("demo", "--rate", "0")
EMPTY = (*QUIET, "--size", "0")
"""No wide characters: pyte stumbles over one that resizing cut in two."""


def is_stopped(terminal: Terminal) -> bool:
    return Path(f"/proc/{terminal.process.pid}/stat").read_text().rpartition(")")[2].split()[0] == "T"


def leave(terminal: Terminal) -> None:
    terminal.type("q")
    terminal.wait_for("Leave the console?")
    terminal.type("y")
    assert terminal.wait_for_exit() == 0
    assert terminal.modes_now == terminal.modes_before


@pytest.mark.parametrize(("columns", "rows"), [(60, 20), (80, 24), (132, 43), (200, 60)])
def test_every_size_shows_the_inbox_and_the_way_out(columns: int, rows: int) -> None:
    with Terminal.console(*QUIET, columns=columns, rows=rows) as terminal:
        terminal.wait_for(lambda screen: "Inbox" in screen.text and "Open" in screen.lines[-1])
        terminal.type("?")
        terminal.wait_for("Keys here")
        terminal.type("esc")
        terminal.wait_for(lambda screen: "Keys here" not in screen.text)  # esc and q in one piece would be alt and q
        leave(terminal)


def test_a_storm_of_resizes_ends_in_a_whole_screen() -> None:
    with Terminal.console(*EMPTY, columns=120, rows=40) as terminal:
        terminal.wait_for("of 8 in service")
        for columns, rows in [(50, 12), (200, 60), (81, 24), (20, 5), (1, 1), (133, 44)] * 5:
            terminal.resize(columns, rows)
        terminal.resize(120, 40)
        terminal.wait_for(
            lambda screen: (
                "gsm-console" in screen.lines[0]
                and "of 8 in service" in screen.lines[1]
                and "╰" in screen.lines[-2]
                and "New" in screen.lines[-1]
            )
        )
        leave(terminal)


def test_shrinking_and_growing_back_at_once_redraws_what_was_cut() -> None:
    with Terminal.console(*EMPTY, columns=120, rows=40) as terminal:
        terminal.wait_for("of 8 in service")
        terminal.resize(30, 10)
        terminal.resize(120, 40)
        terminal.wait_for(lambda screen: "╮" in screen.lines[1] and "╰" in screen.lines[-2])


def test_bytes_that_are_no_utf8_end_nothing() -> None:
    with Terminal.console(*QUIET) as terminal:
        terminal.wait_for("receiving")
        os.write(terminal._master, b"\xff\xe9\xfe\x80")
        leave(terminal)


def test_a_locale_without_utf8_gets_ascii_and_is_told() -> None:
    with Terminal.console("demo", "--rate", "5", columns=120, rows=40, LANG="C", LC_ALL="", LC_CTYPE="") as terminal:
        terminal.wait_for("This locale has no UTF-8")
        terminal.wait_for(lambda screen: "+- Inbox" in screen.text and "??" in screen.text)
        leave(terminal)
        assert terminal.raw.isascii()


def test_ascii_can_be_asked_for_and_refused() -> None:
    with Terminal.console(*QUIET, "--ascii") as terminal:
        terminal.wait_for("+- Inbox")
        assert "no UTF-8" not in terminal.text
    with Terminal.console("--no-ascii", *QUIET, LANG="C", LC_ALL="", LC_CTYPE="") as terminal:
        terminal.wait_for("╭─ Inbox")


@pytest.mark.parametrize("words", [("--slow",), ("--theme", "colourblind"), ("--theme", "light")])
def test_looks_that_were_asked_for(words: tuple[str, ...]) -> None:
    with Terminal.console(*QUIET, *words) as terminal:
        terminal.wait_for("receiving")
        leave(terminal)


def test_without_colours_states_are_words_and_glyphs() -> None:
    with Terminal.console(*QUIET, columns=120, rows=40, NO_COLOR="1") as terminal:
        terminal.wait_for("● ready")
        terminal.wait_for("○ no SIM")
        leave(terminal)


@pytest.fixture
def tmux(tmp_path: Path) -> Iterator[list[str]]:
    """`tmux` with a server of its own."""
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed")
    command = ["tmux", "-S", str(tmp_path / "socket"), "-f", "/dev/null"]
    yield command
    subprocess.run([*command, "kill-server"], check=False, capture_output=True)


def test_tmux_detached_and_attached_shows_it_as_it_was_left(tmux: list[str]) -> None:
    demo = [sys.executable, "-m", "console", *QUIET]
    start = [*tmux, "new-session", "-d", "-s", "sms", "-x", "80", "-y", "24", *demo]
    subprocess.run(start, check=True, cwd=REPOSITORY, env={**os.environ, "LANG": "C.UTF-8"})
    for _ in range(2):
        with Terminal([*tmux, "attach", "-t", "sms"]) as terminal:
            terminal.wait_for("receiving")
            terminal.type("\x02", "d")
            assert terminal.wait_for_exit() == 0
    with Terminal([*tmux, "attach", "-t", "sms"]) as terminal:
        terminal.wait_for("receiving")
        terminal.type("q")
        terminal.wait_for("Leave the console?")
        terminal.type("y")
        terminal.wait_for_exit()


def plain(*words: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "console", "demo", "--plain", *words]
    return subprocess.Popen(command, cwd=REPOSITORY, stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize("how", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_plain_prints_lines_until_told_to_stop(how: signal.Signals) -> None:
    with plain("--rate", "50") as program:
        assert program.stdout is not None
        seen = ""
        while not all(word in seen for word in ("receiver  listening", "AMI       gw1  up", "port 1  ready", "SMS ")):
            line = program.stdout.readline()
            assert line.endswith("\n")
            assert "\x1b" not in line
            seen += line
        program.send_signal(how)
        program.stdout.read()
        assert program.wait(DEADLINE) == 0


def test_plain_ends_when_nobody_reads() -> None:
    with plain("--rate", "0") as program:
        assert program.stdout is not None
        program.stdout.readline()
        program.stdout.close()
        assert program.wait(DEADLINE) == 0
