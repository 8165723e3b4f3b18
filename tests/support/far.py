"""A console at the far end of a line that may drop: what stands between is started by the test, on loopback."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.gateway_process import GatewayProcess, free_tcp_port
from tests.support.stories import call
from tests.support.terminal import REPOSITORY
from tests.support.waiting import DEADLINE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.support.terminal import Terminal

HARMFUL = (b"\x1b[?1004h", b"\x1b[?1000h", b"\x1b[?1002h", b"\x1b[?1003h", b"\x1b[>4;", b"\x1b[>1u", b"\x1b[>25u")
"""Reports of focus and of the mouse, other codes for keys: left on by a line that drops they fill the shell with junk.
"""


def program(name: str) -> str:
    """Where it is. Skips the test where it is not installed."""
    found = shutil.which(name, path=f"{os.environ.get('PATH', '')}:/usr/sbin:/sbin")
    if found is None:
        pytest.skip(f"{name} is not installed")
    return found


class FarConsole:
    """A configuration, and the consoles that are started with it."""

    def __init__(self, folder: Path) -> None:
        self._gateway = GatewayProcess(receiver_tcp_port=free_tcp_port())  # never started: its AMI is down
        self.config = self._gateway.configuration(folder)

    @property
    def command(self) -> list[str]:
        """Starts one, wherever it is run."""
        environ = [f"PYTHONPATH={REPOSITORY}", "LANG=C.UTF-8", "LC_ALL=C.UTF-8"]
        return ["env", *environ, sys.executable, "-m", "console", "--config", str(self.config)]

    def receives(self, text: str) -> None:
        """An SMS comes in, and is kept. One console may be handing over to the next: then it is brought again."""
        eventually(lambda: self._is_kept(text))

    def _is_kept(self, text: str) -> bool:
        with contextlib.suppress(urllib.error.URLError):
            return call(self._gateway.receiver_tcp_port, text) == 200
        return False

    def processes(self) -> list[int]:
        """Consoles that run with this configuration."""
        return [int(path.name) for path in Path("/proc").glob("[0-9]*") if self._is_one(path)]

    def _is_one(self, process: Path) -> bool:
        try:
            words = (process / "cmdline").read_bytes().split(b"\0")
        except OSError:
            return False
        return words[1:3] == [b"-m", b"console"] and str(self.config).encode() in words

    def end(self) -> None:
        for pid in self.processes():
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def eventually(holds: Callable[[], bool]) -> None:
    """Wait until a condition comes true that no terminal shows."""
    ends = time.monotonic() + DEADLINE
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.01)


@contextlib.contextmanager
def far_console(folder: Path) -> Iterator[FarConsole]:
    far = FarConsole(folder)
    try:
        yield far
    finally:
        far.end()


def is_used(terminal: Terminal, far: FarConsole) -> None:
    """It is typed in and pasted into, and made larger and smaller; in the end it is as it was."""
    terminal.wait_for("● receiving")
    far.receives("while the line holds")
    terminal.wait_for("while the line holds")
    terminal.type("/")
    terminal.wait_for("To the list")
    terminal.type("typed")
    terminal.wait_for("typed")
    terminal.type("\x1b[200~ ARDq[ pasted\x1b[201~")
    terminal.wait_for("typed ARDq[ pasted")
    terminal.type("esc")
    terminal.wait_for(lambda screen: "pasted" not in screen.text and "while the line holds" in screen.text)
    terminal.resize(120, 40)
    terminal.wait_for(lambda screen: "1 Inbox" in screen.text and "4 AMI" in screen.text and fills(screen))
    terminal.resize(80, 24)
    terminal.wait_for(lambda screen: "4 AMI  5 Outbox" in screen.text and fills(screen))
    assert not [sequence for sequence in HARMFUL if sequence in terminal.raw]


def fills(terminal: Terminal) -> bool:
    """Whether its frames end in the last column."""
    return "╮" in {line[-1:] for line in terminal.lines} and "? Help" in terminal.text


def is_left(terminal: Terminal) -> None:
    """Somebody quits."""
    terminal.type("q")
    terminal.wait_for("Quit the console?")
    terminal.type("y")
    terminal.wait_for_exit()


def run(*words: str, **environ: str) -> str:
    """A command to its end; returns what it says."""
    done = subprocess.run(
        words, env={**os.environ, "LC_ALL": "C.UTF-8", **environ}, capture_output=True, text=True, check=False
    )
    return done.stdout + done.stderr
