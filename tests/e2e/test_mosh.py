"""The console over mosh: the client falls silent and comes back, and in the end is gone for good."""

from __future__ import annotations

import os
import re
import signal
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from tests.support.far import FarConsole, eventually, far_console, is_left, is_used, program, run
from tests.support.terminal import Terminal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

CONNECT = re.compile(r"MOSH CONNECT (\d+) (\S+)")
DETACHED = re.compile(r"detached, pid = (\d+)")


@pytest.fixture
def mosh() -> Iterator[Callable[[FarConsole], tuple[Terminal, int]]]:
    """Starts a console over mosh; gives the client's terminal, and the server's process."""
    server, client = program("mosh-server"), program("mosh-client")
    pids: list[int] = []

    def start(far: FarConsole) -> tuple[Terminal, int]:
        said = run(server, "new", "-i", "127.0.0.1", "-c", "256", "-l", "LANG=C.UTF-8", "--", *far.command)
        connect, detached = CONNECT.search(said), DETACHED.search(said)
        assert connect is not None, said
        assert detached is not None, said
        pids.append(int(detached[1]))
        environ = {"MOSH_KEY": connect[2], "MOSH_PREDICTION_DISPLAY": "never", "LC_ALL": "C.UTF-8"}
        return Terminal([client, "127.0.0.1", connect[1]], environ=environ), pids[-1]

    yield start
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def test_over_mosh_it_outlives_silence_and_the_loss_of_the_client(
    mosh: Callable[[FarConsole], tuple[Terminal, int]], tmp_path: Path
) -> None:
    with far_console(tmp_path) as far:
        terminal, server = mosh(far)
        with terminal:
            is_used(terminal, far)
            os.kill(terminal.process.pid, signal.SIGSTOP)
            far.receives("while the client is silent")
            os.kill(terminal.process.pid, signal.SIGCONT)
            terminal.wait_for("while the client is silent")
            terminal.process.kill()
            terminal.process.wait()
        # mosh keeps the session for a client that can't come back; without it the console has no terminal.
        far.receives("while nobody looks")
        (before,) = far.processes()
        os.kill(server, signal.SIGKILL)
        far.receives("without a screen")
        terminal, server = mosh(far)
        with terminal:
            terminal.wait_for("without a screen")
            terminal.wait_for("while nobody looks")
            eventually(lambda: before not in far.processes())
            is_left(terminal)
        eventually(lambda: far.processes() == [])
